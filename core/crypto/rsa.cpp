#include "core/crypto/rsa.hpp"

#include "core/base/check.hpp"
#include "core/crypto/hash.hpp"
#include "core/crypto/openssl.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rsa.h>

#include <bit>

namespace substratee::crypto::rsa {
namespace {

using detail::Owned;
using Key = Owned<EVP_PKEY, EVP_PKEY_free>;
using KeyContext = Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;

constexpr int kSaltSize = 48;

bool is_sound(ByteView modulus, ByteView signature) noexcept {
  return modulus.size() >= kMinModulusSize && modulus.size() <= kMaxModulusSize && modulus.front() >= 0x80 &&
         (modulus.back() & 1) == 1 && signature.size() == modulus.size();
}

Key make_key(ByteView modulus) noexcept {
  static_assert(std::endian::native == std::endian::little, "OSSL_PARAM numbers have the machine's byte order");
  std::array<std::uint8_t, kMaxModulusSize> native;
  std::reverse_copy(modulus.begin(), modulus.end(), native.begin());
  std::array<std::uint8_t, 3> exponent{0x01, 0x00, 0x01};
  std::array<OSSL_PARAM, 3> parameters{OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_N, native.data(), modulus.size()),
                                       OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_E, exponent.data(), exponent.size()),
                                       OSSL_PARAM_construct_end()};
  detail::start_openssl();
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  SUBSTRATEE_CHECK(context != nullptr && EVP_PKEY_fromdata_init(context.get()) == 1);
  EVP_PKEY* key = nullptr;
  return Key(EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.data()) == 1 ? key : nullptr);
}

/// `digest` names the hash that made `hash`.
bool verify(ByteView modulus, ByteView hash, ByteView signature, int padding, const EVP_MD* digest) noexcept {
  const detail::QuietErrors quiet;
  if (!is_sound(modulus, signature)) return false;
  const Key key = make_key(modulus);
  if (key == nullptr) return false;
  const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  SUBSTRATEE_CHECK(context != nullptr && EVP_PKEY_verify_init(context.get()) == 1);
  SUBSTRATEE_CHECK(EVP_PKEY_CTX_set_rsa_padding(context.get(), padding) == 1);
  SUBSTRATEE_CHECK(EVP_PKEY_CTX_set_signature_md(context.get(), digest) == 1);
  if (padding == RSA_PKCS1_PSS_PADDING) {
    SUBSTRATEE_CHECK(EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), digest) == 1);
    SUBSTRATEE_CHECK(EVP_PKEY_CTX_set_rsa_pss_saltlen(context.get(), kSaltSize) == 1);
  }
  return EVP_PKEY_verify(context.get(), signature.data(), signature.size(), hash.data(), hash.size()) == 1;
}

}  // namespace

bool verify_pss_sha384(ByteView modulus, ByteView message, ByteView signature) noexcept {
  return verify(modulus, sha384(message).bytes, signature, RSA_PKCS1_PSS_PADDING, EVP_sha384());
}

bool verify_pkcs1_sha256(ByteView modulus, ByteView message, ByteView signature) noexcept {
  return verify(modulus, sha256(message).bytes, signature, RSA_PKCS1_PADDING, EVP_sha256());
}

}  // namespace substratee::crypto::rsa
