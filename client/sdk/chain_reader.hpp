#pragma once

/// What the client's node says about its chain, checked before it is used: the engine by read proof of the genesis
/// header, headers by their seal, values by read proof of a sealed header, journals by their header. Nothing of the
/// node is believed but what it withholds: it can show an old block, or hide a member, and it can be silent. A failed
/// check is kForged and says what the node showed. One thread at a time.

#include "client/sdk/checks.hpp"
#include "core/proof/assemble.hpp"
#include "rpc/node_client.hpp"

#include <map>

namespace substratee::client {

/// Values of the state at one final block, proved.
class ProvedState {
 public:
  /// Nothing: the chain has no such value.
  template <class T>
  [[nodiscard]] Result<std::optional<T>> get(ByteView key) const {
    auto value = state_.get<T>(key);
    if (value) return *std::move(value);
    return std::unexpected(unproved(value.error()));
  }
  /// The nodes, as they came.
  [[nodiscard]] const std::vector<Bytes>& nodes() const noexcept { return nodes_; }

 private:
  friend class ChainReader;
  ProvedState(finality::VerifiedState state, std::vector<Bytes> nodes, std::string node_url)
      : state_(std::move(state)), nodes_(std::move(nodes)), node_url_(std::move(node_url)) {}
  [[nodiscard]] Failure unproved(finality::Error error) const;

  finality::VerifiedState state_;
  std::vector<Bytes> nodes_;
  std::string node_url_;
};

class ChainReader {
 public:
  /// kWrongChain if the node's chain is not the one pinned. `node` must outlive the reader.
  [[nodiscard]] static Result<ChainReader> open(rpc::NodeClient& node, const std::optional<BlockHash>& pinned);

  [[nodiscard]] const BlockHash& genesis_hash() const noexcept { return engine_.genesis_hash(); }
  /// For proof files.
  [[nodiscard]] const proof::ChainProof& chain_proof() const noexcept { return chain_proof_; }
  [[nodiscard]] const finality::ProvedEngine& engine() const noexcept { return engine_; }

  /// The newest final header. kForged if it is older than one shown before, or another of the same height.
  [[nodiscard]] Result<finality::FinalHeader> head();
  /// The newest header that the node has.
  [[nodiscard]] Result<finality::FinalHeader> best();
  /// Nothing if the node has no such block.
  [[nodiscard]] Result<std::optional<finality::FinalHeader>> header(const BlockHash& hash);
  /// `keys` at that block. kRefused if the node no longer keeps its state.
  [[nodiscard]] Result<ProvedState> read(const finality::FinalHeader& at, const std::vector<Bytes>& keys);
  /// Final blocks from `from` on, at most `count`, in order; empty when there are none yet.
  [[nodiscard]] Result<std::vector<CheckedBlock>> blocks(BlockNumber from, std::uint32_t count);
  /// Unproved: which accounts the node says are members. Each has to be read.
  [[nodiscard]] Result<std::vector<AccountId>> member_hints(const registry::ShardId& shard, const BlockHash& at);

 private:
  ChainReader(rpc::NodeClient& node, finality::ProvedEngine engine, proof::ChainProof chain_proof)
      : node_(&node), engine_(std::move(engine)), chain_proof_(std::move(chain_proof)) {}
  [[nodiscard]] Result<finality::FinalHeader> check(const primitives::Header& header, const Bytes& justification = {});
  [[nodiscard]] std::unexpected<Failure> forged(std::string what) const;

  rpc::NodeClient* node_;
  finality::ProvedEngine engine_;
  proof::ChainProof chain_proof_;
  std::map<BlockNumber, BlockHash> seen_;  ///< the newest sealed headers, to notice two of one height
  BlockNumber head_ = 0;
};

}  // namespace substratee::client
