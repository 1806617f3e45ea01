#include "core/finality/dev_seal.hpp"
#include "tests/network/network.hpp"

/// Attacks on what an enclave believes about the chain.

namespace substratee::test {
namespace {

primitives::Header header_of(const FinalBlock& block) { return *scale::decode<primitives::Header>(block.header); }
registry::Journal journal_of(const FinalBlock& block) { return *scale::decode<registry::Journal>(block.journal); }
ImportBlocks import(std::vector<FinalBlock> blocks) { return {{std::move(blocks)}}; }

class ChainAttack : public Network {
 protected:
  /// A live worker; the next block, which it has not seen, holds two calls.
  void SetUp() override {
    found(worker);
    increment(41, 0);
    rounds(3, {&worker});
    ASSERT_EQ(counter(worker), "41") << "the honest path";
    increment(1, 1);
    world.submit(world.sign(registry::encode_call(registry::CallWorker{world.shard(), seal(signed_increment(2, 2))}),
                            "//Alice", world.nonce(account().account()) + 1));
    next = world.mine();
    ASSERT_GE(journal_of(next).size(), 2u);
  }
  /// The forgery is refused for that reason and leaves no trace; the genuine block is accepted afterwards.
  void expect_refused(Refusal reason, const FinalBlock& forged) {
    const auto before = worker.expect<Status>(GetStatus{});
    EXPECT_EQ(worker.refused(import({forged})), reason);
    EXPECT_EQ(worker.expect<Status>(GetStatus{}), before);
  }
  void TearDown() override {
    const auto status = worker.expect<Status>(import({next}));
    EXPECT_EQ(status.head, world.height());
    EXPECT_EQ(status.processed.value.size(), 1u);
  }

  Host worker{world, ipfs, 1};
  FinalBlock next;
};

TEST_F(ChainAttack, attack_forged_chain_under_the_genuine_genesis) {
  FixedBytes<64> signature;
  const auto header = *finality::strip_seal(header_of(next), signature);
  const auto forger = crypto::ed25519::KeyPair::from_seed(FixedBytes<32>{}.bytes);
  auto forged = next;
  forged.header = scale::encode(finality::with_seal(header, forger.sign(finality::seal_message(header))));
  expect_refused(Refusal::kBadHeader, forged);
  forged.header = scale::encode(header);
  expect_refused(Refusal::kBadHeader, forged);
  forged.header = {};
  expect_refused(Refusal::kBadHeader, forged);
}

TEST_F(ChainAttack, attack_block_of_another_chain) {
  World other({test_measurement()}, 2);
  for (primitives::BlockNumber i = 0; i < world.height(); ++i) other.mine();
  expect_refused(Refusal::kBadHeader, other.block(world.height()));
}

/// The parent is the genuine head, the journal is the host's own, and all hashes fit: only the seal does not.
TEST_F(ChainAttack, attack_host_invents_a_block) {
  FixedBytes<64> signature;
  auto header = *finality::strip_seal(header_of(next), signature);
  auto journal = journal_of(next);
  journal.push_back(journal.front());
  std::erase_if(header.digest, [](const auto& item) {
    const auto* consensus = std::get_if<primitives::DigestConsensus>(&item);
    return consensus != nullptr && consensus->engine == registry::kJournalEngine;
  });
  header.digest.push_back(registry::journal_digest(journal));
  expect_refused(Refusal::kBadHeader,
                 {scale::encode(finality::with_seal(header, signature)), scale::encode(journal), {}});
  expect_refused(Refusal::kBadHeader, {scale::encode(header), scale::encode(journal), {}});
}

TEST_F(ChainAttack, attack_host_hides_a_journal_entry) {
  for (std::size_t i = 0; i < journal_of(next).size(); ++i) {
    auto forged = next;
    auto journal = journal_of(next);
    journal.erase(journal.begin() + static_cast<std::ptrdiff_t>(i));
    forged.journal = scale::encode(journal);
    expect_refused(Refusal::kBadJournal, forged);
  }
  auto forged = next;
  forged.journal = scale::encode(registry::Journal{});
  expect_refused(Refusal::kBadJournal, forged);
}

TEST_F(ChainAttack, attack_host_invents_a_journal_entry) {
  auto forged = next;
  auto journal = journal_of(next);
  journal.push_back(journal.front());
  forged.journal = scale::encode(journal);
  expect_refused(Refusal::kBadJournal, forged);
  forged.journal.push_back(0);
  expect_refused(Refusal::kBadJournal, forged);
}

TEST_F(ChainAttack, attack_host_reorders_the_journal) {
  auto forged = next;
  auto journal = journal_of(next);
  std::swap(journal[0], journal[1]);
  forged.journal = scale::encode(journal);
  expect_refused(Refusal::kBadJournal, forged);
}

TEST_F(ChainAttack, attack_host_hides_repeats_or_reorders_a_block) {
  const auto hidden = next;
  const auto later = world.mine();
  expect_refused(Refusal::kBadHeader, later);
  expect_refused(Refusal::kBadHeader, world.block(world.height() - 2));
  EXPECT_EQ(worker.refused(import({later, hidden})), Refusal::kBadHeader);
  EXPECT_EQ(worker.expect<Status>(import({hidden, later})).head, world.height());
  next = world.mine();
  increment(3, 3);
  next = (worker.expect<Status>(import({next})), world.mine());
}

TEST_F(ChainAttack, attack_invented_justification) {
  auto forged = next;
  forged.justification = {1};
  expect_refused(Refusal::kBadHeader, forged);
}

TEST_F(ChainAttack, attack_proof_of_another_header) {
  const auto key = registry::key::shard(world.shard());
  const auto nodes = world.prove(world.hash_of(1), std::vector<Bytes>{key});
  EXPECT_EQ(worker.refused(SupplyProof{primitives::BlockHash{}, {nodes}}), Refusal::kBadProof);
  // The newest block is genuine, but this enclave has not verified it.
  EXPECT_EQ(worker.refused(SupplyProof{world.hash_of(world.height()), {nodes}}), Refusal::kBadProof);
  EXPECT_EQ(worker.refused(SupplyProof{world.genesis_hash(), {std::vector<Bytes>(5000, Bytes{0})}}),
            Refusal::kBadProof);
}

using ProofAttack = Network;

TEST_F(ProofAttack, attack_old_proof_for_a_new_decision) {
  Host first(world, ipfs, 1);
  Host second(world, ipfs, 2);
  found(first);
  register_joiner(second, first);
  const auto asked = std::get<NeedProofs>(std::get<Need>(second.raw(JoinBegin{first.identity().account})).what);
  EXPECT_EQ(asked.block_hash, world.hash_of(world.height()));
  // Proofs of an earlier state, in which the provider may still have been what it no longer is.
  const auto earlier = world.hash_of(world.height() - 1);
  EXPECT_TRUE(std::holds_alternative<Done>(second.raw(SupplyProof{earlier, {world.prove(earlier, asked.keys.value)}})));
  const auto again = second.raw(JoinBegin{first.identity().account});
  ASSERT_TRUE(std::holds_alternative<Need>(again));
  EXPECT_EQ(std::get<NeedProofs>(std::get<Need>(again).what), asked);
  // Nodes of another state under the head's name prove nothing.
  EXPECT_TRUE(std::holds_alternative<Done>(
      second.raw(SupplyProof{asked.block_hash, {world.prove(earlier, asked.keys.value)}})));
  EXPECT_TRUE(std::holds_alternative<Need>(second.raw(JoinBegin{first.identity().account})));
  EXPECT_TRUE(std::holds_alternative<Tls>(second.ask(JoinBegin{first.identity().account})));
}

}  // namespace
}  // namespace substratee::test
