#include "core/crypto/hpke.hpp"

#include "tests/support/random.hpp"
#include "tests/support/vectors.hpp"

namespace substratee::crypto::hpke {
namespace {

template <std::size_t N = 32>
FixedBytes<N> fixed(const boost::json::value& text) {
  return FixedBytes<N>::from(test::hex(text)).value();
}

// RFC 9180, A.2.
struct Vector {
  boost::json::value json = test::load_json("rfc/hpke.json");
  x25519::KeyPair ephemeral = x25519::KeyPair::from_secret(fixed(json.at("sk_e")).bytes);
  x25519::KeyPair recipient = x25519::KeyPair::from_secret(fixed(json.at("sk_r")).bytes);
  FixedBytes<32> enc = fixed(json.at("enc"));
  Bytes info = test::hex(json.at("info"));
  Bytes aad = test::hex(json.at("aad"));
  Bytes plaintext = test::hex(json.at("plaintext"));
  Bytes ciphertext = test::hex(json.at("ciphertext"));
};

void expect_exports(const Exporter& exporter, const boost::json::value& json) {
  ASSERT_EQ(json.at("exports").as_array().size(), 3u);
  for (const auto& vector : json.at("exports").as_array()) {
    EXPECT_EQ(to_bytes(exporter.export_secret<32>(test::hex(vector.at("context"))).view()),
              test::hex(vector.at("value")));
  }
}

TEST(hpke, derives_the_key_pairs_of_rfc_9180) {
  const Vector v;
  const auto ephemeral = derive_key_pair(test::hex(v.json.at("ikm_e")));
  const auto recipient = derive_key_pair(test::hex(v.json.at("ikm_r")));
  EXPECT_EQ(ephemeral.public_key(), v.enc);
  EXPECT_EQ(recipient.public_key(), fixed(v.json.at("pk_r")));
  EXPECT_EQ(v.ephemeral.public_key(), v.enc);
  EXPECT_EQ(v.recipient.public_key(), fixed(v.json.at("pk_r")));
}

TEST(hpke, seals_as_rfc_9180) {
  const Vector v;
  const auto sealed = seal_with_ephemeral(v.ephemeral, v.recipient.public_key(), v.info, v.aad, v.plaintext);
  ASSERT_TRUE(sealed);
  EXPECT_EQ(sealed->enc, v.enc);
  EXPECT_EQ(sealed->ciphertext, v.ciphertext);
  expect_exports(sealed->exporter, v.json);
}

TEST(hpke, opens_as_rfc_9180) {
  const Vector v;
  const auto opened = open(v.recipient, v.enc, v.info, v.aad, v.ciphertext);
  ASSERT_TRUE(opened);
  EXPECT_EQ(to_bytes(opened->plaintext.view()), v.plaintext);
  expect_exports(opened->exporter, v.json);
}

TEST(hpke, what_is_sealed_to_a_key_only_that_key_opens) {
  test::SeededRandom random;
  const auto recipient = x25519::KeyPair::draw(random);
  const auto other = x25519::KeyPair::draw(random);
  for (const std::size_t size : {0, 1, 256, 16384}) {
    Bytes message(size);
    random.fill(message);
    const auto sealed = seal(recipient.public_key(), as_bytes("info"), as_bytes("aad"), message, random);
    ASSERT_TRUE(sealed);
    EXPECT_EQ(sealed->ciphertext.size(), size + 16);
    const auto opened = open(recipient, sealed->enc, as_bytes("info"), as_bytes("aad"), sealed->ciphertext);
    ASSERT_TRUE(opened);
    EXPECT_EQ(to_bytes(opened->plaintext.view()), message);
    EXPECT_EQ(to_bytes(opened->exporter.export_secret<64>(as_bytes("c")).view()),
              to_bytes(sealed->exporter.export_secret<64>(as_bytes("c")).view()));
    EXPECT_EQ(open(other, sealed->enc, as_bytes("info"), as_bytes("aad"), sealed->ciphertext).error(),
              Error::kBadCiphertext);
  }
}

TEST(hpke, no_two_messages_share_an_ephemeral_key) {
  test::SeededRandom random;
  const auto recipient = x25519::KeyPair::draw(random);
  const auto one = seal(recipient.public_key(), {}, {}, Bytes{1}, random);
  const auto two = seal(recipient.public_key(), {}, {}, Bytes{1}, random);
  EXPECT_NE(one->enc, two->enc);
  EXPECT_NE(one->ciphertext, two->ciphertext);
}

TEST(hpke, refuses_every_changed_bit) {
  Vector v;
  const auto expect_refused = [&v](MutableByteView bytes, std::string_view name) {
    for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
      bytes[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
      const auto result = open(v.recipient, v.enc, v.info, v.aad, v.ciphertext);
      ASSERT_FALSE(result) << name << " " << bit;
      EXPECT_EQ(result.error(), Error::kBadCiphertext);
      bytes[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    }
  };
  expect_refused(v.enc.bytes, "enc");  // also the bit that the curve ignores: enc enters the key
  expect_refused(v.info, "info");
  expect_refused(v.aad, "aad");
  expect_refused(v.ciphertext, "ciphertext");
  EXPECT_TRUE(open(v.recipient, v.enc, v.info, v.aad, v.ciphertext));
}

TEST(hpke, refuses_every_truncation_and_trailing_bytes) {
  Vector v;
  for (std::size_t size = 0; size < v.ciphertext.size(); ++size) {
    const auto result = open(v.recipient, v.enc, v.info, v.aad, ByteView(v.ciphertext).first(size));
    ASSERT_FALSE(result) << size;
    EXPECT_EQ(result.error(), size < 16 ? Error::kBadSize : Error::kBadCiphertext);
  }
  v.ciphertext.push_back(0);
  EXPECT_EQ(open(v.recipient, v.enc, v.info, v.aad, v.ciphertext).error(), Error::kBadCiphertext);
}

TEST(hpke, refuses_keys_of_small_order) {
  Vector v;
  test::SeededRandom random;
  EXPECT_EQ(seal(x25519::PublicKey{}, {}, {}, {}, random).error(), Error::kBadKey);
  EXPECT_EQ(open(v.recipient, FixedBytes<32>{}, v.info, v.aad, v.ciphertext).error(), Error::kBadKey);
}

TEST(hpke, exports_differ_by_context_and_size) {
  const Vector v;
  const auto opened = open(v.recipient, v.enc, v.info, v.aad, v.ciphertext);
  ASSERT_TRUE(opened);
  const auto& exporter = opened->exporter;
  const Bytes value = to_bytes(exporter.export_secret<32>(as_bytes("a")).view());
  EXPECT_NE(to_bytes(exporter.export_secret<32>(as_bytes("b")).view()), value);
  const Bytes longer = to_bytes(exporter.export_secret<33>(as_bytes("a")).view());
  EXPECT_NE(Bytes(longer.begin(), longer.begin() + 32), value);
}

}  // namespace
}  // namespace substratee::crypto::hpke
