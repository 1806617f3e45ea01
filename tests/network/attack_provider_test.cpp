#include "core/protocol/keys.hpp"
#include "core/protocol/provisioning.hpp"
#include "tests/network/network.hpp"
#include "tests/network/rogue.hpp"

/// Attacks on a joiner, by somebody who wants to give it other keys.

namespace substratee::test {
namespace {

crypto::Secret<32> secret(std::uint8_t byte) {
  FixedBytes<32> out;
  out.bytes.fill(byte);
  return *crypto::Secret<32>::from(out.bytes);
}

/// A shard that a rogue founded, and an honest enclave that wants to join.
class ProviderAttack : public Network {
 protected:
  void SetUp() override {
    rogue.found(secret(5));
    joiner.start_again();
    rounds(2, {&joiner});
    ASSERT_EQ(member(rogue.account()), registry::MemberStatus::kActive);
    ASSERT_EQ(joiner.follow().phase, Phase::kJoining);
    Host honest(world, ipfs, 3);
    honest.start_again();
    rounds(2, {&honest});
    const auto message = encode_provisioning(genuine());
    const auto reply = rogue.serve(honest, rogue.account(), rogue.certify(), message.view());
    ASSERT_TRUE(std::holds_alternative<Tls>(reply));
    ASSERT_EQ(std::get<Tls>(reply).phase, TlsPhase::kDone) << "the honest path";
  }
  Provisioning genuine() const {
    Provisioning out;
    out.charter = shard().charter;
    out.epochs.push_back({1, secret(5)});
    out.cut_key = secret(6);
    return out;
  }
  Reply serve(const Provisioning& provisioning) {
    return rogue.serve(joiner, rogue.account(), rogue.certify(), encode_provisioning(provisioning).view());
  }
  void expect_refused(Refusal reason, const Reply& reply) {
    const auto* why = std::get_if<Refused>(&reply);
    ASSERT_NE(why, nullptr) << "not refused, reply " << reply.index();
    EXPECT_EQ(why->reason, reason) << why->detail.value;
    EXPECT_EQ(joiner.follow().phase, Phase::kJoining);
    EXPECT_EQ(joiner.refused(GetShieldingKey{}), Refusal::kNoKey);
    EXPECT_FALSE(joiner.blobs.contains("shard"));
  }

  Rogue rogue{world, 7};
  Host joiner{world, ipfs, 2};
};

TEST_F(ProviderAttack, none) {
  const auto reply = serve(genuine());
  ASSERT_TRUE(std::holds_alternative<Tls>(reply)) << std::get<Refused>(reply).detail.value;
  EXPECT_EQ(std::get<Tls>(reply).phase, TlsPhase::kDone);
  EXPECT_EQ(joiner.follow().phase, Phase::kLoading);
  EXPECT_TRUE(joiner.blobs.contains("shard"));
}

TEST_F(ProviderAttack, attack_other_charter) {
  auto provisioning = genuine();
  provisioning.charter.measurements.value.push_back({});
  expect_refused(Refusal::kCharterMismatch, serve(provisioning));
}

TEST_F(ProviderAttack, attack_other_secret) {
  auto provisioning = genuine();
  provisioning.epochs[0].secret = secret(9);
  expect_refused(Refusal::kWrongKey, serve(provisioning));
}

TEST_F(ProviderAttack, attack_secret_of_another_epoch) {
  auto provisioning = genuine();
  provisioning.epochs[0].epoch = 2;
  expect_refused(Refusal::kWrongKey, serve(provisioning));
}

TEST_F(ProviderAttack, no_keys_at_all) {
  auto provisioning = genuine();
  provisioning.epochs.clear();
  expect_refused(Refusal::kPeerRefused, serve(provisioning));
}

TEST_F(ProviderAttack, attack_garbage_for_keys) {
  expect_refused(Refusal::kPeerRefused, rogue.serve(joiner, rogue.account(), rogue.certify(), Bytes(100, 0xff)));
}

TEST_F(ProviderAttack, attack_provider_impersonation) {
  Rogue impostor(world, 8);
  ASSERT_EQ(impostor.submit_registration(), std::nullopt);
  // Registered, attested, of the right program: but not the one that was asked.
  const auto message = encode_provisioning(genuine());
  expect_refused(Refusal::kPeerRefused, impostor.serve(joiner, rogue.account(), impostor.certify(), message.view()));
}

TEST_F(ProviderAttack, attack_provider_that_is_not_active) {
  Rogue other(world, 8);
  ASSERT_EQ(other.submit_registration(), std::nullopt);
  joiner.follow();
  EXPECT_EQ(joiner.refused(JoinBegin{other.account()}), Refusal::kPeerNotActive);
}

TEST_F(ProviderAttack, attack_provider_that_is_not_registered) {
  EXPECT_EQ(joiner.refused(JoinBegin{Rogue(world, 8).account()}), Refusal::kPeerRefused);
}

TEST_F(ProviderAttack, attack_self_connection) {
  EXPECT_EQ(joiner.refused(JoinBegin{joiner.identity().account}), Refusal::kSelfConnection);
}

TEST_F(ProviderAttack, unserviceable_state_does_not_open) {
  ASSERT_TRUE(std::holds_alternative<Tls>(serve(genuine())));
  joiner.follow();
  EXPECT_EQ(joiner.refused(LoadState{}), Refusal::kBadState) << "the agreed CID is no CID";
  EXPECT_EQ(joiner.follow().phase, Phase::kLoading);
}

TEST_F(ProviderAttack, keys_survive_a_restart) {
  ASSERT_TRUE(std::holds_alternative<Tls>(serve(genuine())));
  joiner.start_again();
  rounds(2, {&joiner});
  EXPECT_EQ(joiner.follow().phase, Phase::kLoading);
}

using SelfConnection = Network;

/// A copy of the first enclave, started from its sealed identity, asks the second for keys, and its host connects it to
/// the first. Only the block that replaces the first is kept from it.
TEST_F(SelfConnection, attack_self_connection_of_a_clone) {
  Host first(world, ipfs, 1);
  Host second(world, ipfs, 2);
  Host clone(world, ipfs, 1);
  found(first);
  join(second, first);
  clone.blobs["identity"] = first.blobs.at("identity");
  clone.start_again();
  rounds(2, {&clone});
  ASSERT_EQ(clone.follow().phase, Phase::kJoining);
  auto at_clone = clone.expect<Tls>(JoinBegin{second.identity().account});
  auto at_first = first.expect<Tls>(ProvideBegin{});
  const auto reply = relay(clone, at_clone, first, at_first);
  ASSERT_TRUE(std::holds_alternative<Refused>(reply));
  EXPECT_EQ(std::get<Refused>(reply).reason, Refusal::kPeerRefused) << "not the one that was asked";
}

}  // namespace
}  // namespace substratee::test
