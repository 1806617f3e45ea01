#include "node/service/block_import.hpp"

#include "core/finality/dev_seal.hpp"
#include "core/trie/trie.hpp"
#include "node/consensus/dev/author.hpp"
#include "node/runtime/scenario_test.hpp"
#include "node/service/dev_chain_test.hpp"
#include "tests/support/effort.hpp"

#include <gtest/gtest.h>

namespace substratee::node::service {
namespace {

using runtime::test::Actor;
using runtime::test::Worker;
using storage::ChainStore;
using storage::Code;

constexpr std::uint64_t kBlockTime = 1'000;
constexpr std::uint8_t kFirstActor = 100;  // the holder of the sudo key
constexpr std::uint64_t kActors = 6;

std::unique_ptr<ChainStore> open(const std::filesystem::path& path) {
  auto store = ChainStore::open(path);
  EXPECT_TRUE(store) << (store ? "" : store.error().message);
  return store ? *std::move(store) : nullptr;
}

/// A chain on disk whose blocks the test composes.
class Source {
 public:
  explicit Source(const std::filesystem::path& path) : store(open(path)) {
    auto config = runtime::test::test_genesis();
    config.engine.authority = test::authority().public_key();
    config.endowed.clear();
    for (std::uint8_t i = 0; i < kActors; ++i) {
      actors.emplace_back(static_cast<std::uint8_t>(kFirstActor + i));
      config.endowed.emplace_back(actors.back().account(), primitives::Balance{1'000'000'000'000});
    }
    genesis = runtime::build_genesis(config);
    EXPECT_TRUE(store->initialise(runtime::genesis_header(genesis), genesis));
  }

  Bytes sign(const Actor& by, Bytes call, primitives::Era era = primitives::Era::immortal()) {
    const auto account = by.account();
    const auto known = nonces.try_emplace(account, runtime::account_nonce(store->best_view(), account)).first;
    const auto& version = runtime::runtime_version();
    const auto birth = era.birth(store->best().number + 1);
    const primitives::SigningContext context{version.spec_version, version.transaction_version, store->genesis_hash(),
                                             store->hash(birth).value()};
    return primitives::encode_extrinsic(
        primitives::sign_extrinsic(std::move(call), era, known->second++, 0, context, by.key, random));
  }

  /// Which of the extrinsics the block has taken.
  std::size_t block(const std::vector<Bytes>& extrinsics = {}) {
    const std::vector<ByteView> wires(extrinsics.begin(), extrinsics.end());
    time += kBlockTime;
    const auto authored = consensus::dev::author_block(*store, wires, time, test::authority());
    EXPECT_TRUE(authored && store->commit(authored->block, storage::Sync::kLater));
    nonces.clear();
    return authored->included.size();
  }

  attestation::Claims claims_of(const Worker& worker) const {
    const auto best = store->best();
    return {.pubkey_hash = attestation::hash_of_spki(attestation::to_spki(worker.account())),
            .substratee = {attestation::Purpose::kRegistration, store->genesis_hash(), worker.account(),
                           worker.encryption_key, worker.instance, best.number, best.hash}};
  }

  const Actor& any_actor() { return actors[random.below(actors.size())]; }

  std::unique_ptr<ChainStore> store;
  std::map<Bytes, Bytes> genesis;
  std::vector<Actor> actors;
  std::map<primitives::AccountId, primitives::Nonce> nonces;
  substratee::test::SeededRandom random{11};
  std::uint64_t time = runtime::test::kStartTime;
};

Bytes remark(Bytes text) { return concat(Bytes{registry::kSystemIndex, 0}, scale::encode(text)); }

/// What a client might send, good and bad.
Bytes random_call(Source& source, const std::deque<Worker>& workers) {
  auto& random = source.random;
  const auto& worker = workers[random.below(workers.size())];
  const auto somebody = source.any_actor().account();
  switch (random.below(9)) {
    case 0: return registry::encode_transfer(somebody, random.below(5'000'000));
    case 1: return registry::encode_transfer(Actor(static_cast<std::uint8_t>(random.below(90))).account(), 2'000'000);
    case 2: return registry::encode_transfer(somebody, primitives::Balance{1} << 100);
    case 3: return runtime::test::calls_worker(1 + random.below(300));
    case 4: return runtime::test::as_root(remark({1, 2, 3}));
    case 5: return worker.founds();
    case 6: return worker.unregisters();
    case 7: return registry::encode_call(worker.registration(source.claims_of(worker)));
    default: return remark(Bytes(random.below(100), 7));
  }
}

/// Workers register, found, confirm; clients do anything at all, mortal and immortal.
void play(Source& source, std::size_t extrinsics) {
  std::deque<Worker> workers;
  for (std::uint8_t i = 1; i <= 3; ++i) workers.emplace_back(i);
  for (const auto& worker : workers) {
    source.block({source.sign(worker, registry::encode_call(worker.registration(source.claims_of(worker))))});
  }
  source.block({source.sign(workers[0], workers[0].founds())});
  const auto founding = source.store->best();
  source.block({source.sign(source.actors[1], runtime::test::calls_worker())});
  const registry::ConfirmBlock confirmation{
      runtime::test::kShard,           workers[0].instance,           founding.number, founding.hash,
      runtime::test::hash_of("right"), runtime::test::cid_of("right")};
  source.block({source.sign(workers[0], registry::encode_call(confirmation))});
  std::size_t included = 0;
  while (included < extrinsics) {
    std::vector<Bytes> wires;
    for (std::uint64_t i = source.random.below(20); i > 0; --i) {
      const bool is_mortal = source.random.below(2) == 0;
      const auto era =
          is_mortal ? primitives::Era::mortal(64, source.store->best().number) : primitives::Era::immortal();
      const bool is_worker = source.random.below(5) == 0;
      const Actor& by = is_worker ? workers[source.random.below(workers.size())] : source.any_actor();
      wires.push_back(source.sign(by, random_call(source, workers), era));
    }
    included += source.block(wires);
  }
}

trie::Content content_of(const ChainStore& store) {
  const auto state = *store.at(store.best().hash);
  trie::Content out;
  for (auto entry = state->next({}); entry; entry = state->next(entry->first)) out.insert(*entry);
  return out;
}

bool go_on(const Progress&) { return true; }

class BlockImportTest : public ::testing::Test {
 protected:
  std::filesystem::path file() const { return directory.path() / "blocks"; }
  void export_all(const ChainStore& store) {
    const auto done = export_blocks(store, file(), 1, store.best().number, go_on);
    ASSERT_TRUE(done) << done.error().message;
  }
  std::unique_ptr<ChainStore> empty_copy(const Source& source, std::string_view name = "copy") {
    auto store = open(directory.path() / name);
    EXPECT_TRUE(store->initialise(runtime::genesis_header(source.genesis), source.genesis));
    return store;
  }
  storage::Result<Progress> import_into(ChainStore& store, const OnProgress& on_progress = go_on) {
    auto reader = SUBSTRATEE_TRY(BlockFileReader::open(file()));
    return import_blocks(store, reader, on_progress);
  }
  /// A file of the source's blocks in which `change` has done something to block `number`.
  void export_changed(const Source& source, BlockNumber number, const std::function<void(SealedBlock&)>& change) {
    const auto last = source.store->best().number;
    auto writer = *BlockFileWriter::create(
        file(), {.genesis_hash = source.store->genesis_hash(), .first = 1, .last = last, .has_genesis = false},
        nullptr);
    for (BlockNumber n = 1; n <= last; ++n) {
      SealedBlock block{*source.store->header(n), *source.store->extrinsics(n)};
      if (n == number) change(block);
      ASSERT_TRUE(writer.write(block));
    }
    ASSERT_TRUE(writer.finish());
  }

  substratee::test::TemporaryDirectory directory;
};

/// The authority itself lies.
void seal_again(SealedBlock& block) {
  FixedBytes<64> old;
  auto header = *finality::strip_seal(block.header, old);
  header.extrinsics_root = trie::ordered_root(block.extrinsics);
  block.header = finality::with_seal(header, test::authority().sign(finality::seal_message(header)));
}

TEST_F(BlockImportTest, the_same_blocks_give_the_same_chain) {
  Source source(directory.path() / "source");
  play(source, substratee::test::effort(1'000));
  export_all(*source.store);
  auto reader = BlockFileReader::open(file());
  ASSERT_TRUE(reader) << reader.error().message;
  EXPECT_EQ(reader->genesis(), source.genesis);
  const auto copy = empty_copy(source);
  const auto done = import_blocks(*copy, *reader, go_on);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(copy->best(), source.store->best());
  EXPECT_EQ(copy->best_header(), source.store->best_header());
  EXPECT_EQ(content_of(*copy), content_of(*source.store));
  for (BlockNumber n = 0; n <= copy->best().number; ++n) {
    ASSERT_EQ(*copy->header(n), *source.store->header(n));
    ASSERT_EQ(*copy->encoded_journal(n), *source.store->encoded_journal(n));
  }
}

TEST_F(BlockImportTest, goes_on_where_it_was_interrupted) {
  Source source(directory.path() / "source");
  for (int n = 0; n < 700; ++n) source.block();
  export_all(*source.store);
  const auto copy = empty_copy(source);
  const auto first = import_into(*copy, [](const Progress&) { return false; });
  ASSERT_TRUE(first);
  EXPECT_GT(first->block, 0U);
  EXPECT_LT(first->block, 700U);
  EXPECT_EQ(copy->best().number, first->block);
  const auto second = import_into(*copy);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->first, first->block + 1);
  EXPECT_EQ(copy->best(), source.store->best());
  const auto third = import_into(*copy);
  ASSERT_TRUE(third);
  EXPECT_EQ(third->block, 700U);
}

TEST_F(BlockImportTest, part_of_a_chain_goes_behind_the_part_before_it) {
  Source source(directory.path() / "source");
  for (int n = 0; n < 30; ++n) source.block({source.sign(source.actors[0], remark({1}))});
  const auto copy = empty_copy(source);
  ASSERT_TRUE(export_blocks(*source.store, file(), 11, 30, go_on));
  const auto gap = import_into(*copy);
  ASSERT_FALSE(gap);
  EXPECT_NE(gap.error().message.find("begins with block #11, but the chain here ends with #0"), std::string::npos);
  ASSERT_TRUE(export_blocks(*source.store, file(), 1, 12, go_on));
  ASSERT_TRUE(import_into(*copy));
  ASSERT_TRUE(export_blocks(*source.store, file(), 11, 30, go_on));
  ASSERT_TRUE(import_into(*copy));
  EXPECT_EQ(copy->best(), source.store->best());
}

TEST_F(BlockImportTest, refuses_another_chain_and_another_branch) {
  Source source(directory.path() / "source");
  for (int n = 0; n < 3; ++n) source.block();
  export_all(*source.store);
  const auto other = test::open_dev_store(directory.path() / "other");
  const auto foreign = import_into(*other);
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().code, Code::kForeign);
  EXPECT_NE(foreign.error().message.find("of another chain"), std::string::npos);
  Source rival(directory.path() / "rival");
  rival.time += 1;
  rival.block();
  ASSERT_EQ(rival.store->genesis_hash(), source.store->genesis_hash());
  const auto branch = import_into(*rival.store);
  ASSERT_FALSE(branch);
  EXPECT_EQ(branch.error().code, Code::kForeign);
  EXPECT_NE(branch.error().message.find("block #1"), std::string::npos);
}

TEST_F(BlockImportTest, names_the_block_that_does_not_hold_and_keeps_those_before) {
  Source source(directory.path() / "source");
  for (int n = 0; n < 9; ++n) source.block({source.sign(source.actors[1], remark({1}))});
  const auto refuse = [&](std::string_view why, const std::function<void(SealedBlock&)>& change) {
    SCOPED_TRACE(why);
    static int round = 0;
    export_changed(source, 5, change);
    const auto copy = empty_copy(source, "copy" + std::to_string(round++));
    const auto done = import_into(*copy);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Code::kCorrupt);
    EXPECT_NE(done.error().message.find("block #5 (0x"), std::string::npos) << done.error().message;
    EXPECT_NE(done.error().message.find(why), std::string::npos) << done.error().message;
    EXPECT_EQ(copy->best(), (storage::BlockId{4, *source.store->hash(4)}));
  };
  refuse("is not sealed by the authority", [](SealedBlock& block) { block.header.state_root.bytes[0] ^= 1; });
  refuse("has other extrinsics than its header says", [](SealedBlock& block) { block.extrinsics.pop_back(); });
  refuse("has a malformed extrinsic (extrinsic 1)", [](SealedBlock& block) {
    block.extrinsics[1] = {1, 2, 3};
    seal_again(block);
  });
  refuse("has an extrinsic with a bad signature (extrinsic 1)", [](SealedBlock& block) {
    block.extrinsics[1].back() ^= 1;
    seal_again(block);
  });
  refuse("has an invalid extrinsic (2): Transaction is outdated", [](SealedBlock& block) {
    block.extrinsics.push_back(block.extrinsics[1]);
    seal_again(block);
  });
  refuse("has no timestamp", [](SealedBlock& block) {
    block.extrinsics.clear();
    seal_again(block);
  });
  refuse("state root", [](SealedBlock& block) {
    block.header.state_root.bytes[0] ^= 1;
    seal_again(block);
  });
  refuse("state root", [](SealedBlock& block) {
    block.extrinsics.pop_back();
    seal_again(block);
  });
  refuse("has another journal than its header says", [](SealedBlock& block) {
    FixedBytes<64> seal;
    block.header = *finality::strip_seal(block.header, seal);
    block.header.digest.push_back(registry::journal_digest({registry::MemberChanged{}}));
    block.header = finality::with_seal(block.header, {});
    seal_again(block);
  });
  refuse("does not follow block #4", [](SealedBlock& block) {
    block.header.parent_hash.bytes[0] ^= 1;
    seal_again(block);
  });
}

TEST_F(BlockImportTest, refuses_every_truncation_and_what_is_behind_the_end) {
  Source source(directory.path() / "source");
  for (int n = 0; n < 2; ++n) source.block();
  ASSERT_TRUE(export_blocks(*source.store, file(), 1, 2, go_on));
  std::ifstream in(file(), std::ios::binary);
  const std::string whole((std::istreambuf_iterator<char>(in)), {});
  const auto read_all = [&]() -> storage::Result<void> {
    auto reader = SUBSTRATEE_TRY(BlockFileReader::open(file()));
    while (SUBSTRATEE_TRY(reader.next())) {
    }
    return {};
  };
  const auto write = [&](const std::string& content) {
    std::ofstream(file(), std::ios::binary | std::ios::trunc) << content;
  };
  EXPECT_TRUE(read_all());
  for (std::size_t size = 0; size < whole.size(); size += 1 + whole.size() / 300) {
    write(whole.substr(0, size));
    EXPECT_FALSE(read_all()) << size;
  }
  write(whole + "x");
  EXPECT_NE(read_all().error().message.find("goes on behind"), std::string::npos);
  write("substratee-blocks/9\n" + whole.substr(20));
  EXPECT_EQ(read_all().error().code, Code::kForeign);
}

TEST_F(BlockImportTest, a_genesis_state_must_have_its_hash) {
  Source source(directory.path() / "source");
  const runtime::MemoryState other({{{1}, {2}}});
  auto writer =
      *BlockFileWriter::create(file(), {.genesis_hash = source.store->genesis_hash(), .has_genesis = true}, &other);
  ASSERT_TRUE(writer.finish());
  EXPECT_NE(BlockFileReader::open(file()).error().message.find("genesis state is not the one"), std::string::npos);
}

TEST_F(BlockImportTest, an_interrupted_export_leaves_no_file) {
  Source source(directory.path() / "source");
  for (int n = 0; n < 600; ++n) source.block();
  EXPECT_FALSE(export_blocks(*source.store, file(), 1, 600, [](const Progress&) { return false; }));
  EXPECT_FALSE(std::filesystem::exists(file()));
  EXPECT_FALSE(std::filesystem::exists(file().string() + ".new"));
}

}  // namespace
}  // namespace substratee::node::service
