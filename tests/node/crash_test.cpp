/// Kills a running node at random moments: what has left the process is never lost or contradicted.

#include "core/base/hex.hpp"
#include "core/primitives/ss58.hpp"
#include "net/json_rpc_client.hpp"
#include "node/service/dev_chain_test.hpp"
#include "tests/support/effort.hpp"
#include "tests/support/temporary_directory.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <thread>

namespace substratee::node {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

/// One life of the node's process.
class NodeProcess {
 public:
  NodeProcess(const std::filesystem::path& directory, std::vector<std::string> flags) : ready_(directory / "ready") {
    std::filesystem::remove(ready_);
    std::vector<std::string> arguments = {SUBSTRATEE_NODE, "--dev", "--base-path",  (directory / "base").string(),
                                          "--rpc-port",    "0",     "--ready-file", ready_.string(),
                                          "--log-level",   "error"};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    std::vector<char*> pointers;
    for (auto& argument : arguments) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    if (::posix_spawn(&pid_, SUBSTRATEE_NODE, nullptr, nullptr, pointers.data(), environ) != 0)
      throw std::runtime_error("spawn");
  }
  NodeProcess(const NodeProcess&) = delete;
  NodeProcess& operator=(const NodeProcess&) = delete;
  ~NodeProcess() {
    if (pid_ > 0) static_cast<void>(end(SIGKILL));
  }

  std::string url() {
    for (int i = 0; i < 1'000; ++i) {
      std::ifstream file(ready_);
      if (std::string line; std::getline(file, line)) return line;
      std::this_thread::sleep_for(10ms);
    }
    throw std::runtime_error("the node does not get ready");
  }
  /// The wait status.
  int end(int signal) {
    ::kill(pid_, signal);
    int status = 0;
    ::waitpid(std::exchange(pid_, -1), &status, 0);
    return status;
  }

 private:
  std::filesystem::path ready_;
  pid_t pid_ = -1;
};

/// What a node has ever said: number → header.
using Heard = std::map<std::uint64_t, std::string>;

std::vector<std::pair<primitives::Header, std::string>> blocks(net::JsonRpcClient& client) {
  std::vector<std::pair<primitives::Header, std::string>> out;
  while (true) {
    const auto answer = client.call("substratee_getVerifiedBlocks", {out.size(), 256});
    if (!answer) throw std::runtime_error(answer.error().to_string());
    if (answer->as_array().empty()) return out;
    for (const auto& block : answer->as_array()) {
      const std::string text(block.at("header").as_string());
      out.emplace_back(scale::decode<primitives::Header>(*from_hex(text)).value(), text);
    }
  }
}

void check_chain(net::JsonRpcClient& client, const Heard& heard) {
  const auto chain = blocks(client);
  for (std::size_t n = 1; n < chain.size(); ++n) {
    ASSERT_EQ(chain[n].first.number.value, n);
    ASSERT_EQ(chain[n].first.parent_hash, chain[n - 1].first.hash());
  }
  for (const auto& [number, header] : heard) {
    ASSERT_LT(number, chain.size()) << "a block that was told is lost";
    ASSERT_EQ(chain[number].second, header) << "two blocks at height " << number;
  }
}

/// Submits and listens until the node dies.
void use(net::JsonRpcClient& client, test::Signer& alice, std::mutex& mutex, Heard& heard) {
  const auto genesis =
      fixed_from_hex<32>(std::string_view(client.call("chain_getBlockHash", {0}).value().as_string())).value();
  const auto address = primitives::to_ss58(alice.account());
  while (true) {
    const auto nonce = client.call("system_accountNextIndex", {address});
    if (!nonce) return;
    const auto extrinsic = alice.remark(genesis, static_cast<primitives::Nonce>(nonce->as_int64()));
    if (!client.call("author_submitExtrinsic", {to_hex_prefixed(extrinsic)})) return;
    const auto best = client.call("chain_getHeader");
    if (!best) return;
    const auto number = std::stoull(std::string(best->at("number").as_string()), nullptr, 16);
    const auto told = client.call("substratee_getVerifiedBlocks", {number, 1});
    if (!told) return;
    const std::scoped_lock lock(mutex);
    heard[number] = std::string(told->at(0).at("header").as_string());
  }
}

TEST(crash, a_killed_node_goes_on_with_every_block_that_it_told) {
  const substratee::test::TemporaryDirectory directory;
  substratee::test::SeededRandom random(static_cast<std::uint64_t>(::getpid()));
  test::Signer alice;
  std::mutex mutex;
  Heard heard;
  std::size_t before = 0;
  for (int life = 0; life < static_cast<int>(substratee::test::effort(10)); ++life) {
    NodeProcess node(directory.path(), {"--block-time", "20"});
    const auto client = net::JsonRpcClient::connect(node.url()).value();
    check_chain(*client, heard);
    if (::testing::Test::HasFatalFailure()) return;
    std::thread user([&] { use(*client, alice, mutex, heard); });
    std::this_thread::sleep_for(std::chrono::milliseconds(50 + random.below(300)));
    static_cast<void>(node.end(SIGKILL));
    client->close();
    user.join();
    EXPECT_GT(heard.size(), before);
    before = heard.size();
  }
  NodeProcess node(directory.path(), {});
  const auto client = net::JsonRpcClient::connect(node.url()).value();
  check_chain(*client, heard);
}

TEST(crash, a_node_killed_while_it_starts_can_start_again) {
  const substratee::test::TemporaryDirectory directory;
  for (const auto pause : {1, 5, 10, 20, 40, 60, 80, 120}) {
    NodeProcess node(directory.path(), {});
    std::this_thread::sleep_for(std::chrono::milliseconds(pause));
    static_cast<void>(node.end(SIGKILL));
  }
  NodeProcess node(directory.path(), {});
  EXPECT_FALSE(node.url().empty());
}

TEST(crash, stops_cleanly_when_asked) {
  for (const int signal : {SIGINT, SIGTERM}) {
    const substratee::test::TemporaryDirectory directory;
    NodeProcess node(directory.path(), {});
    static_cast<void>(node.url());
    const int status = node.end(signal);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    EXPECT_FALSE(std::filesystem::exists(directory.path() / "ready"));
  }
}

}  // namespace
}  // namespace substratee::node
