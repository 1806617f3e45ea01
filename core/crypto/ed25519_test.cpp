#include "core/crypto/ed25519.hpp"

#include "tests/support/vectors.hpp"

namespace substratee::crypto::ed25519 {
namespace {

template <std::size_t N>
FixedBytes<N> fixed(const boost::json::value& text) {
  return FixedBytes<N>::from(test::hex(text)).value();
}

void expect_agreement(const boost::json::array& vectors) {
  ASSERT_FALSE(vectors.empty());
  for (const auto& vector : vectors) {
    const auto pair = KeyPair::from_seed(fixed<32>(vector.at("seed")).bytes);
    const Bytes message = test::hex(vector.at("message"));
    const auto signature = fixed<64>(vector.at("signature"));
    EXPECT_EQ(pair.public_key(), fixed<32>(vector.at("public_key")));
    EXPECT_EQ(pair.sign(message), signature);
    EXPECT_TRUE(verify(pair.public_key(), message, signature));
  }
}

KeyPair sample_pair() { return KeyPair::from_seed(FixedBytes<32>{{1, 2, 3}}.bytes); }

// S + L, L the group order, both little-endian: the same number modulo L, but not canonical.
Signature with_s_plus_order(Signature signature) {
  const Bytes order = test::hex(std::string_view("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010"));
  unsigned carry = 0;
  for (std::size_t i = 0; i < 32; ++i) {
    carry += signature[32 + i] + order[i];
    signature[32 + i] = static_cast<std::uint8_t>(carry);
    carry >>= 8;
  }
  return signature;
}

TEST(ed25519, matches_rfc_8032) { expect_agreement(test::load_json("rfc/ed25519.json").at("vectors").as_array()); }

TEST(ed25519, matches_substrate) {
  expect_agreement(test::load_json("substrate/ed25519.json").at("signatures").as_array());
}

TEST(ed25519, refuses_every_changed_bit) {
  const auto pair = sample_pair();
  Bytes message{1, 2, 3, 4};
  auto signature = pair.sign(message);
  auto key = pair.public_key();
  for (const MutableByteView bytes :
       {MutableByteView(message), MutableByteView(signature.bytes), MutableByteView(key.bytes)}) {
    for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
      bytes[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
      EXPECT_FALSE(verify(key, message, signature)) << bytes.size() << " " << bit;
      bytes[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    }
  }
  EXPECT_TRUE(verify(key, message, signature));
}

TEST(ed25519, refuses_s_beyond_the_group_order) {
  const auto pair = sample_pair();
  const Bytes message{5};
  const auto signature = pair.sign(message);
  EXPECT_TRUE(verify(pair.public_key(), message, signature));
  EXPECT_FALSE(verify(pair.public_key(), message, with_s_plus_order(signature)));
}

// With a key of small order, R = the identity and S = 0 hold for many messages at once.
TEST(ed25519, refuses_keys_of_small_order_and_not_canonical_ones) {
  Signature signature;
  signature[0] = 1;
  for (const std::string_view key : {"0100000000000000000000000000000000000000000000000000000000000000",
                                     "0000000000000000000000000000000000000000000000000000000000000000",
                                     "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                                     "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
                                     "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
                                     "0100000000000000000000000000000000000000000000000000000000000080",
                                     "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                                     "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"}) {
    for (std::uint8_t message = 0; message < 16; ++message) {
      EXPECT_FALSE(verify(*PublicKey::from(test::hex(key)), Bytes{message}, signature)) << key;
    }
  }
}

TEST(ed25519, refuses_r_of_small_order) {
  auto signature = sample_pair().sign(Bytes{1});
  std::fill_n(signature.begin(), 32, std::uint8_t{0});
  signature[0] = 1;
  EXPECT_FALSE(verify(sample_pair().public_key(), Bytes{1}, signature));
}

}  // namespace
}  // namespace substratee::crypto::ed25519
