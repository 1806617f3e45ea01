#include "core/finality/error.hpp"

namespace substratee::finality {

std::string_view to_string(Error error) noexcept {
  switch (error) {
    case Error::kMalformedHeader: return "the header does not decode";
    case Error::kNotGenesis: return "not a genesis header";
    case Error::kNoEngine: return "the engine has not been proved yet";
    case Error::kUnknownEngine: return "the genesis state names an unknown engine";
    case Error::kNotNext: return "the header does not follow the verified head";
    case Error::kNotFinal: return "the block's justification does not hold";
    case Error::kMalformedJournal: return "the journal does not decode";
    case Error::kWrongJournal: return "the journal is not the one that the header names";
    case Error::kUnknownBlock: return "the proof is of a block that is not verified or too old";
    case Error::kBadProof: return "the proof's nodes do not parse";
    case Error::kNotProved: return "the proof does not tell about a key";
    case Error::kMalformedValue: return "a proved value does not decode";
    case Error::kMalformedSnapshot: return "not a snapshot of a chain";
    case Error::kNotEquivocation: return "not two different headers of one height";
    case Error::kMalformedEvidence: return "the evidence does not decode";
    case Error::kOtherChain: return "the evidence is about another chain";
  }
  return "unknown error";
}

}  // namespace substratee::finality
