#pragma once

/// One error type for all of core/crypto.

#include <expected>
#include <string_view>

namespace substratee::crypto {

enum class Error {
  kBadSize,        ///< a key, signature or ciphertext of a size that cannot be
  kBadKey,         ///< not a key: off the curve, small order, not canonical
  kBadSignature,   ///< the signature does not hold
  kBadCiphertext,  ///< authentication failed: wrong key, wrong associated data, or changed bytes
  kBadEncoding,    ///< a structure (DER, phrase) that does not parse
  kUnsupported,    ///< a secret URI or algorithm that this product does not handle
};

[[nodiscard]] std::string_view to_string(Error error) noexcept;

template <class T>
using Result = std::expected<T, Error>;

}  // namespace substratee::crypto
