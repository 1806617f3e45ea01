#include "core/protocol/error.hpp"

namespace substratee::protocol {

std::string_view to_string(Error error) noexcept {
  switch (error) {
    case Error::kMalformed: return "the message does not decode";
    case Error::kTooLarge: return "the message is over its limit";
    case Error::kWrongEpoch: return "the message is sealed for another epoch";
    case Error::kNotForUs: return "the message does not open with this key, chain, shard and sender";
    case Error::kBadSignature: return "the signature does not hold";
    case Error::kBadKey: return "the shielding key is not a key";
    case Error::kMismatch: return "the answer belongs to another question";
  }
  return "unknown error";
}

}  // namespace substratee::protocol
