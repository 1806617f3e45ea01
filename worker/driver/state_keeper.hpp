#pragma once

/// The state's blocks and the receipts on this host's disk: keeps what the enclave gives, brings what it needs, from
/// the own store or from other workers over IPFS, and removes what is no longer reached.

#include "worker/base/report.hpp"
#include "worker/conversation/conversation.hpp"
#include "worker/driver/query_desk.hpp"
#include "worker/ipfs/state_store.hpp"

#include <deque>
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
    QueryDesk& desk;
    Report& report;
  };

  /// `kept_states`: at least so many of the newest states stay, also over a restart; and always those in use.
  StateKeeper(Ports ports, registry::ShardId shard, std::size_t kept_states, std::stop_token stop)
      : ports_(ports), shard_(shard), kept_states_(kept_states), stop_(std::move(stop)) {}

  /// Takes all that the enclave has to give; durable when it returns. kDiskFull keeps in memory what could not be
  /// written: the next call goes on with it.
  [[nodiscard]] Result<void> take_outputs();
  /// Something taken is not durable yet.
  [[nodiscard]] bool has_waiting() const noexcept { return !waiting_blocks_.empty() || !waiting_receipts_.empty(); }
  /// Why nothing can be stored; empty if it can.
  [[nodiscard]] const std::string& store_error() const noexcept { return store_error_; }

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
  static constexpr std::size_t kRootsBetweenCollections = 64;

  /// Writes what waits, below `root`.
  [[nodiscard]] Result<void> write_waiting(const std::optional<registry::StateCid>& root);
  [[nodiscard]] Result<void> keep(const std::vector<ipld::Block>& blocks,
                                  const std::optional<registry::StateCid>& root);
  /// Notes whether there is room, and makes some at the first sign that there is none.
  [[nodiscard]] Result<void> watch_room(Result<void> written);
  enum class Give : std::uint8_t {
    kFetched,    ///< to the enclave what is fetched
    kChecked,    ///< the same, and fetch what has gone bad
    kEverything  ///< also what is here already
  };
  /// True if the enclave was given the blocks on the way.
  [[nodiscard]] Result<bool> fetch(const ipld::Cid& root, const AccountId& self, Give give);
  [[nodiscard]] Result<std::optional<std::vector<protocol::StateBlock>>> read(const protocol::NeedState& need) const;

  Ports ports_;
  const registry::ShardId shard_;
  const std::size_t kept_states_;
  const std::stop_token stop_;
  std::vector<ipld::Block> waiting_blocks_;
  std::vector<protocol::SealedReceipts> waiting_receipts_;
  std::optional<registry::StateCid> waiting_root_;
  std::string store_error_;
  std::optional<std::deque<ipld::Cid>> earlier_;     ///< states of before this start, oldest first; read when needed
  std::map<BlockNumber, registry::StateCid> roots_;  ///< by the block that made them
  std::optional<registry::StateCid> root_;
  std::size_t forgotten_ = 0;  ///< roots that no longer count since the last collection
  ipfs::FetchProgress fetched_;
};

}  // namespace substratee::worker::driver
