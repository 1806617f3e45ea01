#include "core/protocol/provisioning.hpp"
#include "tests/network/network.hpp"
#include "tests/network/rogue.hpp"

/// Attacks on the provider of keys, by somebody who wants them.

namespace substratee::test {
namespace {

using attestation::Purpose;

/// A founded shard whose only member is `provider`.
class JoinAttack : public Network {
 protected:
  void SetUp() override {
    found(provider);
    Rogue honest(world, 6);
    ASSERT_EQ(honest.submit_registration(), std::nullopt);
    ASSERT_TRUE(is_release_due(honest.connect(provider, honest.certify(), world.shard())));
    world.submit(provider.expect<Extrinsic>(ComposeRelease{honest.session(), provider.hints()}).wire);
    world.mine();
    ASSERT_TRUE(honest.receive(provider).has_value()) << "the honest path";
    static_cast<void>(provider.expect<Done>(TlsClose{honest.session()}));
  }

  Refusal refused(const Reply& reply) const {
    const auto* why = std::get_if<Refused>(&reply);
    EXPECT_NE(why, nullptr) << "not refused, reply " << reply.index();
    return why == nullptr ? Refusal{} : why->reason;
  }
  bool is_release_due(const Reply& reply) const {
    const auto* tls = std::get_if<Tls>(&reply);
    return tls != nullptr && tls->phase == TlsPhase::kReleaseDue;
  }
  /// Shows a certificate whose claims are bent.
  Refusal refused_with(const std::function<void(attestation::Claims&)>& bend) {
    auto key = crypto::p256::KeyPair::draw(world.random());
    auto claims = rogue.claims(Purpose::kProvisioning, attestation::to_spki(key.public_key()));
    bend(claims);
    return refused(rogue.connect(provider, rogue.certify(std::move(key), claims), world.shard()));
  }
  void submit_release() {
    world.submit(provider.expect<Extrinsic>(ComposeRelease{rogue.session(), provider.hints()}).wire);
    world.mine();
  }
  void expect_no_keys() {
    EXPECT_EQ(rogue.receive(provider), std::nullopt);
    idle(2);
    EXPECT_EQ(rogue.receive(provider), std::nullopt);
  }

  Host provider{world, ipfs, 1};
  Rogue rogue{world, 7};
};

/// The honest way: only a final release brings the keys. Everything below differs from it in one thing.
TEST_F(JoinAttack, none) {
  ASSERT_EQ(rogue.submit_registration(), std::nullopt);
  ASSERT_TRUE(is_release_due(rogue.connect(provider, rogue.certify(), world.shard())));
  EXPECT_EQ(rogue.receive(provider), std::nullopt);
  submit_release();
  const auto keys = rogue.receive(provider);
  ASSERT_TRUE(keys.has_value());
  EXPECT_TRUE(decode_provisioning(*keys).has_value());
}

TEST_F(JoinAttack, attack_unregistered_joiner) {
  EXPECT_EQ(refused(rogue.connect(provider, rogue.certify(), world.shard())), Refusal::kPeerRefused);
}

TEST_F(JoinAttack, attack_keys_off_the_record) {
  ASSERT_EQ(rogue.submit_registration(), std::nullopt);
  ASSERT_TRUE(is_release_due(rogue.connect(provider, rogue.certify(), world.shard())));
  // The provider signed the release, but its host never submits it.
  static_cast<void>(provider.expect<Extrinsic>(ComposeRelease{rogue.session(), provider.hints()}));
  expect_no_keys();
}

TEST_F(JoinAttack, attack_keys_without_a_release) {
  ASSERT_EQ(rogue.submit_registration(), std::nullopt);
  ASSERT_TRUE(is_release_due(rogue.connect(provider, rogue.certify(), world.shard())));
  expect_no_keys();
}

TEST_F(JoinAttack, attack_stale_key_release_record) {
  ASSERT_EQ(rogue.submit_registration(), std::nullopt);
  ASSERT_TRUE(is_release_due(rogue.connect(provider, rogue.certify(), world.shard())));
  submit_release();
  ASSERT_TRUE(rogue.receive(provider).has_value());
  // A second session: the first one's record does not count for it.
  ASSERT_TRUE(is_release_due(rogue.connect(provider, rogue.certify(), world.shard())));
  static_cast<void>(provider.expect<Extrinsic>(ComposeRelease{rogue.session(), provider.hints()}));
  expect_no_keys();
}

TEST_F(JoinAttack, attack_release_of_another_session) {
  Rogue second(world, 8);
  ASSERT_EQ(rogue.submit_registration(), std::nullopt);
  ASSERT_EQ(second.submit_registration(), std::nullopt);
  ASSERT_TRUE(is_release_due(second.connect(provider, second.certify(), world.shard())));
  ASSERT_TRUE(is_release_due(rogue.connect(provider, rogue.certify(), world.shard())));
  static_cast<void>(provider.expect<Extrinsic>(ComposeRelease{rogue.session(), provider.hints()}));
  world.submit(provider.expect<Extrinsic>(ComposeRelease{second.session(), provider.hints()}).wire);
  world.mine();
  ASSERT_EQ(registry_error(world), std::nullopt);
  expect_no_keys();
  EXPECT_TRUE(second.receive(provider).has_value());
}

TEST_F(JoinAttack, attack_release_to_a_joiner_that_restarted) {
  ASSERT_EQ(rogue.submit_registration(), std::nullopt);
  ASSERT_TRUE(is_release_due(rogue.connect(provider, rogue.certify(), world.shard())));
  rogue.instance[0] ^= 1;
  ASSERT_EQ(rogue.submit_registration(), std::nullopt);
  submit_release();
  EXPECT_EQ(registry_error(world), registry::Error::kReleaseRefused);
  expect_no_keys();
}

TEST_F(JoinAttack, attack_release_to_a_joiner_that_left) {
  ASSERT_EQ(rogue.submit_registration(), std::nullopt);
  ASSERT_TRUE(is_release_due(rogue.connect(provider, rogue.certify(), world.shard())));
  ASSERT_EQ(rogue.submit(registry::UnregisterEnclave{}), std::nullopt);
  submit_release();
  EXPECT_EQ(registry_error(world), registry::Error::kReleaseRefused);
  expect_no_keys();
}

/// The release is final, but the provider looks once more before the keys go out.
TEST_F(JoinAttack, attack_release_of_a_joiner_quarantined_before_the_keys_went_out) {
  ASSERT_EQ(rogue.submit_registration(), std::nullopt);
  ASSERT_TRUE(is_release_due(rogue.connect(provider, rogue.certify(), world.shard())));
  submit_release();
  ASSERT_EQ(registry_error(world), std::nullopt);
  const auto call = registry::encode_call(registry::Quarantine{world.shard(), rogue.account()});
  world.submit(world.sign(concat(Bytes{registry::kSudoIndex, 0}, call), "//Alice"));
  world.mine();
  provider.follow();
  EXPECT_EQ(provider.refused(TlsInput{rogue.session(), {}}), Refusal::kPeerRefused);
  expect_no_keys();
}

TEST_F(JoinAttack, attack_release_of_a_joiner_replaced_before_the_keys_went_out) {
  ASSERT_EQ(rogue.submit_registration(), std::nullopt);
  ASSERT_TRUE(is_release_due(rogue.connect(provider, rogue.certify(), world.shard())));
  submit_release();
  ASSERT_EQ(registry_error(world), std::nullopt);
  rogue.instance[0] ^= 1;
  ASSERT_EQ(rogue.submit_registration(), std::nullopt);
  provider.follow();
  EXPECT_EQ(provider.refused(TlsInput{rogue.session(), {}}), Refusal::kPeerRefused);
  expect_no_keys();
}

TEST_F(JoinAttack, attack_quote_key_mismatch) {
  ASSERT_EQ(rogue.submit_registration(), std::nullopt);
  EXPECT_EQ(refused_with([](auto& claims) { claims.pubkey_hash[0] ^= 1; }), Refusal::kPeerRefused);
}

TEST_F(JoinAttack, attack_evidence_of_another_purpose_chain_key_or_instance) {
  ASSERT_EQ(rogue.submit_registration(), std::nullopt);
  const std::vector<std::function<void(attestation::Claims&)>> bends = {
      [](auto& claims) { claims.substratee.purpose = Purpose::kRegistration; },
      [](auto& claims) { claims.substratee.genesis_hash[0] ^= 1; },
      [](auto& claims) { claims.substratee.encryption_key[0] ^= 1; },
      [](auto& claims) { claims.substratee.instance[0] ^= 1; },
      [](auto& claims) { claims.substratee.block_hash[0] ^= 1; },
      [](auto& claims) { claims.substratee.account[0] ^= 1; },
      [](auto& claims) { claims.substratee.block_number += 1000; },
  };
  for (const auto& bend : bends) EXPECT_EQ(refused_with(bend), Refusal::kPeerRefused);
}

TEST_F(JoinAttack, attack_joiner_that_says_it_is_the_provider) {
  const auto own = provider.identity().account;
  EXPECT_EQ(refused_with([&](auto& claims) { claims.substratee.account = own; }), Refusal::kSelfConnection);
}

TEST_F(JoinAttack, attack_evidence_of_another_platform) {
  ASSERT_EQ(rogue.submit_registration(), std::nullopt);
  Rogue other(world, 9);
  auto key = crypto::p256::KeyPair::draw(world.random());
  const auto claims = rogue.claims(Purpose::kProvisioning, attestation::to_spki(key.public_key()));
  EXPECT_EQ(refused(rogue.connect(provider, other.certify(std::move(key), claims), world.shard())),
            Refusal::kPeerRefused);
}

TEST_F(JoinAttack, attack_stale_evidence) {
  ASSERT_EQ(rogue.submit_registration(), std::nullopt);
  const auto old = rogue.certify();
  idle(65);
  EXPECT_EQ(
      refused(rogue.connect(
          provider,
          {crypto::p256::KeyPair::from_secret(FixedBytes<32>::from(old.key.secret())->bytes).value(), old.certificate},
          world.shard())),
      Refusal::kPeerRefused);
}

TEST_F(JoinAttack, expired_registration) {
  ASSERT_EQ(rogue.submit_registration(), std::nullopt);
  world.mine(24 * 3600 * 1000 + 1000);
  rounds(5, {&provider});  // its own has expired too: it comes back
  EXPECT_EQ(member(rogue.account()), registry::MemberStatus::kExpired);
  ASSERT_EQ(member(provider), registry::MemberStatus::kActive);
  EXPECT_EQ(refused(rogue.connect(provider, rogue.certify(), world.shard())), Refusal::kPeerRefused);
}

TEST_F(JoinAttack, request_for_another_shard) {
  ASSERT_EQ(rogue.submit_registration(), std::nullopt);
  EXPECT_EQ(refused(rogue.connect(provider, rogue.certify(), registry::shard_id("counter", "other"))),
            Refusal::kPeerRefused);
}

TEST_F(JoinAttack, attack_quarantined_joiner) {
  ASSERT_EQ(rogue.submit_registration(), std::nullopt);
  const auto call = registry::encode_call(registry::Quarantine{world.shard(), rogue.account()});
  world.submit(world.sign(concat(Bytes{registry::kSudoIndex, 0}, call), "//Alice"));
  world.mine();
  EXPECT_EQ(refused(rogue.connect(provider, rogue.certify(), world.shard())), Refusal::kPeerRefused);
}

class CharterAttack : public JoinAttack {
 protected:
  void SetUp() override {
    JoinAttack::SetUp();
    const auto call = registry::encode_call(registry::AllowMeasurement{upgraded});
    world.submit(world.sign(concat(Bytes{registry::kSudoIndex, 0}, call), "//Alice"));
    world.mine();
  }
  registry::Measurement upgraded = crypto::sha256(as_bytes("a program that root likes"));
};

TEST_F(CharterAttack, attack_root_widens_the_allow_list_after_founding) {
  Rogue other(world, 8, upgraded);
  EXPECT_EQ(other.submit_registration(), registry::Error::kWrongMeasurement) << "the charter stands above root";
  EXPECT_EQ(refused(other.connect(provider, other.certify(), world.shard())), Refusal::kPeerRefused);
}

TEST_F(CharterAttack, an_enclave_that_the_charter_does_not_allow_is_never_registered) {
  Host other(world, ipfs, 2, upgraded);
  other.start_again();
  other.follow();
  other.submit_registration();
  world.mine();
  EXPECT_EQ(other.follow().phase, Phase::kFollowing);
  EXPECT_EQ(other.refused(JoinBegin{provider.identity().account}), Refusal::kWrongPhase);
}

TEST_F(JoinAttack, removed_measurement_ends_the_membership) {
  ASSERT_EQ(rogue.submit_registration(), std::nullopt);
  const auto call = registry::encode_call(registry::RemoveMeasurement{test_measurement()});
  world.submit(world.sign(concat(Bytes{registry::kSudoIndex, 0}, call), "//Alice"));
  world.mine();
  EXPECT_EQ(provider.follow().phase, Phase::kFollowing);
  EXPECT_EQ(provider.refused(ProvideBegin{}), Refusal::kWrongPhase);
}

TEST_F(JoinAttack, attack_tls_garbage) {
  const auto session = provider.expect<Tls>(ProvideBegin{}).session;
  EXPECT_EQ(provider.refused(TlsInput{session, {Bytes(100, 0xff)}}), Refusal::kTlsFailed);
  EXPECT_EQ(provider.refused(TlsInput{session, {}}), Refusal::kUnknownSession);
}

TEST_F(JoinAttack, attack_too_many_sessions) {
  std::vector<std::uint64_t> open;
  for (std::size_t i = 0; i < kMaxProvisioningSessions; ++i)
    open.push_back(provider.expect<Tls>(ProvideBegin{}).session);
  EXPECT_EQ(provider.refused(ProvideBegin{}), Refusal::kTooManySessions);
  static_cast<void>(provider.expect<Done>(TlsClose{open.front()}));
  static_cast<void>(provider.expect<Tls>(ProvideBegin{}));
  EXPECT_EQ(provider.refused(ProvideBegin{}), Refusal::kTooManySessions);
  // Whoever holds them does not hold them for ever.
  idle(kProvisioningSessionBlocks + 1);
  provider.follow();
  static_cast<void>(provider.expect<Tls>(ProvideBegin{}));
}

TEST_F(JoinAttack, unknown_session) {
  EXPECT_EQ(provider.refused(TlsInput{99, {}}), Refusal::kUnknownSession);
  EXPECT_EQ(provider.refused(ComposeRelease{99, provider.hints()}), Refusal::kUnknownSession);
}

TEST_F(JoinAttack, session_that_has_expired) {
  const auto session = provider.expect<Tls>(ProvideBegin{}).session;
  idle(kProvisioningSessionBlocks + 1);
  provider.follow();
  EXPECT_EQ(provider.refused(TlsInput{session, {}}), Refusal::kSessionExpired);
  EXPECT_EQ(provider.refused(ComposeRelease{session, provider.hints()}), Refusal::kSessionExpired);
}

TEST_F(JoinAttack, attack_release_that_never_came) {
  ASSERT_EQ(rogue.submit_registration(), std::nullopt);
  ASSERT_TRUE(is_release_due(rogue.connect(provider, rogue.certify(), world.shard())));
  const auto release = provider.expect<Extrinsic>(ComposeRelease{rogue.session(), provider.hints()}).wire;
  idle(kProvisioningSessionBlocks + 1);
  provider.follow();
  EXPECT_EQ(provider.refused(TlsInput{rogue.session(), {}}), Refusal::kReleaseMissing);
  // Too late it does not help.
  world.submit(release);
  world.mine();
  EXPECT_EQ(registry_error(world), std::nullopt);
  provider.follow();
  EXPECT_EQ(provider.refused(TlsInput{rogue.session(), {}}), Refusal::kReleaseMissing);
}

TEST_F(JoinAttack, release_before_the_peer_is_known) {
  const auto session = provider.expect<Tls>(ProvideBegin{}).session;
  EXPECT_EQ(provider.refused(ComposeRelease{session, provider.hints()}), Refusal::kWrongPhase);
}

}  // namespace
}  // namespace substratee::test
