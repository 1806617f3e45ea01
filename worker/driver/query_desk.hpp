#pragma once

/// Where the API's threads hand in questions for the enclave and wait, and where the driver fetches them.

#include "core/protocol/enclave_messages.hpp"
#include "rpc/worker_api.hpp"

#include <expected>
#include <functional>
#include <future>
#include <mutex>
#include <string>
#include <vector>

namespace substratee::worker::driver {

struct QueryError {
  int code = 0;         ///< rpc::kWorkerBehind and its like
  std::string reason;   ///< "behind"
  std::string message;  ///< one sentence
};
/// A SealedAnswer, a ShieldingKeyAnswer, or the Status after a report.
using QueryResult = std::expected<protocol::Reply, QueryError>;

class QueryDesk {
 public:
  static constexpr std::size_t kMaxWaiting = 1'000;

  struct Job {
    protocol::Request request;
    std::promise<QueryResult> result;
  };

  /// `on_job` is called on the asking thread.
  explicit QueryDesk(std::function<void()> on_job) : on_job_(std::move(on_job)) {}

  [[nodiscard]] std::future<QueryResult> ask(protocol::Request request);
  [[nodiscard]] std::vector<Job> take();
  /// All who wait and all who come get this.
  void close(const QueryError& error);

  void set_health(rpc::WorkerHealth health);
  /// Part of every health() from now on; from any thread.
  void set_loading(std::optional<rpc::LoadProgress> loading);
  /// Asked for each health(), from any thread. Before others use this object.
  void set_collateral(std::function<rpc::CollateralHealth()> collateral) { collateral_ = std::move(collateral); }
  [[nodiscard]] rpc::WorkerHealth health() const;
  /// SCALE of finality::EquivocationFile.
  void set_equivocation(Bytes file);
  [[nodiscard]] std::optional<Bytes> equivocation() const;

 private:
  const std::function<void()> on_job_;
  mutable std::mutex mutex_;
  std::vector<Job> jobs_;
  std::optional<QueryError> closed_;
  rpc::WorkerHealth health_;
  std::optional<rpc::LoadProgress> loading_;
  std::optional<Bytes> equivocation_;
  std::function<rpc::CollateralHealth()> collateral_;
};

}  // namespace substratee::worker::driver
