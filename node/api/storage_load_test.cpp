#include "core/registry/storage.hpp"
#include "net/websocket_client.hpp"
#include "node/api/node_api_fixture_test.hpp"

#include <fstream>

namespace substratee::node::api {
namespace {

using test::Inbox;
using test::NodeApiTest;
using test::one;

constexpr std::size_t kMebibyte = std::size_t{1} << 20;

/// The most memory that this process has had since begin_watch(), in bytes.
std::size_t most_resident() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stoull(line.substr(6)) * 1024;
  }
  throw std::runtime_error("no VmHWM");
}
void begin_watch() { std::ofstream("/proc/self/clear_refs") << "5"; }

/// Follows a key `count` times, reads the answers and the present values, and nothing more.
class DeafFollower {
 public:
  DeafFollower(const std::string& address, const Bytes& key, std::size_t count)
      : client_(*net::WebSocketClient::connect(
            *net::Url::parse("ws://" + address),
            {.on_text = [this, count](const auto&) { hear(2 * count); }, .on_closed = [](const auto&) {}})) {
    const auto params = json::serialize(one({hex_json(key)}));
    for (std::size_t i = 0; i < count; ++i) {
      EXPECT_TRUE(
          client_->send(R"({"jsonrpc":"2.0","id":1,"method":"state_subscribeStorage","params":)" + params + "}"));
    }
  }
  ~DeafFollower() {
    const std::scoped_lock lock(mutex_);
    is_over_ = true;
    changed_.notify_all();
  }
  DeafFollower(const DeafFollower&) = delete;
  DeafFollower& operator=(const DeafFollower&) = delete;

  bool wait_until_deaf() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(30), [this] { return is_deaf_; });
  }

 private:
  void hear(std::size_t most) {
    std::unique_lock lock(mutex_);
    if (++heard_ < most) return;
    is_deaf_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return is_over_; });
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t heard_ = 0;
  bool is_deaf_ = false;
  bool is_over_ = false;
  std::unique_ptr<net::WebSocketClient> client_;  ///< last: its thread uses the others
};

/// utility.batch_all of 1000 system.remark_with_event.
Bytes fat_call() {
  scale::Encoder out;
  out.byte(registry::kUtilityIndex);
  out.byte(2);
  out.compact(1000);
  for (int i = 0; i < 1000; ++i) out.raw(Bytes{registry::kSystemIndex, 7, 0});
  return std::move(out).take();
}

TEST_F(NodeApiTest, many_followers_of_a_large_value_that_do_not_read_cost_bounded_memory) {
  const auto events = registry::key::system_events();
  std::vector<std::unique_ptr<DeafFollower>> deaf;
  for (int i = 0; i < 4; ++i) deaf.push_back(std::make_unique<DeafFollower>(address(), events, 250));
  for (const auto& follower : deaf) ASSERT_TRUE(follower->wait_until_deaf());
  Inbox heads;
  ASSERT_TRUE(client->subscribe("chain_subscribeNewHead", {}, "chain_unsubscribeNewHead", heads.callback()));
  static_cast<void>(heads.wait_for(0));

  // The last one makes all of them ready: one block with 8000 events.
  std::vector<Bytes> extrinsics;
  for (primitives::Nonce n = 0; n < 8; ++n) extrinsics.push_back(alice.sign(fat_call(), store->genesis_hash(), n));
  begin_watch();
  const auto before = most_resident();
  for (std::size_t i = 8; i > 0; --i) call("author_submitExtrinsic", {hex_json(extrinsics[i - 1])});
  static_cast<void>(heads.wait_for(1));
  ASSERT_GT((*store->at(store->best().hash))->get(events)->size(), 500'000U);
  const auto start = std::chrono::steady_clock::now();
  submit(remark(8));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2)) << "the chain's thread was kept";
  const auto grown = (most_resident() - before) / kMebibyte;
  // 1000 texts of 1.3 MB are 1.3 GB; four queues are 64 MiB, and the sanitizer keeps 256 MiB of what is freed.
  EXPECT_LT(grown, 600U);
}

}  // namespace
}  // namespace substratee::node::api
