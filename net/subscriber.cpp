#include "net/subscriber.hpp"

namespace substratee::net {
namespace {

/// Notifications that may wait for the answer to the subscribe call.
constexpr std::size_t kMaxWaiting = 4096;

}  // namespace

Subscriber::Subscriber(std::string id, std::string notification, std::weak_ptr<WebSocketSession> session)
    : id_(std::move(id)), notification_(std::move(notification)), session_(std::move(session)) {}

bool Subscriber::notify(const json::value& result) {
  std::string text = json::serialize(make_notification(notification_, id_, result));
  const auto session = session_.lock();
  // Sent under the lock: two publishers, or a publisher and activate(), must not overtake each other.
  const std::lock_guard lock(mutex_);
  if (!session || state_ == State::kEnded) return false;
  if (state_ == State::kActive) return session->send(std::move(text));
  if (waiting_.size() >= kMaxWaiting) {
    session->close();
    return false;
  }
  waiting_.push_back(std::move(text));
  return true;
}

void Subscriber::activate() {
  const auto session = session_.lock();
  const std::lock_guard lock(mutex_);
  if (state_ != State::kWaiting) return;
  state_ = State::kActive;
  for (auto& text : waiting_) {
    if (session) session->send(std::move(text));
  }
  waiting_.clear();
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
    waiting_.clear();
    callbacks.swap(callbacks_);
  }
  for (const auto& callback : callbacks) callback();
}

}  // namespace substratee::net
