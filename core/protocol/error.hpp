#pragma once

#include <expected>
#include <string_view>

namespace substratee::protocol {

enum class Error {
  kMalformed,     ///< does not decode, or the padding is wrong
  kTooLarge,      ///< over its limit
  kWrongEpoch,    ///< sealed for a key that is not this one
  kNotForUs,      ///< does not open: other key, chain, shard, sender, or changed bytes
  kBadSignature,  ///< the inner signature does not hold
  kBadKey,        ///< a shielding key that is no key
  kMismatch,      ///< an answer to another question
};
[[nodiscard]] std::string_view to_string(Error error) noexcept;
template <class T>
using Result = std::expected<T, Error>;

}  // namespace substratee::protocol
