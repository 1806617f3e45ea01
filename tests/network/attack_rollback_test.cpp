#include "core/crypto/hash.hpp"
#include "core/ipld/cid.hpp"
#include "tests/network/network.hpp"

/// A host that gives its enclave old, changed or foreign state.

namespace substratee::test {
namespace {

class Rollback : public Network {
 protected:
  void SetUp() override {
    found(first);
    increment(42, 0);
    rounds(3, {&first});
    ASSERT_EQ(counter(first), "42") << "the honest path";
  }
  Refusal start_refused(Host& host) {
    const auto reply = host.start();
    const auto* why = std::get_if<Refused>(&reply);
    EXPECT_NE(why, nullptr) << "not refused, reply " << reply.index();
    return why == nullptr ? Refusal{} : why->reason;
  }
  Host first{world, ipfs, 1};
};

TEST_F(Rollback, attack_frozen_chain_shows_in_every_answer) {
  increment(1, 1);
  const auto old = world.height();
  world.mine();
  // The host keeps the new block from its enclave: whoever has seen it is told so, whoever has not gets the old head.
  EXPECT_EQ(first.refused(ExecuteQuery{seal(question(AskNonce{})).sealed}), Refusal::kBehind);
  SignedQuery query;
  query.block_number = old;
  query.block_hash = world.hash_of(old);
  query.query = AskNonce{};
  const auto answer = ask(first, sign_query(query, domain(), account(), world.random()));
  EXPECT_EQ(answer.block_number, old);
  EXPECT_EQ(answer.block_hash, world.hash_of(old));
}

TEST_F(Rollback, attack_state_rollback) {
  const auto blobs = first.blobs;
  increment(1, 1);
  rounds(3, {&first});
  first.blobs = blobs;
  first.start_again();
  EXPECT_EQ(first.refused(ExecuteQuery{seal(question(AskNonce{})).sealed}), Refusal::kBehind);
  rounds(6, {&first});
  EXPECT_EQ(counter(first), "43");
}

TEST_F(Rollback, attack_restart_without_the_keys) {
  first.blobs.erase("shard");
  first.start_again();
  rounds(3, {&first});
  EXPECT_EQ(first.follow().phase, Phase::kJoining);
  EXPECT_EQ(first.refused(GetShieldingKey{}), Refusal::kNoKey);
  EXPECT_EQ(first.refused(ExecuteQuery{seal(question(AskNonce{})).sealed}), Refusal::kBehind);
  EXPECT_EQ(first.refused(JoinBegin{first.identity().account}), Refusal::kSelfConnection);
}

TEST_F(Rollback, restart_without_anything_is_somebody_else) {
  const auto account = first.identity().account;
  first.blobs.clear();
  first.start_again();
  EXPECT_NE(first.identity().account, account);
}

TEST_F(Rollback, keys_without_their_identity) {
  first.blobs.erase("identity");
  EXPECT_EQ(start_refused(first), Refusal::kCorruptBlob);
}

TEST_F(Rollback, attack_corrupt_sealed_blob) {
  const auto genuine = first.blobs;
  for (const auto& name : {"identity", "shard"}) {
    const auto size = genuine.at(name).sealed.value.size();
    for (std::size_t at = 0; at < size; at += 7) {
      first.blobs = genuine;
      first.blobs[name].sealed.value[at] ^= 1;
      const auto reason = start_refused(first);
      EXPECT_TRUE(reason == Refusal::kCorruptBlob || reason == Refusal::kWrongChain) << name << " " << at;
    }
    for (std::size_t kept = 0; kept < size; kept += 13) {
      first.blobs = genuine;
      first.blobs[name].sealed.value.resize(kept);
      EXPECT_EQ(start_refused(first), Refusal::kCorruptBlob) << name << " " << kept;
    }
  }
  first.blobs = genuine;
  first.blobs["identity"].version += 1;
  EXPECT_EQ(start_refused(first), Refusal::kCorruptBlob);
}

TEST_F(Rollback, attack_swapped_sealed_blobs) {
  const auto genuine = first.blobs;
  std::swap(first.blobs["identity"].sealed, first.blobs["shard"].sealed);
  EXPECT_EQ(start_refused(first), Refusal::kCorruptBlob);
  first.blobs = genuine;
  first.blobs["other"] = genuine.at("identity");
  EXPECT_EQ(start_refused(first), Refusal::kCorruptBlob) << "repeated";
  first.blobs = genuine;
  first.blobs["other"].name.value = "other";
  EXPECT_EQ(start_refused(first), Refusal::kCorruptBlob) << "unknown";
}

TEST_F(Rollback, attack_sealed_blobs_of_another_chain) {
  World other({test_measurement()}, 2);
  Host worker(other, ipfs, 1);
  worker.blobs = first.blobs;
  EXPECT_EQ(start_refused(worker), Refusal::kWrongChain);
}

TEST_F(Rollback, attack_sealed_blobs_of_another_platform_or_program) {
  Host platform(world, ipfs, 2);
  platform.blobs = first.blobs;
  EXPECT_EQ(start_refused(platform), Refusal::kCorruptBlob);
  Host program(world, ipfs, 1, crypto::sha256(as_bytes("another program")));
  program.blobs = first.blobs;
  EXPECT_EQ(start_refused(program), Refusal::kCorruptBlob);
}

TEST_F(Rollback, attack_false_stored) {
  EXPECT_EQ(first.refused(Stored{{"identity"}, 1, {}}), Refusal::kStoreMismatch) << "nothing waits";
  Host fresh(world, ipfs, 3);
  const auto needed = fresh.start_raw();
  const auto blob = std::get<NeedStore>(std::get<Need>(needed).what).blob;
  const auto hash = crypto::sha256(blob.sealed.value);
  EXPECT_EQ(fresh.refused(Stored{blob.name, blob.version, {}}), Refusal::kStoreMismatch);
  EXPECT_EQ(fresh.refused(Stored{blob.name, blob.version + 1, hash}), Refusal::kStoreMismatch);
  EXPECT_EQ(fresh.refused(Stored{{"shard"}, blob.version, hash}), Refusal::kStoreMismatch);
  static_cast<void>(fresh.expect<Done>(Stored{blob.name, blob.version, hash}));
  EXPECT_EQ(fresh.refused(Stored{blob.name, blob.version, hash}), Refusal::kStoreMismatch) << "twice";
}

/// A worker that has keys and must load its state.
class StateAttack : public Rollback {
 protected:
  void SetUp() override {
    Rollback::SetUp();
    Host honest(world, ipfs, 3);
    join(honest, first);
    ASSERT_EQ(counter(honest), "42") << "the honest path";
    world.submit(honest.expect<Extrinsic>(ComposeUnregistration{honest.hints()}).wire);
    world.mine();
    register_joiner(second, first);
    const auto reply = provision(second, first);
    ASSERT_EQ(std::get<Tls>(reply).phase, TlsPhase::kDone);
    ASSERT_EQ(second.follow().phase, Phase::kLoading);
  }
  NeedState need() { return std::get<NeedState>(std::get<Need>(second.raw(LoadState{})).what); }
  Reply supply(const Bytes& cid, const Bytes& bytes) { return second.raw(SupplyState{{{{cid, bytes}}}}); }
  void expect_bad(const Reply& reply) {
    ASSERT_TRUE(std::holds_alternative<Refused>(reply)) << reply.index();
    EXPECT_EQ(std::get<Refused>(reply).reason, Refusal::kBadState);
  }
  void TearDown() override {
    rounds(4, {&first, &second});
    EXPECT_EQ(member(second), registry::MemberStatus::kActive) << "with the genuine blocks it goes on";
    EXPECT_EQ(counter(second), expected);
  }
  std::string expected = "42";
  Host second{world, ipfs, 2};
};

TEST_F(StateAttack, none) {}

TEST_F(StateAttack, attack_bit_flip) {
  for (int depth = 0; depth < 8; ++depth) {
    const auto reply = second.raw(LoadState{});
    if (!std::holds_alternative<Need>(reply)) break;
    for (const auto& cid : std::get<NeedState>(std::get<Need>(reply).what).cids.value) {
      for (const std::size_t at : {std::size_t{0}, ipfs.at(cid).size() / 2, ipfs.at(cid).size() - 1}) {
        auto flipped = ipfs.at(cid);
        flipped[at] ^= 0x10;
        expect_bad(supply(cid, flipped));
      }
      expect_bad(supply(cid, {}));
      EXPECT_TRUE(std::holds_alternative<Done>(supply(cid, ipfs.at(cid))));
    }
  }
}

/// Each genuine block of the same state under each other's name.
TEST_F(StateAttack, attack_block_swap) {
  const auto root = need().cids.value.front();
  std::size_t swapped = 0;
  for (const auto& [cid, bytes] : ipfs) {
    if (cid == root) continue;
    expect_bad(supply(root, bytes));
    ++swapped;
  }
  EXPECT_GT(swapped, 2u);
}

TEST_F(StateAttack, attack_wrong_content_for_a_cid) {
  const auto root = need().cids.value.front();
  const auto genuine = ipfs.at(root);
  expect_bad(supply(root, {}));
  expect_bad(supply(root, Bytes(genuine.size(), 0)));
  expect_bad(supply(root, Bytes(genuine.begin(), genuine.end() - 1)));
  auto longer = genuine;
  longer.push_back(0);
  expect_bad(supply(root, longer));
}

TEST_F(StateAttack, blocks_that_nobody_asked_for_change_nothing) {
  const auto before = need();
  Bytes content(100, 7);
  const auto cid = ipld::Cid::of_raw_block(content).to_bytes();
  EXPECT_TRUE(std::holds_alternative<Done>(supply(cid, content)));
  EXPECT_EQ(need(), before);
}

TEST_F(StateAttack, a_block_without_a_cid) {
  static_cast<void>(need());
  expect_bad(supply({}, {1}));
  expect_bad(supply({1, 2, 3}, {1}));
}

TEST_F(StateAttack, attack_older_root) {
  increment(1, 1);
  rounds(3, {&first});
  second.follow();
  EXPECT_EQ(need().root, shard().agreed->state_cid);
  increment(1, 2);  // what comes while it loads is replayed
  rounds(3, {&first});
  rounds(4, {&first, &second});
  EXPECT_EQ(counter(second), "44");
  EXPECT_EQ(first.follow().root, second.follow().root);
  expected = "44";
}

TEST_F(StateAttack, a_target_that_is_gone_is_left_for_a_newer_one) {
  const auto old = need().root;
  const auto kept = std::exchange(ipfs, {});
  EXPECT_TRUE(std::holds_alternative<Done>(second.raw(SupplyState{})));
  EXPECT_EQ(need().root, old) << "nothing newer is agreed yet";
  increment(1, 1);
  rounds(3, {&first});
  second.follow();
  EXPECT_TRUE(std::holds_alternative<Done>(second.raw(SupplyState{})));
  EXPECT_EQ(need().root, shard().agreed->state_cid);
  EXPECT_NE(need().root, old);
  for (const auto& [cid, bytes] : kept) ipfs.emplace(cid, bytes);
  expected = "43";
}

}  // namespace
}  // namespace substratee::test
