#pragma once

/// Threads for work that may block, with a bounded queue.

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace substratee::net {

class WorkerPool {
 public:
  using Job = std::move_only_function<void()>;

  /// At least one thread.
  explicit WorkerPool(unsigned threads);
  ~WorkerPool();  ///< stops
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// Queues a job whose number the caller bounds. A job must not throw.
  void post(Job job);

  /// Jobs that wait for a thread.
  [[nodiscard]] std::size_t waiting() const;

  /// Runs what is queued, then joins. Later jobs are dropped.
  void stop();

 private:
  void work();

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> jobs_;
  bool stopping_ = false;
  std::vector<std::jthread> threads_;
};

}  // namespace substratee::net
