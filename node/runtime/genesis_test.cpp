#include "node/runtime/scenario_test.hpp"

#include "core/attestation/dcap/authenticate.hpp"
#include "core/attestation/policy/development_root.hpp"
#include "core/registry/storage.hpp"

namespace substratee::node::runtime::test {
namespace {

TEST(genesis, development_funds_alice_and_makes_her_root) {
  const MemoryState state(build_genesis(development_genesis(seed_of(1), seed_of(2), {kProgram})));
  substratee::test::SeededRandom random;
  const auto alice = AccountKey::from_uri("//Alice", primitives::Scheme::kSr25519, random).value().account();
  EXPECT_GT(system::kAccount.get(state, alice).data.free, 0u);
  EXPECT_EQ(sudo::kKey.find(state), alice);
  EXPECT_EQ(balances::kTotalIssuance.get(state), system::kAccount.get(state, alice).data.free);
}

TEST(genesis, development_has_one_shard_with_its_charter) {
  const MemoryState state(build_genesis(development_genesis(seed_of(1), seed_of(2), {kProgram})));
  const auto shard = substratee_registry::kShards.find(state, kShard).value();
  EXPECT_EQ(shard.name.value, "default");
  EXPECT_EQ(shard.charter.shard, kShard);
  EXPECT_EQ(shard.charter.stf.value, "counter");
  EXPECT_EQ(shard.charter.measurements.value, std::vector{kProgram});
  EXPECT_EQ(shard.charter.trust_anchors.value, std::vector{attestation::development_root()});
  EXPECT_EQ(shard.charter.minimum_confirmations, 1u);
  EXPECT_FALSE(shard.shielding_key);
  EXPECT_EQ(shard.epoch, 0u);
}

TEST(genesis, holds_policy_measurements_and_engine) {
  const MemoryState state(build_genesis(development_genesis(seed_of(1), seed_of(2), {kProgram})));
  EXPECT_EQ(substratee_registry::kPolicy.find(state), attestation::development_policy());
  EXPECT_EQ(substratee_registry::kAllowedMeasurements.get(state).value, std::vector{kProgram});
  EXPECT_EQ(substratee_registry::kEngine.find(state), (registry::Engine{registry::DevEngine{seed_of(1), seed_of(2)}}));
  EXPECT_TRUE(state.get(as_bytes(":code")));
}

TEST(genesis, the_salt_makes_each_chain_its_own) {
  const auto one = genesis_header(build_genesis(development_genesis(seed_of(1), seed_of(2), {kProgram})));
  const auto two = genesis_header(build_genesis(development_genesis(seed_of(1), seed_of(3), {kProgram})));
  EXPECT_NE(one.hash(), two.hash());
  EXPECT_EQ(one.number.value, 0u);
  EXPECT_EQ(one.parent_hash, BlockHash{});
}

TEST(genesis, charters_trust_the_roots_that_the_policy_accepts) {
  auto config = test_genesis();
  config.policy.allowed_kinds.value = {attestation::Kind::kSgxDcap};
  const MemoryState state(build_genesis(config));
  EXPECT_EQ(substratee_registry::kPolicy.get(state), config.policy);
  EXPECT_EQ(substratee_registry::kShards.get(state, kShard).charter.trust_anchors.value,
            std::vector{attestation::dcap::kIntelRoot});
}

TEST(declaration, storage_keys_are_those_that_others_read) {
  using namespace substratee_registry;
  namespace key = registry::key;
  const auto account = Actor(1).account();
  EXPECT_EQ(kEnclaveCount.key(), key::enclave_count());
  EXPECT_EQ(kEnclaveRegistry.key(3), key::enclave(3));
  EXPECT_EQ(kEnclaveIndex.key(account), key::enclave_index(account));
  EXPECT_EQ(kShards.key(kShard), key::shard(kShard));
  EXPECT_EQ(kMembers.key(kShard, account), key::member(kShard, account));
  EXPECT_EQ(kMembers.prefix(kShard), key::members(kShard));
  EXPECT_EQ(kPending.key(kShard, 4), key::pending(kShard, 4));
  EXPECT_EQ(kConfirmations.key(kShard, 4), key::confirmations(kShard, 4));
  EXPECT_EQ(kKeyReleases.key(kShard, hash_of("s")), key::key_release(kShard, hash_of("s")));
  EXPECT_EQ(kPolicy.key(), key::policy());
  const attestation::CollateralId id{hash_of("root"), attestation::CollateralKind::kSgxTcbInfo, {}};
  EXPECT_EQ(kCollateral.key(id), key::collateral(id));
  EXPECT_EQ(kNewestIssue.key(), key::newest_issue());
  EXPECT_EQ(kEnclaveEvidence.key(account), key::enclave_evidence(account));
  EXPECT_EQ(kAllowedMeasurements.key(), key::allowed_measurements());
  EXPECT_EQ(kQuarantinedPlatforms.key({}), key::quarantined_platform({}));
  EXPECT_EQ(kEngine.key(), key::engine());
  EXPECT_EQ(timestamp::kNow.key(), key::timestamp_now());
  EXPECT_EQ(system::kAccount.key(account), key::system_account(account));
  EXPECT_EQ(system::kEvents.key(), key::system_events());
}

TEST(declaration, the_transfer_that_programs_compose_is_ours) {
  const auto call = decode_call(registry::encode_transfer(Actor(1).account(), 5));
  ASSERT_TRUE(call);
  EXPECT_TRUE(std::holds_alternative<balances::TransferKeepAlive>(std::get<balances::Call>(*call)));
}

}  // namespace
}  // namespace substratee::node::runtime::test
