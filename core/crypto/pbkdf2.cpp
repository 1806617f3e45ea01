#include "core/crypto/pbkdf2.hpp"

#include "core/base/check.hpp"

#include <openssl/evp.h>

namespace substratee::crypto {

void pbkdf2_hmac_sha512(ByteView password, ByteView salt, std::uint32_t rounds, MutableByteView out) noexcept {
  const auto done = PKCS5_PBKDF2_HMAC(reinterpret_cast<const char*>(password.data()), static_cast<int>(password.size()),
                                      salt.data(), static_cast<int>(salt.size()), static_cast<int>(rounds),
                                      EVP_sha512(), static_cast<int>(out.size()), out.data());
  SUBSTRATEE_CHECK(done == 1);
}

}  // namespace substratee::crypto
