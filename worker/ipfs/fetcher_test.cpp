#include "worker/ipfs/fetcher.hpp"

#include "net/server.hpp"
#include "worker/ipfs/gateway/gateway.hpp"
#include "worker/ipfs/testing.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <set>
#include <thread>

namespace substratee::worker::ipfs {
namespace {

using ipld::Block;
using ipld::Cid;
using testing::Dag;
using testing::make_dag;
using testing::TestStore;

/// A server on a free port of this machine.
class TestPeer {
 public:
  explicit TestPeer(const net::HttpHandler& answer) : server_({}) {
    server_.route("GET", "/ipfs/", [this, answer](const net::Request& request) {
      ++requests_;
      return answer(request);
    });
    const auto started = server_.start();
    EXPECT_TRUE(started) << started.error().to_string();
  }
  explicit TestPeer(const BlockStore& store)
      : TestPeer([&store](const net::Request& request) { return gateway::Gateway(store).answer(request); }) {}

  [[nodiscard]] std::string url() const { return fmt::format("http://127.0.0.1:{}", server_.port()); }
  [[nodiscard]] unsigned requests() const { return requests_; }
  void stop() { server_.stop(); }

 private:
  std::atomic<unsigned> requests_ = 0;
  net::Server server_;
};

net::Response lie(const net::Request&) {
  return net::Response::bytes("application/vnd.ipld.raw", to_bytes(as_bytes("not that block")));
}

/// The address of a port where nobody listens any more.
std::string dead_url() {
  TestPeer peer(lie);
  const auto url = peer.url();
  peer.stop();
  return url;
}

void expect_complete(const TestStore& store, const Dag& dag) {
  for (const auto& block : dag.blocks) EXPECT_EQ(store->get(block.cid), block.bytes);
}

bool mentions(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

class fetcher : public ::testing::Test {
 protected:
  fetcher() { EXPECT_TRUE(source_->put_all(dag_.blocks, dag_.root)); }

  Result<FetchReport> fetch(const std::vector<std::string>& peers, const FetchOptions& options = {},
                            const std::stop_token& stop = {}) {
    return fetch_dag(*target_, dag_.root, peers, options, stop);
  }
  [[nodiscard]] std::size_t distinct() const {
    std::set<Cid> cids;
    for (const auto& block : dag_.blocks) cids.insert(block.cid);
    return cids.size();
  }

  const Dag dag_ = make_dag(50, 7);
  TestStore source_;
  TestStore target_;
};

TEST_F(fetcher, brings_the_whole_dag_and_pins_it) {
  const TestPeer peer(*source_);
  FetchProgress last;
  FetchOptions options;
  options.progress = [&](const FetchProgress& progress) {
    EXPECT_GT(progress.blocks, last.blocks);
    last = progress;
  };
  const auto report = fetch({peer.url()}, options);
  ASSERT_TRUE(report) << report.error().to_string();
  expect_complete(target_, dag_);
  EXPECT_EQ(target_->roots(), std::vector{dag_.root});
  EXPECT_EQ(report->total.blocks, distinct());
  EXPECT_EQ(report->total.bytes, source_->usage().bytes);
  EXPECT_EQ(last.blocks, distinct());
  EXPECT_TRUE(report->dropped.empty());
  EXPECT_EQ(peer.requests(), distinct());
  EXPECT_EQ(target_->usage(), source_->usage());
}

TEST_F(fetcher, asks_only_for_what_is_lacking) {
  const TestPeer peer(*source_);
  std::vector<Block> half(dag_.blocks.begin(), dag_.blocks.begin() + 30);
  ASSERT_TRUE(target_->put_all(half));
  const auto lacking = distinct() - target_->usage().blocks;
  const auto report = fetch({peer.url()});
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_EQ(peer.requests(), lacking);
  EXPECT_EQ(report->total.blocks, lacking);
  EXPECT_EQ(report->total.present, distinct() - lacking);
  expect_complete(target_, dag_);
}

TEST_F(fetcher, needs_no_peer_for_what_is_here) {
  ASSERT_TRUE(target_->put_all(dag_.blocks));
  const auto report = fetch({});
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_EQ(report->total.present, distinct());
}

TEST_F(fetcher, a_lying_peer_is_dropped_by_name) {
  const TestPeer liar(lie);
  const TestPeer peer(*source_);
  const auto report = fetch({liar.url(), peer.url()});
  ASSERT_TRUE(report) << report.error().to_string();
  expect_complete(target_, dag_);
  ASSERT_EQ(report->dropped.size(), 1U);
  EXPECT_TRUE(mentions(report->dropped[0], liar.url())) << report->dropped[0];
  EXPECT_TRUE(mentions(report->dropped[0], "wrong bytes")) << report->dropped[0];
  EXPECT_LE(liar.requests(), 8U) << "asked again after its lie";
}

TEST_F(fetcher, a_peer_that_sends_too_much_is_dropped) {
  const TestPeer flood([](const net::Request&) {
    return net::Response::bytes("application/vnd.ipld.raw", Bytes(ipld::kMaxBlockSize + 1));
  });
  const auto report = fetch({flood.url()});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, FailureCode::kNotFound);
  EXPECT_TRUE(mentions(report.error().to_string(), flood.url()));
  EXPECT_EQ(target_->usage(), Usage{});
}

TEST_F(fetcher, only_liars_means_not_found_and_nothing_is_kept) {
  const TestPeer liar(lie);
  const auto report = fetch({liar.url()});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, FailureCode::kNotFound);
  EXPECT_TRUE(mentions(report.error().to_string(), dag_.root.to_text()));
  EXPECT_TRUE(mentions(report.error().to_string(), liar.url()));
  EXPECT_EQ(target_->usage(), Usage{});
}

TEST_F(fetcher, a_dead_peer_is_passed_over) {
  const auto dead = dead_url();
  const TestPeer peer(*source_);
  const auto report = fetch({dead, peer.url(), "nonsense", "ws://127.0.0.1:1"});
  ASSERT_TRUE(report) << report.error().to_string();
  expect_complete(target_, dag_);
  EXPECT_EQ(report->dropped.size(), 3U);
  const auto alone = fetch_dag(*target_, make_dag(3, 9).root, std::vector{dead});
  ASSERT_FALSE(alone);
  EXPECT_TRUE(mentions(alone.error().to_string(), dead)) << alone.error().to_string();
}

TEST_F(fetcher, a_missing_block_is_named_with_the_peers_asked) {
  TestStore partial;
  const auto missing = dag_.blocks[17].cid;
  std::vector<Block> rest = dag_.blocks;
  std::erase_if(rest, [&](const Block& block) { return block.cid == missing; });
  ASSERT_TRUE(partial->put_all(rest));
  const TestPeer first(*partial);
  const TestPeer second(*partial);
  const auto report = fetch({first.url(), second.url()});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, FailureCode::kNotFound);
  const auto text = report.error().to_string();
  for (const auto& part : {missing.to_text(), first.url(), second.url()}) EXPECT_TRUE(mentions(text, part)) << text;

  // What arrived is kept: the next attempt continues there.
  EXPECT_GT(target_->usage().blocks, 0U);
  const auto kept = target_->usage().blocks;
  const TestPeer whole(*source_);
  const auto again = fetch({whole.url()});
  ASSERT_TRUE(again) << again.error().to_string();
  EXPECT_EQ(again->total.blocks, distinct() - kept);
  expect_complete(target_, dag_);
}

TEST_F(fetcher, a_leaf_gone_bad_is_fetched_anew_when_asked_to_check) {
  const auto& leaf = dag_.blocks.front();
  ASSERT_TRUE(target_->put_all(dag_.blocks));
  target_.store.reset();
  testing::flip_a_byte(target_.directory.path(), leaf.cid);
  target_.store = target_.open();
  const TestPeer peer(*source_);
  ASSERT_TRUE(fetch({peer.url()}));
  EXPECT_EQ(peer.requests(), 0U);
  FetchOptions options;
  options.check_present = true;
  const auto report = fetch({peer.url()}, options);
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_EQ(peer.requests(), 1U);
  expect_complete(target_, dag_);
}

TEST_F(fetcher, a_node_gone_bad_is_fetched_anew) {
  ASSERT_TRUE(target_->put_all(dag_.blocks));
  target_.store.reset();
  testing::flip_a_byte(target_.directory.path(), dag_.root);
  target_.store = target_.open();
  const TestPeer peer(*source_);
  ASSERT_TRUE(fetch({peer.url()}));
  EXPECT_EQ(peer.requests(), 1U);
  expect_complete(target_, dag_);
}

TEST_F(fetcher, addresses_are_shown_without_control_characters) {
  const auto report = fetch({"http://a\nb\x1b[0m"});
  ASSERT_FALSE(report);
  EXPECT_TRUE(mentions(report.error().to_string(), "http://a?b?[0m")) << report.error().to_string();
}

TEST_F(fetcher, limits_hold) {
  const TestPeer peer(*source_);
  FetchOptions few;
  few.max_blocks = 10;
  const auto by_count = fetch({peer.url()}, few);
  ASSERT_FALSE(by_count);
  EXPECT_EQ(by_count.error().code, FailureCode::kLimit);
  FetchOptions small;
  small.max_bytes = 500;
  const auto by_size = fetch({peer.url()}, small);
  ASSERT_FALSE(by_size);
  EXPECT_EQ(by_size.error().code, FailureCode::kLimit);
}

TEST_F(fetcher, an_unreadable_node_is_named) {
  const Bytes broken{0x1a, 0x01, 0x01};
  const auto cid = Cid::of_dag_pb(broken);
  ASSERT_TRUE(source_->put_all(std::vector{Block{cid, broken}}));
  const TestPeer peer(*source_);
  const auto report = fetch_dag(*target_, cid, std::vector{peer.url()});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, FailureCode::kBadDag);
  EXPECT_TRUE(mentions(report.error().to_string(), cid.to_text()));
}

TEST_F(fetcher, stops_when_asked) {
  std::stop_source stop;
  std::atomic<unsigned> served = 0;
  const TestPeer peer([&](const net::Request& request) {
    if (++served == 5) stop.request_stop();
    return gateway::Gateway(*source_).answer(request);
  });
  const auto report = fetch({peer.url()}, {}, stop.get_token());
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, FailureCode::kCancelled);
  EXPECT_LT(target_->usage().blocks, distinct());
  const auto at_once = fetch({peer.url()}, {}, stop.get_token());
  ASSERT_FALSE(at_once);
  EXPECT_EQ(at_once.error().code, FailureCode::kCancelled);
}

TEST_F(fetcher, a_busy_peer_is_asked_again) {
  std::atomic<unsigned> asked = 0;
  const TestPeer peer([&](const net::Request& request) {
    return ++asked % 9 == 1 ? net::Response::text(503, "busy") : gateway::Gateway(*source_).answer(request);
  });
  FetchOptions options;
  options.in_flight = 4;
  const auto report = fetch({peer.url()}, options);
  ASSERT_TRUE(report) << report.error().to_string();
  expect_complete(target_, dag_);
}

TEST_F(fetcher, a_silent_peer_costs_one_timeout_each_and_is_dropped) {
  std::stop_source end;
  const TestPeer silent([&](const net::Request&) {
    while (!end.stop_requested()) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return net::Response::text(404, "late");
  });
  const TestPeer peer(*source_);
  FetchOptions options;
  options.in_flight = 3;
  options.request_timeout = std::chrono::milliseconds(200);
  const auto report = fetch({silent.url(), peer.url()}, options);
  end.request_stop();
  ASSERT_TRUE(report) << report.error().to_string();
  expect_complete(target_, dag_);
  ASSERT_EQ(report->dropped.size(), 1U);
  EXPECT_TRUE(mentions(report->dropped[0], silent.url()));
}

}  // namespace
}  // namespace substratee::worker::ipfs
