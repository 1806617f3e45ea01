#include "worker/ipfs/kubo/state_store.hpp"

#include "tests/support/temporary_directory.hpp"
#include "worker/ipfs/gateway/gateway.hpp"
#include "worker/ipfs/kubo/fake_kubo_test.hpp"
#include "worker/ipfs/testing.hpp"

namespace substratee::worker::ipfs::kubo {
namespace {

using ipfs::testing::Dag;
using ipfs::testing::make_dag;
using ipfs::testing::TestStore;
using testing::FakeKubo;
using testing::Query;

bool mentions(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

/// A worker's gateway.
class Peer {
 public:
  explicit Peer(const BlockSource& source) : server_({}) {
    gateway::mount(server_, source);
    EXPECT_TRUE(server_.start());
  }
  [[nodiscard]] std::string url() const { return fmt::format("http://127.0.0.1:{}", server_.port()); }

 private:
  net::Server server_;
};

/// A file of `mebibytes` different leaves of 1 MiB.
Dag make_large_dag(std::size_t mebibytes) {
  constexpr std::size_t kLeaf = std::size_t{1} << 20;
  Bytes content(mebibytes * kLeaf);
  for (std::size_t i = 0; i < mebibytes; ++i) content[i * kLeaf] = static_cast<std::uint8_t>(i + 1);
  Dag dag;
  dag.root = ipld::make_file(content, {.chunk_size = kLeaf, .max_links = 4}, dag.blocks).cid;
  return dag;
}

FetchOptions in_flight(unsigned count) {
  FetchOptions out;
  out.in_flight = count;
  return out;
}

/// An answer that breaks off.
class CutOff final : public net::BodyStream {
 public:
  std::optional<Bytes> next() override { return std::nullopt; }
};

class kubo_state_store : public ::testing::Test {
 protected:
  [[nodiscard]] std::unique_ptr<KuboStateStore> open(const std::string& ledger = "pins") const {
    auto opened = KuboStateStore::open(kubo_.url(), directory_.path() / ledger);
    if (opened) return *std::move(opened);
    ADD_FAILURE() << opened.error().to_string();
    return nullptr;
  }

  FakeKubo kubo_;
  test::TemporaryDirectory directory_;
};

TEST_F(kubo_state_store, a_daemon_that_names_files_otherwise_is_refused) {
  EXPECT_TRUE(mentions(open()->description(), "version 0.39.0"));
  kubo_.replace("add", [](const Query&, const net::Request&) {
    return FakeKubo::lines({{"Hash", "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e"}});
  });
  const auto opened = KuboStateStore::open(kubo_.url(), directory_.path() / "pins");
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, FailureCode::kRefused);
  EXPECT_TRUE(mentions(opened.error().next_step, "--ipfs embedded"));
}

TEST_F(kubo_state_store, a_commit_is_one_import_and_pinned) {
  const auto store = open();
  const auto dag = make_dag(20);
  ASSERT_TRUE(store->put_all(dag.blocks, dag.root));
  EXPECT_EQ(kubo_.count("dag/import"), 1U);
  EXPECT_EQ(kubo_.pins().size(), 1U);
  for (const auto& block : dag.blocks) EXPECT_EQ(store->get(block.cid), block.bytes);
  EXPECT_TRUE(store->has(dag.root).value());
  EXPECT_FALSE(store->has(make_dag(1, 9).root).value());
}

TEST_F(kubo_state_store, a_commit_that_does_not_complete_its_root_is_refused) {
  const auto store = open();
  auto dag = make_dag(20);
  dag.blocks.erase(dag.blocks.begin());
  const auto failed = store->put_all(dag.blocks, dag.root);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, FailureCode::kRefused);
  EXPECT_TRUE(mentions(failed.error().to_string(), "could not find")) << failed.error().to_string();
  EXPECT_TRUE(kubo_.pins().empty());
}

TEST_F(kubo_state_store, bytes_that_are_not_their_block_never_leave) {
  const auto store = open();
  auto dag = make_dag(3);
  dag.blocks.front().bytes.push_back(0);
  EXPECT_EQ(store->put_all(dag.blocks, dag.root).error().code, FailureCode::kCorrupt);
  EXPECT_EQ(kubo_.count("dag/import"), 0U);
}

TEST_F(kubo_state_store, retain_unpins_what_is_old_and_hits_nobody_else) {
  const auto store = open();
  const auto other = open("other-pins");
  const auto foreign = make_dag(5, 3);
  ASSERT_TRUE(other->put_all(foreign.blocks, foreign.root));
  const auto old = make_dag(20, 1);
  const auto current = make_dag(20, 2);
  ASSERT_TRUE(store->put_all(old.blocks, old.root));
  ASSERT_TRUE(other->put_all(old.blocks, old.root));  // the same root, of two workers
  ASSERT_TRUE(store->put_all(current.blocks, current.root));
  const auto before = kubo_.pins().size();
  ASSERT_TRUE(store->retain(std::vector{current.root}));
  EXPECT_EQ(kubo_.pins().size(), before - 1);
  EXPECT_TRUE(store->has(old.root).value());
  ASSERT_TRUE(other->retain(std::vector{foreign.root}));
  EXPECT_FALSE(store->has(old.root).value());
  EXPECT_TRUE(store->has(current.root).value());
  EXPECT_TRUE(store->has(foreign.root).value());
}

TEST_F(kubo_state_store, pins_are_remembered_over_a_restart) {
  const auto old = make_dag(20, 1);
  const auto current = make_dag(20, 2);
  {
    const auto store = open();
    ASSERT_TRUE(store->put_all(old.blocks, old.root));
    ASSERT_TRUE(store->put_all(current.blocks, current.root));
  }
  const auto store = open();
  ASSERT_TRUE(store->retain(std::vector{current.root}));
  EXPECT_EQ(kubo_.pins().size(), 1U);
  EXPECT_FALSE(store->has(old.root).value());
}

TEST_F(kubo_state_store, a_spoilt_list_of_pins_is_said) {
  {
    const auto store = open();
  }
  std::filesystem::resize_file(directory_.path() / "pins", 10);
  const auto opened = KuboStateStore::open(kubo_.url(), directory_.path() / "pins");
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, FailureCode::kStorage);
}

TEST_F(kubo_state_store, fetches_from_peers_what_the_daemon_lacks) {
  const TestStore source;
  const auto dag = make_dag(50);
  ASSERT_TRUE(source->put_all(dag.blocks, dag.root));
  const Peer peer(*source);
  const auto store = open();
  const auto part = std::span(dag.blocks).first(10);
  ASSERT_TRUE(store->put_all(part, part.front().cid));
  const auto report = store->fetch(dag.root, std::vector{peer.url()}, {}, {});
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_EQ(report->total.present, 10U);
  EXPECT_EQ(report->total.known, report->total.present + report->total.blocks);
  for (const auto& block : dag.blocks) EXPECT_EQ(store->get(block.cid), block.bytes);
  // Nothing is fetched twice, and no peer is needed then.
  const auto again = store->fetch(dag.root, {}, {}, {});
  ASSERT_TRUE(again);
  EXPECT_EQ(again->total.blocks, 0U);
}

TEST_F(kubo_state_store, what_a_fetch_has_brought_outlives_the_garbage_collection_of_others) {
  const TestStore source;
  const auto dag = make_large_dag(13);
  ASSERT_TRUE(source->put_all(dag.blocks, dag.root));
  const Peer peer(*source);
  const auto store = open();
  kubo_.after("dag/import", [&] { kubo_.collect_garbage(); });
  const auto report = store->fetch(dag.root, std::vector{peer.url()}, in_flight(2), {});
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_GE(kubo_.count("dag/import"), 4U) << "in several batches";
  EXPECT_EQ(report->total.blocks, dag.blocks.size()) << "nothing twice";
  for (const auto& block : dag.blocks) EXPECT_EQ(store->get(block.cid), block.bytes);
  // The pins of the batches are gone with the root's own.
  EXPECT_EQ(kubo_.pins().size(), 1U);
  kubo_.collect_garbage();
  EXPECT_EQ(kubo_.blocks(), dag.blocks.size() + 1);
}

TEST_F(kubo_state_store, a_large_commit_outlives_the_garbage_collection_of_others) {
  const auto store = open();
  const auto dag = make_large_dag(20);
  kubo_.after("dag/import", [&] { kubo_.collect_garbage(); });
  const auto stored = store->put_all(dag.blocks, dag.root);
  ASSERT_TRUE(stored) << stored.error().to_string();
  EXPECT_EQ(kubo_.count("dag/import"), 4U);
  EXPECT_EQ(kubo_.pins().size(), 1U);
  for (const auto& block : dag.blocks) EXPECT_EQ(store->get(block.cid), block.bytes);
}

TEST_F(kubo_state_store, many_small_blocks_stay_below_the_links_of_a_node) {
  const auto store = open();
  const auto dag = make_large_dag(1);
  std::vector<ipld::Block> blocks;
  for (int i = 0; i < 8200; ++i) blocks.push_back(ipfs::testing::make_block(std::to_string(i)));
  for (int i = 0; i < 9; ++i) blocks.push_back({dag.blocks.front().cid, dag.blocks.front().bytes});
  ASSERT_TRUE(store->put_all(blocks, dag.blocks.front().cid));
  EXPECT_EQ(kubo_.count("dag/import"), 5U);
  EXPECT_EQ(kubo_.pins().size(), 1U);
}

TEST_F(kubo_state_store, what_was_there_unpinned_and_goes_meanwhile_is_fetched_after_all) {
  const TestStore source;
  const auto dag = make_dag(50);
  ASSERT_TRUE(source->put_all(dag.blocks, dag.root));
  const Peer peer(*source);
  const auto store = open();
  ASSERT_TRUE(Rpc(kubo_.url()).import_dag(std::span(dag.blocks).first(10), dag.root, false));
  kubo_.after("dag/import", [&] { kubo_.collect_garbage(); });
  const auto report = store->fetch(dag.root, std::vector{peer.url()}, {}, {});
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_EQ(report->total.blocks, report->total.known);
  for (const auto& block : dag.blocks) EXPECT_EQ(store->get(block.cid), block.bytes);
}

TEST_F(kubo_state_store, a_fetch_that_failed_goes_on_after_a_restart) {
  const TestStore source;
  auto dag = make_dag(50);
  const auto missing = dag.blocks.front();
  ASSERT_TRUE(source->put_all(std::span(dag.blocks).subspan(1), dag.root));
  const Peer peer(*source);
  ASSERT_FALSE(open()->fetch(dag.root, std::vector{peer.url()}, in_flight(1), {}));
  kubo_.collect_garbage();
  const auto kept = kubo_.blocks();
  EXPECT_GT(kept, 1U);
  ASSERT_TRUE(source->put_all(std::span(&missing, 1)));
  const auto store = open();
  const auto report = store->fetch(dag.root, std::vector{peer.url()}, {}, {});
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_EQ(report->total.present, kept - 1) << "all but the node that held them";
  EXPECT_EQ(kubo_.pins().size(), 1U);
}

TEST_F(kubo_state_store, what_a_failed_fetch_left_goes_with_the_next_tidying) {
  const TestStore source;
  auto dag = make_dag(50);
  ASSERT_TRUE(source->put_all(std::span(dag.blocks).subspan(1), dag.root));
  const Peer peer(*source);
  ASSERT_FALSE(open()->fetch(dag.root, std::vector{peer.url()}, in_flight(1), {}));
  EXPECT_EQ(kubo_.pins().size(), 1U);
  ASSERT_TRUE(open()->retain({}));
  EXPECT_TRUE(kubo_.pins().empty());
  EXPECT_EQ(kubo_.blocks(), 0U);
  ASSERT_TRUE(open()->retain({})) << "and from the list";
  EXPECT_EQ(kubo_.count("pin/rm"), 1U);
}

TEST_F(kubo_state_store, two_workers_that_bring_the_same_blocks_hold_them_each) {
  const TestStore source;
  const auto dag = make_large_dag(9);
  ASSERT_TRUE(source->put_all(std::span(dag.blocks).subspan(1), dag.root));
  const Peer peer(*source);
  const auto store = open();
  const auto other = open("other-pins");
  const auto before = kubo_.pins().size();
  ASSERT_FALSE(store->fetch(dag.root, std::vector{peer.url()}, in_flight(1), {}));
  const auto held = kubo_.pins().size();
  EXPECT_GT(held, before);
  // The other has nothing to hold; it unpins nothing of the first.
  ASSERT_TRUE(other->retain({}));
  EXPECT_EQ(kubo_.pins().size(), held);
  EXPECT_NE(kubo_.blocks(), 0U);
}

TEST_F(kubo_state_store, what_no_peer_has_is_named) {
  const TestStore source;
  auto dag = make_dag(50);
  const auto missing = dag.blocks.front();
  dag.blocks.erase(dag.blocks.begin());
  ASSERT_TRUE(source->put_all(dag.blocks, dag.root));
  const Peer peer(*source);
  const auto report = open()->fetch(dag.root, std::vector{peer.url()}, {}, {});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, FailureCode::kNotFound);
  EXPECT_TRUE(mentions(report.error().thing, missing.cid.to_text()));
}

TEST_F(kubo_state_store, other_workers_fetch_through_its_gateway) {
  const auto store = open();
  const auto dag = make_dag(50);
  ASSERT_TRUE(store->put_all(dag.blocks, dag.root));
  const Peer peer(store->source());
  const TestStore target;
  const auto report = fetch_dag(*target, dag.root, std::vector{peer.url()});
  ASSERT_TRUE(report) << report.error().to_string();
  for (const auto& block : dag.blocks) EXPECT_EQ(target->get(block.cid), block.bytes);
}

TEST_F(kubo_state_store, a_daemon_that_restarts_is_waited_for) {
  const auto store = open();
  const auto dag = make_dag(3);
  kubo_.replace("dag/import", [&](const Query&, const net::Request&) {
    kubo_.restore();
    return net::Response::stream("application/json", std::make_shared<CutOff>());
  });
  const auto stored = store->put_all(dag.blocks, dag.root);
  ASSERT_TRUE(stored) << stored.error().to_string();
  EXPECT_EQ(kubo_.count("dag/import"), 2U);
  // An answer is no reason to ask again; only silence is.
  kubo_.replace("dag/import", [&](const Query&, const net::Request&) { return FakeKubo::error("no", 503); });
  EXPECT_EQ(store->put_all(dag.blocks, dag.root).error().code, FailureCode::kRefused);
  EXPECT_EQ(kubo_.count("dag/import"), 3U);
}

}  // namespace
}  // namespace substratee::worker::ipfs::kubo
