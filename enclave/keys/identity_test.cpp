#include "enclave/keys/identity.hpp"

#include "tests/support/random.hpp"

namespace substratee::enclave::keys {
namespace {

TEST(identity, survives_sealing_with_a_new_instance) {
  test::SeededRandom random;
  const auto first = Identity::draw(random);
  const auto again = Identity::from_sealed(first.to_sealed().view(), random);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->account(), first.account());
  EXPECT_EQ(again->encryption_key(), first.encryption_key());
  EXPECT_NE(again->instance(), first.instance());
  EXPECT_TRUE(std::ranges::equal(again->signing_seed(), first.signing_seed()));
}

TEST(identity, signs_under_its_account) {
  test::SeededRandom random;
  const auto identity = Identity::draw(random);
  const auto message = as_bytes("message");
  const crypto::ed25519::PublicKey key{identity.account().bytes};
  EXPECT_TRUE(crypto::ed25519::verify(key, message, identity.signing().sign(message)));
}

TEST(identity, two_draws_have_nothing_in_common) {
  test::SeededRandom random;
  const auto a = Identity::draw(random);
  const auto b = Identity::draw(random);
  EXPECT_NE(a.account(), b.account());
  EXPECT_NE(a.encryption_key(), b.encryption_key());
}

TEST(identity, any_other_plaintext_is_corrupt) {
  test::SeededRandom random;
  const auto sealed = to_bytes(Identity::draw(random).to_sealed().view());
  ASSERT_EQ(sealed.size(), 65);
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    const auto result = Identity::from_sealed(ByteView(sealed).first(size), random);
    ASSERT_FALSE(result) << size;
    EXPECT_EQ(result.error(), Error::kCorrupt);
  }
  auto longer = sealed;
  longer.push_back(0);
  EXPECT_FALSE(Identity::from_sealed(longer, random));
  auto newer = sealed;
  newer[0] = 2;
  EXPECT_FALSE(Identity::from_sealed(newer, random));
}

}  // namespace
}  // namespace substratee::enclave::keys
