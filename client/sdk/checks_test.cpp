#include "client/sdk/checks.hpp"

#include "client/testing/fake_shard.hpp"
#include "core/registry/calls.hpp"
#include "core/stf/counter/counter.hpp"

#include <gtest/gtest.h>

namespace substratee::client {
namespace {

using testing::FakeEnclave;
using testing::FakeShard;
using testing::Head;
using testing::Lie;

const Bytes kCounterQuery = scale::encode(stf::counter::Query{stf::counter::ReadCounter{}});
constexpr const char* kUrl = "http://worker";

BlockHash hash_of(std::uint8_t seed) {
  BlockHash hash;
  hash.bytes.fill(seed);
  return hash;
}

/// A shard with one Active enclave, seen at block 5.
struct Scene {
  FakeShard shard{hash_of(1)};
  FakeEnclave enclave{shard, 9};
  test::SeededRandom random{3};
  primitives::AccountKey alice = *primitives::AccountKey::from_uri("//Alice", primitives::Scheme::kSr25519, random);
  primitives::AccountKey bob = *primitives::AccountKey::from_uri("//Bob", primitives::Scheme::kEd25519, random);
  View view{
      shard.domain(), 5, hash_of(5), testing::make_shard(shard), {testing::make_worker(1, enclave.account(), kUrl)}};
  Target target{kUrl, enclave.account()};

  [[nodiscard]] Head head() const { return {5, hash_of(5), shard.state().cid()}; }
  [[nodiscard]] AnsweredAt chain() const { return {hash_of(5), shard.state().cid()}; }
  void set_status(registry::MemberStatus status) { view.workers[0].member->status = status; }

  /// Prepared by the client, forwarded by the chain: the journal entry.
  registry::CallForwarded forward(const primitives::AccountKey& key, std::uint64_t by, primitives::Nonce nonce) {
    const CallOrder order{&key, scale::encode(stf::counter::Call{stf::counter::Increment{by}}), nonce, nonce, 100};
    const auto call = prepare_call(order, shard.shard_key(), shard.domain(), immortal_frame(hash_of(1), 1, 1), random);
    const auto extrinsic = primitives::decode_extrinsic(call->extrinsic);
    EXPECT_TRUE(primitives::verify_extrinsic(*extrinsic, {1, 1, hash_of(1), hash_of(1)}));
    const auto decoded = scale::decode<registry::RegistryCall>(ByteView(extrinsic->call).subspan(1));
    const auto& sealed = std::get<registry::CallWorker>(*decoded).sealed_call;
    EXPECT_EQ(call->call_hash, registry::call_hash(sealed));
    return {shard.domain().shard, extrinsic->signed_part->signer, sealed};
  }
  Result<protocol::Answer> answer(protocol::Query query, protocol::Mode mode, std::optional<Head> at = {}) {
    const auto prepared = prepare_query(std::move(query), mode, view, shard.shard_key(), alice, random);
    const auto sealed = enclave.answer(prepared->pending.sealed, at.value_or(head()));
    return open_answer(sealed.value(), *prepared, shard.domain());
  }
  Result<Worker> checked(protocol::Mode mode) {
    const auto opened = SUBSTRATEE_TRY(answer(protocol::AskState{{kCounterQuery}}, mode));
    return check_answer(opened, view, target, chain());
  }
};

template <class T>
void expect_failure(const Result<T>& result, Code code, std::string_view part) {
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, code) << result.error().to_string();
  EXPECT_NE(result.error().to_string().find(part), std::string::npos) << result.error().to_string();
}

TEST(check_genesis, refuses_another_chain) {
  EXPECT_TRUE(check_genesis(hash_of(1), {}, "ws://n"));
  EXPECT_TRUE(check_genesis(hash_of(1), hash_of(1), "ws://n"));
  expect_failure(check_genesis(hash_of(1), hash_of(2), "ws://n"), Code::kWrongChain, "ws://n");
}

TEST(choose, takes_active_workers_or_the_one_named) {
  Scene scene;
  EXPECT_EQ(choose(scene.view, {})->front().url, kUrl);
  EXPECT_EQ(choose(scene.view, {{}, 1})->front().enclave, scene.enclave.account());
  EXPECT_EQ(choose(scene.view, {"http://other", {}})->front().enclave, std::nullopt);
  expect_failure(choose(scene.view, {{}, 2}), Code::kNoWorker, "index 2");
  scene.set_status(registry::MemberStatus::kSilent);
  expect_failure(choose(scene.view, {}), Code::kNoWorker, "no Active worker");
}

TEST(shielding_key, holds_when_signed_and_equal_to_the_chains) {
  Scene scene;
  EXPECT_EQ(*check_shielding_key(scene.enclave.shielding_key(), scene.view, scene.target), scene.shard.shard_key());
}

TEST(shielding_key, is_refused_when_the_worker_lies) {
  Scene scene;
  scene.enclave.set_lie(Lie::kOtherKey);
  expect_failure(check_shielding_key(scene.enclave.shielding_key(), scene.view, scene.target), Code::kForged,
                 "the chain has");
  scene.enclave.set_lie(Lie::kUnsigned);
  expect_failure(check_shielding_key(scene.enclave.shielding_key(), scene.view, scene.target), Code::kForged,
                 "not signed");
  scene.enclave.set_lie(Lie::kForeign);
  expect_failure(check_shielding_key(scene.enclave.shielding_key(), scene.view, scene.target), Code::kForged,
                 "is registered there");
  expect_failure(check_shielding_key(scene.enclave.shielding_key(), scene.view, {kUrl, {}}), Code::kForged,
                 "not registered");
}

TEST(shielding_key, is_refused_from_a_quarantined_enclave_and_without_founding) {
  Scene scene;
  scene.set_status(registry::MemberStatus::kQuarantined);
  expect_failure(check_shielding_key(scene.enclave.shielding_key(), scene.view, scene.target), Code::kForged,
                 "Quarantined");
  scene.view.shard.shielding_key.reset();
  expect_failure(check_shielding_key(scene.enclave.shielding_key(), scene.view, scene.target), Code::kNotFounded,
                 "founded");
}

TEST(query, is_answered_and_verified) {
  Scene scene;
  scene.shard.process(4, hash_of(4), {scene.forward(scene.alice, 42, 0)});
  const auto answer = scene.answer(protocol::AskState{{kCounterQuery}}, protocol::Mode::kAgreed);
  ASSERT_TRUE(answer) << answer.error().to_string();
  EXPECT_EQ(check_answer(*answer, scene.view, scene.target, scene.chain())->index, 1);
  EXPECT_EQ(answer->value.value, scale::encode(std::uint64_t{42}));
  EXPECT_EQ(scene.answer(protocol::AskNonce{}, protocol::Mode::kLatest)->value.value,
            scale::encode(primitives::Nonce{1}));
}

TEST(query, refuses_each_forged_answer) {
  Scene scene;
  const auto expect_lie = [&](Lie lie, protocol::Mode mode, std::string_view part) {
    scene.enclave.set_lie(lie);
    expect_failure(scene.checked(mode), Code::kForged, part);
  };
  EXPECT_TRUE(scene.checked(protocol::Mode::kAgreed));
  expect_lie(Lie::kUnsigned, protocol::Mode::kAgreed, "signature");
  expect_lie(Lie::kForeign, protocol::Mode::kAgreed, "is registered there");
  expect_lie(Lie::kOtherMode, protocol::Mode::kAgreed, "mode");
  expect_lie(Lie::kOldBlock, protocol::Mode::kLatest, "asked was block 5");
  expect_lie(Lie::kOtherBlock, protocol::Mode::kLatest, "on this chain is");
  expect_lie(Lie::kOtherState, protocol::Mode::kAgreed, "had not agreed");
}

TEST(query, refuses_an_answer_to_another_question) {
  Scene scene;
  const auto first = prepare_query(protocol::AskNonce{}, protocol::Mode::kLatest, scene.view, scene.shard.shard_key(),
                                   scene.alice, scene.random);
  const auto second = prepare_query(protocol::AskNonce{}, protocol::Mode::kLatest, scene.view, scene.shard.shard_key(),
                                    scene.alice, scene.random);
  const auto sealed = scene.enclave.answer(first->pending.sealed, scene.head());
  EXPECT_TRUE(open_answer(*sealed, *first, scene.shard.domain()));
  expect_failure(open_answer(*sealed, *second, scene.shard.domain()), Code::kForged, "not usable");
  for (std::size_t size = 0; size < sealed->size(); size += 16) {
    EXPECT_FALSE(open_answer(ByteView(*sealed).first(size), *first, scene.shard.domain()));
  }
}

TEST(query, accepts_a_silent_worker_for_the_agreed_state_only) {
  Scene scene;
  scene.set_status(registry::MemberStatus::kSilent);
  EXPECT_TRUE(scene.checked(protocol::Mode::kAgreed));
  expect_failure(scene.checked(protocol::Mode::kLatest), Code::kForged, "Silent");
  scene.set_status(registry::MemberStatus::kQuarantined);
  expect_failure(scene.checked(protocol::Mode::kAgreed), Code::kForged, "Quarantined");
}

TEST(block, is_refused_with_a_journal_that_its_header_does_not_name) {
  Scene scene;
  CheckedBlock block;
  block.journal = {scene.forward(scene.alice, 1, 0)};
  block.header.number.value = 8;
  block.header.digest = {registry::journal_digest(block.journal)};
  const rpc::VerifiedBlock good{
      8, block.header.hash(), {scale::encode(block.header), scale::encode(block.journal), {}}};
  EXPECT_EQ(check_block(good)->journal, block.journal);
  auto bad = good;
  bad.final_block.journal = scale::encode(registry::Journal{});
  expect_failure(check_block(bad), Code::kForged, "journal");
  bad = good;
  bad.hash[0] ^= 1;
  expect_failure(check_block(bad), Code::kForged, "header");
  bad = good;
  bad.final_block.header.pop_back();
  expect_failure(check_block(bad), Code::kForged, "decode");
}

TEST(call, is_found_by_hash_and_sender) {
  Scene scene;
  const auto mine = scene.forward(scene.alice, 1, 0);
  auto copied = mine;
  copied.sender = scene.bob.account();
  auto other_shard = mine;
  other_shard.shard[0] ^= 1;
  const CheckedBlock block{8, hash_of(8), {}, {other_shard, copied, mine}};
  const auto found = find_call(block, mine.shard, registry::call_hash(mine.sealed_call), mine.sender);
  EXPECT_EQ(found->index, 1);
  EXPECT_EQ(found->count, 2);
  expect_failure(find_call(block, mine.shard, hash_of(0), mine.sender), Code::kNotThere, "no call");
}

TEST(agreement, is_found_in_the_journal_for_that_very_block) {
  const auto shard = registry::shard_id("counter", "default");
  registry::StateAgreed agreed{shard, {8, hash_of(8), {}, hash_of(3)}, 2, {{hash_of(1), hash_of(2)}}};
  const CheckedBlock block{9, hash_of(9), {}, {agreed}};
  EXPECT_EQ(*find_agreement(block, shard, 8, hash_of(8)), agreed);
  expect_failure(find_agreement(block, shard, 8, hash_of(7)), Code::kForged, "another block");
  expect_failure(find_agreement(block, shard, 7, hash_of(7)), Code::kNotThere, "no agreement");
}

/// A block of three calls and the receipt of the one in the middle.
struct ReceiptScene : Scene {
  registry::Journal journal{forward(bob, 1, 0), forward(alice, 2, 0), forward(bob, 3, 1)};
  ReceiptExpected expected{shard.domain().shard,
                           4,
                           hash_of(4),
                           {1, 3},
                           registry::call_hash(std::get<registry::CallForwarded>(journal[1]).sealed_call),
                           alice.account()};
  ReceiptScene() { shard.process(4, hash_of(4), journal); }
  protocol::ReceiptAnswer fetch() {
    const auto opened = answer(protocol::AskReceipt{4, 1}, protocol::Mode::kLatest);
    return *scale::decode<protocol::ReceiptAnswer>(opened->value.value);
  }
};

TEST(receipt, is_proven_against_the_agreed_root) {
  ReceiptScene scene;
  const auto receipt = check_receipt(scene.fetch(), scene.expected, scene.shard.receipts_root(4));
  ASSERT_TRUE(receipt) << receipt.error().to_string();
  EXPECT_EQ(receipt->outcome, protocol::Outcome::kApplied);
}

TEST(receipt, is_refused_when_anything_differs) {
  ReceiptScene scene;
  const auto root = scene.shard.receipts_root(4);
  const auto good = scene.fetch();
  expect_failure(check_receipt(good, scene.expected, hash_of(0)), Code::kForged, "receipts root");
  auto bad = good;
  bad.path.front()[0] ^= 1;
  expect_failure(check_receipt(bad, scene.expected, root), Code::kForged, "receipts root");
  bad = good;
  bad.leaf.receipt.outcome = protocol::Outcome::kRefused;
  expect_failure(check_receipt(bad, scene.expected, root), Code::kForged, "receipts root");
  bad = good;
  bad.leaf_count = 2;
  expect_failure(check_receipt(bad, scene.expected, root), Code::kForged, "counts");
  auto expected = scene.expected;
  expected.call_hash = hash_of(0);
  expect_failure(check_receipt(good, expected, root), Code::kForged, "another call");
  expected = scene.expected;
  expected.account = scene.bob.account();
  expect_failure(check_receipt(good, expected, root), Code::kForged, "another call");
  expected = scene.expected;
  expected.position.index = 2;
  expect_failure(check_receipt(good, expected, root), Code::kForged, "another call");
}

TEST(prepare, makes_many_calls_of_many_accounts_that_all_open) {
  Scene scene;
  const auto bytes = scale::encode(stf::counter::Call{stf::counter::Increment{5}});
  const std::vector<CallOrder> orders{
      {&scene.alice, bytes, 0, 0, 9}, {&scene.bob, bytes, 0, 0, 9}, {&scene.alice, bytes, 1, 1, 9}};
  const auto calls = prepare_calls(orders, scene.shard.shard_key(), scene.shard.domain(),
                                   immortal_frame(hash_of(1), 1, 1), scene.random);
  ASSERT_TRUE(calls);
  registry::Journal journal;
  for (const auto& call : *calls) {
    const auto extrinsic = primitives::decode_extrinsic(call.extrinsic);
    const auto decoded = scale::decode<registry::RegistryCall>(ByteView(extrinsic->call).subspan(1));
    journal.push_back(registry::CallForwarded{scene.shard.domain().shard, call.sender,
                                              std::get<registry::CallWorker>(*decoded).sealed_call});
  }
  scene.shard.process(4, hash_of(4), journal);
  for (const auto& leaf : *scene.shard.leaves(4)) EXPECT_EQ(leaf.receipt.outcome, protocol::Outcome::kApplied);
}

TEST(prepare, refuses_a_call_that_is_too_long) {
  Scene scene;
  const CallOrder order{&scene.alice, Bytes(17 * 1024), 0, 0, 9};
  expect_failure(prepare_call(order, scene.shard.shard_key(), scene.shard.domain(), immortal_frame(hash_of(1), 1, 1),
                              scene.random),
                 Code::kUsage, "cannot be sealed");
}

TEST(prepare, mortal_frame_is_born_in_the_views_block) {
  Scene scene;
  const auto frame = mortal_frame(scene.view, 1, 2);
  EXPECT_EQ(frame.era.birth(scene.view.number), scene.view.number);
  EXPECT_EQ(frame.context.checkpoint_hash, scene.view.hash);
  EXPECT_EQ(frame.context.transaction_version, 2);
}

TEST(failure, maps_to_exit_statuses) {
  EXPECT_EQ(exit_status(Code::kUsage), 2);
  EXPECT_EQ(exit_status(Code::kUnreachable), 3);
  EXPECT_EQ(exit_status(Code::kForged), 4);
  EXPECT_EQ(exit_status(Code::kWrongChain), 4);
  EXPECT_EQ(exit_status(Code::kTimeout), 5);
}

}  // namespace
}  // namespace substratee::client
