#pragma once

/// Proves agreements at the time when they are announced and keeps the proofs: later the node no longer has the state
/// that shows who the confirming enclaves were. Only of blocks that this worker has receipts of. Nothing depends on it
/// but receipts that prove themselves: failures are said once and never end the worker. One thread; no clock.

#include "core/proof/assemble.hpp"
#include "worker/chain_follower/backoff.hpp"
#include "worker/chain_follower/chain.hpp"
#include "worker/proofs/agreement_store.hpp"

#include <deque>
#include <functional>

namespace substratee::worker::proofs {

class AgreementKeeper {
 public:
  struct Ports {
    chain_follower::Chain& chain;
    AgreementStore& store;
    std::function<bool(BlockNumber)> has_receipts;
    Report& report;
  };
  struct Genesis {
    BlockHash hash;
    Bytes header;  ///< SCALE
  };

  AgreementKeeper(Ports ports, Genesis genesis, registry::ShardId shard)
      : ports_(std::move(ports)), genesis_(std::move(genesis)), shard_(shard) {}

  /// A block that came from the node, whether true or not: what is kept is verified.
  void note(const rpc::VerifiedBlock& block);
  /// Proves and stores what was noted, a few at a time.
  void step(Millis now);
  [[nodiscard]] std::size_t waiting() const noexcept { return waiting_.size(); }

 private:
  /// The node keeps states of so many blocks; an agreement that was announced longer ago cannot be proved any more.
  static constexpr BlockNumber kProvable = 256;
  static constexpr std::size_t kMaxWaiting = 1'024;
  static constexpr int kProofsPerStep = 16;

  struct Announcement {
    BlockNumber block = 0;  ///< agreed on
    BlockNumber in = 0;
    std::uint32_t entry = 0;
    std::shared_ptr<const protocol::FinalBlock> announced_in;
  };
  enum class Done : std::uint8_t { kStored, kNever, kLater };

  [[nodiscard]] bool prove_engine();
  [[nodiscard]] Done prove(const Announcement& announcement);
  [[nodiscard]] std::optional<std::vector<Bytes>> read(const std::vector<Bytes>& keys, const BlockHash& at);
  [[nodiscard]] std::optional<protocol::FinalBlock> parent_of(BlockNumber number);
  void complain(std::string text);

  Ports ports_;
  const Genesis genesis_;
  const registry::ShardId shard_;
  std::optional<finality::ProvedEngine> engine_;
  std::deque<Announcement> waiting_;
  BlockNumber newest_ = 0;
  bool is_node_away_ = false;  ///< a read failed since this was last cleared
  chain_follower::Backoff backoff_;
  std::string last_complaint_;
};

/// The node's chain with somebody who watches the blocks that it gives.
class WatchedChain final : public chain_follower::Chain {
 public:
  using Watcher = std::function<void(const rpc::VerifiedBlock&)>;
  WatchedChain(chain_follower::Chain& chain, Watcher watcher) : chain_(chain), watcher_(std::move(watcher)) {}

  Result<std::vector<rpc::VerifiedBlock>> verified_blocks(BlockNumber from) override {
    auto blocks = chain_.verified_blocks(from);
    if (blocks) std::ranges::for_each(*blocks, watcher_);
    return blocks;
  }
  Result<BlockNumber> finalized() override { return chain_.finalized(); }
  Result<std::vector<Bytes>> read_proof(const std::vector<Bytes>& keys, const BlockHash& at) override {
    return chain_.read_proof(keys, at);
  }
  Result<protocol::ExtrinsicHints> hints(const AccountId& account) override { return chain_.hints(account); }
  Result<void> submit(ByteView extrinsic) override { return chain_.submit(extrinsic); }
  Result<std::optional<chain_follower::Found>> find(ByteView extrinsic, const BlockHash& block) override {
    return chain_.find(extrinsic, block);
  }
  Result<std::optional<chain_follower::Registration>> registration(const AccountId& account) override {
    return chain_.registration(account);
  }
  Result<std::optional<registry::Collateral>> collateral(const attestation::CollateralId& id) override {
    return chain_.collateral(id);
  }
  Result<bool> is_disputed(const registry::ShardId& shard) override { return chain_.is_disputed(shard); }
  Result<std::vector<chain_follower::PeerWorker>> workers(const registry::ShardId& shard) override {
    return chain_.workers(shard);
  }

 private:
  chain_follower::Chain& chain_;
  Watcher watcher_;
};

}  // namespace substratee::worker::proofs
