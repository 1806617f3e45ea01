#include "core/protocol/fixture_test.hpp"
#include "core/protocol/limits.hpp"

namespace substratee::protocol {
namespace {

using namespace test;

SignedCall increment(SeededRandom& random) {
  return sign_call({0, 42, 0, 0, 0, 0, 0, 0, 0}, 7, 100, domain(), alice(), random);
}

class SealedCall : public testing::Test {
 protected:
  Result<SignedCall> open(const registry::SealedCall& message) const {
    return open_call(message, keys_.shielding(), 1, domain(), sender_);
  }
  Error refused(const registry::SealedCall& message) const {
    const auto opened = open(message);
    EXPECT_FALSE(opened.has_value());
    return opened ? Error{} : opened.error();
  }

  SeededRandom random_;
  EpochKeys keys_ = keys();
  AccountId sender_ = alice().account();
  SignedCall call_ = increment(random_);
  registry::SealedCall sealed_ = *seal_call(call_, shielding_key(keys_), 1, domain(), sender_, random_);
};

TEST_F(SealedCall, opens_to_what_was_signed) {
  const auto opened = open(sealed_);
  ASSERT_TRUE(opened.has_value());
  EXPECT_EQ(*opened, call_);
  EXPECT_TRUE(verify_call(*opened, domain()));
  EXPECT_LE(scale::encode(sealed_).size(), registry::kMaxSealedCallSize);
}

TEST_F(SealedCall, of_another_sender_does_not_open) {
  const auto opened = open_call(sealed_, keys_.shielding(), 1, domain(), account().account());
  EXPECT_EQ(opened.error(), Error::kNotForUs);
}

TEST_F(SealedCall, of_another_shard_or_chain_does_not_open) {
  auto other = domain();
  other.shard[0] ^= 1;
  EXPECT_EQ(open_call(sealed_, keys_.shielding(), 1, other, sender_).error(), Error::kNotForUs);
  other = domain();
  other.genesis_hash[31] ^= 1;
  EXPECT_EQ(open_call(sealed_, keys_.shielding(), 1, other, sender_).error(), Error::kNotForUs);
}

TEST_F(SealedCall, of_another_epoch_or_key_does_not_open) {
  EXPECT_EQ(open_call(sealed_, keys_.shielding(), 2, domain(), sender_).error(), Error::kWrongEpoch);
  auto renamed = sealed_;
  renamed.epoch = 2;
  EXPECT_EQ(open_call(renamed, keys_.shielding(), 2, domain(), sender_).error(), Error::kNotForUs);
  EXPECT_EQ(open_call(sealed_, keys(1, 0x23).shielding(), 1, domain(), sender_).error(), Error::kNotForUs);
}

TEST_F(SealedCall, of_another_version_is_malformed) {
  sealed_.version = 0;
  EXPECT_EQ(refused(sealed_), Error::kMalformed);
  sealed_.version = 2;
  EXPECT_EQ(refused(sealed_), Error::kMalformed);
}

TEST_F(SealedCall, with_any_flipped_bit_does_not_open) {
  for (std::size_t bit = 0; bit < sealed_.enc.size() * 8; ++bit) {
    auto changed = sealed_;
    changed.enc[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    // X25519 ignores the highest bit of a point, but the key schedule covers it.
    EXPECT_EQ(refused(changed), Error::kNotForUs) << "enc, bit " << bit;
  }
  for (std::size_t bit = 0; bit < sealed_.ciphertext.value.size() * 8; ++bit) {
    auto changed = sealed_;
    changed.ciphertext.value[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    EXPECT_EQ(refused(changed), Error::kNotForUs) << "ciphertext, bit " << bit;
  }
}

TEST_F(SealedCall, truncated_does_not_open) {
  for (std::size_t size = 0; size < sealed_.ciphertext.value.size(); ++size) {
    auto changed = sealed_;
    changed.ciphertext.value.resize(size);
    EXPECT_EQ(refused(changed), Error::kNotForUs) << size;
  }
  sealed_.ciphertext.value.push_back(0);
  EXPECT_EQ(refused(sealed_), Error::kNotForUs);
}

TEST_F(SealedCall, wire_form_refuses_truncation_and_trailing_bytes) {
  auto wire = scale::encode(sealed_);
  EXPECT_EQ(scale::decode<registry::SealedCall>(wire), sealed_);
  for (std::size_t size = 0; size < wire.size(); ++size) {
    EXPECT_FALSE(scale::decode<registry::SealedCall>(ByteView(wire).first(size)).has_value());
  }
  wire.push_back(0);
  EXPECT_FALSE(scale::decode<registry::SealedCall>(wire).has_value());
}

TEST_F(SealedCall, hides_its_size_up_to_the_padding) {
  const auto small =
      *seal_call(sign_call({1}, 0, 1, domain(), alice(), random_), shielding_key(keys_), 1, domain(), sender_, random_);
  EXPECT_EQ(small.ciphertext.value.size(), sealed_.ciphertext.value.size());
}

TEST_F(SealedCall, the_largest_call_fits_the_wire_and_a_larger_one_is_refused) {
  auto call = call_;
  const auto rest = scale::encode(call).size() - call.call.size();
  const auto largest = kMaxPlaintextSize - kPaddingMultiple - rest - 3;  // the length takes up to three bytes more
  call.call.assign(largest, 1);
  const auto sealed = seal_call(call, shielding_key(keys_), 1, domain(), sender_, random_);
  ASSERT_TRUE(sealed.has_value());
  EXPECT_LE(scale::encode(*sealed).size(), registry::kMaxSealedCallSize);
  EXPECT_EQ(open(*sealed), call);
  call.call.assign(largest + 4, 1);
  EXPECT_EQ(seal_call(call, shielding_key(keys_), 1, domain(), sender_, random_).error(), Error::kTooLarge);
}

TEST_F(SealedCall, to_a_key_of_small_order_is_refused) {
  EXPECT_EQ(seal_call(call_, filled(0), 1, domain(), sender_, random_).error(), Error::kBadKey);
}

TEST_F(SealedCall, of_other_content_is_malformed) {
  const auto seal = [&](Bytes plaintext) {
    const crypto::WipedBytes padded(std::move(plaintext));
    auto message = *crypto::hpke::seal(shielding_key(keys_),
                                       concat(as_bytes("substratee/call/v1"), domain().genesis_hash, domain().shard,
                                              scale::encode(registry::Epoch{1})),
                                       sender_, padded.view(), random_);
    return registry::SealedCall{1, 1, message.enc, {std::move(message.ciphertext)}};
  };
  EXPECT_EQ(refused(seal({})), Error::kMalformed);
  EXPECT_EQ(refused(seal(scale::encode(call_))), Error::kMalformed) << "not padded";
  Bytes garbage(255, 0xff);
  garbage.push_back(0x80);
  EXPECT_EQ(refused(seal(garbage)), Error::kMalformed);
  auto trailing = scale::encode(call_);
  trailing.push_back(0);
  trailing.push_back(0x80);
  trailing.resize(256, 0);
  EXPECT_EQ(refused(seal(trailing)), Error::kMalformed);
}

TEST(signed_call, holds_for_its_domain_only) {
  SeededRandom random;
  const auto call = increment(random);
  EXPECT_TRUE(verify_call(call, domain()));
  EXPECT_FALSE(verify_call(call, {filled(0x12), shard()}));
  EXPECT_FALSE(verify_call(call, {filled(0x11), filled(0x12)}));
}

TEST(signed_call, signature_covers_every_field) {
  SeededRandom random;
  const auto call = increment(random);
  auto changed = call;
  changed.account = account().account();
  EXPECT_FALSE(verify_call(changed, domain()));
  changed = call;
  ++changed.nonce;
  EXPECT_FALSE(verify_call(changed, domain()));
  changed = call;
  ++changed.valid_until_block;
  EXPECT_FALSE(verify_call(changed, domain()));
  changed = call;
  changed.call[1] ^= 1;
  EXPECT_FALSE(verify_call(changed, domain()));
}

TEST(signed_call, every_scheme_signs) {
  SeededRandom random;
  for (const auto scheme : {primitives::Scheme::kEd25519, primitives::Scheme::kSr25519, primitives::Scheme::kEcdsa}) {
    const auto key = *primitives::AccountKey::from_uri("//Bob", scheme, random);
    EXPECT_TRUE(verify_call(sign_call({1}, 0, 9, domain(), key, random), domain()));
  }
}

TEST(signed_call, wallets_may_wrap_what_they_sign) {
  SeededRandom random;
  auto call = increment(random);
  const auto wrapped = concat(as_bytes("<Bytes>"), call_message(call, domain()), as_bytes("</Bytes>"));
  call.signature = alice().sign(wrapped, random);
  EXPECT_TRUE(verify_call(call, domain()));
  call.signature = alice().sign(concat(as_bytes("<Bytes>"), wrapped, as_bytes("</Bytes>")), random);
  EXPECT_FALSE(verify_call(call, domain()));
}

TEST(signed_call, is_no_query) {
  SeededRandom random;
  auto query = sign_query({}, domain(), alice(), random);
  EXPECT_TRUE(verify_query(query, domain()));
  auto call = increment(random);
  call.signature = query.signature;
  EXPECT_FALSE(verify_call(call, domain()));
}

}  // namespace
}  // namespace substratee::protocol
