#include "node/service/chain.hpp"

#include "core/finality/dev_seal.hpp"
#include "core/registry/storage.hpp"
#include "node/service/dev_chain_test.hpp"

#include <gtest/gtest.h>

namespace substratee::node::service {
namespace {

using test::Signer;

constexpr Moment at(std::uint64_t t) { return {t, 1'700'000'000'000 + t}; }

/// Remembers what it was told, in a few words.
class Recorder final : public ChainEvents {
 public:
  void on_best(const storage::NewBlock& block, const BlockHash&) override {
    news.push_back("best " + std::to_string(block.header.number.value) + " with " +
                   std::to_string(block.extrinsics.size() - 1));
  }
  void on_final(BlockNumber number, const BlockHash&, const Header&) override {
    news.push_back("final " + std::to_string(number));
  }
  void on_transaction(const pool::Notice& notice) override {
    constexpr std::array kNames = {"ready", "future", "inBlock", "finalized", "usurped", "dropped", "invalid"};
    news.emplace_back(kNames[static_cast<std::size_t>(notice.status)]);
  }
  std::vector<std::string> take() { return std::exchange(news, {}); }
  std::vector<std::string> news;
};

using News = std::vector<std::string>;

class ChainTest : public ::testing::Test {
 protected:
  ChainTest() { restart(0); }

  void restart(std::uint64_t time, consensus::dev::Sealing sealing = consensus::dev::Sealing::kInterval) {
    chain.reset();
    store.reset();
    store = test::open_dev_store(directory.path() / "db");
    ChainOptions options;
    options.engine.sealing = sealing;
    chain = std::make_unique<Chain>(*store, test::authority(), options, recorder, at(time));
  }
  Bytes remark(Nonce nonce, primitives::Balance tip = 0) { return alice.remark(store->genesis_hash(), nonce, tip); }
  News tick(std::uint64_t time) {
    const auto done = chain->tick(at(time));
    EXPECT_TRUE(done) << (done ? "" : done.error().message);
    return recorder.take();
  }

  substratee::test::TemporaryDirectory directory;
  Signer alice;
  Recorder recorder;
  std::unique_ptr<storage::ChainStore> store;
  std::unique_ptr<Chain> chain;
};

TEST_F(ChainTest, takes_a_transaction_into_the_next_block_and_makes_it_final_later) {
  ASSERT_TRUE(chain->submit(remark(0), at(10)));
  EXPECT_EQ(tick(20), News{"ready"});
  EXPECT_EQ(chain->next_nonce(alice.account()), 1U);
  EXPECT_EQ(tick(1'000), (News{"best 1 with 1", "inBlock"}));
  EXPECT_EQ(tick(1'249), News{});
  EXPECT_EQ(tick(1'250), (News{"final 1", "finalized"}));
  EXPECT_EQ(runtime::account_nonce(store->best_view(), alice.account()), 1U);
}

TEST_F(ChainTest, blocks_bear_roots_and_seals_that_verify) {
  ASSERT_TRUE(chain->submit(remark(0), at(10)));
  for (std::uint64_t t = 1'000; t <= 3'000; t += 1'000) static_cast<void>(tick(t));
  ASSERT_EQ(store->best().number, 3U);
  auto parent = store->genesis_hash();
  for (BlockNumber n = 1; n <= 3; ++n) {
    const auto header = store->header(n).value();
    EXPECT_EQ(header.parent_hash, parent);
    EXPECT_TRUE(finality::verify_seal(header, test::authority().public_key()));
    EXPECT_EQ(header.extrinsics_root, trie::ordered_root(store->extrinsics(n).value()));
    const std::vector<Bytes> keys = {registry::key::timestamp_now()};
    const auto proof = trie::ReadProof::from(header.state_root, store->at(header.hash()).value()->prove(keys));
    ASSERT_TRUE(proof);
    EXPECT_EQ(proof->get(keys[0]).value(), scale::encode(at(std::uint64_t{n} * 1'000).unix));
    parent = header.hash();
  }
}

TEST_F(ChainTest, a_restarted_chain_goes_on_at_the_next_height) {
  static_cast<void>(tick(1'000));
  const auto first = store->best();
  restart(1'100);
  EXPECT_EQ(store->best(), first);
  EXPECT_EQ(tick(1'200), News{});
  EXPECT_EQ(tick(2'100), News{"best 2 with 0"});
  EXPECT_EQ(store->best_header().parent_hash, first.hash);
  EXPECT_EQ(store->hash(1), first.hash);
}

TEST_F(ChainTest, never_commits_a_second_block_at_one_height) {
  const auto rival = [&] {
    storage::NewBlock block;
    block.header.number.value = 1;
    block.header.parent_hash = store->genesis_hash();
    block.header.state_root = store->root_after({});
    return block;
  }();
  static_cast<void>(tick(1'000));
  restart(1'100);
  EXPECT_DEATH(static_cast<void>(store->commit(rival)), "number == best_.number");
}

TEST_F(ChainTest, instant_sealing_makes_a_block_per_burst) {
  restart(0, consensus::dev::Sealing::kInstant);
  EXPECT_EQ(tick(10'000), News{});
  ASSERT_TRUE(chain->submit(remark(0), at(10'001)));
  ASSERT_TRUE(chain->submit(remark(1), at(10'001)));
  EXPECT_EQ(tick(10'001), (News{"best 1 with 2", "ready", "ready", "inBlock", "inBlock"}));
  EXPECT_EQ(tick(10'002), News{});
  ASSERT_TRUE(chain->submit(remark(2), at(10'003)));
  EXPECT_EQ(tick(10'003), (News{"best 2 with 1", "ready", "inBlock"}));
}

TEST_F(ChainTest, refuses_what_the_runtime_or_the_pool_refuses) {
  EXPECT_EQ(chain->submit({1, 2, 3}, at(1)).error(), SubmitError(runtime::InvalidReason::kMalformed));
  auto forged = remark(0);
  forged[forged.size() - 1] ^= 1;
  EXPECT_EQ(chain->submit(forged, at(1)).error(), SubmitError(runtime::InvalidReason::kBadSignature));
  const auto good = remark(0);
  ASSERT_TRUE(chain->submit(good, at(1)));
  EXPECT_EQ(chain->submit(good, at(1)).error(), SubmitError(pool::Refusal::kAlreadyImported));
  static_cast<void>(tick(1'000));
  EXPECT_EQ(chain->submit(good, at(1'001)).error(), SubmitError(runtime::InvalidReason::kStale));
}

TEST_F(ChainTest, a_higher_tip_replaces_and_the_other_is_usurped) {
  ASSERT_TRUE(chain->submit(remark(0), at(1)));
  ASSERT_TRUE(chain->submit(remark(0, 7), at(2)));
  EXPECT_EQ(tick(3), (News{"ready", "usurped", "ready"}));
  EXPECT_EQ(tick(1'000), (News{"best 1 with 1", "inBlock"}));
}

TEST_F(ChainTest, a_block_is_filled_and_the_rest_waits) {
  for (Nonce n = 0; n < 5; ++n) ASSERT_TRUE(chain->submit(alice.remark(store->genesis_hash(), n, 0, 1'000'000), at(1)));
  static_cast<void>(tick(2));
  EXPECT_EQ(tick(1'000).front(), "best 1 with 4");
  EXPECT_EQ(tick(2'000)[1], "best 2 with 1");
}

}  // namespace
}  // namespace substratee::node::service
