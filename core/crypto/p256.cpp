#include "core/crypto/p256.hpp"

#include "core/base/check.hpp"
#include "core/crypto/openssl.hpp"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/params.h>

#include <bit>

namespace substratee::crypto::p256 {
namespace {

using detail::Owned;
using Number = Owned<BIGNUM, BN_clear_free>;
using Point = Owned<EC_POINT, EC_POINT_clear_free>;
using Key = Owned<EVP_PKEY, EVP_PKEY_free>;
using KeyContext = Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using DigestContext = Owned<EVP_MD_CTX, EVP_MD_CTX_free>;
using RawSignature = Owned<ECDSA_SIG, ECDSA_SIG_free>;

constexpr std::size_t kPointSize = 65;  // 04 ‖ x ‖ y
constexpr std::uint8_t kUncompressed = 0x04;
// SEQUENCE of two INTEGERs of at most 33 bytes.
constexpr std::size_t kMaxDerSize = 72;

const EC_GROUP* group() noexcept {
  static const EC_GROUP* const curve = [] {
    detail::start_openssl();
    return EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
  }();
  SUBSTRATEE_CHECK(curve != nullptr);
  return curve;
}

Number number_from(ByteView big_endian) noexcept {
  Number number(BN_bin2bn(big_endian.data(), static_cast<int>(big_endian.size()), nullptr));
  SUBSTRATEE_CHECK(number != nullptr);
  return number;
}

std::array<std::uint8_t, kPointSize> encoded(const PublicKey& key) noexcept {
  std::array<std::uint8_t, kPointSize> out;
  out[0] = kUncompressed;
  std::copy(key.begin(), key.end(), out.begin() + 1);
  return out;
}

// Nothing when the key is not on the curve. `secret` is empty or 32 bytes.
Key make_key(const PublicKey& public_key, ByteView secret) noexcept {
  static_assert(std::endian::native == std::endian::little, "OSSL_PARAM numbers have the machine's byte order");
  auto point = encoded(public_key);
  Wiped<32> native_secret;
  std::reverse_copy(secret.begin(), secret.end(), native_secret.bytes.begin());
  char curve[] = SN_X9_62_prime256v1;
  std::array<OSSL_PARAM, 4> parameters{
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, curve, 0),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()),
      OSSL_PARAM_construct_end(), OSSL_PARAM_construct_end()};
  if (!secret.empty()) {
    parameters[2] = OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_PRIV_KEY, native_secret.bytes.data(), secret.size());
  }
  detail::start_openssl();
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  SUBSTRATEE_CHECK(context != nullptr && EVP_PKEY_fromdata_init(context.get()) == 1);
  EVP_PKEY* key = nullptr;
  const int selection = secret.empty() ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR;
  return Key(EVP_PKEY_fromdata(context.get(), &key, selection, parameters.data()) == 1 ? key : nullptr);
}

// OpenSSL's own functions want DER; r and s of any value are encoded, and judged by the verification.
std::size_t to_der(const Signature& signature, std::array<std::uint8_t, kMaxDerSize>& out) noexcept {
  const std::span<const std::uint8_t, 64> raw(signature.bytes);
  const RawSignature parts(ECDSA_SIG_new());
  SUBSTRATEE_CHECK(parts != nullptr);
  SUBSTRATEE_CHECK(
      ECDSA_SIG_set0(parts.get(), number_from(raw.first<32>()).release(), number_from(raw.last<32>()).release()) == 1);
  std::uint8_t* cursor = out.data();
  const int size = i2d_ECDSA_SIG(parts.get(), &cursor);
  SUBSTRATEE_CHECK(size > 0);
  return static_cast<std::size_t>(size);
}

Signature from_der(ByteView der) noexcept {
  const std::uint8_t* cursor = der.data();
  const RawSignature parts(d2i_ECDSA_SIG(nullptr, &cursor, static_cast<long>(der.size())));
  SUBSTRATEE_CHECK(parts != nullptr);
  Signature out;
  SUBSTRATEE_CHECK(BN_bn2binpad(ECDSA_SIG_get0_r(parts.get()), out.data(), 32) == 32);
  SUBSTRATEE_CHECK(BN_bn2binpad(ECDSA_SIG_get0_s(parts.get()), out.data() + 32, 32) == 32);
  return out;
}

}  // namespace

Result<KeyPair> KeyPair::from_secret(std::span<const std::uint8_t, 32> secret) noexcept {
  const Number scalar = number_from(secret);
  if (BN_is_zero(scalar.get()) || BN_cmp(scalar.get(), EC_GROUP_get0_order(group())) >= 0) {
    return std::unexpected(Error::kBadKey);
  }
  const Point point(EC_POINT_new(group()));
  SUBSTRATEE_CHECK(point != nullptr);
  SUBSTRATEE_CHECK(EC_POINT_mul(group(), point.get(), scalar.get(), nullptr, nullptr, nullptr) == 1);
  std::array<std::uint8_t, kPointSize> bytes;
  SUBSTRATEE_CHECK(EC_POINT_point2oct(group(), point.get(), POINT_CONVERSION_UNCOMPRESSED, bytes.data(), bytes.size(),
                                      nullptr) == kPointSize);
  KeyPair out;
  std::copy(secret.begin(), secret.end(), out.secret_.mutable_view().begin());
  std::copy(bytes.begin() + 1, bytes.end(), out.public_key_.begin());
  return out;
}

KeyPair KeyPair::draw(Random& random) noexcept {
  while (true) {
    if (auto pair = from_secret(Secret<32>::draw(random).view())) return std::move(*pair);
  }
}

Signature KeyPair::sign(ByteView message) const noexcept {
  const Key key = make_key(public_key_, secret_.view());
  const DigestContext context(EVP_MD_CTX_new());
  SUBSTRATEE_CHECK(key != nullptr && context != nullptr);
  SUBSTRATEE_CHECK(EVP_DigestSignInit_ex(context.get(), nullptr, "SHA256", nullptr, nullptr, key.get(), nullptr) == 1);
  std::array<std::uint8_t, kMaxDerSize> der;
  std::size_t size = der.size();
  SUBSTRATEE_CHECK(EVP_DigestSign(context.get(), der.data(), &size, message.data(), message.size()) == 1);
  return from_der(ByteView(der).first(size));
}

bool verify(const PublicKey& key, ByteView message, const Signature& signature) noexcept {
  const detail::QuietErrors quiet;
  const Key public_key = make_key(key, {});
  if (public_key == nullptr) return false;
  std::array<std::uint8_t, kMaxDerSize> der;
  const std::size_t size = to_der(signature, der);
  const DigestContext context(EVP_MD_CTX_new());
  SUBSTRATEE_CHECK(context != nullptr);
  SUBSTRATEE_CHECK(
      EVP_DigestVerifyInit_ex(context.get(), nullptr, "SHA256", nullptr, nullptr, public_key.get(), nullptr) == 1);
  return EVP_DigestVerify(context.get(), der.data(), size, message.data(), message.size()) == 1;
}

}  // namespace substratee::crypto::p256
