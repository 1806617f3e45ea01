#pragma once

/// The state's blocks and the receipts on this host's disk: keeps what the enclave gives, brings what it needs, from
/// the own store or from other workers over IPFS, and removes what is no longer reached.

#include "worker/base/report.hpp"
#include "worker/conversation/conversation.hpp"
#include "worker/ipfs/state_store.hpp"

#include <map>
#include <stop_token>

namespace substratee::worker::driver {

class StateKeeper {
 public:
  struct Ports {
    conversation::Conversation& conversation;
    chain_follower::Chain& chain;
    ipfs::StateStore& store;
    const conversation::ReceiptStore& receipts;
    const conversation::EvidenceStore& evidence;
    Report& report;
  };

  StateKeeper(Ports ports, registry::ShardId shard, std::stop_token stop)
      : ports_(ports), shard_(shard), stop_(std::move(stop)) {}

  /// Takes all that the enclave has to give; durable when it returns.
  [[nodiscard]] Result<void> take_outputs();

  /// The blocks that the enclave asks for, fetched from the other workers if they are not here. kPeer if nobody has
  /// them.
  [[nodiscard]] Result<std::vector<protocol::StateBlock>> bring(const protocol::NeedState& need, const AccountId& self);

  /// Remembers which roots are in use; now and then removes what is not.
  [[nodiscard]] Result<void> note(const protocol::Status& status);

  /// Keeps that state for good, as evidence: until its file in the evidence folder is removed.
  [[nodiscard]] Result<void> hold(const registry::StateCid& root);
  /// The same for all states that are in use now: another worker differed, and these are what it differs from.
  [[nodiscard]] Result<void> hold_all();

  /// What was fetched since the last call.
  [[nodiscard]] ipfs::FetchProgress take_fetched() { return std::exchange(fetched_, {}); }

 private:
  /// Removes what no root in use and no held one reaches.
  [[nodiscard]] Result<void> tidy();
  /// Blocks behind the agreed one whose states are kept for joiners that are on their way.
  static constexpr BlockNumber kKeptBehindAgreed = 64;
  static constexpr std::size_t kRootsBetweenCollections = 256;

  [[nodiscard]] Result<void> keep(const std::vector<ipld::Block>& blocks,
                                  const std::optional<registry::StateCid>& root);
  [[nodiscard]] Result<void> fetch(const ipld::Cid& root, const AccountId& self, bool check_present);
  [[nodiscard]] Result<std::optional<std::vector<protocol::StateBlock>>> read(const protocol::NeedState& need) const;

  Ports ports_;
  const registry::ShardId shard_;
  const std::stop_token stop_;
  std::map<BlockNumber, registry::StateCid> roots_;  ///< by the block that made them
  std::optional<registry::StateCid> root_;
  std::size_t forgotten_ = 0;  ///< roots that no longer count since the last collection
  ipfs::FetchProgress fetched_;
};

}  // namespace substratee::worker::driver
