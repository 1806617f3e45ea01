#include "enclave/keys/shard_keys.hpp"

#include "tests/support/random.hpp"

namespace substratee::enclave::keys {
namespace {

registry::Charter sample_charter(Random& random) {
  registry::Charter charter;
  charter.shard = {random.draw<32>().bytes};
  charter.measurements.value = {random.draw<32>()};
  charter.stf.value = "counter";
  return charter;
}

protocol::Provisioning provisioning_of(Random& random, std::initializer_list<registry::Epoch> epochs) {
  protocol::Provisioning out;
  out.charter = sample_charter(random);
  for (const auto epoch : epochs) out.epochs.push_back({epoch, crypto::Secret<32>::draw(random)});
  out.cut_key = crypto::Secret<32>::draw(random);
  return out;
}

std::optional<Error> refusal(protocol::Provisioning provisioning) {
  const auto keys = ShardKeys::from_provisioning(std::move(provisioning));
  return keys ? std::nullopt : std::optional(keys.error());
}

TEST(shard_keys, founder_and_joiner_derive_the_same) {
  test::SeededRandom random;
  const auto founder = ShardKeys::found(sample_charter(random), 1, random);
  const auto joiner = ShardKeys::from_provisioning(founder.to_provisioning());
  ASSERT_TRUE(joiner);
  EXPECT_EQ(joiner->charter(), founder.charter());
  EXPECT_EQ(joiner->newest().epoch(), 1);
  EXPECT_EQ(joiner->newest().shielding().public_key(), founder.newest().shielding().public_key());
  EXPECT_TRUE(std::ranges::equal(joiner->cut_key().view(), founder.cut_key().view()));
}

TEST(shard_keys, survive_sealing) {
  test::SeededRandom random;
  const auto keys = ShardKeys::from_provisioning(provisioning_of(random, {1, 4, 5}));
  ASSERT_TRUE(keys);
  const auto again = ShardKeys::from_sealed(keys->to_sealed().view());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->epochs().size(), 3);
  EXPECT_EQ(again->newest().epoch(), 5);
  ASSERT_NE(again->find(4), nullptr);
  EXPECT_TRUE(std::ranges::equal(again->find(4)->secret().view(), keys->find(4)->secret().view()));
  EXPECT_EQ(again->find(2), nullptr);
}

TEST(shard_keys, two_foundings_differ) {
  test::SeededRandom random;
  const auto charter = sample_charter(random);
  const auto a = ShardKeys::found(charter, 1, random);
  const auto b = ShardKeys::found(charter, 1, random);
  EXPECT_NE(a.newest().shielding().public_key(), b.newest().shielding().public_key());
  EXPECT_FALSE(std::ranges::equal(a.cut_key().view(), b.cut_key().view()));
  EXPECT_FALSE(std::ranges::equal(a.cut_key().view(), a.newest().secret().view()));
}

TEST(shard_keys, provisioning_without_ascending_epochs_is_corrupt) {
  test::SeededRandom random;
  EXPECT_EQ(refusal(provisioning_of(random, {})), Error::kCorrupt);
  EXPECT_EQ(refusal(provisioning_of(random, {2, 1})), Error::kCorrupt);
  EXPECT_EQ(refusal(provisioning_of(random, {1, 1})), Error::kCorrupt);
  EXPECT_EQ(refusal(provisioning_of(random, {1, 2})), std::nullopt);
}

TEST(shard_keys, every_truncation_and_every_addition_is_corrupt) {
  test::SeededRandom random;
  auto sealed = to_bytes(ShardKeys::found(sample_charter(random), 1, random).to_sealed().view());
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    const auto keys = ShardKeys::from_sealed(ByteView(sealed).first(size));
    ASSERT_FALSE(keys) << size;
    EXPECT_EQ(keys.error(), Error::kCorrupt);
  }
  sealed.push_back(0);
  EXPECT_FALSE(ShardKeys::from_sealed(sealed));
}

}  // namespace
}  // namespace substratee::enclave::keys
