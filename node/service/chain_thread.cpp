#include "node/service/chain_thread.hpp"

#include <chrono>

namespace substratee::node::service {

namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

/// Commands between two looks at the clock.
constexpr std::size_t kCommandsAtOnce = 64;

template <class Clock>
std::uint64_t milliseconds_of() {
  return static_cast<std::uint64_t>(duration_cast<milliseconds>(Clock::now().time_since_epoch()).count());
}

}  // namespace

Moment now() { return {milliseconds_of<SteadyClock>(), milliseconds_of<std::chrono::system_clock>()}; }

ChainThread::ChainThread(std::unique_ptr<Chain> chain, std::function<void(const storage::Error&)> on_failure)
    : chain_(std::move(chain)), on_failure_(std::move(on_failure)), thread_([this] { run(); }) {}

ChainThread::~ChainThread() { stop(); }

void ChainThread::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
    commands_.clear();
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool ChainThread::post(Command command) {
  {
    const std::scoped_lock lock(mutex_);
    if (stopping_ || commands_.size() >= kMaxCommands) return false;
    commands_.push_back(std::move(command));
  }
  wake_.notify_one();
  return true;
}

std::vector<ChainThread::Command> ChainThread::wait_for_commands() {
  std::unique_lock lock(mutex_);
  const auto is_called = [this] { return stopping_ || !commands_.empty(); };
  if (const auto at = chain_->wake_at()) {
    wake_.wait_until(lock, SteadyClock::time_point(milliseconds(*at)), is_called);
  } else {
    wake_.wait(lock, is_called);
  }
  std::vector<Command> out;
  while (!commands_.empty() && out.size() < kCommandsAtOnce) {
    out.push_back(std::move(commands_.front()));
    commands_.pop_front();
  }
  return out;
}

void ChainThread::run() {
  try {
    while (true) {
      for (auto& command : wait_for_commands()) command(*chain_);
      {
        const std::scoped_lock lock(mutex_);
        if (stopping_) return;
      }
      if (const auto done = chain_->tick(now()); !done) return fail(done.error());
    }
  } catch (const storage::Unreadable& unreadable) {
    fail(unreadable.error());
  }
}

void ChainThread::fail(const storage::Error& error) {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
    commands_.clear();
  }
  on_failure_(error);
}

}  // namespace substratee::node::service
