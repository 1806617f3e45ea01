#pragma once

/// The node's JSON-RPC methods, by name, and the values that they carry. Those of Substrate keep Substrate's names and
/// forms; the one of our own is substratee_getVerifiedBlocks.

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
