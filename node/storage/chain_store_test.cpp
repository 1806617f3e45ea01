#include "node/storage/chain_store.hpp"

#include "tests/support/temporary_directory.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <thread>

namespace substratee::node::storage {
namespace {

Bytes b(std::string_view text) { return to_bytes(as_bytes(text)); }

trie::Content genesis_state() { return {{b("alice"), b("100")}, {b("long"), Bytes(100, 7)}}; }

Header genesis_header() {
  Header header;
  header.state_root = trie::root(genesis_state(), trie::Layout::kV1);
  header.extrinsics_root = trie::empty_root();
  return header;
}

NewBlock next_block(ChainStore& store, Changes changes, registry::Journal journal = {}) {
  NewBlock block;
  block.header.parent_hash = store.best().hash;
  block.header.number.value = store.best().number + 1;
  block.header.state_root = store.root_after(changes);
  block.extrinsics = {b("extrinsic")};
  block.journal = std::move(journal);
  block.changes = std::move(changes);
  return block;
}

std::unique_ptr<ChainStore> open(const std::filesystem::path& path, const OpenOptions& options = {}) {
  auto store = ChainStore::open(path, options);
  EXPECT_TRUE(store) << store.error().message;
  return store ? *std::move(store) : nullptr;
}

std::unique_ptr<ChainStore> new_chain(const std::filesystem::path& path, const OpenOptions& options = {}) {
  auto store = open(path, options);
  EXPECT_TRUE(store->is_empty());
  EXPECT_TRUE(store->initialise(genesis_header(), genesis_state()));
  return store;
}

Code code_of_opening(const std::filesystem::path& path) {
  const auto store = ChainStore::open(path);
  EXPECT_FALSE(store);
  if (store) return Code::kUnknownBlock;
  EXPECT_NE(store.error().message.find("purge-chain"), std::string::npos) << store.error().message;
  return store.error().code;
}

TEST(chain_store, returns_what_was_committed_after_reopening) {
  const test::TemporaryDirectory directory;
  const registry::Journal journal = {registry::MemberChanged{}};
  NewBlock block;
  {
    auto store = new_chain(directory.path() / "db");
    block = next_block(*store, {{b("bob"), b("5")}, {b("alice"), std::nullopt}}, journal);
    ASSERT_TRUE(store->commit(block));
  }
  auto store = open(directory.path() / "db");
  EXPECT_EQ(store->best(), (BlockId{1, block.header.hash()}));
  EXPECT_EQ(store->genesis_hash(), genesis_header().hash());
  EXPECT_EQ(store->header(1), block.header);
  EXPECT_EQ(store->header(0), genesis_header());
  EXPECT_EQ(store->number(block.header.hash()), 1U);
  EXPECT_EQ(store->extrinsics(1), block.extrinsics);
  EXPECT_EQ(store->encoded_journal(1), scale::encode(journal));
  EXPECT_EQ(store->encoded_journal(0), Bytes{0});
  EXPECT_EQ((*store->at(block.header.hash()))->get(b("bob")), b("5"));
  EXPECT_EQ((*store->at(block.header.hash()))->get(b("alice")), std::nullopt);
  EXPECT_EQ((*store->at(store->genesis_hash()))->get(b("alice")), b("100"));
}

TEST(chain_store, proves_every_kept_state_against_its_header) {
  const test::TemporaryDirectory directory;
  auto store = new_chain(directory.path() / "db");
  for (std::uint8_t n = 1; n <= 5; ++n) ASSERT_TRUE(store->commit(next_block(*store, {{b("n"), Bytes(40, n)}})));
  store.reset();
  store = open(directory.path() / "db");
  const std::vector<Bytes> keys = {b("n"), b("nobody")};
  for (std::uint8_t n = 0; n <= 5; ++n) {
    const auto header = store->header(n);
    const auto snapshot = store->at(*store->hash(n));
    ASSERT_TRUE(header && snapshot);
    const auto proof = trie::ReadProof::from(header->state_root, (*snapshot)->prove(keys));
    ASSERT_TRUE(proof);
    EXPECT_EQ(proof->get(keys[0]).value(), n == 0 ? std::nullopt : std::optional(Bytes(40, n)));
    EXPECT_EQ(proof->get(keys[1]).value(), std::optional<Bytes>());
  }
}

TEST(chain_store, keeps_genesis_state_and_recent_states_only) {
  const test::TemporaryDirectory directory;
  auto store = new_chain(directory.path() / "db");
  for (std::uint32_t n = 1; n <= Pruning::kDefaultBlocks + 3; ++n)
    ASSERT_TRUE(store->commit(next_block(*store, {{b("n"), scale::encode(n)}})));
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(store->at(*store->hash(2)).error().code, Code::kPruned);
    EXPECT_EQ((*store->at(*store->hash(3)))->get(b("n")), scale::encode(std::uint32_t{3}));
    EXPECT_EQ((*store->at(store->genesis_hash()))->get(b("n")), std::nullopt);
    EXPECT_TRUE(store->header(1));
    store.reset();
    store = open(directory.path() / "db");
  }
}

TEST(chain_store, root_after_leaves_the_state_alone) {
  const test::TemporaryDirectory directory;
  auto store = new_chain(directory.path() / "db");
  const auto before = store->root_after({});
  EXPECT_EQ(before, genesis_header().state_root);
  EXPECT_NE(store->root_after({{b("alice"), std::nullopt}, {b("x"), b("y")}}), before);
  EXPECT_EQ(store->root_after({}), before);
}

TEST(chain_store, unknown_blocks_are_said_to_be_unknown) {
  const test::TemporaryDirectory directory;
  auto store = new_chain(directory.path() / "db");
  EXPECT_EQ(store->header(1).error().code, Code::kUnknownBlock);
  EXPECT_EQ(store->at(Hash256{}).error().code, Code::kUnknownBlock);
  EXPECT_EQ(store->number(Hash256{}).error().code, Code::kUnknownBlock);
}

TEST(chain_store, refuses_a_second_process) {
  const test::TemporaryDirectory directory;
  const auto store = new_chain(directory.path() / "db");
  const auto second = ChainStore::open(directory.path() / "db");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::kBusy) << second.error().message;
}

TEST(chain_store, refuses_a_foreign_directory) {
  const test::TemporaryDirectory directory;
  std::ofstream(directory.path() / "holiday.jpg") << "sunset";
  EXPECT_EQ(code_of_opening(directory.path()), Code::kForeign);
}

TEST(chain_store, refuses_a_foreign_database_and_another_format) {
  const test::TemporaryDirectory directory;
  const auto write = [&](std::string_view name, std::string_view key, std::string_view value) {
    Batch batch;
    batch.put(b(key), b(value));
    ASSERT_TRUE((*Database::open(directory.path() / name))->write(batch));
  };
  write("foreign", "key", "value");
  EXPECT_EQ(code_of_opening(directory.path() / "foreign"), Code::kForeign);
  write("older", "Mformat", "substratee-node/1");
  EXPECT_EQ(code_of_opening(directory.path() / "older"), Code::kForeign);
  write("newer", "Mformat", "substratee-node/3");
  EXPECT_EQ(code_of_opening(directory.path() / "newer"), Code::kForeign);
}

TEST(chain_store, refuses_a_state_that_does_not_fit_its_header) {
  const test::TemporaryDirectory directory;
  new_chain(directory.path() / "db").reset();
  auto database = *Database::open(directory.path() / "db");
  Batch batch;
  ASSERT_TRUE(database->each(b("T"), [&](ByteView key, ByteView value) {
    auto damaged = to_bytes(value);
    damaged[damaged.size() / 2] ^= 1;
    batch.put(concat(b("T"), key), std::move(damaged));
  }));
  ASSERT_TRUE(database->write(batch));
  database.reset();
  EXPECT_EQ(code_of_opening(directory.path() / "db"), Code::kCorrupt);
}

TEST(chain_store, an_archive_keeps_every_state_and_proves_it) {
  const test::TemporaryDirectory directory;
  const OpenOptions archive{.pruning = Pruning{std::nullopt}};
  auto store = new_chain(directory.path() / "db", archive);
  constexpr std::uint32_t kBlocks = 300;
  for (std::uint32_t n = 1; n <= kBlocks; ++n)
    ASSERT_TRUE(store->commit(next_block(*store, {{b("n"), scale::encode(n)}, {b("long"), Bytes(50, n & 0xff)}})));
  store.reset();
  store = open(directory.path() / "db");
  EXPECT_TRUE(store->pruning().is_archive());
  const std::vector<Bytes> keys = {b("n"), b("long"), b("none")};
  for (std::uint32_t n = 1; n <= kBlocks; n += 13) {
    const auto snapshot = *store->at(*store->hash(n));
    const auto proof = trie::ReadProof::from(store->header(n)->state_root, snapshot->prove(keys));
    ASSERT_TRUE(proof);
    EXPECT_EQ(proof->get(keys[0]).value(), scale::encode(n));
    EXPECT_EQ(proof->get(keys[2]).value(), std::optional<Bytes>());
  }
}

TEST(chain_store, keeps_as_many_states_as_it_is_told_and_forgets_their_nodes) {
  const test::TemporaryDirectory directory;
  const auto nodes_on_disk = [&] {
    std::size_t count = 0;
    EXPECT_TRUE((*Database::open(directory.path() / "db"))->each(b("T"), [&](ByteView, ByteView) { ++count; }));
    return count;
  };
  auto store = new_chain(directory.path() / "db", {.pruning = Pruning{3}});
  const auto grow = [&](std::uint32_t blocks) {
    for (std::uint32_t i = 0; i < blocks; ++i) {
      const auto n = store->best().number + 1;
      ASSERT_TRUE(store->commit(next_block(*store, {{b("n"), Bytes(40, n & 0xff)}, {b("alice"), scale::encode(n)}})));
    }
  };
  grow(20);
  store.reset();
  const auto before = nodes_on_disk();
  store = open(directory.path() / "db");
  grow(50);
  EXPECT_EQ(store->oldest_state(), 67U);
  EXPECT_EQ(store->at(*store->hash(66)).error().code, Code::kPruned);
  for (const BlockNumber n : {67, 68, 69, 70})
    EXPECT_EQ((*store->at(*store->hash(n)))->get(b("alice")), scale::encode(std::uint32_t{n}));
  store.reset();
  EXPECT_EQ(nodes_on_disk(), before);
  store = open(directory.path() / "db", {.pruning = Pruning{10}});
  grow(10);
  EXPECT_EQ(store->oldest_state(), 70U);
  store.reset();
  store = open(directory.path() / "db", {.pruning = Pruning{2}});
  grow(10);
  EXPECT_EQ(store->oldest_state(), 88U);
}

TEST(chain_store, between_archive_and_pruned_there_is_no_way) {
  const test::TemporaryDirectory directory;
  new_chain(directory.path() / "pruned").reset();
  new_chain(directory.path() / "archive", {.pruning = Pruning{std::nullopt}}).reset();
  for (const auto& [name, other] : {std::pair("pruned", Pruning{std::nullopt}), std::pair("archive", Pruning{256})}) {
    const auto refused = ChainStore::open(directory.path() / name, {.pruning = other});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::kForeign);
    EXPECT_NE(refused.error().message.find("export-blocks"), std::string::npos) << refused.error().message;
    EXPECT_NE(refused.error().message.find("--pruning " + to_string(other)), std::string::npos);
    EXPECT_TRUE(ChainStore::open(directory.path() / name));
  }
}

TEST(chain_store, a_state_that_somebody_holds_is_kept_for_him_and_the_chain_goes_on) {
  const test::TemporaryDirectory directory;
  auto store = new_chain(directory.path() / "db", {.pruning = Pruning{2}});
  const auto grow = [&](std::uint32_t blocks) {
    for (std::uint32_t i = 0; i < blocks; ++i)
      ASSERT_TRUE(store->commit(next_block(*store, {{b("n"), scale::encode(store->best().number + 1)}})));
  };
  grow(1);
  auto held = *store->at(store->best().hash);
  grow(30);
  EXPECT_EQ(held->get(b("n")), scale::encode(std::uint32_t{1}));
  EXPECT_EQ(store->oldest_state(), 1U);
  held.reset();
  grow(1);
  EXPECT_EQ(store->oldest_state(), 9U) << "what has piled up goes in portions";
  grow(10);
  EXPECT_EQ(store->oldest_state(), 40U);
}

TEST(chain_store, many_readers_see_whole_states_while_blocks_come) {
  const test::TemporaryDirectory directory;
  auto store = new_chain(directory.path() / "db", {.pruning = Pruning{4}, .cache_bytes = 1});
  std::atomic<bool> is_over = false;
  std::atomic<std::size_t> seen = 0;
  std::vector<std::jthread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      while (!is_over) {
        const auto snapshot = store->at(store->best().hash);
        if (!snapshot) continue;  // pruned between the two calls
        const auto one = (*snapshot)->get(b("one"));
        std::this_thread::yield();
        EXPECT_EQ((*snapshot)->get(b("two")), one);
        ++seen;
      }
    });
  }
  for (std::uint32_t n = 1; n <= 200 || seen < 100; ++n) {
    const auto value = scale::encode(n);
    ASSERT_TRUE(store->commit(next_block(*store, {{b("one"), value}, {b("two"), value}}), Sync::kLater));
  }
  is_over = true;
}

TEST(chain_store, what_is_synced_later_is_there_after_reopening) {
  const test::TemporaryDirectory directory;
  auto store = new_chain(directory.path() / "db");
  for (std::uint32_t n = 1; n <= 5; ++n)
    ASSERT_TRUE(store->commit(next_block(*store, {{b("n"), scale::encode(n)}}), Sync::kLater));
  ASSERT_TRUE(store->sync());
  store.reset();
  EXPECT_EQ(open(directory.path() / "db")->best().number, 5U);
}

TEST(chain_store, refuses_damaged_files) {
  const test::TemporaryDirectory directory;
  new_chain(directory.path() / "db").reset();
  std::ofstream(directory.path() / "db" / "CURRENT", std::ios::trunc) << "MANIFEST-999999\n";
  const auto store = ChainStore::open(directory.path() / "db");
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, Code::kCorrupt) << store.error().message;
}

}  // namespace
}  // namespace substratee::node::storage
