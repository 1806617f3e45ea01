#pragma once

/// Transactions that wait for a block. A state machine: verdicts and blocks come in, candidates and notices go out.
/// Vocabulary: ready = can stand in the next block; future = a nonce before it is missing. A sender's transactions go
/// in order of nonce; senders take turns, higher priority (tip) first within a turn, then earlier arrival.
/// Not its job: validation (the caller brings the runtime's verdict), threads, clients. One thread at a time.

#include "core/primitives/extrinsic.hpp"
#include "node/runtime/runtime.hpp"

#include <functional>
#include <map>
#include <set>
#include <variant>
#include <vector>

namespace substratee::node::pool {

using primitives::AccountId;
using primitives::BlockHash;
using primitives::BlockNumber;
using primitives::Nonce;

struct Limits {
  std::size_t max_count = 16'384;
  std::size_t max_bytes = std::size_t{64} << 20;
  std::size_t max_per_sender = 2'048;
  Nonce max_nonce_gap = 2'048;  ///< how far ahead of the state a nonce may be
};

enum class Refusal : std::uint8_t {
  kAlreadyImported,  ///< this very transaction waits already
  kPriorityTooLow,   ///< another one with the same sender and nonce pays as much or more
  kSenderLimit,      ///< the sender has too many waiting, or a nonce too far ahead
  kPoolFull,         ///< no room, and nothing waits that is worth less
};
[[nodiscard]] std::string_view to_string(Refusal refusal) noexcept;

enum class Status : std::uint8_t { kReady, kFuture, kInBlock, kFinalized, kUsurped, kDropped, kInvalid };

/// What a watcher of `transaction` is told. `hash`: the block, or the usurper.
struct Notice {
  Hash256 transaction;
  Status status{};
  Hash256 hash;
  friend bool operator==(const Notice&, const Notice&) = default;
};

class TransactionPool {
 public:
  explicit TransactionPool(Limits limits = {}) : limits_(limits) {}

  /// `verdict` is the runtime's on the best state.
  [[nodiscard]] std::expected<Hash256, Refusal> submit(Bytes wire, const runtime::ValidTransaction& verdict);

  struct Candidate {
    Hash256 hash;
    ByteView wire;  ///< valid until the pool changes
  };
  /// For the next block, at most `max_bytes` in all.
  [[nodiscard]] std::vector<Candidate> candidates(std::size_t max_bytes) const;

  /// The runtime refused it for the next block: it and the sender's later ones that it leaves without predecessor wait
  /// no more, or as future ones.
  void reject(const Hash256& transaction);

  /// A new best block contains `included`; `nonce_of` reads its state. Prunes what is spent or expired.
  void on_block(BlockNumber number, const BlockHash& hash, std::span<const Hash256> included,
                const std::function<Nonce(const AccountId&)>& nonce_of);
  void on_final(BlockNumber number, const BlockHash& hash);

  /// Since the last call, in order.
  [[nodiscard]] std::vector<Notice> take_notices() { return std::exchange(notices_, {}); }

  [[nodiscard]] bool has_ready() const noexcept { return ready_count_ > 0; }
  [[nodiscard]] std::size_t ready_count() const noexcept { return ready_count_; }
  [[nodiscard]] std::size_t count() const noexcept { return by_hash_.size(); }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
  /// The nonce behind the account's ready transactions; `in_state` if it has none.
  [[nodiscard]] Nonce next_nonce(const AccountId& account, Nonce in_state) const;
  /// Ready ones in the order of candidates().
  [[nodiscard]] std::vector<Bytes> pending() const;

 private:
  struct Waiting {
    Bytes wire;
    Hash256 hash;
    std::uint64_t priority = 0;
    std::uint64_t longevity = 0;
    std::uint64_t arrival = 0;
    std::optional<Status> told;  ///< kReady or kFuture
  };
  struct Sender {
    Nonce next = 0;  ///< in the state
    std::map<Nonce, Waiting> waiting;
    Nonce ready_end = 0;  ///< nonces in [next, ready_end) are ready
  };
  using Senders = std::map<AccountId, Sender>;
  class Poorer;

  void tell(const Hash256& transaction, Status status, const Hash256& hash = {});
  void remove(Sender& sender, std::map<Nonce, Waiting>::iterator it, Status status, const Hash256& hash = {});
  void refresh(Sender& sender);
  void prune(Sender& sender, BlockNumber best);
  [[nodiscard]] std::expected<const Waiting*, Refusal> who_gives_way(const runtime::ValidTransaction& verdict) const;
  /// All or nothing: false leaves the pool as it was.
  [[nodiscard]] bool make_room(std::size_t size, const runtime::ValidTransaction& newcomer, const Waiting* giving_way);

  Limits limits_;
  Senders senders_;
  std::map<Hash256, std::pair<AccountId, Nonce>> by_hash_;
  std::map<BlockNumber, std::vector<Hash256>> in_blocks_;  ///< until final
  std::vector<Notice> notices_;
  std::size_t bytes_ = 0;
  std::size_t ready_count_ = 0;
  std::uint64_t arrivals_ = 0;
};

}  // namespace substratee::node::pool
