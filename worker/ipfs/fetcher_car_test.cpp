// Fetching whole subtrees, differences, and what was damaged on the disk.
#include "core/base/result.hpp"
#include "core/ipld/car.hpp"
#include "core/ipld/walk.hpp"
#include "net/server.hpp"
#include "tests/support/random.hpp"
#include "worker/ipfs/fetcher.hpp"
#include "worker/ipfs/importer.hpp"
#include "worker/ipfs/testing.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <mutex>

namespace substratee::worker::ipfs {
namespace {

using ipld::Block;
using ipld::Cid;
using testing::Dag;
using testing::TestStore;
namespace fs = std::filesystem;

/// What a state looks like from outside: a directory of `index`, `leaves` and `manifest` with leaves of one size.
struct StateDag : Dag {
  std::vector<Cid> order;  ///< manifest, pages, leaves
};

Bytes leaf_of(std::uint64_t number, std::size_t size) {
  Bytes out(size);
  substratee::test::SeededRandom random(number);
  for (auto& byte : out) byte = static_cast<std::uint8_t>(random.below(256));
  return out;
}

StateDag make_state(const std::vector<std::uint64_t>& leaves, std::size_t leaf_size = 256) {
  StateDag dag;
  const auto file = [&](const std::vector<std::uint64_t>& numbers, std::vector<Cid>& order) {
    std::vector<ipld::Child> children;
    for (const auto number : numbers) {
      auto leaf = ipld::make_leaf(leaf_of(number, leaf_size));
      order.push_back(leaf.self.cid);
      dag.blocks.push_back(std::move(leaf.block));
      children.push_back(leaf.self);
    }
    return ipld::make_file_tree(std::move(children), 32, dag.blocks);
  };
  const auto salt = leaves.empty() ? 0 : leaves.front();
  const auto manifest = file({1'000'000 + salt}, dag.order);
  const auto index = file({2'000'000 + salt, 3'000'000 + salt, 4'000'000 + salt}, dag.order);
  const auto content = file(leaves, dag.order);
  auto root = ipld::make_directory(
      std::vector<ipld::DirectoryEntry>{{"index", index}, {"leaves", content}, {"manifest", manifest}});
  dag.root = root->self.cid;
  dag.blocks.push_back(root->block);
  return dag;
}

std::vector<std::uint64_t> numbers(std::uint64_t count) {
  std::vector<std::uint64_t> out(count);
  for (std::uint64_t i = 0; i < count; ++i) out[i] = i;
  return out;
}

/// Serves single blocks and CARs, and counts.
class CarPeer {
 public:
  explicit CarPeer(const BlockStore& store) : store_(store), server_({}) {
    server_.route("GET", "/ipfs/", [this](const net::Request& request) { return answer(request); });
    EXPECT_TRUE(server_.start());
  }
  [[nodiscard]] std::string url() const { return fmt::format("http://127.0.0.1:{}", server_.port()); }

  std::atomic<unsigned> cars = 0;
  std::atomic<unsigned> raws = 0;
  std::atomic<std::uint64_t> bytes = 0;
  std::function<void(Bytes& car)> spoil;  ///< before the first request
  bool refuses_cars = false;

 private:
  net::Response answer(const net::Request& request) {
    const auto cid = Cid::from_text(request.path.substr(6)).value();
    Bytes body;
    if (request.query.starts_with("format=car")) {
      if (refuses_cars) return net::Response::text(406, "no");
      ++cars;
      body = ipld::car_header(std::vector{cid});
      add_below(cid, body);
      if (spoil) spoil(body);
    } else {
      ++raws;
      auto block = store_.get(cid);
      if (!block) return net::Response::text(404, "no");
      body = *std::move(block);
    }
    bytes += body.size();
    return net::Response::bytes("application/octet-stream", std::move(body));
  }
  void add_below(const Cid& cid, Bytes& out) const {
    const auto bytes_of = store_.get(cid).value();
    append(out, ipld::car_section({cid, bytes_of}));
    for (const auto& link : ipld::links_of(cid, bytes_of).value()) add_below(link, out);
  }

  const BlockStore& store_;
  net::Server server_;
};

struct Seen {
  std::mutex mutex;
  std::vector<Cid> blocks;
  FetchOptions options() {
    FetchOptions out;
    out.on_block = [this](const Block& block) {
      const std::scoped_lock lock(mutex);
      EXPECT_TRUE(block.cid.verify(block.bytes));
      blocks.push_back(block.cid);
    };
    return out;
  }
};

class fetcher_car : public ::testing::Test {
 protected:
  static void expect_complete(const BlockStore& store, const Dag& dag) {
    for (const auto& block : dag.blocks) ASSERT_EQ(store.get(block.cid), block.bytes);
  }
  static Result<FetchReport> fetch(TestStore& store, const Dag& dag, const std::vector<std::string>& peers,
                                   const FetchOptions& options = {}) {
    return fetch_dag(*store, dag.root, peers, options);
  }

  const StateDag dag_ = make_state(numbers(300));
  TestStore source_;
  TestStore target_;
  void SetUp() override { ASSERT_TRUE(source_->put_all(dag_.blocks, dag_.root)); }
};

TEST_F(fetcher_car, whole_subtrees_come_in_one_answer_each) {
  CarPeer peer(*source_);
  const auto report = fetch(target_, dag_, {peer.url()});
  ASSERT_TRUE(report) << report.error().to_string();
  expect_complete(*target_, dag_);
  EXPECT_EQ(peer.cars, 10U) << "of 32 leaves";
  EXPECT_LT(peer.raws, 20U);
  EXPECT_EQ(report->total.blocks, dag_.blocks.size());
  EXPECT_EQ(report->total.expected_bytes, source_->usage().bytes);
  EXPECT_EQ(target_->roots(), std::vector{dag_.root});
}

TEST_F(fetcher_car, several_peers_share_the_work) {
  CarPeer first(*source_);
  CarPeer second(*source_);
  ASSERT_TRUE(fetch(target_, dag_, {first.url(), second.url()}));
  expect_complete(*target_, dag_);
  EXPECT_GT(first.cars, 0U);
  EXPECT_GT(second.cars, 0U);
}

TEST_F(fetcher_car, a_peer_without_cars_gives_its_blocks_one_by_one) {
  CarPeer peer(*source_);
  peer.refuses_cars = true;
  const auto report = fetch(target_, dag_, {peer.url()});
  ASSERT_TRUE(report);
  expect_complete(*target_, dag_);
  EXPECT_TRUE(report->dropped.empty());
  EXPECT_EQ(peer.raws, dag_.blocks.size());
}

TEST_F(fetcher_car, a_car_with_a_wrong_block_names_the_liar_and_the_rest_comes_from_others) {
  CarPeer liar(*source_);
  liar.spoil = [](Bytes& car) { car[car.size() - 700] ^= 1; };
  CarPeer peer(*source_);
  const auto report = fetch(target_, dag_, {liar.url(), peer.url()});
  ASSERT_TRUE(report) << report.error().to_string();
  expect_complete(*target_, dag_);
  ASSERT_EQ(report->dropped.size(), 1U);
  EXPECT_NE(report->dropped[0].find(liar.url()), std::string::npos);
  EXPECT_NE(report->dropped[0].find("bad CAR"), std::string::npos) << report->dropped[0];
}

TEST_F(fetcher_car, a_car_cut_anywhere_costs_requests_only) {
  CarPeer peer(*source_);
  std::atomic<std::size_t> turn = 0;
  peer.spoil = [&](Bytes& car) { car.resize(car.size() * ((turn++ % 9) + 1) / 10); };
  const auto report = fetch(target_, dag_, {peer.url()});
  ASSERT_TRUE(report) << report.error().to_string();
  expect_complete(*target_, dag_);
  EXPECT_TRUE(report->dropped.empty());
}

TEST_F(fetcher_car, a_peer_that_lacks_a_block_still_gives_the_others) {
  TestStore partial;
  auto blocks = dag_.blocks;
  const auto missing = dag_.order.back();
  std::erase_if(blocks, [&](const Block& block) { return block.cid == missing; });
  ASSERT_TRUE(partial->put_all(blocks));
  net::Server server({});
  server.route("GET", "/ipfs/", [&](const net::Request& request) {
    // As a gateway whose stream breaks off: the client sees less than was promised.
    if (request.query.starts_with("format=car")) return net::Response::text(500, "a block is not here");
    auto block = partial->get(Cid::from_text(request.path.substr(6)).value());
    if (!block) return net::Response::text(404, "no");
    return net::Response::bytes("application/octet-stream", *std::move(block));
  });
  ASSERT_TRUE(server.start());
  CarPeer peer(*source_);
  const auto report = fetch(target_, dag_, {fmt::format("http://127.0.0.1:{}", server.port()), peer.url()});
  ASSERT_TRUE(report) << report.error().to_string();
  expect_complete(*target_, dag_);
  EXPECT_TRUE(report->dropped.empty());
}

TEST_F(fetcher_car, cars_of_something_else_cost_the_peer_its_place) {
  const auto other = make_state({7'777'777});
  CarPeer useless(*source_);
  useless.spoil = [&](Bytes& car) {
    car = ipld::car_header({});
    for (const auto& block : other.blocks) append(car, ipld::car_section(block));
  };
  CarPeer peer(*source_);
  peer.refuses_cars = true;  // so that the other one is asked for all of them
  const auto report = fetch(target_, dag_, {useless.url(), peer.url()});
  ASSERT_TRUE(report);
  expect_complete(*target_, dag_);
  EXPECT_EQ(target_->has(other.root), false);
  EXPECT_EQ(report->dropped.size(), 1U);
}

TEST_F(fetcher_car, blocks_are_given_out_in_order_as_far_as_they_describe_others) {
  CarPeer peer(*source_);
  Seen seen;
  ASSERT_TRUE(fetch(target_, dag_, {peer.url()}, seen.options()));
  ASSERT_EQ(seen.blocks.size(), 1 + dag_.order.size());
  EXPECT_EQ(seen.blocks.front(), dag_.root);
  EXPECT_TRUE(std::equal(dag_.order.begin(), dag_.order.begin() + 4, seen.blocks.begin() + 1));
  EXPECT_EQ(std::set<Cid>(seen.blocks.begin() + 5, seen.blocks.end()),
            std::set<Cid>(dag_.order.begin() + 4, dag_.order.end()));
}

TEST_F(fetcher_car, one_changed_leaf_in_a_hundred_moves_less_than_three_hundredths_of_the_bytes) {
  constexpr std::size_t kLeaf = 16'384;
  auto leaves = numbers(600);
  const auto before = make_state(leaves, kLeaf);
  for (const std::size_t changed : {3, 107, 250, 251, 402, 598}) leaves[changed] += 10'000;
  const auto after = make_state(leaves, kLeaf);
  ASSERT_TRUE(source_->put_all(before.blocks));
  ASSERT_TRUE(source_->put_all(after.blocks));
  CarPeer peer(*source_);
  ASSERT_TRUE(fetch(target_, before, {peer.url()}));
  const auto whole = peer.bytes.exchange(0);
  EXPECT_GT(whole, 600 * kLeaf);
  Seen seen;
  const auto report = fetch(target_, after, {peer.url()}, seen.options());
  ASSERT_TRUE(report);
  expect_complete(*target_, after);
  EXPECT_LT(peer.bytes * 100, whole * 3) << peer.bytes << " of " << whole;
  EXPECT_EQ(report->total.present, report->total.known - report->total.blocks);
}

/// Every file of a store, damaged in every way: what can still be read is right, and a peer has the rest.
TEST_F(fetcher_car, a_damaged_store_is_never_believed_and_is_made_whole_by_a_peer) {
  {
    Importer importer(*target_);
    for (const auto& block : dag_.blocks) ASSERT_TRUE(importer.add(block));
    ASSERT_TRUE(importer.finish(dag_.root));
  }
  ASSERT_TRUE(target_->put_all(std::vector{testing::make_block("in the log")}));
  target_.store.reset();
  CarPeer peer(*source_);
  const std::vector<std::pair<std::string, std::function<void(const fs::path&)>>> damages = {
      {"cut", [](const fs::path& file) { fs::resize_file(file, fs::file_size(file) / 2); }},
      {"emptied", [](const fs::path& file) { fs::resize_file(file, 0); }},
      {"gone", [](const fs::path& file) { fs::remove(file); }},
      {"flipped", [](const fs::path& file) {
         std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
         stream.seekg(static_cast<std::streamoff>(fs::file_size(file) / 3));
         const auto byte = static_cast<char>(stream.get());
         stream.seekp(static_cast<std::streamoff>(fs::file_size(file) / 3));
         stream.put(static_cast<char>(byte ^ 0x10));
       }}};
  std::size_t tried = 0;
  for (const auto& entry : fs::directory_iterator(target_.directory.path())) {
    const auto extension = entry.path().extension();
    const bool is_data = extension == ".sst" || extension == ".blob" || extension == ".log" ||
                         entry.path().filename().string().starts_with("MANIFEST");
    if (!is_data || fs::file_size(entry.path()) == 0) continue;
    for (const auto& [name, damage] : damages) {
      SCOPED_TRACE(entry.path().filename().string() + " " + name);
      const substratee::test::TemporaryDirectory place;
      const auto copy = place.path() / "blocks";
      fs::copy(target_.directory.path(), copy);
      damage(copy / entry.path().filename());
      ++tried;
      auto opened = BlockStore::open_or_set_aside(copy);
      ASSERT_TRUE(opened) << opened.error().to_string();
      auto& store = *opened->store;
      for (const auto& block : dag_.blocks) {
        const auto read = store.get(block.cid);
        if (read) {
          ASSERT_EQ(*read, block.bytes);
        } else {
          ASSERT_TRUE(read.error().code == FailureCode::kCorrupt || read.error().code == FailureCode::kNotFound)
              << read.error().to_string();
        }
      }
      FetchOptions options;
      options.check_present = true;
      const auto report = fetch_dag(store, dag_.root, std::vector{peer.url()}, options);
      ASSERT_TRUE(report) << report.error().to_string();
      expect_complete(store, dag_);
      opened->store.reset();
      const auto again = BlockStore::open(copy);
      ASSERT_TRUE(again) << again.error().to_string();
      expect_complete(**again, dag_);
    }
  }
  EXPECT_GE(tried, 16U) << "a table, a blob file, a log and the manifest";
}

}  // namespace
}  // namespace substratee::worker::ipfs
