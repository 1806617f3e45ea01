#pragma once

/// The node's JSON-RPC methods, by name, and the values that they carry. Those of Substrate keep Substrate's names and
/// forms; those of our own begin with substratee_.

#include "core/primitives/header.hpp"
#include "core/protocol/enclave_messages.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace substratee::rpc {

namespace node_method {
inline constexpr const char* kMethods = "rpc_methods";
inline constexpr const char* kChain = "system_chain";
inline constexpr const char* kHealth = "system_health";
inline constexpr const char* kAccountNextIndex = "system_accountNextIndex";
inline constexpr const char* kBlockHash = "chain_getBlockHash";
inline constexpr const char* kHeader = "chain_getHeader";
inline constexpr const char* kBlock = "chain_getBlock";
inline constexpr const char* kFinalizedHead = "chain_getFinalizedHead";
inline constexpr const char* kSubscribeFinalizedHeads = "chain_subscribeFinalizedHeads";
inline constexpr const char* kUnsubscribeFinalizedHeads = "chain_unsubscribeFinalizedHeads";
inline constexpr const char* kFinalizedHeadNews = "chain_finalizedHead";
inline constexpr const char* kSubscribeNewHeads = "chain_subscribeNewHeads";
inline constexpr const char* kUnsubscribeNewHeads = "chain_unsubscribeNewHeads";
inline constexpr const char* kNewHeadNews = "chain_newHead";
inline constexpr const char* kStorage = "state_getStorage";
inline constexpr const char* kReadProof = "state_getReadProof";
inline constexpr const char* kKeysPaged = "state_getKeysPaged";
inline constexpr const char* kRuntimeVersion = "state_getRuntimeVersion";
inline constexpr const char* kSubmit = "author_submitExtrinsic";
inline constexpr const char* kSubmitAndWatch = "author_submitAndWatchExtrinsic";
inline constexpr const char* kUnwatch = "author_unwatchExtrinsic";
inline constexpr const char* kExtrinsicNews = "author_extrinsicUpdate";
/// (from_number, count ≤ 256) → [{"number", "hash", "header", "journal", "justification"}], final blocks in order,
/// at most up to the last final one; the three byte strings in hex, SCALE inside.
inline constexpr const char* kVerifiedBlocks = "substratee_getVerifiedBlocks";
/// (policy, time, at) → {"at", "time", "members": [{"account", "shards": [{"shard", "status"}], "kind", "hardware",
/// "tcb_status", "advisories", "measurement", "platform_id", "standing", "error", "reason", "valid_until",
/// "confirms_until"}]}: what becomes of each member that is neither Expired nor Quarantined under that policy (SCALE in
/// hex; null: the chain's) at that time (seconds; null: the chain's now) without renewal. "standing": "holds",
/// "lapses" (no longer joins or provides; confirms until confirms_until, the last Active member beyond it) or "void"
/// (out at once). Times in seconds.
inline constexpr const char* kAppraiseMembers = "substratee_appraiseMembers";
}  // namespace node_method

inline constexpr std::uint32_t kMaxVerifiedBlocks = 256;

struct NodeHealth {
  std::uint64_t peers = 0;
  bool is_syncing = false;
  bool should_have_peers = false;
};

struct RuntimeVersion {
  std::string spec_name;
  std::uint32_t spec_version = 0;
  std::uint32_t transaction_version = 0;
  friend bool operator==(const RuntimeVersion&, const RuntimeVersion&) = default;
};

struct ReadProof {
  primitives::BlockHash at;
  std::vector<Bytes> nodes;
};

struct Block {
  primitives::Header header;
  std::vector<Bytes> extrinsics;  ///< whole wire form each, with length prefix
};

struct VerifiedBlock {
  primitives::BlockNumber number = 0;
  primitives::BlockHash hash;
  protocol::FinalBlock final_block;
};

/// What substratee_appraiseMembers says of one member; the words are those of the JSON form.
struct MemberProspect {
  primitives::AccountId account;
  std::vector<std::pair<Hash256, std::string>> shards;  ///< and the status in each
  std::string kind;
  bool hardware = false;
  std::string tcb_status;
  std::vector<std::string> advisories;
  Hash256 measurement;
  FixedBytes<16> platform_id;
  std::string standing;
  std::string error;   ///< code; empty if it holds
  std::string reason;  ///< for people
  std::uint64_t valid_until = 0;
  std::uint64_t confirms_until = 0;
  friend bool operator==(const MemberProspect&, const MemberProspect&) = default;
};
struct MemberProspects {
  primitives::BlockHash at;
  std::uint64_t time = 0;  ///< asked about
  std::vector<MemberProspect> members;
  friend bool operator==(const MemberProspects&, const MemberProspects&) = default;
};

/// Where a watched extrinsic stands.
enum class TransactionState : std::uint8_t {
  kFuture,
  kReady,
  kBroadcast,
  kInBlock,
  kRetracted,
  kFinalized,
  kUsurped,
  kDropped,
  kInvalid
};
[[nodiscard]] std::string_view to_string(TransactionState state) noexcept;

struct TransactionStatus {
  TransactionState state{};
  std::optional<Hash256> hash;  ///< of the block, or of the extrinsic that usurped
  friend bool operator==(const TransactionStatus&, const TransactionStatus&) = default;

  /// Nothing follows.
  [[nodiscard]] bool is_last() const noexcept { return state >= TransactionState::kFinalized; }
  [[nodiscard]] bool is_failure() const noexcept { return state >= TransactionState::kUsurped; }
};

}  // namespace substratee::rpc
