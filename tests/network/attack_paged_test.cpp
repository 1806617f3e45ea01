#include "tests/network/network.hpp"

/// Enclaves that hold their state in pages: they agree with the others, and a host that withholds pages or lies about
/// them gets nothing for it.

namespace substratee::test {
namespace {

TEST_F(Network, paged_and_unpaged_workers_agree) {
  Host first(world, ipfs, 1);
  Host second(world, ipfs, 2);
  second.page_state();
  found(first);
  increment(42, 0);
  rounds(3, {&first});
  join(second, first);
  increment(42, 1);
  rounds(4, {&first, &second});
  for (const auto mode : {Mode::kAgreed, Mode::kLatest}) {
    EXPECT_EQ(counter(first, mode), "84");
    EXPECT_EQ(counter(second, mode), "84");
  }
  EXPECT_EQ(first.processed().back(), second.processed().back());
  EXPECT_EQ(shard().agreed->state_cid, second.processed().back().state_cid);
  second.start_again();
  submit(seal(signed_increment(5, 0, "//Bob"), "//Bob"), "//Bob");
  increment(1, 2);
  rounds(8, {&first, &second});
  EXPECT_EQ(counter(second), "85");
  EXPECT_EQ(first.follow().root, second.follow().root);
  EXPECT_EQ(second.follow().root, shard().agreed->state_cid);
}

/// What the founder chose is everybody's, also of one whose host would have it otherwise, and of a paged one.
TEST_F(Network, padding_and_cover_of_the_founder_are_everybodys) {
  Host first(world, ipfs, 1);
  Host second(world, ipfs, 2);
  first.shape_state(4);
  second.shape_state(9);
  second.page_state();
  found(first);
  increment(42, 0);
  rounds(3, {&first});
  join(second, first);
  increment(42, 1);
  submit(seal(signed_increment(5, 0, "//Bob")), "//Bob");
  rounds(4, {&first, &second});
  EXPECT_EQ(counter(second), "84");
  EXPECT_EQ(first.processed().back(), second.processed().back());
  EXPECT_EQ(shard().agreed->state_cid, second.processed().back().state_cid);
}

TEST_F(Network, paged_founder_processes_what_waits) {
  Host worker(world, ipfs, 1);
  worker.page_state();
  found(worker);
  increment(42, 0);
  rounds(3, {&worker});
  worker.start_again();
  for (primitives::Nonce i = 1; i < 6; ++i) {
    increment(1, i);
    world.mine();
  }
  rounds(8, {&worker});
  EXPECT_EQ(counter(worker), "47");
  EXPECT_EQ(worker.follow().root, shard().agreed->state_cid);
}

/// A paged worker without a single leaf at hand, and a block whose call needs one.
class Paged : public Network {
 protected:
  void SetUp() override {
    worker.page_state();
    found(worker);
    increment(42, 0);
    rounds(3, {&worker});
    worker.start_again();
    rounds(2, {&worker});
    ASSERT_EQ(worker.follow().phase, Phase::kLive);
    before = worker.follow();
    increment(1, 1);
    world.mine();
    idle(2);
    height = before.head + 1;
    for (auto number = height; number <= world.height(); ++number) blocks.blocks.value.push_back(world.block(number));
    need = need_of(worker.raw(blocks));
    ASSERT_EQ(need.cids.value.size(), 1u);
    ASSERT_EQ(need.root, *before.root);
  }
  /// Once the right leaf comes, nothing is lost.
  void TearDown() override {
    ASSERT_TRUE(worker.satisfy(Need{need}));
    const auto status = worker.expect<Status>(ImportBlocks{});
    EXPECT_EQ(status.head, world.height());
    ASSERT_EQ(status.processed.value.size(), 1u);
    EXPECT_EQ(status.processed.value.front().block, height);
    rounds(6, {&worker});
    EXPECT_EQ(counter(worker), "43");
  }

  static NeedState need_of(const Reply& reply) {
    const auto* what = std::get_if<Need>(&reply);
    EXPECT_NE(what, nullptr) << "reply " << reply.index();
    return what == nullptr ? NeedState{} : std::get<NeedState>(what->what);
  }
  Reply supply(const Bytes& cid, const Bytes& bytes) { return worker.raw(SupplyState{{{{cid, bytes}}}}); }
  void expect_nothing_happened() {
    EXPECT_EQ(need_of(worker.raw(ImportBlocks{})), need);
    const auto status = std::get<Status>(worker.raw(GetStatus{}));
    EXPECT_EQ(status.root, before.root);
    EXPECT_TRUE(status.processed.value.empty());
  }

  Host worker{world, ipfs, 1};
  Status before;
  primitives::BlockNumber height = 0;
  ImportBlocks blocks;
  NeedState need;
};

TEST_F(Paged, attack_withheld_leaf) {
  static_cast<void>(std::get<Done>(worker.raw(SupplyState{})));
  expect_nothing_happened();
  const auto query = seal(question(AskNonce{}, Mode::kLatest));
  EXPECT_EQ(need_of(worker.raw(ExecuteQuery{query.sealed})), need) << "no answer from before the newest block";
  expect_nothing_happened();
}

TEST_F(Paged, attack_flipped_leaf) {
  auto block = ipfs.at(need.cids.value.front());
  block[20] ^= 1;
  const auto reply = supply(need.cids.value.front(), block);
  ASSERT_TRUE(std::holds_alternative<Refused>(reply));
  EXPECT_EQ(std::get<Refused>(reply).reason, Refusal::kBadState);
  expect_nothing_happened();
}

TEST_F(Paged, attack_older_leaf_of_the_same_place) {
  std::size_t others = 0;
  for (const auto& [cid, block] : ipfs) {
    if (cid == need.cids.value.front() || block.size() != 16'384) continue;
    ++others;
    const auto reply = supply(need.cids.value.front(), block);
    ASSERT_TRUE(std::holds_alternative<Refused>(reply));
    EXPECT_EQ(std::get<Refused>(reply).reason, Refusal::kBadState);
    static_cast<void>(std::get<Done>(supply(cid, block)));
  }
  EXPECT_GT(others, 2u);
  expect_nothing_happened();
}

TEST_F(Paged, blocks_that_come_while_it_waits_change_nothing) {
  ImportBlocks rest;
  for (auto number = height + 1; number <= world.height(); ++number) rest.blocks.value.push_back(world.block(number));
  EXPECT_EQ(need_of(worker.raw(rest)), need);
  EXPECT_EQ(need_of(worker.raw(blocks)), need);
  EXPECT_EQ(std::get<Status>(worker.raw(GetStatus{})).head, height);
  expect_nothing_happened();
}

TEST_F(Network, query_that_needs_a_leaf_is_answered_once_it_is_here) {
  Host worker(world, ipfs, 1);
  worker.page_state();
  found(worker);
  increment(42, 0);
  rounds(3, {&worker});
  worker.start_again();
  rounds(2, {&worker});
  const auto query = seal(question(AskNonce{}));
  const auto reply = worker.raw(ExecuteQuery{query.sealed});
  ASSERT_TRUE(std::holds_alternative<Need>(reply));
  const auto need = std::get<NeedState>(std::get<Need>(reply).what);
  ASSERT_EQ(need.cids.value.size(), 1u);
  auto block = ipfs.at(need.cids.value.front());
  block.back() ^= 1;
  EXPECT_EQ(worker.refused(SupplyState{{{{need.cids.value.front(), block}}}}), Refusal::kBadState);
  EXPECT_TRUE(std::holds_alternative<Need>(worker.raw(ExecuteQuery{query.sealed}))) << "again";
  EXPECT_EQ(next_nonce(worker), 1u);
}

}  // namespace
}  // namespace substratee::test
