#include "core/proof/fixture_test.hpp"
#include "tests/support/temporary_directory.hpp"
#include "worker/proofs/agreement_keeper.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace substratee::worker::proofs {
namespace {

using SealedChain = proof::test::Chain;

/// The node of a small real chain; it can be away, or have forgotten.
class Node final : public chain_follower::Chain {
 public:
  explicit Node(const SealedChain& chain) : chain_(chain) {}
  bool is_away = false;
  std::size_t reads = 0;

  Result<std::vector<rpc::VerifiedBlock>> verified_blocks(BlockNumber from) override {
    if (is_away) return away();
    if (from == SealedChain::kAnnounced - 1) {
      return std::vector<rpc::VerifiedBlock>{{from, chain_.before.hash(), SealedChain::block_of(chain_.before)}};
    }
    return std::vector{announcement()};
  }
  Result<BlockNumber> finalized() override { return SealedChain::kAnnounced; }
  Result<std::vector<Bytes>> read_proof(const std::vector<Bytes>& keys, const BlockHash& at) override {
    ++reads;
    auto nodes = is_away ? std::nullopt : chain_.read(keys, at);
    if (!nodes) return away();
    return *std::move(nodes);
  }
  Result<protocol::ExtrinsicHints> hints(const AccountId&) override { return protocol::ExtrinsicHints{}; }
  Result<void> submit(ByteView) override { return {}; }
  Result<std::optional<chain_follower::Found>> find(ByteView, const BlockHash&) override {
    return std::optional<chain_follower::Found>{};
  }
  Result<std::optional<chain_follower::Registration>> registration(const AccountId&) override {
    return std::optional<chain_follower::Registration>{};
  }
  Result<std::optional<registry::Collateral>> collateral(const attestation::CollateralId&) override {
    return std::optional<registry::Collateral>{};
  }
  Result<bool> is_disputed(const registry::ShardId&) override { return false; }
  Result<std::vector<chain_follower::PeerWorker>> workers(const registry::ShardId&) override {
    return std::vector<chain_follower::PeerWorker>{};
  }
  [[nodiscard]] rpc::VerifiedBlock announcement() const {
    return {SealedChain::kAnnounced, chain_.announced.hash(), SealedChain::block_of(chain_.announced, chain_.journal)};
  }

 private:
  static std::unexpected<Failure> away() { return fail(FailureCode::kNode, "the node does not answer", ""); }
  const SealedChain& chain_;
};

class Complaints final : public Report {
 public:
  std::vector<std::string> warnings;
  void started(const protocol::Started&) override {}
  void registered(BlockNumber) override {}
  void founded(BlockNumber, registry::Epoch) override {}
  void connecting(const AccountId&, const std::string&) override {}
  void keys_received(const AccountId&, registry::Epoch, Millis) override {}
  void keys_sent(const AccountId&, registry::Epoch, BlockNumber, Millis) override {}
  void state_loaded(const registry::StateCid&, std::uint64_t, std::uint64_t) override {}
  void live(BlockNumber) override {}
  void processed(const protocol::Processed&) override {}
  void confirmed(BlockNumber, BlockNumber) override {}
  void member_changed(registry::MemberStatus) override {}
  void diverged(const protocol::Divergence&) override {}
  void equivocation(const std::string&) override {}
  void info(const std::string&) override {}
  void warn(const std::string& text) override { warnings.push_back(text); }
};

struct Scene {
  test::TemporaryDirectory folder;
  SealedChain chain;
  Node node{chain};
  Complaints report;
  std::unique_ptr<AgreementStore> store = *AgreementStore::open(folder.path() / "proofs");
  bool has_receipts = true;
  AgreementKeeper keeper{{node, *store, [this](BlockNumber) { return has_receipts; }, report},
                         {chain.genesis_hash(), scale::encode(chain.genesis)},
                         chain.shard_id};
  Millis now{1'000};

  void step() { keeper.step(now += Millis(10'000)); }
  void note() { keeper.note(node.announcement()); }
  [[nodiscard]] bool holds() const {
    const auto proof = scale::decode<proof::AgreementProof>(store->get(SealedChain::kCarrier));
    return proof && proof::verify_receipt({chain.chain_proof(), *proof, chain.receipt()}, chain.trust());
  }
};

TEST(agreement_keeper, keeps_a_proof_that_proves_a_receipt) {
  Scene scene;
  scene.step();
  EXPECT_EQ(scene.node.reads, 0) << "nothing to do";
  scene.note();
  scene.step();
  EXPECT_TRUE(scene.holds());
  EXPECT_EQ(scene.keeper.waiting(), 0);
  const auto reads = scene.node.reads;
  scene.note();
  scene.step();
  EXPECT_EQ(scene.node.reads, reads) << "it is there already";
  EXPECT_TRUE(scene.report.warnings.empty());
}

TEST(agreement_keeper, takes_those_who_left_from_the_block_before) {
  Scene scene;
  scene.chain.unregister(0);
  scene.chain.announce();
  scene.note();
  scene.step();
  EXPECT_TRUE(scene.holds());
}

TEST(agreement_keeper, leaves_blocks_that_it_has_no_receipts_of) {
  Scene scene;
  scene.has_receipts = false;
  scene.note();
  scene.step();
  EXPECT_EQ(scene.keeper.waiting(), 0);
  EXPECT_EQ(scene.node.reads, 0);
}

TEST(agreement_keeper, waits_for_a_node_that_is_away) {
  Scene scene;
  scene.node.is_away = true;
  scene.note();
  scene.step();
  EXPECT_EQ(scene.keeper.waiting(), 1);
  scene.keeper.step(scene.now);
  EXPECT_EQ(scene.node.reads, 1) << "not at once again";
  scene.node.is_away = false;
  scene.step();
  EXPECT_TRUE(scene.holds());
}

TEST(agreement_keeper, gives_up_what_no_node_can_prove_any_more) {
  Scene scene;
  scene.node.is_away = true;
  scene.note();
  scene.step();
  auto later = scene.node.announcement();
  later.number = SealedChain::kAnnounced + 257;
  later.final_block.journal = scale::encode(registry::Journal{});
  scene.keeper.note(later);
  scene.step();
  EXPECT_EQ(scene.keeper.waiting(), 0);
}

TEST(agreement_keeper, keeps_nothing_that_does_not_hold_and_says_so_once) {
  Scene scene;
  scene.chain.authority = proof::test::key_of(0x0b);
  scene.chain.announce();
  for (int i = 0; i < 3; ++i) {
    scene.note();
    scene.step();
  }
  EXPECT_EQ(scene.store->get(SealedChain::kCarrier), Bytes{});
  ASSERT_EQ(scene.report.warnings.size(), 1);
  EXPECT_NE(scene.report.warnings[0].find("#7 cannot be proved"), std::string::npos) << scene.report.warnings[0];
}

TEST(agreement_keeper, does_not_believe_another_genesis) {
  Scene scene;
  AgreementKeeper keeper{{scene.node, *scene.store, [](BlockNumber) { return true; }, scene.report},
                         {scene.chain.announced.hash(), scale::encode(scene.chain.genesis)},
                         scene.chain.shard_id};
  keeper.note(scene.node.announcement());
  keeper.step(Millis(1'000));
  EXPECT_EQ(scene.store->get(SealedChain::kCarrier), Bytes{});
  EXPECT_FALSE(scene.report.warnings.empty() && keeper.waiting() == 0);
}

TEST(agreement_keeper, survives_nonsense_and_a_flood) {
  Scene scene;
  auto block = scene.node.announcement();
  block.final_block.journal = {1, 2, 3};
  scene.keeper.note(block);
  EXPECT_EQ(scene.keeper.waiting(), 0);
  for (int i = 0; i < 2'000; ++i) scene.note();
  EXPECT_EQ(scene.keeper.waiting(), 1'024);
}

TEST(watched_chain, shows_every_block_on_its_way) {
  Scene scene;
  std::vector<BlockNumber> seen;
  WatchedChain watched(scene.node, [&](const rpc::VerifiedBlock& block) { seen.push_back(block.number); });
  EXPECT_TRUE(watched.verified_blocks(9));
  EXPECT_EQ(seen, std::vector<BlockNumber>{9});
  scene.node.is_away = true;
  EXPECT_FALSE(watched.verified_blocks(9));
  EXPECT_FALSE(watched.read_proof({}, {}));
}

TEST(agreement_store, keeps_the_newest_over_restarts) {
  test::TemporaryDirectory folder;
  {
    const auto store = *AgreementStore::open(folder.path() / "proofs", 3);
    for (BlockNumber block = 8; block <= 12; ++block) {
      ASSERT_TRUE(store->put(block, Bytes{static_cast<std::uint8_t>(block)}));
    }
    EXPECT_FALSE(store->has(9));
    EXPECT_EQ(store->get(9), Bytes{});
    EXPECT_EQ(store->get(12), Bytes{12});
  }
  std::ofstream(folder.path() / "proofs" / "notes.txt") << "not ours";
  std::ofstream(folder.path() / "proofs" / "007") << "not ours either";
  const auto store = *AgreementStore::open(folder.path() / "proofs", 2);
  EXPECT_FALSE(store->has(10));
  EXPECT_TRUE(store->has(11));
  EXPECT_FALSE(store->has(7));
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "proofs" / "notes.txt"));
  std::filesystem::remove(folder.path() / "proofs" / "11");
  EXPECT_EQ(store->get(11), Bytes{}) << "somebody removed it";
}

}  // namespace
}  // namespace substratee::worker::proofs
