#include "net/subscriber.hpp"

namespace substratee::net {
namespace {

/// Notifications that may wait for the answer to the subscribe call.
constexpr std::size_t kMaxWaiting = 4096;

}  // namespace

bool SubscriptionMemory::take(std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  if (bytes > left_) return false;
  left_ -= bytes;
  return true;
}

void SubscriptionMemory::give(std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  left_ += bytes;
}

Subscriber::Subscriber(std::string id, std::string notification, std::weak_ptr<WebSocketSession> session,
                       std::shared_ptr<SubscriptionMemory> memory, std::shared_ptr<SubscriptionMemory> waiting)
    : id_(std::move(id)),
      notification_(std::move(notification)),
      session_(std::move(session)),
      memory_(std::move(memory)),
      waiting_memory_(std::move(waiting)) {}

Subscriber::~Subscriber() {
  memory_->give(reserved_);
  drop_waiting();
}

/// Under the lock, as drop_waiting().
bool Subscriber::pay_for_waiting(std::size_t bytes) {
  if (waiting_.size() >= kMaxWaiting || (waiting_memory_ && !waiting_memory_->take(bytes))) return false;
  waiting_bytes_ += bytes;
  return true;
}

void Subscriber::drop_waiting() {
  waiting_.clear();
  if (waiting_memory_) waiting_memory_->give(std::exchange(waiting_bytes_, 0));
}

bool Subscriber::notify(const json::value& result) { return notify_text(json::serialize(result)); }

bool Subscriber::notify_text(std::string_view result) {
  const auto session = session_.lock();
  // Sent under the lock: two publishers, or a publisher and activate(), must not overtake each other.
  const std::lock_guard lock(mutex_);
  if (!session || state_ == State::kEnded) return false;
  auto text = notification_text(notification_, id_, result);
  if (state_ == State::kActive) return session->send(std::move(text));
  if (!pay_for_waiting(text.size())) {
    session->close();
    return false;
  }
  waiting_.push_back(std::move(text));
  return true;
}

bool Subscriber::reserve(std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  if (!memory_->take(bytes)) return false;
  reserved_ += bytes;
  return true;
}

bool Subscriber::has_ended() const {
  const std::lock_guard lock(mutex_);
  return state_ == State::kEnded;
}

void Subscriber::activate() {
  const auto session = session_.lock();
  std::vector<std::function<void()>> jobs;
  bool is_finished = false;
  {
    const std::lock_guard lock(mutex_);
    if (state_ != State::kWaiting) return;
    state_ = State::kActive;
    for (auto& text : waiting_) {
      if (session) session->send(std::move(text));
    }
    drop_waiting();
    jobs.swap(when_open_);
    is_finished = is_finished_;
  }
  for (const auto& job : jobs) job();
  if (is_finished) end();
}

void Subscriber::when_open(std::function<void()> job) {
  {
    const std::lock_guard lock(mutex_);
    if (state_ == State::kEnded) return;
    if (state_ == State::kWaiting) {
      when_open_.push_back(std::move(job));
      return;
    }
  }
  job();
}

void Subscriber::finish() {
  {
    const std::lock_guard lock(mutex_);
    is_finished_ = true;
    if (state_ == State::kWaiting) return;
  }
  end();
}

void Subscriber::on_end(std::function<void()> callback) {
  {
    const std::lock_guard lock(mutex_);
    if (state_ != State::kEnded) {
      callbacks_.push_back(std::move(callback));
      return;
    }
  }
  callback();
}

bool Subscriber::is_open() const {
  const auto session = session_.lock();
  const std::lock_guard lock(mutex_);
  return state_ != State::kEnded && session && session->is_open();
}

void Subscriber::end() {
  std::vector<std::function<void()>> callbacks;
  {
    const std::lock_guard lock(mutex_);
    if (state_ == State::kEnded) return;
    state_ = State::kEnded;
    drop_waiting();
    when_open_.clear();
    callbacks.swap(callbacks_);
  }
  for (const auto& callback : callbacks) callback();
}

}  // namespace substratee::net
