#include "core/crypto/p256.hpp"

#include "tests/support/random.hpp"
#include "tests/support/vectors.hpp"

#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

namespace substratee::crypto::p256 {
namespace {

template <std::size_t N>
FixedBytes<N> fixed(std::string_view text) {
  return FixedBytes<N>::from(test::hex(text)).value();
}

constexpr std::string_view kOrder = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
constexpr std::string_view kOrderLessOne = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550";
constexpr std::string_view kZero = "0000000000000000000000000000000000000000000000000000000000000000";
// SubjectPublicKeyInfo of an uncompressed P-256 point, up to x.
constexpr std::string_view kKeyInfoPrefix = "3059301306072a8648ce3d020106082a8648ce3d03010703420004";
constexpr std::string_view kMax = "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";

KeyPair sample_pair() {
  const auto json = test::load_json("rfc/p256.json");
  return std::move(KeyPair::from_secret(fixed<32>(test::text(json, "secret")).bytes).value());
}

Signature with_half(Signature signature, std::size_t offset, std::string_view half) {
  const Bytes bytes = test::hex(half);
  std::copy(bytes.begin(), bytes.end(), signature.begin() + offset);
  return signature;
}

// n - s, by OpenSSL's numbers.
Signature with_negated_s(Signature signature) {
  const Bytes order = test::hex(kOrder);
  BIGNUM* n = BN_bin2bn(order.data(), 32, nullptr);
  BIGNUM* s = BN_bin2bn(signature.data() + 32, 32, nullptr);
  BN_sub(s, n, s);
  BN_bn2binpad(s, signature.data() + 32, 32);
  BN_free(n);
  BN_free(s);
  return signature;
}

// OpenSSL's own way in: SubjectPublicKeyInfo and a DER signature.
bool verify_der(const PublicKey& key, ByteView message, const Signature& signature) {
  Bytes spki = test::hex(kKeyInfoPrefix);
  append(spki, key.bytes);
  const std::uint8_t* cursor = spki.data();
  EVP_PKEY* parsed = d2i_PUBKEY(nullptr, &cursor, static_cast<long>(spki.size()));
  ECDSA_SIG* parts = ECDSA_SIG_new();
  ECDSA_SIG_set0(parts, BN_bin2bn(signature.data(), 32, nullptr), BN_bin2bn(signature.data() + 32, 32, nullptr));
  std::uint8_t* der = nullptr;
  const int size = i2d_ECDSA_SIG(parts, &der);
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  const bool good = parsed != nullptr && EVP_DigestVerifyInit(context, nullptr, EVP_sha256(), nullptr, parsed) == 1 &&
                    EVP_DigestVerify(context, der, static_cast<std::size_t>(size), message.data(), message.size()) == 1;
  EVP_MD_CTX_free(context);
  OPENSSL_free(der);
  ECDSA_SIG_free(parts);
  EVP_PKEY_free(parsed);
  ERR_clear_error();
  return good;
}

TEST(p256, matches_rfc_6979) {
  const auto json = test::load_json("rfc/p256.json");
  const auto pair = sample_pair();
  EXPECT_EQ(pair.public_key(), fixed<64>(test::text(json, "public_key")));
  EXPECT_EQ(to_bytes(pair.secret()), test::hex(json.at("secret")));
  ASSERT_EQ(json.at("signatures").as_array().size(), 2u);
  for (const auto& vector : json.at("signatures").as_array()) {
    const std::string message = test::text(vector, "message");
    EXPECT_TRUE(verify(pair.public_key(), as_bytes(message), fixed<64>(test::text(vector, "signature"))));
  }
}

TEST(p256, signs_what_it_and_openssl_verify) {
  test::SeededRandom random;
  for (std::size_t size = 0; size < 40; ++size) {
    const auto pair = KeyPair::draw(random);
    Bytes message(size);
    random.fill(message);
    const auto signature = pair.sign(message);
    EXPECT_TRUE(verify(pair.public_key(), message, signature));
    EXPECT_TRUE(verify_der(pair.public_key(), message, signature));
    message.push_back(1);
    EXPECT_FALSE(verify(pair.public_key(), message, signature));
    EXPECT_FALSE(verify_der(pair.public_key(), message, signature));
  }
}

TEST(p256, accepts_high_and_low_s) {
  const auto pair = sample_pair();
  const auto signature = pair.sign(Bytes{1});
  EXPECT_TRUE(verify(pair.public_key(), Bytes{1}, with_negated_s(signature)));
}

TEST(p256, refuses_every_changed_bit) {
  const auto pair = sample_pair();
  Bytes message{1, 2, 3};
  auto key = pair.public_key();
  auto signature = pair.sign(message);
  for (const MutableByteView bytes :
       {MutableByteView(message), MutableByteView(key.bytes), MutableByteView(signature.bytes)}) {
    for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
      bytes[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
      EXPECT_FALSE(verify(key, message, signature)) << bytes.size() << " " << bit;
      bytes[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    }
  }
  EXPECT_TRUE(verify(key, message, signature));
}

TEST(p256, refuses_r_and_s_out_of_range) {
  const auto pair = sample_pair();
  const auto signature = pair.sign(Bytes{1});
  for (const auto half : {kZero, kOrder, kOrderLessOne, kMax}) {
    EXPECT_FALSE(verify(pair.public_key(), Bytes{1}, with_half(signature, 0, half))) << half;
    EXPECT_FALSE(verify(pair.public_key(), Bytes{1}, with_half(signature, 32, half))) << half;
  }
  EXPECT_FALSE(verify(pair.public_key(), Bytes{1}, Signature{}));
}

TEST(p256, refuses_keys_off_the_curve) {
  const auto pair = sample_pair();
  const auto signature = pair.sign(Bytes{1});
  auto off = pair.public_key();
  off[63] ^= 1;
  EXPECT_FALSE(verify(off, Bytes{1}, signature));
  EXPECT_FALSE(verify(PublicKey{}, Bytes{1}, signature));
  EXPECT_FALSE(verify(with_half(pair.public_key(), 0, kMax), Bytes{1}, signature));
}

TEST(p256, takes_secrets_below_the_order_only) {
  EXPECT_EQ(KeyPair::from_secret(fixed<32>(kZero).bytes).error(), Error::kBadKey);
  EXPECT_EQ(KeyPair::from_secret(fixed<32>(kOrder).bytes).error(), Error::kBadKey);
  EXPECT_EQ(KeyPair::from_secret(fixed<32>(kMax).bytes).error(), Error::kBadKey);
  const auto last = KeyPair::from_secret(fixed<32>(kOrderLessOne).bytes);
  ASSERT_TRUE(last);
  EXPECT_TRUE(verify(last->public_key(), Bytes{1}, last->sign(Bytes{1})));
}

// Draws a secret out of range first.
class BadStart final : public Random {
 public:
  void fill(MutableByteView out) override { std::ranges::fill(out, calls_++ == 0 ? 0xff : 0x01); }
  [[nodiscard]] int calls() const { return calls_; }

 private:
  int calls_ = 0;
};

TEST(p256, draws_again_when_the_secret_is_out_of_range) {
  BadStart random;
  const auto pair = KeyPair::draw(random);
  EXPECT_EQ(random.calls(), 2);
  EXPECT_EQ(to_bytes(pair.secret()), Bytes(32, 1));
}

TEST(p256, leaves_no_error_behind_for_others) {
  EXPECT_FALSE(verify(PublicKey{}, Bytes{1}, Signature{}));
  EXPECT_FALSE(verify(sample_pair().public_key(), Bytes{1}, Signature{}));
  EXPECT_EQ(ERR_peek_error(), 0u);
}

}  // namespace
}  // namespace substratee::crypto::p256
