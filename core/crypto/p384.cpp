#include "core/crypto/p384.hpp"

#include "core/base/check.hpp"
#include "core/crypto/hash.hpp"
#include "core/crypto/openssl.hpp"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/params.h>

namespace substratee::crypto::p384 {
namespace {

using detail::Owned;
using Number = Owned<BIGNUM, BN_free>;
using Key = Owned<EVP_PKEY, EVP_PKEY_free>;
using KeyContext = Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using RawSignature = Owned<ECDSA_SIG, ECDSA_SIG_free>;

constexpr std::size_t kHalf = 48;
// SEQUENCE of two INTEGERs of at most 49 bytes.
constexpr std::size_t kMaxDerSize = 104;

// Nothing when the key is not on the curve.
Key make_key(const PublicKey& public_key) noexcept {
  std::array<std::uint8_t, 1 + PublicKey::kSize> point;
  point[0] = 0x04;
  std::copy(public_key.begin(), public_key.end(), point.begin() + 1);
  char curve[] = SN_secp384r1;
  std::array<OSSL_PARAM, 3> parameters{
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, curve, 0),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()),
      OSSL_PARAM_construct_end()};
  detail::start_openssl();
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  SUBSTRATEE_CHECK(context != nullptr && EVP_PKEY_fromdata_init(context.get()) == 1);
  EVP_PKEY* key = nullptr;
  return Key(EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.data()) == 1 ? key : nullptr);
}

Number number_from(ByteView big_endian) noexcept {
  Number number(BN_bin2bn(big_endian.data(), static_cast<int>(big_endian.size()), nullptr));
  SUBSTRATEE_CHECK(number != nullptr);
  return number;
}

std::size_t to_der(const Signature& signature, std::array<std::uint8_t, kMaxDerSize>& out) noexcept {
  const ByteView raw(signature.bytes);
  const RawSignature parts(ECDSA_SIG_new());
  SUBSTRATEE_CHECK(parts != nullptr);
  SUBSTRATEE_CHECK(ECDSA_SIG_set0(parts.get(), number_from(raw.first(kHalf)).release(),
                                  number_from(raw.last(kHalf)).release()) == 1);
  std::uint8_t* cursor = out.data();
  const int size = i2d_ECDSA_SIG(parts.get(), &cursor);
  SUBSTRATEE_CHECK(size > 0);
  return static_cast<std::size_t>(size);
}

bool verify_digest(const PublicKey& key, ByteView digest, const Signature& signature) noexcept {
  const detail::QuietErrors quiet;
  const Key public_key = make_key(key);
  if (public_key == nullptr) return false;
  std::array<std::uint8_t, kMaxDerSize> der;
  const std::size_t size = to_der(signature, der);
  const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, public_key.get(), nullptr));
  SUBSTRATEE_CHECK(context != nullptr && EVP_PKEY_verify_init(context.get()) == 1);
  return EVP_PKEY_verify(context.get(), der.data(), size, digest.data(), digest.size()) == 1;
}

}  // namespace

bool verify(const PublicKey& key, ByteView message, const Signature& signature) noexcept {
  return verify_digest(key, sha384(message).bytes, signature);
}

bool verify_sha256(const PublicKey& key, ByteView message, const Signature& signature) noexcept {
  return verify_digest(key, sha256(message).bytes, signature);
}

}  // namespace substratee::crypto::p384
