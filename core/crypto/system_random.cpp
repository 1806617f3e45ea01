#include "core/crypto/system_random.hpp"

#include "core/base/check.hpp"
#include "core/crypto/aead.hpp"
#include "core/crypto/openssl.hpp"
#include "core/crypto/p256.hpp"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <sodium.h>

namespace substratee::crypto {
namespace {

// What OpenSSL loads at the first use of an algorithm, it loads now: afterwards no file may be opened.
void use_everything_once() {
  const std::array<std::uint8_t, 64> key{1};
  SUBSTRATEE_CHECK(aes_siv_open(key, key, aes_siv_seal(key, key, key)).has_value());
  SUBSTRATEE_CHECK(aes_siv_open(key, key, aes_siv_seal(key, key, {})).has_value());
  SystemRandom random;
  const auto pair = p256::KeyPair::draw(random);
  SUBSTRATEE_CHECK(p256::verify(pair.public_key(), key, pair.sign(key)));
}

}  // namespace

void detail::start_openssl() noexcept {
  SUBSTRATEE_CHECK(OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr) == 1);
}

void SystemRandom::fill(MutableByteView out) {
  if (!out.empty()) randombytes_buf(out.data(), out.size());
}

void initialise() {
  detail::start_openssl();
  SUBSTRATEE_CHECK(sodium_init() >= 0);
  std::uint8_t byte = 0;
  SUBSTRATEE_CHECK(RAND_bytes(&byte, 1) == 1 && RAND_priv_bytes(&byte, 1) == 1);
  use_everything_once();
}

}  // namespace substratee::crypto
