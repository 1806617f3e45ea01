#pragma once

/// The runtime: what a block does to the state, and whether a transaction may enter one.
/// Vocabulary: view = state after the parent block; outcome = what the block leaves. Nothing here writes storage.
/// Deterministic: equal view, number, parent hash and extrinsics give equal outcomes on every machine.
/// Not its job: seals, roots, blocks, the pool.
/// Specification: docs/protocol.md, "Registry"; extrinsics as in Substrate, format 4.

#include "core/primitives/header.hpp"
#include "core/registry/journal.hpp"
#include "node/runtime/frame/dispatch.hpp"
#include "node/runtime/frame/weight.hpp"
#include "node/runtime/state.hpp"
#include "node/runtime/version.hpp"

#include <memory>

namespace substratee::node::runtime {

using primitives::AccountId;
using primitives::BlockHash;
using primitives::BlockNumber;
using primitives::Nonce;

/// Sum of the extrinsics' wire sizes in one block.
inline constexpr std::size_t kMaxBlockSize = 4 * 1024 * 1024;
/// Block hashes that System keeps, besides that of genesis.
inline constexpr BlockNumber kBlockHashCount = 256;

/// Why an extrinsic cannot stand in a block. It leaves nothing behind.
enum class InvalidReason : std::uint8_t {
  kMalformed,  ///< does not decode, or its call does not
  kBadSignature,
  kBadSigner,          ///< the zero account
  kStale,              ///< nonce already spent
  kFuture,             ///< nonce not yet due
  kAncientBirthBlock,  ///< the era's birth block is unknown or too old
  kPayment,            ///< cannot pay fee and tip
  kExhaustsResources,  ///< does not fit into this block
  kCall,               ///< not expected here: a bare call that is no inherent, a second timestamp, a call before it
  kBadTimestamp,       ///< the timestamp goes backwards
};
/// Substrate's text: "Transaction is outdated".
[[nodiscard]] std::string_view to_string(InvalidReason reason) noexcept;

/// What an extrinsic in a block did. A failing call leaves nonce, fee and events only.
struct ApplyOutcome {
  bool success = true;
  std::optional<DispatchError> error;
};

struct BlockOutcome {
  Changes changes;
  registry::Journal journal;
  std::vector<primitives::DigestItem> digest;  ///< the journal's item, if there is a journal
};

/// Whether apply() checks the signature itself, or the caller has done it (check_signature on another thread).
enum class SignatureCheck : std::uint8_t { kHere, kDoneByCaller };

/// One block on top of a view. `parent` must outlive it. One thread at a time.
class BlockExecution {
 public:
  /// Starts block `number` (≥ 1) on the block with hash `parent_hash`.
  BlockExecution(const StateView& parent, BlockNumber number, const BlockHash& parent_hash);
  BlockExecution(BlockExecution&&) noexcept;
  BlockExecution& operator=(BlockExecution&&) noexcept;
  ~BlockExecution();

  /// The first extrinsic must be timestamp_inherent; it alone is bare. An invalid one leaves nothing, and the block
  /// goes on.
  [[nodiscard]] std::expected<ApplyOutcome, InvalidReason> apply(ByteView extrinsic,
                                                                 SignatureCheck check = SignatureCheck::kHere);
  /// Whether the timestamp has been set; a block without it is not valid.
  [[nodiscard]] bool has_timestamp() const noexcept;
  /// Wire bytes applied so far.
  [[nodiscard]] std::size_t size() const noexcept;
  /// Weight applied so far, at most kMaxBlockWeight.
  [[nodiscard]] RefTime weight() const noexcept;
  [[nodiscard]] BlockOutcome finish() &&;

 private:
  class State;
  std::unique_ptr<State> state_;
};

/// The signature of a signed extrinsic for the block after `best`; true for a bare one. kMalformed,
/// kAncientBirthBlock, kBadSignature. Safe to call from many threads on one view.
[[nodiscard]] std::expected<void, InvalidReason> check_signature(const StateView& state, BlockNumber best,
                                                                 const BlockHash& best_hash, ByteView extrinsic);

struct ValidTransaction {
  AccountId sender;
  Nonce nonce = 0;
  Nonce next_expected = 0;      ///< the sender's nonce in the state; smaller than `nonce`: a future transaction
  std::uint64_t priority = 0;   ///< higher goes first (the tip)
  std::uint64_t longevity = 0;  ///< first block number at which it is no longer valid; max = never
};

/// Cheap: decodes, checks era, nonce (kStale only), weight, fee, tip and signature. Never verifies evidence.
[[nodiscard]] std::expected<ValidTransaction, InvalidReason> validate_transaction(const StateView& state,
                                                                                  BlockNumber best,
                                                                                  const BlockHash& best_hash,
                                                                                  ByteView extrinsic);

/// The next nonce of the account.
[[nodiscard]] Nonce account_nonce(const StateView& state, const AccountId& account);

/// Wire bytes of the bare timestamp.set(now in milliseconds); every block has exactly one, first.
[[nodiscard]] Bytes timestamp_inherent(std::uint64_t milliseconds);

/// Timestamp.Now of the state, milliseconds.
[[nodiscard]] std::uint64_t timestamp_now(const StateView& state);

}  // namespace substratee::node::runtime
