#pragma once

/// VerifiedChain: the one door through which an enclave learns about the chain.
/// Vocabulary: final = justified by the engine that the genesis state names; head = newest verified block.
/// Root of trust: the genesis hash. Engine and authorities come by read proof of the genesis header, everything else
/// from headers whose justification holds, journals that match their header, and read proofs of a verified header.
/// Memory is O(1) in the length of the chain. One thread. Nothing here is secret.

#include "core/attestation/policy/appraise.hpp"
#include "core/primitives/header.hpp"
#include "core/registry/journal.hpp"
#include "core/trie/trie.hpp"

#include <deque>
#include <memory>

namespace substratee::finality {

enum class Error {
  kMalformedHeader,   ///< the header does not decode
  kNotGenesis,        ///< a genesis header with a parent, a number or a seal
  kNoEngine,          ///< the engine has not been proved yet
  kUnknownEngine,     ///< the genesis state names an engine that this build does not know
  kNotNext,           ///< the header does not follow the head
  kNotFinal,          ///< the justification does not hold
  kMalformedJournal,  ///< the journal does not decode
  kWrongJournal,      ///< not the journal that the header names
  kUnknownBlock,      ///< a proof of a header that is not genesis and not among the newest
  kBadProof,          ///< the proof's nodes do not parse
  kNotProved,         ///< the proof does not tell about this key
  kMalformedValue,    ///< a proved value that does not decode
};
[[nodiscard]] std::string_view to_string(Error error) noexcept;
template <class T>
using Result = std::expected<T, Error>;

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
  /// Digest items are few and small; a longer header is refused before it costs memory.
  static constexpr std::size_t kMaxHeaderSize = 16 * 1024;
  /// A journal holds less than its block does; not even the chain's authority gives an enclave more to work on at once.
  static constexpr std::size_t kMaxJournalSize = 4 * 1024 * 1024;

  [[nodiscard]] static Result<VerifiedChain> start(ByteView genesis_header);

  [[nodiscard]] const primitives::BlockHash& genesis_hash() const noexcept { return genesis_.hash; }
  [[nodiscard]] bool has_engine() const noexcept { return engine_.has_value(); }
  /// Takes the engine from a proof of the genesis state (key registry::key::engine()).
  [[nodiscard]] Result<void> set_engine(const VerifiedState& genesis);

  /// Verifies and appends the next block; on error the chain is unchanged.
  [[nodiscard]] Result<VerifiedBlock> append(ByteView header, ByteView journal, ByteView justification);

  [[nodiscard]] const Head& head() const noexcept { return recent_.back(); }
  /// Whether the block is genesis or one of the newest kRecent.
  [[nodiscard]] bool is_recent(primitives::BlockNumber number, const primitives::BlockHash& hash) const noexcept;
  /// The hash of a recent block or of genesis; nothing for any other number.
  [[nodiscard]] std::optional<primitives::BlockHash> hash_of(primitives::BlockNumber number) const noexcept;
  /// Reads `nodes` against the state root of a block that is genesis or recent.
  [[nodiscard]] Result<VerifiedState> open(const primitives::BlockHash& block, std::vector<Bytes> nodes) const;

 private:
  explicit VerifiedChain(Head genesis) : genesis_(genesis), recent_{genesis} {}
  [[nodiscard]] const Head* find(const primitives::BlockHash& block) const noexcept;
  [[nodiscard]] bool is_final(const primitives::Header& header, ByteView justification) const;

  Head genesis_;
  std::optional<registry::Engine> engine_;
  std::deque<Head> recent_;
};

}  // namespace substratee::finality
