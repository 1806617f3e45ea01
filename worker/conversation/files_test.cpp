#include "worker/conversation/files.hpp"

#include "tests/support/temporary_directory.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace substratee::worker::conversation {
namespace {

TEST(files, a_blob_comes_back_in_its_newest_version) {
  const test::TemporaryDirectory folder;
  const auto store = BlobStore::open(folder.path() / "sealed");
  ASSERT_TRUE(store);
  ASSERT_TRUE(store->put({{"identity"}, 1, {{1}}}));
  ASSERT_TRUE(store->put({{"shard"}, 1, {{2}}}));
  ASSERT_TRUE(store->put({{"identity"}, 2, {{3}}}));
  const auto blobs = store->all();
  ASSERT_TRUE(blobs);
  EXPECT_EQ(*blobs, (std::vector<protocol::Blob>{{{"identity"}, 2, {{3}}}, {{"shard"}, 1, {{2}}}}));
}

TEST(files, blobs_are_nobody_elses_business) {
  const test::TemporaryDirectory folder;
  const auto store = BlobStore::open(folder.path() / "sealed");
  ASSERT_TRUE(store->put({{"identity"}, 1, {{1}}}));
  using std::filesystem::perms;
  EXPECT_EQ(std::filesystem::status(folder.path() / "sealed" / "identity").permissions(),
            perms::owner_read | perms::owner_write);
  EXPECT_EQ(std::filesystem::status(folder.path() / "sealed").permissions(), perms::owner_all);
}

TEST(files, evidence_comes_back) {
  const test::TemporaryDirectory folder;
  const auto store = EvidenceStore::open(folder.path() / "evidence");
  ASSERT_TRUE(store);
  EXPECT_EQ(*store->equivocation(), std::nullopt);
  EXPECT_TRUE(store->held_states()->empty());
  ASSERT_TRUE(store->put_equivocation(Bytes{1, 2}));
  ASSERT_TRUE(store->hold_state("bafyone"));
  ASSERT_TRUE(store->hold_state("bafyone"));
  EXPECT_EQ(*store->equivocation(), (Bytes{1, 2}));
  EXPECT_EQ(*store->held_states(), std::vector<std::string>{"bafyone"});
  EXPECT_TRUE(std::filesystem::exists(store->equivocation_path()));
}

TEST(files, a_name_that_leaves_the_folder_is_refused) {
  const test::TemporaryDirectory folder;
  const auto store = BlobStore::open(folder.path() / "sealed");
  for (const auto* name : {"", "../x", "a/b", ".hidden", "A"}) {
    const auto stored = store->put({{name}, 1, {{1}}});
    ASSERT_FALSE(stored) << name;
    EXPECT_EQ(stored.error().code, FailureCode::kEnclave);
  }
}

TEST(files, an_interrupted_write_is_ignored_and_a_torn_file_is_said) {
  const test::TemporaryDirectory folder;
  const auto store = BlobStore::open(folder.path());
  std::ofstream(folder.path() / "identity.tmp") << "half";
  EXPECT_TRUE(store->all()->empty());
  std::ofstream(folder.path() / "identity") << "nonsense";
  const auto blobs = store->all();
  ASSERT_FALSE(blobs);
  EXPECT_EQ(blobs.error().code, FailureCode::kStorage);
}

TEST(files, the_largest_receipts_that_an_enclave_gives_come_back) {
  const test::TemporaryDirectory folder;
  const auto store = ReceiptStore::open(folder.path() / "receipts");
  const protocol::SealedReceipts largest{7, {Bytes(protocol::kMaxSealedReceiptsSize, 1)}};
  ASSERT_TRUE(store->put(largest.block, largest.sealed.value));
  EXPECT_EQ(store->get(largest.block)->size(), largest.sealed.value.size());
  static_assert(kMaxReceiptFile == protocol::kMaxSealedReceiptsSize);
}

TEST(files, receipts_of_old_blocks_are_removed_also_those_of_an_earlier_run) {
  const test::TemporaryDirectory folder;
  {
    const auto store = ReceiptStore::open(folder.path(), 0);
    for (const BlockNumber block : {1, 5, 9, 10}) ASSERT_TRUE(store->put(block, Bytes{1}));
    for (const BlockNumber block : {1, 5, 9, 10}) EXPECT_TRUE(store->has(block));
  }
  std::ofstream(folder.path() / "notes.txt") << "of somebody else";
  const auto store = ReceiptStore::open(folder.path(), 6);
  EXPECT_FALSE(store->has(1));
  EXPECT_TRUE(store->has(5));
  ASSERT_TRUE(store->put(11, Bytes{1}));
  EXPECT_FALSE(store->has(5));
  EXPECT_TRUE(store->has(9));
  ASSERT_TRUE(store->put(2, Bytes{1})) << "an old block that is replayed";
  EXPECT_FALSE(store->has(2));
  EXPECT_TRUE(store->has(11));
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "notes.txt"));
}

TEST(files, receipts_that_are_not_there_are_empty) {
  const test::TemporaryDirectory folder;
  const auto store = ReceiptStore::open(folder.path() / "receipts");
  EXPECT_EQ(*store->get(7), Bytes{});
  ASSERT_TRUE(store->put(7, Bytes{1, 2}));
  EXPECT_EQ(*store->get(7), (Bytes{1, 2}));
}

}  // namespace
}  // namespace substratee::worker::conversation
