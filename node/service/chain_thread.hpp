#pragma once

/// The one thread that a Chain belongs to, with a bounded queue of commands and the real clocks.

#include "node/service/chain.hpp"

#include <condition_variable>
#include <functional>
#include <future>
#include <mutex>
#include <thread>

namespace substratee::node::service {

[[nodiscard]] Moment now();

class ChainThread {
 public:
  using Command = std::move_only_function<void(Chain&)>;
  static constexpr std::size_t kMaxCommands = 1024;

  /// Starts at once. `on_failure` is called on the chain's thread when the chain cannot go on; the thread then ends.
  ChainThread(std::unique_ptr<Chain> chain, std::function<void(const storage::Error&)> on_failure);
  ~ChainThread();  ///< stops
  ChainThread(const ChainThread&) = delete;
  ChainThread& operator=(const ChainThread&) = delete;

  /// Runs `question` on the chain's thread and waits for its answer. Nothing if the queue is full or the chain has
  /// stopped. From any other thread.
  template <class Question>
  [[nodiscard]] auto ask(Question question) -> std::optional<std::invoke_result_t<Question, Chain&>> {
    using Answer = std::invoke_result_t<Question, Chain&>;
    std::packaged_task<Answer(Chain&)> task(std::move(question));
    auto answer = task.get_future();
    if (!post([moved = std::move(task)](Chain& chain) mutable { moved(chain); })) return std::nullopt;
    try {
      return answer.get();
    } catch (const std::future_error&) {  // stopped before the command's turn came
      return std::nullopt;
    }
  }

  /// The block at hand is finished; commands that wait are dropped. Joins. Not from the chain's thread.
  void stop();

 private:
  [[nodiscard]] bool post(Command command);
  [[nodiscard]] std::vector<Command> wait_for_commands();
  void run();
  void fail(const storage::Error& error);

  std::unique_ptr<Chain> chain_;
  std::function<void(const storage::Error&)> on_failure_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Command> commands_;
  bool stopping_ = false;
  std::jthread thread_;
};

}  // namespace substratee::node::service
