#include "core/finality/dev_seal.hpp"

#include "core/crypto/hash.hpp"

#include <gtest/gtest.h>

namespace substratee::finality {
namespace {

crypto::ed25519::KeyPair key(std::uint8_t seed) {
  FixedBytes<32> bytes;
  bytes.bytes.fill(seed);
  return crypto::ed25519::KeyPair::from_seed(bytes.bytes);
}

primitives::Header header() {
  primitives::Header out;
  out.parent_hash[0] = 1;
  out.number.value = 7;
  out.state_root[5] = 2;
  out.extrinsics_root[6] = 3;
  out.digest.emplace_back(primitives::DigestConsensus{primitives::engine_id("STEE"), Bytes(33, 9)});
  return out;
}

primitives::Header sealed() { return with_seal(header(), key(1).sign(seal_message(header()))); }

TEST(dev_seal, message_is_label_and_hash_of_the_header_without_seal) {
  const auto message = seal_message(header());
  EXPECT_EQ(as_text(ByteView(message).first(18)), "substratee/seal/v1");
  EXPECT_EQ(Hash256::from(ByteView(message).subspan(18)), crypto::blake2_256(scale::encode(header())));
}

TEST(dev_seal, verifies_under_the_authority_only) {
  EXPECT_TRUE(verify_seal(sealed(), key(1).public_key()));
  EXPECT_FALSE(verify_seal(sealed(), key(2).public_key()));
}

TEST(dev_seal, strips_to_the_header_that_was_signed) {
  FixedBytes<64> signature;
  EXPECT_EQ(strip_seal(sealed(), signature), header());
  EXPECT_EQ(signature, key(1).sign(seal_message(header())));
}

TEST(dev_seal, covers_every_field) {
  const std::vector<void (*)(primitives::Header&)> changes = {
      [](auto& h) { h.parent_hash[31] ^= 1; },
      [](auto& h) { h.number.value += 1; },
      [](auto& h) { h.state_root[0] ^= 1; },
      [](auto& h) { h.extrinsics_root[0] ^= 1; },
      [](auto& h) { std::get<primitives::DigestConsensus>(h.digest[0]).data[0] ^= 1; },
      [](auto& h) { h.digest.erase(h.digest.begin()); },
      [](auto& h) { std::get<primitives::DigestSeal>(h.digest.back()).data[10] ^= 1; },
  };
  for (const auto change : changes) {
    auto changed = sealed();
    change(changed);
    EXPECT_FALSE(verify_seal(changed, key(1).public_key()));
  }
}

TEST(dev_seal, refuses_headers_without_a_well_formed_last_seal) {
  FixedBytes<64> signature;
  EXPECT_FALSE(strip_seal(header(), signature));
  EXPECT_FALSE(strip_seal(primitives::Header{}, signature));
  auto short_seal = sealed();
  std::get<primitives::DigestSeal>(short_seal.digest.back()).data.pop_back();
  EXPECT_FALSE(strip_seal(short_seal, signature));
  auto foreign = sealed();
  std::get<primitives::DigestSeal>(foreign.digest.back()).engine = primitives::engine_id("aura");
  EXPECT_FALSE(strip_seal(foreign, signature));
  auto not_last = sealed();
  not_last.digest.emplace_back(primitives::DigestOther{});
  EXPECT_FALSE(strip_seal(not_last, signature));
}

TEST(dev_seal, refuses_a_second_seal) {
  const auto once = sealed();
  const auto twice = with_seal(once, key(1).sign(seal_message(once)));
  EXPECT_FALSE(verify_seal(twice, key(1).public_key()));
}

}  // namespace
}  // namespace substratee::finality
