#include "node/runtime/scenario_test.hpp"

#include "core/registry/storage.hpp"

namespace substratee::node::runtime::test {
namespace {

using primitives::Balance;

constexpr Balance kUnit = 1'000'000;  // the existential deposit

Bytes transfer(std::uint8_t index, const AccountId& to, Balance amount) {
  scale::Encoder out;
  out.byte(registry::kBalancesIndex);
  out.byte(index);
  scale::encode_to(out, primitives::MultiAddress{primitives::AddressId{to}});
  out.compact(amount);
  return std::move(out).take();
}
Bytes keep_alive(const AccountId& to, Balance amount) { return transfer(3, to, amount); }
Bytes allow_death(const AccountId& to, Balance amount) { return transfer(0, to, amount); }
Bytes remark() { return {registry::kSystemIndex, 0, 0}; }

Balance free_of(const Chain& chain, const Actor& actor) {
  return system::kAccount.get(chain.state(), actor.account()).data.free;
}
DispatchError token(TokenReason reason) { return TokenError{reason}; }

bool has_event(const Chain& chain, std::uint8_t pallet, const auto& event) {
  const auto events = chain.state().get(registry::key::system_events()).value();
  const auto wanted = concat(Bytes{pallet}, scale::encode(event), Bytes{0});
  return !std::ranges::search(events, wanted).empty();
}

std::expected<ApplyOutcome, InvalidReason> only_result(Chain& chain, const Bytes& extrinsic) {
  chain.build({extrinsic});
  return chain.results[0];
}
void expect_invalid(Chain& chain, const Bytes& extrinsic, InvalidReason reason) {
  const auto outcome = only_result(chain, extrinsic);
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(to_string(outcome.error()), to_string(reason));
}

TEST(balances, a_transfer_moves_the_amount) {
  Chain chain;
  ASSERT_FALSE(chain.failure(client(), keep_alive(Actor(7).account(), 5 * kUnit)));
  EXPECT_EQ(free_of(chain, Actor(7)), 5 * kUnit);
  EXPECT_EQ(free_of(chain, client()), 995 * kUnit);
  const balances::Event told{balances::Transfer{client().account(), Actor(7).account(), 5 * kUnit}};
  EXPECT_TRUE(has_event(chain, registry::kBalancesIndex, told));
  EXPECT_EQ(system::kAccount.get(chain.state(), Actor(7).account()).providers, 1u);
}

TEST(balances, a_failing_call_leaves_nonce_and_event_only) {
  Chain idle, failing;
  idle.build({idle.sign(client(), remark(), 0)});
  failing.build({failing.sign(client(), keep_alive(Actor(7).account(), 5000 * kUnit), 0)});
  EXPECT_EQ(failing.failure_of(0), token(TokenReason::kFundsUnavailable));
  for (const auto& [key, value] : failing.last.changes) {
    if (key == registry::key::system_events()) continue;
    EXPECT_EQ(idle.last.changes.at(key), value);
  }
  EXPECT_EQ(idle.last.changes.size(), failing.last.changes.size());
  EXPECT_EQ(account_nonce(failing.state(), client().account()), 1u);
  EXPECT_NE(idle.last.changes.at(registry::key::system_events()),
            failing.last.changes.at(registry::key::system_events()));
}

TEST(balances, a_failing_call_leaves_no_journal) {
  Chain chain;
  chain.block({{client(), calls_worker()}});
  EXPECT_TRUE(chain.results[0].value().error);
  EXPECT_TRUE(chain.last.journal.empty());
  EXPECT_TRUE(chain.last.digest.empty());
}

TEST(balances, refuses_to_leave_or_make_accounts_below_the_deposit) {
  Chain chain;
  EXPECT_EQ(chain.failure(client(), keep_alive(Actor(7).account(), kUnit - 1)), token(TokenReason::kBelowMinimum));
  EXPECT_EQ(chain.failure(client(), keep_alive(Actor(7).account(), 1000 * kUnit)), token(TokenReason::kNotExpendable));
  EXPECT_EQ(chain.failure(client(), keep_alive(Actor(7).account(), 999 * kUnit)), std::nullopt);
}

TEST(balances, a_reaped_account_keeps_its_nonce) {
  Chain chain;
  const auto issued = balances::kTotalIssuance.get(chain.state());
  ASSERT_FALSE(chain.failure(client(), allow_death(Actor(7).account(), 1000 * kUnit - 5)));
  EXPECT_EQ(free_of(chain, client()), 0u);
  EXPECT_EQ(account_nonce(chain.state(), client().account()), 1u);
  EXPECT_EQ(balances::kTotalIssuance.get(chain.state()), issued - 5);
}

TEST(balances, transfer_all_moves_all) {
  Chain chain;
  Bytes call = transfer(4, Actor(7).account(), 0);  // the compact zero is the flag "false"
  ASSERT_FALSE(chain.failure(client(), call));
  EXPECT_EQ(free_of(chain, Actor(7)), 1000 * kUnit);
  call.back() = 1;
  ASSERT_FALSE(chain.failure(Actor(7), transfer(3, client().account(), 10 * kUnit)));
  ASSERT_FALSE(chain.failure(Actor(7), call));
  EXPECT_EQ(free_of(chain, Actor(7)), 990 * kUnit);
}

TEST(sudo, only_the_key_is_root_and_may_pass_it_on) {
  Chain chain;
  const auto call = as_root(registry::encode_call(registry::AllowMeasurement{hash_of("more")}));
  EXPECT_EQ(chain.failure(client(), call), module_error(registry::kSudoIndex, sudo::Error::kRequireSudo));
  const auto set_key = concat(Bytes{registry::kSudoIndex, 2, 0}, client().account());
  ASSERT_FALSE(chain.failure(root(), set_key));
  EXPECT_EQ(chain.failure(root(), call), module_error(registry::kSudoIndex, sudo::Error::kRequireSudo));
  ASSERT_FALSE(chain.failure(client(), call));
  EXPECT_EQ(substratee_registry::kAllowedMeasurements.get(chain.state()).value.size(), 2u);
}

TEST(sudo, a_failing_inner_call_leaves_nothing_and_the_outer_one_succeeds) {
  Chain chain;
  ASSERT_FALSE(chain.failure(root(), as_root(registry::encode_call(registry::AllowMeasurement{kProgram}))));
  EXPECT_TRUE(chain.last.journal.empty());
  const sudo::Event told{sudo::Sudid{sudo::Failed{refused(registry::Error::kAlreadyExists)}}};
  EXPECT_TRUE(has_event(chain, registry::kSudoIndex, told));
}

TEST(sudo, calls_nest_only_so_deep) {
  Bytes call = remark();
  for (int i = 0; i < kMaxCallDepth - 1; ++i) call = as_root(call);
  EXPECT_TRUE(decode_call(call));
  EXPECT_FALSE(decode_call(as_root(call)));
  Bytes deep(2'000'000, 0);
  for (std::size_t i = 0; i < deep.size(); i += 2) deep[i] = registry::kSudoIndex;
  EXPECT_FALSE(decode_call(deep));
}

TEST(sudo, may_be_given_up_for_ever) {
  Chain chain;
  const Bytes remove{registry::kSudoIndex, 4};
  EXPECT_EQ(chain.failure(client(), remove), module_error(registry::kSudoIndex, sudo::Error::kRequireSudo));
  EXPECT_FALSE(chain.failure(root(), remove));
  EXPECT_FALSE(sudo::kKey.find(chain.state()));
  EXPECT_EQ(chain.failure(root(), as_root(remark())), module_error(registry::kSudoIndex, sudo::Error::kRequireSudo));
  EXPECT_EQ(to_string(*chain.failure_of(0)), "Sudo.RequireSudo");
}

TEST(sudo, of_unchecked_weight_weighs_at_least_what_its_call_does) {
  const auto call = [](std::uint64_t weight) {
    return decode_call(concat(Bytes{registry::kSudoIndex, 1}, remark(), scale::encode(to_weight(weight)))).value();
  };
  const auto plain = decode_call(as_root(remark())).value();
  EXPECT_EQ(weight_of(call(0)), weight_of(plain));
  EXPECT_GT(weight_of(call(kMillisecond)), kMillisecond);
  EXPECT_LT(weight_of(call(kMaxBlockWeight)), 2 * kMaxBlockWeight);
}

TEST(sudo, a_weight_over_the_block_fits_into_none) {
  Chain chain;
  const auto heavy = concat(Bytes{registry::kSudoIndex, 1}, remark(), scale::encode(to_weight(~std::uint64_t{0})));
  expect_invalid(chain, chain.sign(root(), heavy, 0), InvalidReason::kExhaustsResources);
}

TEST(validity, a_block_has_room_for_so_much_weight) {
  Chain chain;
  const auto policy = as_root(registry::encode_call(registry::SetPolicy{attestation::development_policy()}));
  const auto weight = weight_of(decode_call(policy).value());
  const auto fit = static_cast<unsigned>(kMaxBlockWeight / weight);
  std::vector<Bytes> extrinsics;
  for (unsigned i = 0; i <= fit; ++i) extrinsics.push_back(chain.sign(root(), policy, i));
  chain.build(extrinsics);
  EXPECT_TRUE(chain.results[0].has_value());
  ASSERT_FALSE(chain.results.back().has_value());
  EXPECT_EQ(chain.results.back().error(), InvalidReason::kExhaustsResources);
  chain.build({chain.sign(root(), policy, account_nonce(chain.state(), root().account()))});
  EXPECT_TRUE(chain.results[0].has_value()) << "the next block has room again";
}

TEST(validity, an_account_without_balance_may_send) {
  Chain chain;
  EXPECT_FALSE(chain.failure(Actor(42), remark()));
  EXPECT_EQ(account_nonce(chain.state(), Actor(42).account()), 1u);
}

TEST(validity, stale_and_future_nonces) {
  Chain chain;
  expect_invalid(chain, chain.sign(client(), remark(), 1), InvalidReason::kFuture);
  chain.block({{client(), remark()}});
  expect_invalid(chain, chain.sign(client(), remark(), 0), InvalidReason::kStale);
  EXPECT_EQ(to_string(InvalidReason::kStale), "Transaction is outdated");
}

TEST(validity, a_bad_signature) {
  Chain chain;
  auto wire = chain.sign(client(), remark(), 0);
  wire.back() ^= 1;  // the call's last byte: another remark
  expect_invalid(chain, wire, InvalidReason::kMalformed);
  wire = chain.sign(client(), keep_alive(Actor(7).account(), kUnit), 0);
  wire.back() ^= 1;
  expect_invalid(chain, wire, InvalidReason::kBadSignature);
  EXPECT_EQ(check_signature(chain.state(), chain.best(), chain.best_hash(), wire),
            std::unexpected(InvalidReason::kBadSignature));
}

TEST(validity, a_signature_for_another_chain_does_not_hold) {
  auto config = test_genesis();
  config.engine.salt = seed_of(77);
  Chain chain, other(config);
  expect_invalid(chain, other.sign(client(), remark(), 0), InvalidReason::kBadSignature);
}

TEST(validity, a_mortal_one_lives_to_its_end) {
  Chain chain;
  chain.idle(10);
  const auto wire = chain.sign(client(), remark(), 0, Era::mortal(16, chain.best()));
  Chain later = chain;
  EXPECT_TRUE(only_result(chain, wire).has_value());
  later.idle(16);
  expect_invalid(later, wire, InvalidReason::kBadSignature);  // read as the next period's: another checkpoint
}

TEST(validity, an_ancient_birth_block) {
  Chain chain;
  chain.idle(300);
  const Era era = Era::mortal(1024, 20);
  expect_invalid(chain, chain.sign(client(), remark(), 0, era), InvalidReason::kAncientBirthBlock);
  EXPECT_TRUE(only_result(chain, chain.sign(client(), remark(), 0, Era::mortal(1024, 60))).has_value());
  EXPECT_TRUE(only_result(chain, chain.sign(client(), remark(), 1)).has_value());
}

TEST(validity, a_birth_block_that_is_not_there_yet) {
  Chain chain;
  const Era era{64, 40};
  Chain future = chain;
  future.idle(50);
  auto wire = future.sign(client(), remark(), 0, era);
  expect_invalid(chain, wire, InvalidReason::kAncientBirthBlock);
}

TEST(validity, malformed_bytes) {
  Chain chain;
  const auto good = chain.sign(client(), remark(), 0);
  for (std::size_t size = 0; size < good.size(); ++size) {
    expect_invalid(chain, {good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size)}, InvalidReason::kMalformed);
  }
  auto longer = good;
  longer.push_back(0);
  expect_invalid(chain, longer, InvalidReason::kMalformed);
  expect_invalid(chain, chain.sign(client(), {99, 0}, 0), InvalidReason::kMalformed);
  expect_invalid(chain, chain.sign(client(), concat(remark(), Bytes{0}), 0), InvalidReason::kMalformed);
}

TEST(validity, the_zero_account_cannot_sign) {
  Chain chain;
  auto extrinsic = primitives::decode_extrinsic(chain.sign(client(), remark(), 0)).value();
  extrinsic.signed_part->signer = {};
  expect_invalid(chain, primitives::encode_extrinsic(extrinsic), InvalidReason::kBadSigner);
}

TEST(validity, a_tip_must_be_payable_and_is_taken) {
  Chain chain;
  expect_invalid(chain, chain.sign(Actor(42), remark(), 0, Era::immortal(), 1), InvalidReason::kPayment);
  EXPECT_TRUE(only_result(chain, chain.sign(client(), remark(), 0, Era::immortal(), 7)).has_value());
  EXPECT_EQ(free_of(chain, client()), 1000 * kUnit - 7);
}

TEST(validity, a_block_has_room_for_4_MiB) {
  Chain chain;
  const auto remark_of = [](std::size_t size) {
    scale::Encoder out;
    out.raw(Bytes{registry::kSystemIndex, 0});
    scale::encode_to(out, Bytes(size));
    return std::move(out).take();
  };
  expect_invalid(chain, chain.sign(client(), remark_of(kMaxBlockSize), 0), InvalidReason::kExhaustsResources);
  const auto half = chain.sign(client(), remark_of(kMaxBlockSize / 2), 0);
  const auto other_half = chain.sign(root(), remark_of(kMaxBlockSize / 2), 0);
  chain.build({half, other_half, chain.sign(client(), remark(), 1)});
  EXPECT_TRUE(chain.results[0]);
  EXPECT_EQ(chain.results[1].error(), InvalidReason::kExhaustsResources);
  EXPECT_TRUE(chain.results[2]);
}

TEST(validity, an_invalid_extrinsic_leaves_nothing) {
  Chain with, without;
  const auto good = with.sign(client(), remark(), 0);
  with.build({with.sign(client(), remark(), 9), good});
  without.build({good});
  EXPECT_EQ(with.last.changes, without.last.changes);
}

TEST(validity, of_a_transaction_for_the_pool) {
  Chain chain;
  chain.idle(3);
  const auto check = [&](const Bytes& wire) {
    return validate_transaction(chain.state(), chain.best(), chain.best_hash(), wire);
  };
  const auto era = Era::mortal(64, chain.best());
  const auto future = check(chain.sign(client(), remark(), 5, era, 9));
  ASSERT_TRUE(future);
  EXPECT_EQ(future->sender, client().account());
  EXPECT_EQ(future->nonce, 5u);
  EXPECT_EQ(future->next_expected, 0u);
  EXPECT_EQ(future->priority, 9u);
  EXPECT_EQ(future->longevity, 67u);
  chain.block({{client(), remark()}});
  EXPECT_EQ(check(chain.sign(client(), remark(), 0)).error(), InvalidReason::kStale);
  EXPECT_EQ(check(timestamp_inherent(1)).error(), InvalidReason::kCall);
  EXPECT_EQ(check({}).error(), InvalidReason::kMalformed);
}

TEST(validity, a_transaction_is_valid_on_the_genesis_block) {
  Chain chain;
  const auto wire = chain.sign(client(), remark(), 0, Era::mortal(64, 0));
  EXPECT_TRUE(validate_transaction(chain.state(), 0, chain.best_hash(), wire));
  EXPECT_TRUE(only_result(chain, wire).has_value());
}

TEST(timestamp, comes_first_once_from_the_author_and_never_goes_backwards) {
  Chain chain;
  chain.block();
  BlockExecution execution(chain.state(), chain.best() + 1, chain.best_hash());
  EXPECT_FALSE(execution.has_timestamp());
  EXPECT_EQ(execution.apply(chain.sign(client(), remark(), 0)).error(), InvalidReason::kCall);
  EXPECT_EQ(execution.apply(timestamp_inherent(chain.time - 1)).error(), InvalidReason::kBadTimestamp);
  EXPECT_TRUE(execution.apply(timestamp_inherent(chain.time)));
  EXPECT_TRUE(execution.has_timestamp());
  EXPECT_EQ(execution.apply(timestamp_inherent(chain.time + 1)).error(), InvalidReason::kCall);
  const primitives::Extrinsic bare{std::nullopt, remark()};
  EXPECT_EQ(execution.apply(primitives::encode_extrinsic(bare)).error(), InvalidReason::kCall);
}

TEST(timestamp, a_signed_set_fails) {
  Chain chain;
  auto call = primitives::decode_extrinsic(timestamp_inherent(1)).value().call;
  EXPECT_EQ(chain.failure(root(), call), DispatchError{BadOrigin{}});
}

TEST(execution, equal_input_gives_equal_outcomes) {
  const Worker a(1), b(2);
  // Signatures of quotes are random, and quotes stand in the state.
  const auto [registers_a, registers_b] = [&] {
    const Chain chain;
    return std::pair{a.registers(chain), b.registers(chain)};
  }();
  const auto run = [&] {
    Chain chain;
    chain.block({{a, registers_a}, {b, registers_b}});
    chain.block({{a, a.founds()}});
    const auto founding = chain.best();
    chain.block();
    chain.block({{a, a.confirms(chain, founding)}, {b, b.confirms(chain, founding)}});
    const auto block = work(chain);
    chain.block({{a, a.confirms(chain, block)}, {b, b.confirms(chain, block, "wrong")}, {client(), calls_worker()}});
    return std::tuple{chain.state().content(), chain.last.changes, chain.last.journal, chain.hashes};
  };
  const auto one = run();
  EXPECT_TRUE(one == run());
}

TEST(execution, a_signature_that_the_caller_checked_is_not_checked_again) {
  Chain chain;
  auto wire = chain.sign(client(), keep_alive(Actor(7).account(), kUnit), 0);
  wire.back() ^= 1;
  BlockExecution execution(chain.state(), 1, chain.best_hash());
  ASSERT_TRUE(execution.apply(timestamp_inherent(1)));
  EXPECT_TRUE(execution.apply(wire, SignatureCheck::kDoneByCaller));
}

TEST(execution, keeps_256_block_hashes_and_genesis) {
  Chain chain;
  chain.idle(300);
  EXPECT_EQ(system::kBlockHash.find(chain.state(), 0), chain.hashes[0]);
  EXPECT_FALSE(system::kBlockHash.contains(chain.state(), 42));
  EXPECT_EQ(system::kBlockHash.find(chain.state(), 43), chain.hashes[43]);
  EXPECT_EQ(system::kBlockHash.find(chain.state(), 299), chain.hashes[299]);
}

TEST(execution, writes_events_number_parent_and_digest) {
  Chain chain;
  const Worker a(1);
  chain.block({{a, a.registers(chain)}});
  EXPECT_EQ(system::kNumber.get(chain.state()), 1u);
  EXPECT_EQ(system::kParentHash.get(chain.state()), chain.hashes[0]);
  EXPECT_EQ(system::kDigest.get(chain.state()), chain.last.digest);
  EXPECT_EQ(system::kExtrinsicCount.get(chain.state()), 2u);
  // timestamp success; NewAccount, AddedEnclave, MemberChanged, success
  EXPECT_EQ(system::kEventCount.get(chain.state()), 5u);
  EXPECT_EQ(chain.state().get(registry::key::system_events()).value()[0], 5 << 2);
  EXPECT_EQ(timestamp_now(chain.state()), chain.time);
}

}  // namespace
}  // namespace substratee::node::runtime::test
