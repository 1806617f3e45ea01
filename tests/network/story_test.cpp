#include "tests/network/host.hpp"

#include "core/protocol/call.hpp"
#include "core/registry/storage.hpp"
#include "core/stf/transition.hpp"

/// The M4 story on a virtual clock: two enclaves provision each other and process encrypted calls.

namespace substratee::test {
namespace {

using namespace protocol;

class Network : public testing::Test {
 protected:
  registry::Shard shard() const { return *world.read<registry::Shard>(registry::key::shard(world.shard())); }
  registry::MemberStatus member(const Host& host) const {
    return world.read<registry::Member>(registry::key::member(world.shard(), host.identity().account))->status;
  }
  Domain domain() const { return {world.genesis_hash(), world.shard()}; }

  void rounds(int count, std::vector<Host*> hosts) {
    for (int i = 0; i < count; ++i) {
      for (auto* host : hosts) host->step();
      world.mine();
    }
    for (auto* host : hosts) host->follow();
  }
  void found(Host& host) {
    host.start_again();
    rounds(6, {&host});
    ASSERT_EQ(member(host), registry::MemberStatus::kActive);
    ASSERT_TRUE(shard().agreed.has_value());
  }
  void join(Host& joiner, Host& provider) {
    joiner.start_again();
    rounds(2, {&provider, &joiner});
    const auto reply = provision(joiner, provider);
    ASSERT_TRUE(std::holds_alternative<Tls>(reply))
        << (std::holds_alternative<Refused>(reply) ? std::get<Refused>(reply).detail.value : "need");
    ASSERT_EQ(std::get<Tls>(reply).phase, TlsPhase::kDone);
    rounds(4, {&provider, &joiner});
    ASSERT_EQ(member(joiner), registry::MemberStatus::kActive);
  }
  primitives::AccountKey alice() {
    return *primitives::AccountKey::from_uri("//Alice", primitives::Scheme::kSr25519, world.random());
  }
  void increment(std::uint64_t by, primitives::Nonce nonce) {
    const auto key = alice();
    const auto call = sign_call(*stf::find("counter")->call_from_text("increment " + std::to_string(by)), nonce,
                                world.height() + 64, domain(), key, world.random());
    const auto the_shard = shard();
    const auto sealed =
        *seal_call(call, *the_shard.shielding_key, the_shard.epoch, domain(), key.account(), world.random());
    world.submit(world.sign(registry::encode_call(registry::CallWorker{world.shard(), sealed}), "//Alice"));
  }
  Answer ask(Host& host, Query query, Mode mode = Mode::kAgreed) {
    const auto key = alice();
    SignedQuery question;
    question.block_number = world.height();
    question.block_hash = world.hash_of(world.height());
    question.mode = mode;
    question.query = std::move(query);
    question = sign_query(std::move(question), domain(), key, world.random());
    const auto pending = *seal_query(question, *shard().shielding_key, shard().epoch, domain(), world.random());
    const auto sealed = host.expect<SealedAnswer>(ExecuteQuery{pending.sealed});
    const auto answer = open_answer(sealed.sealed, pending, domain());
    EXPECT_TRUE(answer.has_value());
    EXPECT_EQ(answer->enclave, host.identity().account);
    return answer.value_or(Answer{});
  }
  std::string counter(Host& host, Mode mode = Mode::kAgreed) {
    const auto answer = ask(host, AskState{{*stf::find("counter")->query_from_text("counter")}}, mode);
    return stf::find("counter")->value_to_text(answer.value.value).value_or("no counter");
  }

  World world;
  Blocks ipfs;
};

TEST_F(Network, one_worker_founds_and_processes) {
  Host worker(world, ipfs, 1);
  found(worker);
  increment(42, 0);
  rounds(3, {&worker});
  EXPECT_EQ(counter(worker), "42");
  EXPECT_EQ(shard().agreed->state_cid, worker.processed().back().state_cid);
}

TEST_F(Network, the_m4_story) {
  Host first(world, ipfs, 1);
  Host second(world, ipfs, 2);
  found(first);
  increment(42, 0);
  rounds(3, {&first});
  join(second, first);
  increment(42, 1);
  rounds(4, {&first, &second});
  EXPECT_EQ(counter(first), "84");
  EXPECT_EQ(counter(second), "84");
  EXPECT_EQ(first.processed().back(), second.processed().back());
  EXPECT_EQ(shard().agreed->state_cid, second.processed().back().state_cid);
}

TEST_F(Network, the_survivor_goes_on_alone) {
  Host first(world, ipfs, 1);
  Host second(world, ipfs, 2);
  found(first);
  join(second, first);
  increment(42, 0);
  rounds(8, {&second});
  EXPECT_EQ(member(first), registry::MemberStatus::kSilent);
  EXPECT_EQ(counter(second), "42");
  rounds(4, {&first, &second});
  EXPECT_EQ(member(first), registry::MemberStatus::kActive);
  EXPECT_EQ(counter(first), "42");
}

TEST_F(Network, a_restarted_worker_opens_its_state_again) {
  Host worker(world, ipfs, 1);
  found(worker);
  increment(42, 0);
  rounds(3, {&worker});
  worker.start_again();
  increment(1, 1);
  rounds(6, {&worker});
  EXPECT_EQ(counter(worker), "43");
}

TEST_F(Network, receipts_prove_what_became_of_each_call) {
  Host worker(world, ipfs, 1);
  found(worker);
  increment(42, 0);
  increment(7, 0);  // the same extrinsic nonce: refused by the chain
  worker.step();
  world.mine();
  const auto block = world.height();
  rounds(3, {&worker});
  const auto answer = ask(worker, AskReceipt{block, 0});
  ASSERT_EQ(answer.status, AnswerStatus::kAnswered);
  const auto receipt = *scale::decode<ReceiptAnswer>(answer.value.value);
  EXPECT_EQ(receipt.leaf.receipt.outcome, Outcome::kApplied);
  EXPECT_TRUE(verify_merkle_path(scale::encode(receipt.leaf), 0, receipt.leaf_count, receipt.path,
                                 shard().agreed->receipts_root));
  EXPECT_EQ(ask(worker, AskReceipt{block, 1}).status, AnswerStatus::kNotHere);
  EXPECT_EQ(ask(worker, AskReceipt{block - 1, 0}).status, AnswerStatus::kNotHere);
}

}  // namespace
}  // namespace substratee::test
