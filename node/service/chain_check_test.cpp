#include "node/service/chain_check.hpp"

#include "node/consensus/dev/author.hpp"
#include "node/service/dev_chain_test.hpp"
#include "node/storage/tables.hpp"

#include <gtest/gtest.h>

namespace substratee::node::service {
namespace {

namespace table = storage::table;
using storage::BlockNumber;

constexpr BlockNumber kBlocks = 12;

class ChainCheckTest : public ::testing::Test {
 protected:
  ChainCheckTest() {
    const auto store = test::open_dev_store(path());
    for (BlockNumber n = 1; n <= kBlocks; ++n) {
      const auto wire = test::Signer().remark(store->genesis_hash(), n - 1);
      const std::vector<ByteView> wires = {wire};
      const auto authored = consensus::dev::author_block(*store, wires, 1'700'000'000'000 + n, test::authority());
      EXPECT_TRUE(store->commit(authored->block));
    }
  }
  std::filesystem::path path() const { return directory.path() / "db"; }

  /// Does something to the entry of the table; `change` returns nothing to remove it.
  void damage(Bytes key, const std::function<std::optional<Bytes>(Bytes)>& change) {
    auto database = *storage::Database::open(path());
    storage::Batch batch;
    const auto value = *database->get(key);
    ASSERT_TRUE(value);
    if (auto changed = change(*value)) {
      batch.put(std::move(key), *std::move(changed));
    } else {
      batch.erase(std::move(key));
    }
    ASSERT_TRUE(database->write(batch));
  }
  CheckReport check() {
    const auto store = storage::ChainStore::open(path());
    EXPECT_TRUE(store) << (store ? "" : store.error().message);
    if (!store) return {};
    auto report = check_chain(**store, [](std::string_view, std::uint64_t, std::uint64_t) {});
    EXPECT_TRUE(report);
    return report ? *std::move(report) : CheckReport{};
  }
  void expect_problem(std::string_view text) {
    const auto report = check();
    const auto has = [&](const std::string& problem) { return problem.find(text) != std::string::npos; };
    EXPECT_TRUE(std::ranges::any_of(report.problems, has))
        << text << " is not said; the first of " << report.problems.size() << ": "
        << (report.problems.empty() ? "" : report.problems[0]);
  }

  substratee::test::TemporaryDirectory directory;
};

Bytes flip_last(Bytes value) {
  value.back() ^= 1;
  return value;
}
std::optional<Bytes> nothing(const Bytes&) { return std::nullopt; }

TEST_F(ChainCheckTest, a_good_database_is_in_order) {
  const auto report = check();
  EXPECT_TRUE(report.problems.empty()) << report.problems[0];
  EXPECT_EQ(report.blocks, kBlocks + 1);
  EXPECT_EQ(report.states, kBlocks + 1);
  EXPECT_GT(report.state_nodes, kBlocks);
}

TEST_F(ChainCheckTest, finds_a_lost_and_a_changed_header) {
  damage(table::key(table::kHeaders, BlockNumber{5}), flip_last);
  expect_problem("block #5: the seal is not the authority's");
  expect_problem("block #6: it does not follow the block before it");
  damage(table::key(table::kHeaders, BlockNumber{7}), nothing);
  expect_problem("block #7: unknown block");
}

TEST_F(ChainCheckTest, finds_changed_extrinsics_and_journals) {
  damage(table::key(table::kBodies, BlockNumber{3}), flip_last);
  damage(table::key(table::kJournals, BlockNumber{4}),
         [](const Bytes&) { return std::optional(scale::encode(registry::Journal{registry::MemberChanged{}})); });
  damage(table::key(table::kJournals, BlockNumber{6}), [](const Bytes&) { return std::optional(Bytes{4}); });
  expect_problem("block #3: the extrinsics are not those of the header");
  expect_problem("block #4: the journal is not the one of the header");
  expect_problem("block #6: the journal does not decode");
}

TEST_F(ChainCheckTest, finds_a_block_that_its_hash_does_not_lead_to) {
  const auto hash = (*storage::ChainStore::open(path()))->hash(2).value();
  damage(table::key(table::kNumbers, ByteView(hash)), nothing);
  expect_problem("block #2: it is not found by its hash");
}

TEST_F(ChainCheckTest, finds_every_kind_of_damage_to_a_state) {
  // A node that the last block has made, as it has made its root.
  const auto id = (*storage::ChainStore::open(path()))->best_view().root().id - 1;
  damage(table::key(table::kNodes, id), flip_last);
  expect_problem("the state is not whole");
  damage(table::key(table::kNodes, id), nothing);
  expect_problem("the state is not whole");
  damage(table::key(table::kRoots, BlockNumber{2}), nothing);
  expect_problem("block #2: database");
}

TEST_F(ChainCheckTest, says_so_when_there_is_more_than_it_tells) {
  for (BlockNumber n = 1; n <= kBlocks; ++n) {
    damage(table::key(table::kBodies, n), flip_last);
    damage(table::key(table::kJournals, n), [](const Bytes&) { return std::optional(Bytes{4}); });
  }
  const auto report = check();
  EXPECT_EQ(report.problems.size(), kMaxProblems);
  EXPECT_TRUE(report.has_more);
}

}  // namespace
}  // namespace substratee::node::service
