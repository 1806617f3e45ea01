#include "core/crypto/ecdsa.hpp"

#include "core/base/hex.hpp"
#include "core/crypto/hash.hpp"
#include "core/crypto/junctions_test.hpp"
#include "tests/support/vectors.hpp"

namespace substratee::crypto::ecdsa {
namespace {

using boost::json::value;

constexpr std::string_view kOrder = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";

template <std::size_t N>
FixedBytes<N> fixed(const value& hex) {
  return FixedBytes<N>::from(test::hex(hex)).value();
}

value vectors() { return test::load_json("substrate/ecdsa.json"); }

KeyPair pair_of(const FixedBytes<32>& seed) { return KeyPair::from_seed(seed.bytes).value(); }

KeyPair some_pair() { return pair_of(*fixed_from_hex<32>(std::string(64, '1'))); }

TEST(ecdsa, signatures_are_bit_exact_and_recover_the_key) {
  const auto file = vectors();
  ASSERT_EQ(file.at("signatures").as_array().size(), 18U);
  for (const auto& entry : file.at("signatures").as_array()) {
    const auto pair = pair_of(fixed<32>(entry.at("seed")));
    const auto message = test::hex(entry.at("message"));
    const auto signature = fixed<65>(entry.at("signature"));
    EXPECT_EQ(pair.public_key(), fixed<33>(entry.at("public_key_compressed")));
    EXPECT_EQ(blake2_256(pair.public_key().bytes), fixed<32>(entry.at("account_id")));
    EXPECT_EQ(blake2_256(message), fixed<32>(entry.at("message_hash_blake2_256")));
    EXPECT_EQ(to_hex(pair.sign(message).bytes), to_hex(signature.bytes));
    EXPECT_EQ(recover(message, signature).value(), pair.public_key());
  }
}

TEST(ecdsa, development_accounts_hold) {
  const auto file = vectors();
  ASSERT_EQ(file.at("dev_accounts").as_array().size(), 14U);
  const auto root = fixed<32>(test::load_json("substrate/sr25519.json").at("dev_phrase_mini_secret"));
  for (const auto& entry : file.at("dev_accounts").as_array()) {
    const auto uri = test::text(entry, "suri");
    if (uri.find("///") != std::string::npos) continue;  // A password acts on the phrase, not on keys.
    auto seed = root;
    for (const auto& [hard, code] : test_junctions::to_junctions(uri)) {
      ASSERT_TRUE(hard);
      seed = blake2_256(concat(as_bytes("\x34Secp256k1HDKD"), seed.bytes, code.bytes));
    }
    const auto key = pair_of(seed).public_key();
    EXPECT_EQ(key, fixed<33>(entry.at("public_key"))) << uri;
    EXPECT_EQ(blake2_256(key.bytes), fixed<32>(entry.at("account_id"))) << uri;
  }
}

TEST(ecdsa, seeds_outside_the_group_order_are_refused) {
  auto order = *fixed_from_hex<32>(kOrder);
  EXPECT_EQ(KeyPair::from_seed(FixedBytes<32>{}.bytes).error(), Error::kBadKey);
  EXPECT_EQ(KeyPair::from_seed(order.bytes).error(), Error::kBadKey);
  EXPECT_EQ(KeyPair::from_seed(fixed_from_hex<32>(std::string(64, 'f'))->bytes).error(), Error::kBadKey);
  --order[31];
  EXPECT_TRUE(KeyPair::from_seed(order.bytes).has_value());
}

TEST(ecdsa, no_changed_bit_recovers_the_same_key) {
  const auto pair = some_pair();
  auto message = to_bytes(as_bytes("to be signed"));
  auto signature = pair.sign(message);
  const auto expect_each_flip_noticed = [&](MutableByteView bytes) {
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
      bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
      const auto key = recover(message, signature);
      EXPECT_TRUE(!key || *key != pair.public_key()) << bit;
      bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    }
  };
  expect_each_flip_noticed(signature.bytes);
  expect_each_flip_noticed(message);
  EXPECT_EQ(recover(message, signature).value(), pair.public_key());
}

TEST(ecdsa, recovery_numbers_above_3_are_refused) {
  auto signature = some_pair().sign(as_bytes("m"));
  for (int v = 4; v < 256; ++v) {
    signature[64] = static_cast<std::uint8_t>(v);
    EXPECT_EQ(recover(as_bytes("m"), signature).error(), Error::kBadSignature) << v;
  }
}

TEST(ecdsa, zero_and_overflowing_halves_are_refused) {
  const auto good = some_pair().sign(as_bytes("m"));
  const auto order = *fixed_from_hex<32>(kOrder);
  for (const std::size_t half : {0U, 32U}) {
    for (const auto& value : {FixedBytes<32>{}, order, *fixed_from_hex<32>(std::string(64, 'f'))}) {
      auto signature = good;
      std::ranges::copy(value, signature.begin() + half);
      EXPECT_EQ(recover(as_bytes("m"), signature).error(), Error::kBadSignature) << half;
    }
  }
}

// v of 2 or 3 says that the point's x was r + n, which is below the field's prime for the tiniest r only.
TEST(ecdsa, r_beyond_the_field_is_refused) {
  auto signature = some_pair().sign(as_bytes("m"));
  signature[64] |= 2;
  EXPECT_EQ(recover(as_bytes("m"), signature).error(), Error::kBadSignature);
}

// As in Substrate: the twin (n - s, other parity) recovers the same key, so a signature is no unique identifier.
TEST(ecdsa, the_high_s_twin_recovers_the_same_key) {
  const auto pair = some_pair();
  auto signature = pair.sign(as_bytes("m"));
  const auto order = *fixed_from_hex<32>(kOrder);
  int borrow = 0;
  for (std::size_t i = 32; i-- > 0;) {
    const int difference = order[i] - signature[32 + i] - borrow;
    borrow = difference < 0 ? 1 : 0;
    signature[32 + i] = static_cast<std::uint8_t>(difference);
  }
  signature[64] ^= 1;
  EXPECT_EQ(recover(as_bytes("m"), signature).value(), pair.public_key());
}

}  // namespace
}  // namespace substratee::crypto::ecdsa
