#pragma once

/// VerifiedChain: the one door through which an enclave learns about the chain.
/// Vocabulary: final = justified by the engine that the genesis state names; head = newest verified block.
/// Root of trust: the genesis hash. Engine and authorities come by read proof of the genesis header, everything else
/// from headers whose justification holds, journals that match their header, and read proofs of a verified header.
/// Memory is O(1) in the length of the chain. One thread. Nothing here is secret.

#include "core/attestation/policy/appraise.hpp"
#include "core/finality/equivocation.hpp"
#include "core/primitives/header.hpp"
#include "core/registry/journal.hpp"
#include "core/trie/trie.hpp"

#include <deque>
#include <memory>

namespace substratee::finality {

struct Head {
  primitives::BlockNumber number = 0;
  primitives::BlockHash hash;
  Hash256 state_root;
};

struct VerifiedBlock {
  primitives::BlockNumber number = 0;
  primitives::BlockHash hash;
  registry::Journal journal;
};

/// The state at one verified header, as far as a read proof tells.
class VerifiedState {
 public:
  [[nodiscard]] const Head& at() const noexcept { return at_; }
  /// The raw value, or nothing when the proof shows that the key is absent.
  [[nodiscard]] Result<std::optional<Bytes>> raw(ByteView key) const;
  /// The decoded value.
  template <class T>
  [[nodiscard]] Result<std::optional<T>> get(ByteView key) const {
    const auto bytes = SUBSTRATEE_TRY(raw(key));
    if (!bytes) return std::optional<T>{};
    return std::optional<T>{SUBSTRATEE_TRY_OR(Error::kMalformedValue, scale::decode<T>(*bytes))};
  }

 private:
  friend class VerifiedChain;
  friend class ProvedEngine;
  VerifiedState(Head at, trie::ReadProof proof) : at_(at), proof_(std::move(proof)) {}
  Head at_;
  trie::ReadProof proof_;
};

class VerifiedChain {
 public:
  /// How many of the newest headers can be named in proofs, evidence and queries: the head, and all that fresh evidence
  /// may name.
  static constexpr std::size_t kRecent = attestation::kFreshnessBlocks + 1;
  /// A journal holds less than its block does; not even the chain's authority gives an enclave more to work on at once.
  static constexpr std::size_t kMaxJournalSize = 4 * 1024 * 1024;

  [[nodiscard]] static Result<VerifiedChain> start(ByteView genesis_header);

  /// Its place in the chain: genesis, engine, the recent headers; at most some 130 KiB, typically 15.
  /// SCALE{version u8 = 1, genesis header, engine, Vec<header>}. kNoEngine before there is one.
  [[nodiscard]] Result<Bytes> snapshot() const;
  /// Goes on from a snapshot that is known to be authentic: links are checked, seals are not checked again. A place of
  /// the past only means more blocks to catch up with. kMalformedSnapshot.
  [[nodiscard]] static Result<VerifiedChain> restore(ByteView snapshot);

  [[nodiscard]] const Head& genesis() const noexcept { return genesis_; }
  [[nodiscard]] const primitives::BlockHash& genesis_hash() const noexcept { return genesis_.hash; }
  [[nodiscard]] bool has_engine() const noexcept { return engine_.has_value(); }
  [[nodiscard]] const std::optional<registry::Engine>& engine() const noexcept { return engine_; }
  /// Takes the engine from a proof of the genesis state (key registry::key::engine()).
  [[nodiscard]] Result<void> set_engine(const VerifiedState& genesis);

  /// Verifies and appends the next block; on error the chain is unchanged.
  [[nodiscard]] Result<VerifiedBlock> append(ByteView header, ByteView journal, ByteView justification);

  /// Evidence that the authority sealed another block at the height of a recent one; nothing for a header that is
  /// merely repeated, not of a recent height, or not sealed by it.
  [[nodiscard]] std::optional<Equivocation> find_equivocation(ByteView header) const;

  [[nodiscard]] const Head& head() const noexcept { return recent_.back(); }
  /// Whether the block is genesis or one of the newest kRecent.
  [[nodiscard]] bool is_recent(primitives::BlockNumber number, const primitives::BlockHash& hash) const noexcept;
  /// The hash of a recent block or of genesis; nothing for any other number.
  [[nodiscard]] std::optional<primitives::BlockHash> hash_of(primitives::BlockNumber number) const noexcept;
  /// Reads `nodes` against the state root of a block that is genesis or recent.
  [[nodiscard]] Result<VerifiedState> open(const primitives::BlockHash& block, std::vector<Bytes> nodes) const;

 private:
  /// A verified block: what proofs and evidence need of it.
  struct Recent : Head {
    Bytes header;
  };

  VerifiedChain(const Head& genesis, Bytes header) : genesis_(genesis), genesis_header_(std::move(header)) {
    recent_.push_back({genesis_, genesis_header_});
  }
  [[nodiscard]] const Head* find(const primitives::BlockHash& block) const noexcept;
  [[nodiscard]] bool is_final(const primitives::Header& header, ByteView justification) const;
  void push(const primitives::Header& header, ByteView bytes);

  Head genesis_;
  Bytes genesis_header_;
  std::optional<registry::Engine> engine_;
  std::deque<Recent> recent_;
};

}  // namespace substratee::finality
