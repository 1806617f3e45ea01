#pragma once

/// Why a proof file is refused: one code for each reason, in the order in which they are looked for.

#include <cstdint>
#include <expected>
#include <string_view>

namespace substratee::proof {

enum class Error : std::uint8_t {
  kNotAProof,        ///< the file does not begin as one
  kUnknownVersion,   ///< of a format that this build does not know
  kOtherKind,        ///< a proof of something else
  kTooLarge,         ///< over kMaxFileSize
  kMalformed,        ///< does not decode, or goes on behind its end
  kWrongGenesis,     ///< of another chain than the one given
  kBadGenesis,       ///< the genesis header is none
  kNoEngine,         ///< the proof does not show which engine and authority the genesis names
  kUnknownEngine,    ///< the genesis names an engine that this build does not know
  kBadHeader,        ///< a header that does not decode
  kNotFinal,         ///< a header without the authority's seal
  kNoJournal,        ///< the header names no journal
  kNotInJournal,     ///< the path does not lead from the header's journal root to an entry
  kNoAgreement,      ///< the entry is no agreement on a state
  kOtherShard,       ///< agreement and receipt name different shards
  kOtherBlock,       ///< agreement and receipt, or answer and header, name different blocks
  kNotAgreed,        ///< the receipt is no leaf of the tree that was agreed on
  kStateNotProved,   ///< the read proof does not tell about the shard, a member or an enclave
  kNoShard,          ///< the chain has no such shard
  kWrongCharter,     ///< the shard has another charter than the one given
  kNotParent,        ///< the earlier header is not the parent of the header
  kNobodyConfirmed,  ///< nobody confirmed, or one confirmed twice
  kNotRegistered,    ///< an enclave is not registered on the chain
  kNotAMember,       ///< the enclave may not answer for the shard at that block
  kOtherQuery,       ///< the answer is to another query
  kOtherState,       ///< mode agreed, but not the state that the chain had agreed on
  kBadSignature,     ///< the answer is not signed by its enclave
  kNotRevealed,      ///< the secret shown does not open the query, or it is not signed by its account
};
constexpr Error scale_last(Error) { return Error::kNotRevealed; }
/// One word, for machines: "not_final".
[[nodiscard]] std::string_view to_word(Error error) noexcept;
/// A sentence, without its end.
[[nodiscard]] std::string_view to_string(Error error) noexcept;

template <class T>
using Result = std::expected<T, Error>;

}  // namespace substratee::proof
