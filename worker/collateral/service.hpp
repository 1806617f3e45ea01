#pragma once

/// Keeps collateral fresh in a thread of its own: Refresher with a clock, a source and a cache. A service that is away
/// never stops the worker: what is held is used, and the log and the API say for how long it holds.

#include "rpc/collateral/source.hpp"
#include "worker/collateral/cache.hpp"
#include "worker/collateral/refresher.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace substratee::worker::collateral {

class Service {
 public:
  struct Ports {
    std::unique_ptr<rpc::collateral::Source> source;
    Cache cache;
    Verify verify;
    std::function<UnixSeconds()> now;
    std::function<void(const std::string&)> info;  ///< from the service's thread, as those below
    std::function<void(const std::string&)> warn;
    std::function<void()> on_new;  ///< something newer is held
  };

  Service(Ports ports, RefreshOptions options);
  ~Service();  ///< waits for a fetch that is under way
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  // Any thread:
  void want(const std::vector<CollateralId>& ids);
  /// What is held, whether fresh or not; from now on it is wanted.
  [[nodiscard]] std::optional<CollateralItem> find(const CollateralId& id);
  /// All that is wanted and held.
  [[nodiscard]] attestation::CollateralSet held() const;
  [[nodiscard]] rpc::CollateralHealth health() const;

 private:
  void run(const std::stop_token& stop);
  void fetch(const CollateralId& id);
  void tell_new(const CollateralId& id, const Held& held);
  void tell_failure(const CollateralId& id, const rpc::collateral::Failure& failure, const Held* held);

  struct Said {
    rpc::collateral::FailureCode code{};
    UnixSeconds at = 0;
  };

  Ports ports_;
  std::unique_ptr<Random> random_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  Refresher refresher_;
  std::map<CollateralId, Said> said_;
  std::jthread thread_;
};

}  // namespace substratee::worker::collateral
