#include "worker/ipfs/block_store.hpp"

#include "core/ipld/dag_pb.hpp"
#include "worker/ipfs/folder.hpp"
#include "worker/ipfs/importer.hpp"
#include "worker/ipfs/state_store.hpp"
#include "worker/ipfs/testing.hpp"

#include <gtest/gtest.h>

#include <atomic>
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

TEST(block_store, a_store_that_has_lost_the_file_that_says_what_counts_is_corrupt_and_stays_as_it_is) {
  TestStore store;
  const auto block = make_block(std::string(5000, 'x'));
  {
    Importer importer(*store);
    ASSERT_TRUE(importer.add(block));
    ASSERT_TRUE(importer.finish());
  }
  store.store.reset();
  const auto current = store.directory.path() / "CURRENT";
  std::filesystem::rename(current, store.directory.path() / "elsewhere");
  for (int i = 0; i < 2; ++i) {
    const auto refused = BlockStore::open(store.directory.path());
    ASSERT_EQ(code_of(refused), FailureCode::kCorrupt);
    EXPECT_NE(refused.error().thing.find("CURRENT"), std::string::npos);
  }
  std::filesystem::rename(store.directory.path() / "elsewhere", current);
  store.store = store.open();
  EXPECT_EQ(store->get(block.cid), block.bytes);
}

TEST(block_store, a_store_that_was_killed_while_it_was_made_is_made_again) {
  const test::TemporaryDirectory directory;
  for (const auto* name : {"LOCK", "LOG", "IDENTITY", "MANIFEST-000001", "000001.dbtmp"}) {
    std::ofstream(directory.path() / name) << "half";
  }
  EXPECT_EQ(look_into(directory.path()), Folder::kEmpty);
  for (const auto* name : {"notes.log", "MANIFEST-of-goods", ".blob"}) {
    std::ofstream(directory.path() / name) << "somebody else's";
    EXPECT_EQ(look_into(directory.path()), Folder::kOther) << name;
    std::filesystem::remove(directory.path() / name);
  }
  EXPECT_EQ(look_into(directory.path() / "absent"), Folder::kAbsent);
  EXPECT_EQ(look_into(directory.path() / "LOG"), Folder::kOther);
  EXPECT_TRUE(BlockStore::open(directory.path()));
  EXPECT_EQ(look_into(directory.path()), Folder::kStore);
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

TEST(block_store, a_collection_tells_of_every_block_that_it_has_decided_on) {
  TestStore store;
  const auto kept = make_dag(600, 1);
  const auto dropped = make_dag(600, 2);
  ASSERT_TRUE(store->put_all(kept.blocks, kept.root));
  ASSERT_TRUE(store->put_all(dropped.blocks));
  const auto before = store->usage().bytes;
  std::uint64_t told = 0;
  ASSERT_TRUE(store->collect_garbage({}, {}, [&](std::uint64_t bytes) { told += bytes; }));
  EXPECT_EQ(told, before);
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

TEST(block_store, garbage_is_told_from_what_a_dag_cbor_root_reaches) {
  const TestStore store;
  const auto leaf = make_block("leaf");
  const auto other = make_block("other");
  const auto link = concat(Bytes{0xd8, 0x2a, 0x58, 0x25, 0x00}, leaf.cid.to_bytes());
  ipld::Block document{.cid = {}, .bytes = concat(Bytes{0x81}, link)};
  document.cid = ipld::Cid::of_raw_block(document.bytes);
  document.cid.codec = ipld::Codec::kDagCbor;
  ASSERT_TRUE(store->put_all(std::vector{leaf, other, document}, document.cid));
  EXPECT_EQ(store->collect_garbage()->blocks, 1U);
  EXPECT_EQ(store->get(leaf.cid), leaf.bytes);
  EXPECT_FALSE(store->get(other.cid));
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

TEST(block_store, writers_do_not_wait_for_a_collection_and_what_they_write_stays) {
  TestStore store;
  for (std::uint8_t salt = 0; salt < 40; ++salt) ASSERT_TRUE(store->put_all(make_dag(100, salt).blocks));
  const auto revived = make_dag(100, 5);  // garbage when the collection begins, if it has not gone yet
  auto removed = std::async(std::launch::async, [&] { return store->collect_garbage(); });
  std::vector<testing::Dag> kept;
  for (std::uint8_t salt = 100; salt < 140; ++salt) {
    kept.push_back(make_dag(20, salt));
    ASSERT_TRUE(store->put_all(kept.back().blocks, kept.back().root));
  }
  ASSERT_TRUE(store->put_all(revived.blocks, revived.root));
  ASSERT_TRUE(removed.get());
  for (const auto& dag : kept) {
    for (const auto& block : dag.blocks) EXPECT_EQ(store->get(block.cid), block.bytes);
  }
  for (const auto& block : revived.blocks) EXPECT_EQ(store->get(block.cid), block.bytes);
}

TEST(block_store, a_root_that_is_pinned_while_a_collection_waits_keeps_what_it_reaches) {
  TestStore store;
  const auto dag = make_dag(50);
  ASSERT_TRUE(store->put_all(dag.blocks));
  auto lease = store->lease();
  auto removed = std::async(std::launch::async, [&] { return store->collect_garbage(); });
  EXPECT_EQ(removed.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  ASSERT_TRUE(store->pin(dag.root));
  lease.unlock();
  EXPECT_EQ(removed.get(), Usage{});
  for (const auto& block : dag.blocks) EXPECT_EQ(store->get(block.cid), block.bytes);
}

TEST(block_store, a_collection_stops_when_asked) {
  TestStore store;
  ASSERT_TRUE(store->put_all(std::vector{make_block("garbage")}));
  const auto lease = store->lease();
  std::stop_source stop;
  auto removed = std::async(std::launch::async, [&] { return store->collect_garbage({}, stop.get_token()); });
  stop.request_stop();
  EXPECT_EQ(removed.get(), Usage{});
}

/// A store whose disk is as full as the test says.
struct SmallDisk {
  test::TemporaryDirectory directory;
  std::atomic<std::uint64_t> free = std::uint64_t{1} << 30;
  std::unique_ptr<BlockStore> store =
      BlockStore::open(directory.path(), {.reserve = 1 << 20, .free_space = [this] { return free.load(); }}).value();
};

TEST(block_store, a_full_disk_is_said_and_nothing_is_lost_and_it_goes_on_when_there_is_room) {
  SmallDisk disk;
  const auto before = make_dag(10, 1);
  const auto after = make_dag(10, 2);
  ASSERT_TRUE(disk.store->put_all(before.blocks, before.root));
  disk.free = 1 << 20;
  const auto refused = disk.store->put_all(after.blocks, after.root);
  ASSERT_EQ(code_of(refused), FailureCode::kDiskFull);
  EXPECT_NE(refused.error().to_string().find("free some space"), std::string::npos);
  EXPECT_EQ(disk.store->has(after.root), false);
  for (const auto& block : before.blocks) EXPECT_EQ(disk.store->get(block.cid), block.bytes);
  {
    Importer importer(*disk.store);
    ASSERT_TRUE(importer.add(after.blocks.front()));
    EXPECT_EQ(code_of(importer.finish()), FailureCode::kDiskFull);
    EXPECT_EQ(code_of(importer.add(after.blocks.back())), FailureCode::kDiskFull);
  }
  ASSERT_TRUE(disk.store->unpin(before.root)) << "tidying up must go on a full disk";
  EXPECT_GT(disk.store->collect_garbage()->blocks, 0U);
  disk.free = std::uint64_t{1} << 30;
  ASSERT_TRUE(disk.store->put_all(after.blocks, after.root));
  for (const auto& block : after.blocks) EXPECT_EQ(disk.store->get(block.cid), block.bytes);
}

TEST(block_store, the_room_of_garbage_goes_back_to_the_file_system_and_what_stays_is_right) {
  TestStore store;
  const auto bytes_on_disk = [&] {
    std::uint64_t out = 0;
    for (const auto& entry : std::filesystem::directory_iterator(store.directory.path())) {
      if (entry.path().extension() == ".blob") out += entry.file_size();
    }
    return out;
  };
  const auto block_of = [](std::uint8_t number) {
    Bytes content(100'000, number);
    return Block{.cid = Cid::of_raw_block(content), .bytes = std::move(content)};
  };
  // Kept and garbage lie side by side in one blob file.
  std::vector<Cid> kept;
  {
    Importer importer(*store);
    for (std::uint8_t number = 0; number < 60; ++number) {
      ASSERT_TRUE(importer.add(block_of(number)));
      if (number % 4 == 0) kept.push_back(block_of(number).cid);
    }
    ASSERT_TRUE(importer.finish());
  }
  const auto before = bytes_on_disk();
  EXPECT_GT(before, 5'900'000U);
  EXPECT_EQ(store->collect_garbage(kept)->blocks, 45U);
  for (int i = 0; i < 500 && bytes_on_disk() > before / 2; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_LT(bytes_on_disk(), before / 2);
  for (std::uint8_t number = 0; number < 60; number += 4) {
    EXPECT_EQ(store->get(block_of(number).cid), block_of(number).bytes);
  }
}

TEST(importer, brings_what_a_store_gives_back_after_reopening) {
  TestStore store;
  const auto dag = make_dag(500);
  {
    Importer importer(*store);
    for (const auto& block : dag.blocks) ASSERT_TRUE(importer.add(block));
    ASSERT_TRUE(importer.drain());
    for (const auto& block : dag.blocks) ASSERT_EQ(store->get(block.cid), block.bytes);
    ASSERT_TRUE(importer.finish(dag.root));
  }
  const auto usage = store->usage();
  store.store.reset();
  store.store = store.open();
  EXPECT_EQ(store->usage(), usage);
  EXPECT_EQ(store->roots(), std::vector{dag.root});
  for (const auto& block : dag.blocks) EXPECT_EQ(store->get(block.cid), block.bytes);
}

TEST(importer, what_is_finished_survives_a_crash_and_so_does_a_commit_that_shares_blocks_with_what_is_not) {
  TestStore store;
  const auto finished = make_dag(50, 1);
  const auto shared = make_dag(50, 2);
  Importer importer(*store);
  for (const auto& block : finished.blocks) ASSERT_TRUE(importer.add(block));
  ASSERT_TRUE(importer.finish());
  test::TemporaryDirectory first;
  std::filesystem::copy(store.directory.path(), first.path());
  for (const auto& block : shared.blocks) ASSERT_TRUE(importer.add(block));
  ASSERT_TRUE(importer.drain());
  ASSERT_TRUE(store->put_all(shared.blocks, shared.root));
  // What a killed process leaves behind: the files as they are, without an orderly close.
  test::TemporaryDirectory second;
  std::filesystem::copy(store.directory.path(), second.path());
  for (const auto* place : {&first, &second}) {
    const auto reopened = BlockStore::open(place->path()).value();
    for (const auto& block : finished.blocks) EXPECT_EQ(reopened->get(block.cid), block.bytes);
    if (place == &first) continue;
    for (const auto& block : shared.blocks) EXPECT_EQ(reopened->get(block.cid), block.bytes);
  }
}

/// A store as a process that is killed now leaves it: the files as they are. Again until they fit each other.
std::unique_ptr<BlockStore> open_copy(const std::filesystem::path& from, const std::filesystem::path& to) {
  std::error_code ignored;
  std::filesystem::remove_all(to, ignored);
  std::filesystem::copy(from, to, ignored);
  auto opened = BlockStore::open(to);
  return opened ? *std::move(opened) : nullptr;
}

TEST(importer, a_killed_import_keeps_what_is_older_than_a_second) {
  TestStore store;
  const auto dag = make_dag(50);
  Importer importer(*store);
  for (const auto& block : dag.blocks) ASSERT_TRUE(importer.add(block));
  const test::TemporaryDirectory other;
  std::size_t kept = 0;
  for (int i = 0; i < 100 && kept < dag.blocks.size(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    const auto copy = open_copy(store.directory.path(), other.path() / "copy");
    kept = copy ? copy->usage().blocks : 0;
  }
  EXPECT_EQ(kept, dag.blocks.size());
  ASSERT_TRUE(importer.finish(dag.root));
}

TEST(importer, replaces_what_has_gone_bad) {
  TestStore store;
  const auto block = make_block(std::string(5000, 'x'));
  ASSERT_TRUE(store->put_all(std::vector{block}));
  for (const auto present : {Present::kReplaceIfBad, Present::kReplace}) {
    store.store.reset();
    flip_a_byte(store.directory.path(), block.cid);
    store.store = store.open();
    EXPECT_EQ(code_of(store->get(block.cid)), FailureCode::kCorrupt);
    Importer importer(*store, present);
    ASSERT_TRUE(importer.add(block));
    ASSERT_TRUE(importer.finish());
    EXPECT_EQ(store->get(block.cid), block.bytes);
    EXPECT_EQ(store->usage().blocks, 1U);
  }
}

TEST(importer, refuses_a_large_block_and_stores_no_identity_block) {
  TestStore store;
  Importer importer(*store);
  const Bytes zeros(ipld::kMaxBlockSize + 1);
  EXPECT_EQ(code_of(importer.add({Cid::of_raw_block(zeros), zeros})), FailureCode::kTooLarge);
  ASSERT_TRUE(importer.add({Cid::from_text("bafkqablimvwgy3y").value(), to_bytes(as_bytes("hello"))}));
  ASSERT_TRUE(importer.finish());
  EXPECT_EQ(store->usage(), Usage{});
}

TEST(importer, no_garbage_is_collected_while_it_lives) {
  TestStore store;
  const auto dag = make_dag(20);
  auto importer = std::make_unique<Importer>(*store);
  for (const auto& block : dag.blocks) ASSERT_TRUE(importer->add(block));
  ASSERT_TRUE(importer->drain());
  auto removed = std::async(std::launch::async, [&] { return store->collect_garbage(); });
  EXPECT_EQ(removed.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  ASSERT_TRUE(importer->finish(dag.root));
  importer.reset();
  EXPECT_EQ(removed.get(), Usage{});
}

TEST(state_store, retains_the_named_roots_only) {
  TestStore store;
  EmbeddedStateStore state(*store);
  const auto old_state = make_dag(10, 1);
  const auto new_state = make_dag(10, 2);
  ASSERT_TRUE(state.put_all(old_state.blocks, old_state.root));
  ASSERT_TRUE(state.put_all(new_state.blocks, new_state.root));
  ASSERT_TRUE(state.retain(std::vector{new_state.root}));
  state.settle();
  EXPECT_EQ(state.has(old_state.root), false);
  EXPECT_EQ(store->roots(), std::vector{new_state.root});
  for (const auto& block : new_state.blocks) EXPECT_EQ(state.get(block.cid), block.bytes);
}

TEST(state_store, a_root_that_is_served_to_others_stays) {
  TestStore store;
  EmbeddedStateStore state(*store);
  const auto served = make_dag(10, 1);
  const auto idle = make_dag(10, 2);
  const auto newest = make_dag(10, 3);
  for (const auto* dag : {&served, &idle, &newest}) ASSERT_TRUE(state.put_all(dag->blocks, dag->root));
  store->note_served(served.root);
  store->note_served(make_dag(10, 4).root);
  EXPECT_TRUE(store->was_served(served.root));
  EXPECT_FALSE(store->was_served(make_dag(10, 4).root)) << "no root here";
  ASSERT_TRUE(state.retain(std::vector{newest.root}));
  state.settle();
  EXPECT_EQ(state.has(idle.root), false);
  for (const auto& block : served.blocks) EXPECT_EQ(state.get(block.cid), block.bytes);
}

TEST(block_store, roots_come_in_the_order_in_which_they_were_pinned_also_after_reopening) {
  TestStore store;
  std::vector<Cid> roots;
  for (std::uint8_t salt = 0; salt < 5; ++salt) {
    roots.push_back(make_dag(5, salt).root);
    ASSERT_TRUE(store->pin(roots.back()));
    EXPECT_EQ(store->roots(), roots);
  }
  store.store.reset();
  store.store = store.open();
  EXPECT_EQ(store->roots(), roots);
  ASSERT_TRUE(store->pin(roots.front()));
  std::ranges::rotate(roots, roots.begin() + 1);
  EXPECT_EQ(store->roots(), roots);
}

}  // namespace
}  // namespace substratee::worker::ipfs
