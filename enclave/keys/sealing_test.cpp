#include "enclave/keys/sealing.hpp"

#include "tests/support/random.hpp"

#include <set>

namespace substratee::enclave::keys {
namespace {

struct Sealed : testing::Test {
  test::SeededRandom random;
  Hash256 genesis = random.draw<32>();
  crypto::Secret<32> key = crypto::Secret<32>::draw(random);
  Bytes plaintext = to_bytes(as_bytes("what nobody else may read"));
  protocol::Blob blob = seal("identity", 7, genesis, plaintext, key);

  [[nodiscard]] std::optional<Error> refusal(const protocol::Blob& candidate) const {
    const auto opened = unseal(candidate, genesis, key);
    return opened ? std::nullopt : std::optional(opened.error());
  }
};

TEST_F(Sealed, opens_to_what_was_sealed) {
  for (const std::size_t size : {0, 1, 254, 255, 256, 257, 100'000}) {
    const Bytes text(size, 0x80);
    const auto opened = unseal(seal("shard", size, genesis, text, key), genesis, key);
    ASSERT_TRUE(opened) << size;
    EXPECT_EQ(to_bytes(opened->view()), text);
  }
}

TEST_F(Sealed, header_stands_in_clear_and_text_does_not) {
  const auto text = as_text(blob.sealed.value);
  EXPECT_TRUE(text.starts_with("SBSTSEAL\x01"));
  EXPECT_NE(text.find("identity"), text.npos);
  EXPECT_NE(text.find(as_text(genesis.bytes)), text.npos);
  EXPECT_EQ(text.find(as_text(plaintext)), text.npos);
}

TEST_F(Sealed, size_tells_multiples_of_256_only) {
  const auto other = seal("identity", 7, genesis, Bytes(255), key);
  EXPECT_EQ(other.sealed.value.size(), blob.sealed.value.size());
  EXPECT_EQ(seal("identity", 7, genesis, Bytes(256), key).sealed.value.size(), blob.sealed.value.size() + 256);
}

TEST_F(Sealed, every_flipped_bit_is_refused) {
  std::set<Error> seen;
  for (std::size_t bit = 0; bit < blob.sealed.value.size() * 8; ++bit) {
    auto changed = blob;
    changed.sealed.value[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
    const auto error = refusal(changed);
    ASSERT_TRUE(error) << bit;
    seen.insert(*error);
    const bool in_clear = bit / 8 < 9 + 1 + 8 + 8 + 32;
    if (!in_clear) {
      ASSERT_EQ(*error, Error::kCorrupt) << bit;
    }
  }
  EXPECT_EQ(seen, (std::set{Error::kCorrupt, Error::kOtherChain, Error::kOtherName}));
}

TEST_F(Sealed, every_truncation_and_every_addition_is_corrupt) {
  for (std::size_t size = 0; size < blob.sealed.value.size(); ++size) {
    auto shorter = blob;
    shorter.sealed.value.resize(size);
    ASSERT_EQ(refusal(shorter), Error::kCorrupt) << size;
  }
  auto longer = blob;
  longer.sealed.value.push_back(0);
  EXPECT_EQ(refusal(longer), Error::kCorrupt);
}

TEST_F(Sealed, other_chain_is_told_apart_from_corrupt) {
  const auto elsewhere = seal("identity", 7, random.draw<32>(), plaintext, key);
  EXPECT_EQ(refusal(elsewhere), Error::kOtherChain);
}

TEST_F(Sealed, relabelled_genesis_does_not_open) {
  const auto other = random.draw<32>();
  auto relabelled = seal("identity", 7, other, plaintext, key);
  std::copy(genesis.begin(), genesis.end(), relabelled.sealed.value.begin() + 9 + 1 + 8 + 8);
  EXPECT_EQ(refusal(relabelled), Error::kCorrupt);
}

TEST_F(Sealed, other_name_or_version_than_the_host_says_is_refused) {
  auto renamed = blob;
  renamed.name.value = "shard";
  EXPECT_EQ(refusal(renamed), Error::kOtherName);
  auto older = blob;
  older.version = 6;
  EXPECT_EQ(refusal(older), Error::kOtherName);
}

TEST_F(Sealed, other_sealing_key_is_corrupt) {
  const auto other = crypto::Secret<32>::draw(random);
  const auto opened = unseal(blob, genesis, other);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error(), Error::kCorrupt);
}

}  // namespace
}  // namespace substratee::enclave::keys
