#include "worker/ipfs/block_store.hpp"

#include "core/ipld/dag_pb.hpp"
#include "worker/ipfs/state_store.hpp"
#include "worker/ipfs/testing.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <future>
#include <set>
#include <thread>

namespace substratee::worker::ipfs {
namespace {

using ipld::Block;
using ipld::Cid;
using testing::flip_a_byte;
using testing::make_block;
using testing::make_dag;
using testing::TestStore;

FailureCode code_of(const auto& result) {
  EXPECT_FALSE(result);
  return result ? FailureCode::kStorage : result.error().code;
}

TEST(block_store, gives_back_what_was_put) {
  TestStore store;
  const auto dag = make_dag(20);
  ASSERT_TRUE(store->put_all(dag.blocks));
  std::uint64_t bytes = 0;
  for (const auto& block : dag.blocks) {
    EXPECT_EQ(store->get(block.cid), block.bytes);
    EXPECT_EQ(store->has(block.cid), true);
    bytes += block.bytes.size();
  }
  EXPECT_EQ(store->usage(), (Usage{.blocks = dag.blocks.size(), .bytes = bytes}));
  ASSERT_TRUE(store->put_all(dag.blocks));
  EXPECT_EQ(store->usage().blocks, dag.blocks.size()) << "blocks put twice count once";
}

TEST(block_store, names_of_one_block_meet) {
  TestStore store;
  const auto node = ipld::make_directory({})->block;
  ASSERT_TRUE(store->put_all(std::vector{node}));
  for (const auto* text : {"QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn",
                           "bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354"}) {
    EXPECT_EQ(store->get(Cid::from_text(text).value()), node.bytes);
  }
  EXPECT_EQ(store->get(Cid::of_raw_block(node.bytes)), node.bytes);
}

TEST(block_store, absent_blocks_are_named) {
  TestStore store;
  const auto cid = make_block("absent").cid;
  EXPECT_EQ(store->has(cid), false);
  const auto block = store->get(cid);
  ASSERT_EQ(code_of(block), FailureCode::kNotFound);
  EXPECT_NE(block.error().to_string().find(cid.to_text()), std::string::npos);
}

TEST(block_store, identity_blocks_are_always_here_and_never_stored) {
  TestStore store;
  const auto probe = Cid::from_text("bafkqablimvwgy3y").value();
  ASSERT_TRUE(store->put_all(std::vector{Block{probe, to_bytes(as_bytes("hello"))}}));
  EXPECT_EQ(store->get(probe), to_bytes(as_bytes("hello")));
  EXPECT_EQ(store->has(probe), true);
  EXPECT_EQ(store->usage(), Usage{});
}

TEST(block_store, wrong_or_large_blocks_are_refused_and_nothing_of_their_batch_is_kept) {
  TestStore store;
  const auto good = make_block("good");
  const Block wrong{make_block("right").cid, to_bytes(as_bytes("wrong"))};
  EXPECT_EQ(code_of(store->put_all(std::vector{good, wrong})), FailureCode::kCorrupt);
  const Bytes zeros(ipld::kMaxBlockSize + 1);
  const Block large{Cid::of_raw_block(zeros), zeros};
  EXPECT_EQ(code_of(store->put_all(std::vector{good, large})), FailureCode::kTooLarge);
  EXPECT_EQ(store->has(good.cid), false);
  EXPECT_EQ(store->usage(), Usage{});
  const Bytes most(ipld::kMaxBlockSize);
  EXPECT_TRUE(store->put_all(std::vector{Block{Cid::of_raw_block(most), most}}));
  EXPECT_EQ(store->get(Cid::of_raw_block(most)), most);
}

TEST(block_store, survives_reopening) {
  TestStore store;
  const auto dag = make_dag(20);
  ASSERT_TRUE(store->put_all(dag.blocks, dag.root));
  const auto usage = store->usage();
  store.store.reset();
  store.store = store.open();
  EXPECT_EQ(store->usage(), usage);
  EXPECT_EQ(store->roots(), std::vector{dag.root});
  for (const auto& block : dag.blocks) EXPECT_EQ(store->get(block.cid), block.bytes);
}

TEST(block_store, survives_a_crash_after_the_write) {
  TestStore store;
  const auto dag = make_dag(5);
  ASSERT_TRUE(store->put_all(dag.blocks, dag.root));
  // What a killed process leaves behind: the files as they are, without an orderly close.
  test::TemporaryDirectory copy;
  std::filesystem::copy(store.directory.path(), copy.path());
  auto reopened = BlockStore::open(copy.path());
  ASSERT_TRUE(reopened) << reopened.error().to_string();
  for (const auto& block : dag.blocks) EXPECT_EQ((*reopened)->get(block.cid), block.bytes);
  EXPECT_EQ((*reopened)->roots(), std::vector{dag.root});
}

TEST(block_store, second_opening_says_that_it_is_in_use) {
  TestStore store;
  EXPECT_EQ(code_of(BlockStore::open(store.directory.path())), FailureCode::kInUse);
}

TEST(block_store, unusable_directory_is_reported) {
  EXPECT_EQ(code_of(BlockStore::open("/proc/no-such-directory/blocks")), FailureCode::kStorage);
}

TEST(block_store, a_directory_of_something_else_is_reported_as_such) {
  TestStore store;
  store.store.reset();
  std::ofstream(store.directory.path() / "CURRENT") << "nonsense";
  EXPECT_EQ(code_of(BlockStore::open(store.directory.path())), FailureCode::kCorrupt);
}

TEST(block_store, flipped_byte_is_found_and_put_heals_it) {
  TestStore store;
  const auto block = make_block(std::string(5000, 'x'));
  ASSERT_TRUE(store->put_all(std::vector{block}));
  store.store.reset();
  flip_a_byte(store.directory.path(), block.cid);
  store.store = store.open();
  const auto read = store->get(block.cid);
  ASSERT_EQ(code_of(read), FailureCode::kCorrupt);
  EXPECT_NE(read.error().to_string().find(block.cid.to_text()), std::string::npos);
  ASSERT_TRUE(store->put_all(std::vector{block}));
  EXPECT_EQ(store->get(block.cid), block.bytes);
  EXPECT_EQ(store->usage().blocks, 1U);
}

TEST(block_store, garbage_is_what_no_root_reaches) {
  TestStore store;
  const auto pinned = make_dag(20, 1);
  const auto kept = make_dag(20, 2);
  const auto garbage = make_dag(20, 3);
  ASSERT_TRUE(store->put_all(pinned.blocks, pinned.root));
  ASSERT_TRUE(store->put_all(kept.blocks));
  const auto before = store->usage();
  ASSERT_TRUE(store->put_all(garbage.blocks));
  const auto with_garbage = store->usage();

  const auto removed = store->collect_garbage(std::vector{kept.root});
  ASSERT_TRUE(removed);
  EXPECT_EQ(removed->blocks, with_garbage.blocks - before.blocks);
  EXPECT_EQ(removed->bytes, with_garbage.bytes - before.bytes);
  EXPECT_EQ(store->usage(), before);
  for (const auto& block : pinned.blocks) EXPECT_EQ(store->get(block.cid), block.bytes);
  for (const auto& block : kept.blocks) EXPECT_EQ(store->get(block.cid), block.bytes);
  for (const auto& block : garbage.blocks) EXPECT_EQ(store->has(block.cid), false);
}

TEST(block_store, what_two_roots_share_stays_until_both_are_gone) {
  TestStore store;
  const auto shared = make_dag(6, 1);
  std::vector<Cid> roots;
  for (const auto* name : {"a", "b"}) {
    const auto parent = ipld::make_directory(std::vector<ipld::DirectoryEntry>{{name, {.cid = shared.root}}});
    ASSERT_TRUE(store->put_all(shared.blocks));
    ASSERT_TRUE(store->put_all(std::vector{parent->block}, parent->self.cid));
    roots.push_back(parent->self.cid);
  }
  ASSERT_TRUE(store->unpin(roots[0]));
  EXPECT_EQ(store->collect_garbage()->blocks, 1U);
  EXPECT_EQ(store->has(shared.blocks[0].cid), true);
  ASSERT_TRUE(store->unpin(roots[1]));
  ASSERT_TRUE(store->collect_garbage());
  EXPECT_EQ(store->usage(), Usage{});
}

TEST(block_store, incomplete_roots_keep_what_is_here) {
  TestStore store;
  auto dag = make_dag(20);
  const auto missing = dag.blocks.front().cid;
  dag.blocks.erase(dag.blocks.begin());
  ASSERT_TRUE(store->put_all(dag.blocks, dag.root));
  EXPECT_EQ(store->collect_garbage()->blocks, 0U);
  EXPECT_EQ(store->has(missing), false);
}

TEST(block_store, nothing_is_collected_when_a_node_has_gone_bad) {
  TestStore store;
  const auto dag = make_dag(20);
  ASSERT_TRUE(store->put_all(dag.blocks, dag.root));
  const auto usage = store->usage();
  store.store.reset();
  flip_a_byte(store.directory.path(), dag.root);
  store.store = store.open();
  EXPECT_EQ(code_of(store->collect_garbage()), FailureCode::kCorrupt);
  EXPECT_EQ(store->usage(), usage);
}

TEST(block_store, collection_waits_for_a_lease) {
  TestStore store;
  ASSERT_TRUE(store->put_all(std::vector{make_block("garbage")}));
  auto lease = store->lease();
  auto removed = std::async(std::launch::async, [&] { return store->collect_garbage(); });
  EXPECT_EQ(removed.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  EXPECT_EQ(store->usage().blocks, 1U);
  lease.unlock();
  EXPECT_EQ(removed.get()->blocks, 1U);
}

TEST(block_store, many_threads_put_and_get) {
  TestStore store;
  {
    std::vector<std::jthread> threads;
    for (std::uint8_t salt = 0; salt < 4; ++salt) {
      threads.emplace_back([&, salt] {
        const auto dag = make_dag(10, salt % 2);
        EXPECT_TRUE(store->put_all(dag.blocks, dag.root));
        for (const auto& block : dag.blocks) EXPECT_EQ(store->get(block.cid), block.bytes);
      });
    }
  }
  std::set<Cid> expected;
  for (const auto salt : {std::uint8_t{0}, std::uint8_t{1}}) {
    for (const auto& block : make_dag(10, salt).blocks) expected.insert(block.cid);
  }
  EXPECT_EQ(store->usage().blocks, expected.size());
  EXPECT_EQ(store->roots()->size(), 2U);
}

TEST(state_store, retains_the_named_roots_only) {
  TestStore store;
  EmbeddedStateStore state(*store);
  const auto old_state = make_dag(10, 1);
  const auto new_state = make_dag(10, 2);
  ASSERT_TRUE(state.put_all(old_state.blocks, old_state.root));
  ASSERT_TRUE(state.put_all(new_state.blocks, new_state.root));
  ASSERT_TRUE(state.retain(std::vector{new_state.root}));
  EXPECT_EQ(state.has(old_state.root), false);
  EXPECT_EQ(store->roots(), std::vector{new_state.root});
  for (const auto& block : new_state.blocks) EXPECT_EQ(state.get(block.cid), block.bytes);
}

}  // namespace
}  // namespace substratee::worker::ipfs
