#include "worker/driver/query_desk.hpp"

namespace substratee::worker::driver {

std::future<QueryResult> QueryDesk::ask(protocol::Request request) {
  Job job{std::move(request), {}};
  auto result = job.result.get_future();
  {
    const std::lock_guard lock(mutex_);
    if (closed_) {
      job.result.set_value(std::unexpected(*closed_));
      return result;
    }
    if (jobs_.size() >= kMaxWaiting) {
      job.result.set_value(
          std::unexpected(QueryError{rpc::kWorkerNotReady, "busy", "too many queries wait; ask again later"}));
      return result;
    }
    jobs_.push_back(std::move(job));
  }
  on_job_();
  return result;
}

std::vector<QueryDesk::Job> QueryDesk::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(jobs_, {});
}

void QueryDesk::close(const QueryError& error) {
  std::vector<Job> jobs;
  {
    const std::lock_guard lock(mutex_);
    closed_ = error;
    jobs = std::exchange(jobs_, {});
  }
  for (auto& job : jobs) job.result.set_value(std::unexpected(error));
}

void QueryDesk::set_health(rpc::WorkerHealth health) {
  const std::lock_guard lock(mutex_);
  health_ = std::move(health);
}

void QueryDesk::set_loading(std::optional<rpc::LoadProgress> loading) {
  const std::lock_guard lock(mutex_);
  loading_ = loading;
}

void QueryDesk::set_equivocation(Bytes file) {
  const std::lock_guard lock(mutex_);
  equivocation_ = std::move(file);
}

std::optional<Bytes> QueryDesk::equivocation() const {
  const std::lock_guard lock(mutex_);
  return equivocation_;
}

rpc::WorkerHealth QueryDesk::health() const {
  std::unique_lock lock(mutex_);
  auto out = health_;
  out.loading = loading_;
  lock.unlock();
  if (collateral_) out.collateral = collateral_();
  return out;
}

}  // namespace substratee::worker::driver
