#pragma once

/// What the worker asks of the chain's node. Nothing of it is trusted: the enclave verifies what it acts on; the rest
/// is hints and addresses. Failures are kNode: later again.

#include "rpc/node_api.hpp"
#include "worker/base/failure.hpp"
#include "worker/base/report.hpp"

#include <string>
#include <vector>

namespace substratee::worker::chain_follower {

/// Another worker of the shard, as the registry shows it.
struct PeerWorker {
  AccountId account;
  registry::MemberStatus status{};
  std::string worker_url;
  std::string provisioning_url;
};

/// How long an account's registration lasts, by the best block; milliseconds of the chain's time.
struct Registration {
  std::uint64_t attested_at = 0;
  std::uint64_t valid_until = 0;
  std::uint64_t now = 0;                                ///< Timestamp.Now
  std::vector<attestation::CollateralId> collateral{};  ///< what it rests on
};

/// An extrinsic found in a block.
struct Found {
  BlockNumber block = 0;
  std::optional<std::string> error;  ///< why its call failed
};

class Chain {
 public:
  virtual ~Chain() = default;

  /// Final blocks from `from` on, at most 256, in order; empty if there is none yet.
  [[nodiscard]] virtual Result<std::vector<rpc::VerifiedBlock>> verified_blocks(BlockNumber from) = 0;
  /// The newest block that the node shows to clients as final; it may lag behind verified_blocks.
  [[nodiscard]] virtual Result<BlockNumber> finalized() = 0;
  [[nodiscard]] virtual Result<std::vector<Bytes>> read_proof(const std::vector<Bytes>& keys, const BlockHash& at) = 0;
  [[nodiscard]] virtual Result<protocol::ExtrinsicHints> hints(const AccountId& account) = 0;
  [[nodiscard]] virtual Result<void> submit(ByteView extrinsic) = 0;
  /// Nothing if the block does not contain it.
  [[nodiscard]] virtual Result<std::optional<Found>> find(ByteView extrinsic, const BlockHash& block) = 0;
  /// Whether the shard's Active members differ without a majority.
  [[nodiscard]] virtual Result<bool> is_disputed(const registry::ShardId& shard) = 0;
  /// All members of the shard that are registered.
  [[nodiscard]] virtual Result<std::vector<PeerWorker>> workers(const registry::ShardId& shard) = 0;
  [[nodiscard]] virtual Result<std::optional<Registration>> registration(const AccountId& account) = 0;
  [[nodiscard]] virtual Result<std::optional<registry::Collateral>> collateral(const attestation::CollateralId& id) = 0;
};

}  // namespace substratee::worker::chain_follower
