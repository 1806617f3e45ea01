#pragma once

/// The worker's JSON-RPC methods (WebSocket and POST on one port, the base of which is the registered worker_url):
/// author_getShieldingKey()              → {"shielding_key", "epoch", "enclave", "signature"} (hex, epoch a number)
/// state_executeGetter(sealed_query)     → {"answer"}; SCALE of SealedQuery and the sealed answer, both in hex
/// worker_getReceipt(sealed_query)       → {"answer", "agreement"}; agreement: SCALE of proof::AgreementProof of the
///                                         receipt's block in hex, or null if this worker has none
/// worker_reportEquivocation(evidence)   → {"accepted": true}; SCALE of finality::Equivocation, or of EquivocationFile
/// worker_getEquivocation()              → {"evidence"}; SCALE of EquivocationFile, or null
/// system_health()                       → {"phase", "head", "is_ready", "member", "root", "agreed", "epoch",
///                                          "waiting_seconds", "is_disputed", "diverged_at",
///                                          "kind", "hardware", "valid_until", "collateral",
///                                          "loading", "store_error"}; "collateral" as CollateralHealth,
///                                          "loading" as LoadProgress, "store_error" a text, or null
/// system_version()                      → text
/// An error carries one of the codes below, a sentence, and data {"reason": "behind"}.

#include "core/protocol/enclave_messages.hpp"

#include <boost/json.hpp>

#include <optional>
#include <string>

namespace substratee::rpc {

namespace worker_method {
inline constexpr const char* kShieldingKey = "author_getShieldingKey";
inline constexpr const char* kExecuteGetter = "state_executeGetter";
inline constexpr const char* kReceipt = "worker_getReceipt";
inline constexpr const char* kReportEquivocation = "worker_reportEquivocation";
inline constexpr const char* kGetEquivocation = "worker_getEquivocation";
inline constexpr const char* kHealth = "system_health";
inline constexpr const char* kVersion = "system_version";
}  // namespace worker_method

inline constexpr int kWorkerBehind = 1001;    ///< the query names a block that the worker has not reached: later
inline constexpr int kWorkerNotReady = 1002;  ///< no keys or no state yet: later, or another worker
inline constexpr int kWorkerRefused = 1003;   ///< the enclave refuses this very query
inline constexpr int kWorkerStopped = 1004;   ///< the enclave stopped or was replaced: another worker

/// How long the collateral holds that this worker's evidence rests on.
struct CollateralHealth {
  /// "none" (nothing is needed), "fresh", "stale" (it holds, but could not be refreshed), "missing" (some was never
  /// had), "expired"
  std::string state;
  std::optional<std::uint64_t> expires;   ///< Unix time: the earliest end of what is held
  std::optional<std::int64_t> days_left;  ///< whole days until then; -1 when it is over
  std::string error;                      ///< why a refresh failed; empty if none did
  friend bool operator==(const CollateralHealth&, const CollateralHealth&) = default;
};

/// How far the state has come that a worker is fetching.
struct LoadProgress {
  std::uint64_t done_bytes = 0;
  std::uint64_t total_bytes = 0;  ///< as the state's root says; 0 while it is not known
  std::uint64_t bytes_per_second = 0;
  std::optional<std::uint64_t> seconds_left;
  friend bool operator==(const LoadProgress&, const LoadProgress&) = default;
};

struct WorkerHealth {
  std::string phase;  ///< "live"
  primitives::BlockNumber head = 0;
  bool is_ready = false;  ///< live and caught up
  std::string member;     ///< "Active"; empty if not registered
  std::string root;       ///< CID text of the open state; empty without
  std::optional<primitives::BlockNumber> agreed;
  registry::Epoch epoch = 0;
  std::uint32_t waiting_seconds = 0;                     ///< since the last final block came
  bool is_disputed = false;                              ///< the shard, as the node says
  std::optional<primitives::BlockNumber> diverged_at{};  ///< the first block whose agreed state this worker contradicts
  std::string kind{};                                    ///< of its evidence: "simulated", "sgx", "tdx", "snp"
  bool hardware = false;                                 ///< false: nothing is protected
  std::optional<std::uint64_t> valid_until{};            ///< seconds of the chain's time when its registration lapses
  std::optional<CollateralHealth> collateral{};          ///< nothing where no source is configured
  std::optional<LoadProgress> loading{};                 ///< while the state comes from other workers
  std::string store_error{};                             ///< why nothing can be stored (a full disk); empty if it can
};

[[nodiscard]] boost::json::value to_json(const WorkerHealth& health);
[[nodiscard]] std::optional<WorkerHealth> worker_health_from_json(const boost::json::value& value);
[[nodiscard]] boost::json::value to_json(const protocol::ShieldingKeyAnswer& answer);
[[nodiscard]] std::optional<protocol::ShieldingKeyAnswer> shielding_key_from_json(const boost::json::value& value);

}  // namespace substratee::rpc
