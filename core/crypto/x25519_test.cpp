#include "core/crypto/x25519.hpp"

#include "tests/support/random.hpp"
#include "tests/support/vectors.hpp"

namespace substratee::crypto::x25519 {
namespace {

FixedBytes<32> fixed(const boost::json::value& text) { return FixedBytes<32>::from(test::hex(text)).value(); }

FixedBytes<32> product(const FixedBytes<32>& scalar, const FixedBytes<32>& u) {
  return *FixedBytes<32>::from(KeyPair::from_secret(scalar.bytes).agree(u).value().view());
}

TEST(x25519, matches_rfc_7748) {
  const auto vectors = test::load_json("rfc/x25519.json");
  ASSERT_EQ(vectors.at("products").as_array().size(), 2u);
  for (const auto& vector : vectors.at("products").as_array()) {
    EXPECT_EQ(product(fixed(vector.at("scalar")), fixed(vector.at("u"))), fixed(vector.at("result")));
  }
  const auto alice = KeyPair::from_secret(fixed(vectors.at("alice_secret")).bytes);
  const auto bob = KeyPair::from_secret(fixed(vectors.at("bob_secret")).bytes);
  EXPECT_EQ(alice.public_key(), fixed(vectors.at("alice_public")));
  EXPECT_EQ(bob.public_key(), fixed(vectors.at("bob_public")));
  EXPECT_EQ(to_bytes(alice.agree(bob.public_key())->view()), test::hex(vectors.at("shared")));
  EXPECT_EQ(to_bytes(bob.agree(alice.public_key())->view()), test::hex(vectors.at("shared")));
}

TEST(x25519, matches_the_iterated_vector) {
  const auto vectors = test::load_json("rfc/x25519.json");
  FixedBytes<32> scalar{{9}};
  FixedBytes<32> u = scalar;
  for (int i = 0; i < 1000; ++i) {
    const auto next = product(scalar, u);
    u = std::exchange(scalar, next);
    if (i == 0) {
      EXPECT_EQ(scalar, fixed(vectors.at("iterated_1")));
    }
  }
  EXPECT_EQ(scalar, fixed(vectors.at("iterated_1000")));
}

TEST(x25519, refuses_peers_of_small_order) {
  test::SeededRandom random;
  const auto pair = KeyPair::draw(random);
  for (const std::string_view peer : {"0000000000000000000000000000000000000000000000000000000000000000",
                                      "0100000000000000000000000000000000000000000000000000000000000000",
                                      "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
                                      "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
                                      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                                      "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                                      "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                                      "0000000000000000000000000000000000000000000000000000000000000080"}) {
    const auto result = pair.agree(*PublicKey::from(test::hex(peer)));
    ASSERT_FALSE(result) << peer;
    EXPECT_EQ(result.error(), Error::kBadKey);
  }
}

TEST(x25519, another_bit_in_the_peer_is_another_secret) {
  test::SeededRandom random;
  const auto one = KeyPair::draw(random);
  auto peer = KeyPair::draw(random).public_key();
  const Bytes shared = to_bytes(one.agree(peer)->view());
  for (std::size_t bit = 0; bit < 255; ++bit) {  // the topmost bit is ignored, RFC 7748, section 5
    peer[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    EXPECT_NE(to_bytes(one.agree(peer)->view()), shared) << bit;
    peer[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
  }
}

}  // namespace
}  // namespace substratee::crypto::x25519
