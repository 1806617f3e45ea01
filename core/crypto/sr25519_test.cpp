#include "core/crypto/sr25519.hpp"

#include "core/base/hex.hpp"
#include "core/crypto/junctions_test.hpp"
#include "tests/support/random.hpp"
#include "tests/support/vectors.hpp"

namespace substratee::crypto::sr25519 {
namespace {

using boost::json::value;

/// The randomness under which the vectors' signatures were made.
class ZeroRandom final : public Random {
 public:
  void fill(MutableByteView out) override { std::ranges::fill(out, std::uint8_t{0}); }
};

template <std::size_t N>
FixedBytes<N> fixed(const value& hex) {
  return FixedBytes<N>::from(test::hex(hex)).value();
}

value vectors() { return test::load_json("substrate/sr25519.json"); }

KeyPair pair_of(const value& seed) { return KeyPair::from_mini_secret(fixed<32>(seed).bytes); }

KeyPair derive(const KeyPair& pair, bool hard, const ChainCode& code) {
  ZeroRandom random;
  return hard ? pair.derive_hard(code) : pair.derive_soft(code, random);
}

void expect_working(const KeyPair& pair) {
  ZeroRandom random;
  const auto signature = pair.sign(as_bytes("message"), random);
  EXPECT_TRUE(verify(pair.public_key(), as_bytes("message"), signature));
  EXPECT_FALSE(verify(pair.public_key(), as_bytes("other"), signature));
}

TEST(sr25519, public_keys_of_seeds_hold) {
  const auto file = vectors();
  ASSERT_EQ(file.at("seeds").as_array().size(), 6U);
  for (const auto& entry : file.at("seeds").as_array()) {
    EXPECT_EQ(pair_of(entry.at("seed")).public_key(), fixed<32>(entry.at("public_key")));
  }
}

TEST(sr25519, signatures_are_bit_exact_without_randomness) {
  const auto file = vectors();
  ASSERT_EQ(file.at("signatures").as_array().size(), 24U);
  for (const auto& entry : file.at("signatures").as_array()) {
    ZeroRandom random;
    const auto pair = pair_of(entry.at("seed"));
    const auto message = test::hex(entry.at("message"));
    const auto expected = fixed<64>(entry.at("signature_with_rng_32_zero_bytes"));
    EXPECT_EQ(pair.public_key(), fixed<32>(entry.at("public_key")));
    EXPECT_EQ(to_hex(pair.sign(message, random).bytes), to_hex(expected.bytes));
    EXPECT_EQ(verify(pair.public_key(), message, expected), entry.at("verifies").as_bool());
  }
}

TEST(sr25519, signatures_of_other_implementations_hold) {
  const auto file = vectors();
  ASSERT_EQ(file.at("public_source_signatures").as_array().size(), 1U);
  for (const auto& entry : file.at("public_source_signatures").as_array()) {
    EXPECT_TRUE(
        verify(fixed<32>(entry.at("public_key")), test::hex(entry.at("message")), fixed<64>(entry.at("signature"))));
  }
}

TEST(sr25519, invalid_signatures_are_refused) {
  const auto file = vectors();
  ASSERT_EQ(file.at("invalid_signatures").as_array().size(), 6U);
  for (const auto& entry : file.at("invalid_signatures").as_array()) {
    EXPECT_FALSE(
        verify(fixed<32>(entry.at("public_key")), test::hex(entry.at("message")), fixed<64>(entry.at("signature"))))
        << test::text(entry, "why");
  }
}

TEST(sr25519, development_accounts_hold) {
  const auto file = vectors();
  ASSERT_EQ(file.at("dev_accounts").as_array().size(), 18U);
  for (const auto& entry : file.at("dev_accounts").as_array()) {
    const auto uri = test::text(entry, "suri");
    if (uri.find("///") != std::string::npos) continue;  // A password acts on the phrase, not on keys.
    auto pair = pair_of(file.at("dev_phrase_mini_secret"));
    for (const auto& [hard, code] : test_junctions::to_junctions(uri)) pair = derive(pair, hard, code);
    EXPECT_EQ(pair.public_key(), fixed<32>(entry.at("public_key"))) << uri;
    expect_working(pair);
  }
}

TEST(sr25519, every_step_of_a_derivation_holds) {
  const auto file = vectors();
  ASSERT_EQ(file.at("derivations").as_array().size(), 7U);
  for (const auto& entry : file.at("derivations").as_array()) {
    auto pair = pair_of(entry.at("seed"));
    for (const auto& step : entry.at("steps").as_array()) {
      const bool hard = test::text(step, "junction") == "hard";
      const auto code = fixed<32>(step.at("chain_code"));
      if (!hard) {
        EXPECT_EQ(sr25519::derive_soft(pair.public_key(), code).value(), fixed<32>(step.at("public_key")));
      }
      pair = derive(pair, hard, code);
      EXPECT_EQ(pair.public_key(), fixed<32>(step.at("public_key"))) << test::text(entry, "path");
      expect_working(pair);
    }
    EXPECT_EQ(pair.public_key(), fixed<32>(entry.at("public_key")));
  }
}

TEST(sr25519, soft_derivation_of_public_keys_holds) {
  const auto file = vectors();
  ASSERT_EQ(file.at("soft_public_derivations").as_array().size(), 3U);
  for (const auto& entry : file.at("soft_public_derivations").as_array()) {
    EXPECT_EQ(derive_soft(fixed<32>(entry.at("public_key")), fixed<32>(entry.at("chain_code"))).value(),
              fixed<32>(entry.at("derived_public_key")));
  }
}

TEST(sr25519, chain_codes_of_the_vectors_are_those_the_tests_use) {
  const auto file = vectors();
  for (const auto& entry : file.at("junction_chain_codes").as_array()) {
    bool found = false;
    for (const auto& [hard, code] : test_junctions::to_junctions(test::text(entry, "path"))) {
      found |= hard == entry.at("hard").as_bool() && code == fixed<32>(entry.at("chain_code"));
    }
    EXPECT_TRUE(found) << test::text(entry, "path");
  }
}

TEST(sr25519, randomness_changes_the_signature_only) {
  const auto pair = KeyPair::from_mini_secret(std::array<std::uint8_t, 32>{7});
  test::SeededRandom random;
  const auto one = pair.sign(as_bytes("m"), random);
  const auto other = pair.sign(as_bytes("m"), random);
  EXPECT_NE(one, other);
  EXPECT_TRUE(verify(pair.public_key(), as_bytes("m"), one));
  EXPECT_TRUE(verify(pair.public_key(), as_bytes("m"), other));
}

TEST(sr25519, every_bit_of_signature_message_and_key_counts) {
  const auto pair = KeyPair::from_mini_secret(std::array<std::uint8_t, 32>{9});
  ZeroRandom random;
  auto message = to_bytes(as_bytes("to be signed"));
  auto signature = pair.sign(message, random);
  auto key = pair.public_key();
  const auto expect_each_flip_refused = [&](MutableByteView bytes) {
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
      bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
      EXPECT_FALSE(verify(key, message, signature)) << bit;
      bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    }
  };
  expect_each_flip_refused(signature.bytes);
  expect_each_flip_refused(message);
  expect_each_flip_refused(key.bytes);
  EXPECT_TRUE(verify(key, message, signature));
}

// s = 0 makes sB the identity, which libsodium reports as a failure.
TEST(sr25519, zero_response_is_refused) {
  const auto pair = KeyPair::from_mini_secret(std::array<std::uint8_t, 32>{9});
  Signature signature;
  signature[63] = 0x80;
  EXPECT_FALSE(verify(pair.public_key(), as_bytes("m"), signature));
}

// Under the identity as key, R = sB satisfies the equation for every message: anybody's forgery.
TEST(sr25519, identity_key_is_refused) {
  const auto file = vectors();
  const auto& known = file.at("seeds").as_array().front();
  const auto response = fixed<32>(known.at("scalar_mod_l"));
  const auto commitment = fixed<32>(known.at("public_key"));
  auto forged = *Signature::from(concat(commitment.bytes, response.bytes));
  forged[63] |= 0x80;
  EXPECT_FALSE(verify(PublicKey{}, as_bytes("any message"), forged));
  EXPECT_EQ(derive_soft(PublicKey{}, ChainCode{}).error(), Error::kBadKey);
}

// RFC 9496, A.3: encodings that are not canonical, negative, or not of a square.
TEST(sr25519, keys_off_the_group_are_refused) {
  const auto pair = KeyPair::from_mini_secret(std::array<std::uint8_t, 32>{9});
  ZeroRandom random;
  const auto signature = pair.sign(as_bytes("m"), random);
  for (const auto* encoding : {
           "00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
           "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
           "f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
           "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
           "0100000000000000000000000000000000000000000000000000000000000000",
           "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
           "ed57ffd8c914fb201471d1c3d245ce3c746fcbe63a3679d51b6a516ebebe0e20",
           "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
       }) {
    const auto key = fixed_from_hex<32>(encoding).value();
    EXPECT_FALSE(verify(key, as_bytes("m"), signature)) << encoding;
    EXPECT_EQ(derive_soft(key, ChainCode{}).error(), Error::kBadKey) << encoding;
  }
}

}  // namespace
}  // namespace substratee::crypto::sr25519
