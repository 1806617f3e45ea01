#include "node/runtime/scenario_test.hpp"

namespace substratee::node::runtime::test {
namespace {

using registry::Error;

attestation::Claims changed(attestation::Claims claims, auto change) {
  change(claims.substratee);
  return claims;
}

TEST(registration, stores_what_was_verified) {
  Chain chain;
  const Worker worker(1);
  ASSERT_FALSE(chain.failure(worker, worker.registers(chain)));
  const auto enclave = substratee_registry::find_enclave(chain.state(), worker.account());
  ASSERT_TRUE(enclave);
  EXPECT_EQ(enclave->account, worker.account());
  EXPECT_EQ(enclave->encryption_key, worker.encryption_key);
  EXPECT_EQ(enclave->instance, worker.instance);
  EXPECT_EQ(enclave->measurement, kProgram);
  EXPECT_EQ(enclave->platform_id, worker.platform.platform_id());
  EXPECT_FALSE(enclave->hardware);
  EXPECT_EQ(enclave->tcb_status, attestation::TcbStatus::kSimulated);
  EXPECT_EQ(enclave->valid_until, chain.time + substratee_registry::kRegistrationMilliseconds);
  EXPECT_EQ(status_of(chain, worker), MemberStatus::kJoining);
}

TEST(registration, an_account_without_balance_may_register_and_keeps_its_nonce) {
  Chain chain;
  const Worker worker(1);
  ASSERT_FALSE(chain.failure(worker, worker.registers(chain)));
  EXPECT_EQ(account_nonce(chain.state(), worker.account()), 1u);
}

TEST(registration, tells_the_journal_with_the_instance) {
  Chain chain;
  const Worker worker(1);
  chain.block({{worker, worker.registers(chain)}});
  const std::vector expected{
      registry::MemberChanged{kShard, worker.account(), worker.instance, MemberStatus::kJoining}};
  EXPECT_EQ(chain.journal_of<registry::MemberChanged>(), expected);
}

TEST(registration, refuses_evidence_of_another_account) {
  Chain chain;
  const Worker worker(1);
  EXPECT_EQ(chain.failure(Actor(2), worker.registers(chain)), refused(Error::kAccountMismatch));
}

TEST(registration, refuses_a_quote_that_binds_another_key) {
  Chain chain;
  const Worker worker(1);
  auto claims = worker.claims(chain);
  claims.pubkey_hash = hash_of("another key");
  EXPECT_EQ(chain.failure(worker, registry::encode_call(worker.registration(claims))),
            refused(Error::kAccountMismatch));
}

TEST(registration, refuses_claims_that_the_quote_does_not_cover) {
  Chain chain;
  const Worker worker(1);
  auto call = worker.registration(worker.claims(chain));
  call.evidence.claims.value =
      attestation::encode_claims(changed(worker.claims(chain), [](auto& said) { said.encryption_key = seed_of(9); }));
  EXPECT_EQ(chain.failure(worker, registry::encode_call(call)), refused(Error::kEvidenceRefused));
}

TEST(registration, refuses_claims_that_do_not_parse) {
  Chain chain;
  const Worker worker(1);
  auto call = worker.registration(worker.claims(chain));
  call.evidence.claims.value.pop_back();
  EXPECT_EQ(chain.failure(worker, registry::encode_call(call)), refused(Error::kEvidenceRefused));
}

TEST(registration, refuses_a_flipped_bit_in_the_quote) {
  Chain chain;
  const Worker worker(1);
  auto call = worker.registration(worker.claims(chain));
  call.evidence.body.value[200] ^= 1;
  EXPECT_EQ(chain.failure(worker, registry::encode_call(call)), refused(Error::kEvidenceRefused));
}

TEST(registration, refuses_simulated_evidence_that_claims_to_be_hardware) {
  Chain chain;
  const Worker worker(1);
  auto call = worker.registration(worker.claims(chain));
  call.evidence.kind = attestation::Kind::kSgxDcap;
  EXPECT_EQ(chain.failure(worker, registry::encode_call(call)), refused(Error::kEvidenceRefused));
}

TEST(registration, refuses_an_unknown_simulation_root) {
  auto config = test_genesis();
  config.policy.simulation_roots.value = {hash_of("another root")};
  Chain chain(config);
  const Worker worker(1);
  EXPECT_EQ(chain.failure(worker, worker.registers(chain)), refused(Error::kEvidenceRefused));
}

TEST(registration, refuses_simulated_evidence_where_hardware_is_required) {
  auto config = test_genesis();
  Chain chain(config);
  config.policy.allowed_kinds.value = {attestation::Kind::kSgxDcap};
  Chain hardware(config);
  const Worker worker(1);
  EXPECT_EQ(hardware.failure(worker, worker.registers(hardware)), refused(Error::kPolicyRefused));
  EXPECT_FALSE(chain.failure(worker, worker.registers(chain)));
}

TEST(registration, refuses_a_debug_enclave) {
  Chain chain;
  const Worker worker(1);
  auto call = worker.registration(worker.claims(chain));
  call.evidence.body.value = worker.platform.quote(
      {.measurement = kProgram,
       .report_data = attestation::report_data_for(call.evidence.claims.value),
       .attributes = attestation::dcap::kInit | attestation::dcap::kMode64 | attestation::dcap::kDebug});
  EXPECT_EQ(chain.failure(worker, registry::encode_call(call)), refused(Error::kPolicyRefused));
}

TEST(registration, refuses_another_purpose) {
  Chain chain;
  const Worker worker(1);
  const auto claims =
      changed(worker.claims(chain), [](auto& said) { said.purpose = attestation::Purpose::kProvisioning; });
  EXPECT_EQ(chain.failure(worker, registry::encode_call(worker.registration(claims))),
            refused(Error::kEvidenceRefused));
}

TEST(registration, refuses_evidence_for_another_chain) {
  Chain chain;
  const Worker worker(1);
  const auto claims = changed(worker.claims(chain), [](auto& said) { said.genesis_hash = hash_of("another chain"); });
  EXPECT_EQ(chain.failure(worker, registry::encode_call(worker.registration(claims))),
            refused(Error::kEvidenceRefused));
}

TEST(registration, refuses_a_block_that_is_not_on_this_chain) {
  Chain chain;
  const Worker worker(1);
  const auto claims = changed(worker.claims(chain), [](auto& said) { said.block_hash = hash_of("a fork"); });
  EXPECT_EQ(chain.failure(worker, registry::encode_call(worker.registration(claims))), refused(Error::kStaleEvidence));
}

TEST(registration, accepts_a_block_64_behind_and_refuses_one_65_behind) {
  Chain chain;
  const Worker worker(1);
  chain.block();
  const auto call = worker.registers(chain);  // names block 1
  chain.idle(64);
  Chain older = chain;
  EXPECT_FALSE(chain.failure(worker, call));
  older.block();
  EXPECT_EQ(older.failure(worker, call), refused(Error::kStaleEvidence));
}

TEST(registration, refuses_another_program) {
  Chain chain;
  Worker worker(1);
  worker.measurement = hash_of("another program");
  EXPECT_EQ(chain.failure(worker, worker.registers(chain)), refused(Error::kWrongMeasurement));
}

TEST(registration, refuses_an_unknown_shard) {
  Chain chain;
  const Worker worker(1);
  auto call = worker.registration(worker.claims(chain));
  call.shard = registry::shard_id("counter", "another");
  EXPECT_EQ(chain.failure(worker, registry::encode_call(call)), refused(Error::kUnknownShard));
}

TEST(registration, evidence_over_its_bounds_does_not_decode) {
  const auto encoded = [](std::size_t body, std::size_t claims) {
    scale::Encoder out;
    out.raw(Bytes{registry::kRegistryIndex, registry::RegisterEnclave::kScaleIndex});
    scale::encode_to(out,
                     std::tuple{kShard, std::uint8_t{0}, Bytes(body), Bytes(claims), url("ws://a"), url("tcp://a:1")});
    return std::move(out).take();
  };
  EXPECT_TRUE(decode_call(encoded(attestation::kMaxEvidenceBodySize, attestation::kMaxClaimsSize)));
  EXPECT_FALSE(decode_call(encoded(attestation::kMaxEvidenceBodySize + 1, 0)));
  EXPECT_FALSE(decode_call(encoded(0, attestation::kMaxClaimsSize + 1)));
}

TEST(registration, refuses_bad_urls) {
  Chain chain;
  const Worker worker(1);
  for (const auto* bad :
       {"", "127.0.0.1:2000", "file:///etc/passwd", "ws://", "ws://a b", "ws://a\x1b[2J", "ws:///path"}) {
    auto call = worker.registration(worker.claims(chain));
    call.worker_url = url(bad);
    EXPECT_EQ(chain.failure(worker, registry::encode_call(call)), refused(Error::kUrlInvalid)) << bad;
  }
  for (const auto* bad :
       {"", "tcp://host", "tcp://host:0", "tcp://host:70000", "tcp://:1", "tcp://host:1/x", "ws://host:1"}) {
    auto call = worker.registration(worker.claims(chain));
    call.provisioning_url = url(bad);
    EXPECT_EQ(chain.failure(worker, registry::encode_call(call)), refused(Error::kUrlInvalid)) << bad;
  }
}

TEST(registration, verifies_at_most_four_in_a_block_refused_ones_included) {
  Chain chain;
  const Worker a(1), b(2), c(3), d(4), e(5);
  auto forged = a.registration(a.claims(chain));
  forged.evidence.body.value[200] ^= 1;
  chain.block({{a, registry::encode_call(forged)},
               {b, b.registers(chain)},
               {c, c.registers(chain)},
               {d, d.registers(chain)},
               {e, e.registers(chain)}});
  EXPECT_EQ(chain.failure_of(0), refused(Error::kEvidenceRefused));
  EXPECT_FALSE(chain.failure_of(3));
  EXPECT_EQ(chain.failure_of(4), refused(Error::kTooManyRegistrations));
}

TEST(registration, strangers_cannot_stop_renewals) {
  Chain chain;
  const Worker member(9);
  chain.block({{member, member.registers(chain)}});
  const Worker a(1), b(2), c(3), d(4), e(5);
  const auto forged = [&](const Worker& worker) {
    auto call = worker.registration(worker.claims(chain));
    call.evidence.body.value[200] ^= 1;
    return registry::encode_call(call);
  };
  chain.block({{a, forged(a)},
               {b, forged(b)},
               {c, forged(c)},
               {d, forged(d)},
               {e, forged(e)},
               {member, member.registers(chain)}});
  EXPECT_EQ(chain.failure_of(4), refused(Error::kTooManyRegistrations));
  EXPECT_FALSE(chain.failure_of(5));
}

TEST(registration, renews_at_most_four_in_a_block_and_leaves_newcomers_theirs) {
  Chain chain;
  const Worker member(9), newcomer(1);
  chain.block({{member, member.registers(chain)}});
  const auto renewal = member.registers(chain);
  chain.block({{member, renewal},
               {member, renewal},
               {member, renewal},
               {member, renewal},
               {member, renewal},
               {newcomer, newcomer.registers(chain)}});
  EXPECT_FALSE(chain.failure_of(3));
  EXPECT_EQ(chain.failure_of(4), refused(Error::kTooManyRegistrations));
  EXPECT_FALSE(chain.failure_of(5));
}

TEST(registration, refuses_more_members_than_fit) {
  Chain chain;
  Overlay full(chain.state());
  for (std::uint8_t i = 0; i < registry::kMaxMembers; ++i) {
    substratee_registry::kMembers.put(full, kShard, AccountId{seed_of(i)}, {.status = MemberStatus::kActive});
  }
  Context context(full, 1);
  system::start_block(context, chain.best_hash());
  timestamp::kNow.put(context.state, kStartTime);
  const Worker worker(99);
  const auto result =
      substratee_registry::register_enclave(context, worker.account(), worker.registration(worker.claims(chain)));
  EXPECT_EQ(result, std::unexpected(Error::kTooManyMembers));
}

TEST(registration, who_expired_comes_back_only_where_there_is_room_and_who_is_quarantined_needs_none) {
  Chain chain;
  Overlay full(chain.state());
  for (std::uint8_t i = 0; i < registry::kMaxMembers; ++i) {
    substratee_registry::kMembers.put(full, kShard, AccountId{seed_of(i)}, {.status = MemberStatus::kActive});
  }
  Context context(full, 1);
  system::start_block(context, chain.best_hash());
  timestamp::kNow.put(context.state, kStartTime);
  const Worker expired(99), quarantined(98);
  substratee_registry::kMembers.put(context.state, kShard, expired.account(), {.status = MemberStatus::kExpired});
  substratee_registry::kMembers.put(context.state, kShard, quarantined.account(),
                                    {.status = MemberStatus::kQuarantined});
  const auto again = [&](const Worker& worker) {
    return substratee_registry::register_enclave(context, worker.account(), worker.registration(worker.claims(chain)));
  };
  EXPECT_EQ(again(expired), std::unexpected(Error::kTooManyMembers));
  EXPECT_TRUE(again(quarantined));
  EXPECT_EQ(substratee_registry::kMembers.find(context.state, kShard, quarantined.account())->status,
            MemberStatus::kQuarantined);
  substratee_registry::kMembers.erase(context.state, kShard, AccountId{seed_of(0)});
  EXPECT_TRUE(again(expired));
}

TEST(registration, a_restarted_enclave_keeps_its_status_and_changes_its_instance) {
  Chain chain;
  Worker worker(1);
  found_with(chain, worker);
  worker.instance.bytes.fill(77);
  chain.block({{worker, worker.registers(chain)}});
  EXPECT_EQ(status_of(chain, worker), MemberStatus::kActive);
  EXPECT_EQ(substratee_registry::kEnclaveCount.get(chain.state()), 1u);
  const std::vector expected{registry::MemberChanged{kShard, worker.account(), worker.instance, MemberStatus::kActive}};
  EXPECT_EQ(chain.journal_of<registry::MemberChanged>(), expected);
}

TEST(registration, on_another_platform_begins_anew) {
  Chain chain;
  const Worker worker(1);
  const Worker other(2);
  found_with(chain, worker, {&other});
  const Worker moved(2, 9);
  chain.block({{moved, moved.registers(chain)}});
  EXPECT_EQ(status_of(chain, moved), MemberStatus::kJoining);
}

TEST(registration, leaving_removes_the_entry_and_closes_the_gap) {
  Chain chain;
  const Worker a(1), b(2);
  chain.block({{a, a.registers(chain)}, {b, b.registers(chain)}});
  chain.block({{a, a.unregisters()}});
  EXPECT_EQ(substratee_registry::kEnclaveCount.get(chain.state()), 1u);
  EXPECT_EQ(substratee_registry::kEnclaveRegistry.find(chain.state(), 1)->account, b.account());
  EXPECT_EQ(substratee_registry::kEnclaveIndex.find(chain.state(), b.account()), 1u);
  EXPECT_FALSE(substratee_registry::find_enclave(chain.state(), a.account()));
  EXPECT_EQ(status_of(chain, a), std::nullopt);
  EXPECT_EQ(chain.failure(a, a.unregisters()), refused(Error::kNotRegistered));
}

TEST(registration, root_removes_a_measurement_and_its_members_expire_at_once) {
  Chain chain;
  const Worker worker(1);
  found_with(chain, worker);
  chain.block({{root(), as_root(registry::encode_call(registry::RemoveMeasurement{kProgram}))}});
  EXPECT_EQ(status_of(chain, worker), MemberStatus::kExpired);
  EXPECT_EQ(chain.failure(worker, worker.registers(chain)), refused(Error::kWrongMeasurement));
}

TEST(registration, measurements_are_allowed_once_and_removed_once) {
  Chain chain;
  Context context(chain.state(), 1);
  using namespace substratee_registry;
  EXPECT_EQ(allow_measurement(context, {kProgram}), std::unexpected(Error::kAlreadyExists));
  EXPECT_EQ(remove_measurement(context, {hash_of("never allowed")}), std::unexpected(Error::kUnknownMeasurement));
  for (std::uint8_t i = 1; i < registry::kMaxMeasurements; ++i)
    EXPECT_TRUE(allow_measurement(context, {Hash256{seed_of(i)}}));
  EXPECT_EQ(allow_measurement(context, {hash_of("one more")}), std::unexpected(Error::kTooManyMeasurements));
}

TEST(registration, only_root_changes_measurements_and_quarantines) {
  Chain chain;
  const auto bad_origin = DispatchError{BadOrigin{}};
  EXPECT_EQ(chain.failure(client(), registry::encode_call(registry::AllowMeasurement{hash_of("mine")})), bad_origin);
  EXPECT_EQ(chain.failure(client(), registry::encode_call(registry::RemoveMeasurement{kProgram})), bad_origin);
  EXPECT_EQ(chain.failure(client(), registry::encode_call(registry::Quarantine{kShard, root().account()})), bad_origin);
}

}  // namespace
}  // namespace substratee::node::runtime::test
