/// Kills the node while it imports, at random moments: the database is in order afterwards, and the next import goes
/// on.

#include "core/base/hex.hpp"
#include "node/consensus/dev/author.hpp"
#include "node/service/block_import.hpp"
#include "node/service/dev_chain_test.hpp"
#include "tests/node/process.hpp"
#include "tests/support/effort.hpp"
#include "tests/support/temporary_directory.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <thread>

namespace substratee::node {
namespace {

/// Blocks of a few transactions each, exported into `file`. The state root of the last one.
std::string make_file(const std::filesystem::path& directory, const std::filesystem::path& file, int blocks) {
  const auto store = test::open_dev_store(directory / "source");
  const test::Signer alice;
  primitives::Nonce nonce = 0;
  for (int n = 1; n <= blocks; ++n) {
    std::vector<Bytes> extrinsics;
    for (int i = 0; i < 3; ++i) extrinsics.push_back(alice.remark(store->genesis_hash(), nonce++));
    const std::vector<ByteView> wires(extrinsics.begin(), extrinsics.end());
    const auto time = 1'700'000'000'000 + static_cast<std::uint64_t>(n);
    const auto authored = consensus::dev::author_block(*store, wires, time, test::authority());
    if (!authored || !store->commit(authored->block, storage::Sync::kLater)) throw std::runtime_error("no block");
  }
  const auto all = [](const service::Progress&) { return true; };
  if (!service::export_blocks(*store, file, 1, store->best().number, all)) throw std::runtime_error("no file");
  return to_hex_prefixed(store->best_header().state_root);
}

TEST(crash, a_node_killed_while_it_imports_leaves_a_good_database_and_goes_on) {
  const substratee::test::TemporaryDirectory directory;
  const auto file = directory.path() / "blocks";
  const auto base = (directory.path() / "base").string();
  const auto root = make_file(directory.path(), file, 1'200);
  const std::vector<std::string> import = {"import-blocks", "--base-path", base, "--pruning", "20", file.string()};
  substratee::test::SeededRandom random(static_cast<std::uint64_t>(::getpid()));
  const auto wanted = substratee::test::effort(10);
  std::size_t killed_within = 0;
  for (std::size_t life = 0; life < 10 * wanted && killed_within < wanted; ++life) {
    test::NodeCommand node(directory.path(), import);
    std::this_thread::sleep_for(std::chrono::milliseconds(30 + random.below(400)));
    node.signal(SIGKILL);
    const auto ended = node.end();
    if (!ended.by_signal) ASSERT_EQ(ended.code, 0) << ended.output;
    if (std::filesystem::exists(base + "/db")) {
      const auto checked = test::run_node(directory.path(), {"check", "--base-path", base});
      // Killed before it had a chain at all.
      const bool is_empty = checked.output.find("no chain in") != std::string::npos;
      ASSERT_TRUE(is_empty || (checked.code == 0 && !checked.by_signal)) << checked.output;
      if (ended.by_signal && !is_empty) ++killed_within;
    }
    if (!ended.by_signal) std::filesystem::remove_all(base);  // it was too fast: once more from the start
  }
  EXPECT_EQ(killed_within, wanted) << "the import is too fast, or too slow, for the moments of this test";
  const auto last = test::run_node(directory.path(), import);
  EXPECT_EQ(last.code, 0) << last.output;
  EXPECT_NE(last.output.find("state root " + root), std::string::npos) << last.output;
  const auto checked = test::run_node(directory.path(), {"check", "--base-path", base});
  EXPECT_EQ(checked.code, 0) << checked.output;
  EXPECT_NE(checked.output.find("The database is in order"), std::string::npos) << checked.output;
}

/// Until it was asked while it listened: before that the signal ends it, afterwards it is done.
TEST(crash, an_import_stops_when_asked_and_says_how_to_go_on) {
  constexpr int kMostLives = 30;
  const substratee::test::TemporaryDirectory directory;
  const auto file = directory.path() / "blocks";
  const auto base = (directory.path() / "base").string();
  const auto root = make_file(directory.path(), file, 1'200);
  const std::vector<std::string> import = {"import-blocks", "--base-path", base, file.string()};
  substratee::test::SeededRandom random(static_cast<std::uint64_t>(::getpid()));
  test::Ended stopped;
  for (int life = 0; life < kMostLives && stopped.code == 0; ++life) {
    std::filesystem::remove_all(base);
    test::NodeCommand node(directory.path(), import);
    while (!std::filesystem::exists(base + "/db")) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    std::this_thread::sleep_for(std::chrono::milliseconds(random.below(200)));
    node.signal(SIGTERM);
    if (auto ended = node.end(); !ended.by_signal) stopped = std::move(ended);
  }
  ASSERT_EQ(stopped.code, 1) << "it was never stopped in the middle: " << stopped.output;
  EXPECT_NE(stopped.output.find("run the same command again"), std::string::npos) << stopped.output;
  EXPECT_EQ(stopped.output.find("state root " + root), std::string::npos) << "it was done: " << stopped.output;
  const auto last = test::run_node(directory.path(), import);
  EXPECT_EQ(last.code, 0) << last.output;
  EXPECT_NE(last.output.find("state root " + root), std::string::npos) << last.output;
}

}  // namespace
}  // namespace substratee::node
