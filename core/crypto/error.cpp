#include "core/crypto/error.hpp"

namespace substratee::crypto {

std::string_view to_string(Error error) noexcept {
  switch (error) {
    case Error::kBadSize: return "a key, signature or ciphertext of a wrong size";
    case Error::kBadKey: return "not a valid key";
    case Error::kBadSignature: return "the signature does not hold";
    case Error::kBadCiphertext: return "decryption failed: wrong key, wrong associated data or changed bytes";
    case Error::kBadEncoding: return "an encoding that does not parse";
    case Error::kUnsupported: return "an algorithm or secret URI that is not supported";
  }
  return "unknown error";
}

}  // namespace substratee::crypto
