#pragma once

/// Why a header, a proof or a piece of evidence about the chain is not believed.

#include <expected>
#include <string_view>

namespace substratee::finality {

enum class Error {
  kMalformedHeader,    ///< the header does not decode
  kNotGenesis,         ///< a genesis header with a parent, a number or a seal
  kNoEngine,           ///< the engine has not been proved yet
  kUnknownEngine,      ///< the genesis state names an engine that this build does not know
  kNotNext,            ///< the header does not follow the head
  kNotFinal,           ///< the justification does not hold
  kMalformedJournal,   ///< the journal does not decode
  kWrongJournal,       ///< not the journal that the header names
  kUnknownBlock,       ///< a proof of a header that is not genesis and not among the newest
  kBadProof,           ///< the proof's nodes do not parse
  kNotProved,          ///< the proof does not tell about this key
  kMalformedValue,     ///< a proved value that does not decode
  kMalformedSnapshot,  ///< not a snapshot of a chain
  kNotEquivocation,    ///< one header twice, or headers of different heights
  kMalformedEvidence,  ///< a file of evidence that does not decode
  kOtherChain,         ///< evidence about another chain
};
[[nodiscard]] std::string_view to_string(Error error) noexcept;
template <class T>
using Result = std::expected<T, Error>;

}  // namespace substratee::finality
