#include "node/runtime/scenario_test.hpp"

namespace substratee::node::runtime::test {
namespace {

using registry::Error;
using namespace substratee_registry;

const registry::Measurement kAnother = hash_of("a program that the charter does not name");
const registry::ShardId kSecond = registry::shard_id("counter", "second");

void allow(Chain& chain, const registry::Measurement& measurement) {
  ASSERT_FALSE(chain.failure(root(), as_root(registry::encode_call(registry::AllowMeasurement{measurement}))));
}

/// The next block of `chain`, to be changed as no call could change it.
struct NextBlock {
  Context context;
  explicit NextBlock(const Chain& chain) : context(chain.state(), chain.best() + 1) {
    system::start_block(context, chain.best_hash());
    timestamp::kNow.put(context.state, chain.time + kBlockTime);
  }
  void change_shard(auto change) {
    auto shard = *kShards.find(context.state, kShard);
    change(shard.charter);
    kShards.put(context.state, kShard, shard);
  }
  void change_enclave(const Actor& actor, auto change) {
    const auto index = *kEnclaveIndex.find(context.state, actor.account());
    auto enclave = *kEnclaveRegistry.find(context.state, index);
    change(enclave);
    kEnclaveRegistry.put(context.state, index, enclave);
  }
};

TEST(charter, a_measurement_that_root_allows_later_cannot_register_for_the_shard) {
  Chain chain;
  allow(chain, kAnother);
  Worker worker(1);
  worker.measurement = kAnother;
  EXPECT_EQ(chain.failure(worker, worker.registers(chain)), refused(Error::kWrongMeasurement));
  EXPECT_FALSE(find_enclave(chain.state(), worker.account()));
}

TEST(charter, a_member_cannot_renew_with_a_measurement_that_root_allows_later) {
  Chain chain;
  Worker worker(1);
  found_with(chain, worker);
  allow(chain, kAnother);
  worker.measurement = kAnother;
  EXPECT_EQ(chain.failure(worker, worker.registers(chain)), refused(Error::kWrongMeasurement));
  EXPECT_EQ(find_enclave(chain.state(), worker.account())->measurement, kProgram);
}

TEST(charter, simulated_evidence_is_refused_where_the_charter_asks_for_hardware) {
  auto config = test_genesis();
  config.shards[0].hardware_required = true;
  Chain chain(config);
  const Worker worker(1);
  EXPECT_EQ(chain.failure(worker, worker.registers(chain)), refused(Error::kPolicyRefused));
}

TEST(charter, evidence_under_a_root_that_it_does_not_name_is_refused) {
  const Chain chain;
  const Worker worker(1);
  NextBlock next(chain);
  next.change_shard([](registry::Charter& charter) { charter.trust_anchors.value = {hash_of("another root")}; });
  EXPECT_EQ(register_enclave(next.context, worker.account(), worker.registration(worker.claims(chain))),
            std::unexpected(Error::kPolicyRefused));
}

TEST(charter, a_measurement_outside_it_cannot_found) {
  Chain chain;
  const Worker worker(1);
  chain.block({{worker, worker.registers(chain)}});
  NextBlock next(chain);
  next.change_enclave(worker, [](registry::Enclave& enclave) { enclave.measurement = kAnother; });
  EXPECT_EQ(found_shard(next.context, worker.account(), {kShard, worker.instance, {}}),
            std::unexpected(Error::kWrongMeasurement));
}

TEST(charter, simulation_cannot_found_where_it_asks_for_hardware) {
  Chain chain;
  const Worker worker(1);
  chain.block({{worker, worker.registers(chain)}});
  NextBlock next(chain);
  next.change_shard([](registry::Charter& charter) { charter.hardware_required = true; });
  EXPECT_EQ(found_shard(next.context, worker.account(), {kShard, worker.instance, {}}),
            std::unexpected(Error::kPolicyRefused));
  next.change_enclave(worker, [](registry::Enclave& enclave) { enclave.hardware = true; });
  EXPECT_TRUE(found_shard(next.context, worker.account(), {kShard, worker.instance, {}}));
}

TEST(charter, a_measurement_outside_it_cannot_confirm) {
  Chain chain;
  const Worker worker(1);
  found_with(chain, worker);
  const auto block = work(chain);
  NextBlock next(chain);
  next.change_enclave(worker, [](registry::Enclave& enclave) { enclave.measurement = kAnother; });
  EXPECT_EQ(confirm_block(next.context, worker.account(), worker.confirmation(chain, block)),
            std::unexpected(Error::kWrongMeasurement));
}

TEST(charter, no_key_is_released_to_a_measurement_outside_it) {
  Chain chain;
  const Worker from(1), to(2);
  found_with(chain, from);
  chain.block({{to, to.registers(chain)}});
  allow(chain, kAnother);
  NextBlock next(chain);
  next.change_enclave(to, [](registry::Enclave& enclave) { enclave.measurement = kAnother; });
  EXPECT_EQ(record_key_release(next.context, from.account(), from.release(to)),
            std::unexpected(Error::kReleaseRefused));
}

TEST(charter, another_enclave_of_a_member_of_two_shards_is_held_against_each_charter) {
  auto config = test_genesis();
  config.shards.push_back({.stf = "counter", .name = "second"});
  Chain chain(config);
  const Worker worker(1);
  const auto registers_for_second = [&](const Worker& from) {
    auto call = from.registration(from.claims(chain));
    call.shard = kSecond;
    return registry::encode_call(call);
  };
  chain.block({{worker, worker.registers(chain)}});
  ASSERT_FALSE(chain.failure(worker, registers_for_second(worker)));
  EXPECT_EQ(status_of(chain, worker), MemberStatus::kJoining);
  const Worker moved(1, 9);
  ASSERT_FALSE(chain.failure(moved, registers_for_second(moved)));
  EXPECT_EQ(status_of(chain, moved), MemberStatus::kExpired);
  ASSERT_FALSE(chain.failure(moved, registers_for_second(moved)));
  EXPECT_EQ(status_of(chain, moved), MemberStatus::kExpired);
  ASSERT_FALSE(chain.failure(moved, moved.registers(chain)));
  EXPECT_EQ(status_of(chain, moved), MemberStatus::kJoining);
}

}  // namespace
}  // namespace substratee::node::runtime::test
