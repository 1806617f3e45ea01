#pragma once

/// For tests of the node's API: everything from the store to the port, without a program.

#include "core/base/hex.hpp"
#include "net/http_client.hpp"
#include "net/json_rpc_client.hpp"
#include "node/api/json_forms.hpp"
#include "node/api/node_api.hpp"
#include "node/service/dev_chain_test.hpp"

#include <gtest/gtest.h>

#include <condition_variable>

namespace substratee::node::api::test {

namespace node_test = substratee::node::test;

/// A list as one parameter: braces around one array would only copy it.
inline json::array one(json::array list) {
  json::array out;
  out.emplace_back(std::move(list));
  return out;
}

/// News of one subscription, for a test that waits. What the subscription still tells when the test is over arrives in
/// the part that the callback owns.
class Inbox {
 public:
  net::JsonRpcClient::NewsCallback callback() {
    return [arrivals = arrivals_](const json::value& news) {
      const std::scoped_lock lock(arrivals->mutex);
      arrivals->news.push_back(news);
      arrivals->changed.notify_all();
    };
  }
  json::value wait_for(std::size_t index) {
    std::unique_lock lock(arrivals_->mutex);
    if (!arrivals_->changed.wait_for(lock, std::chrono::seconds(10), [&] { return arrivals_->news.size() > index; }))
      throw std::runtime_error("no news");
    return arrivals_->news[index];
  }

 private:
  struct Arrivals {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<json::value> news;
  };
  std::shared_ptr<Arrivals> arrivals_ = std::make_shared<Arrivals>();
};

/// A node without a program: everything from the store to the port.
class NodeApiTest : public ::testing::Test {
 protected:
  explicit NodeApiTest(const net::JsonRpcOptions& rpc_options = {}) : rpc(rpc_options) {
    service::ChainOptions options;
    options.engine.sealing = consensus::dev::Sealing::kInstant;
    thread = std::make_unique<service::ChainThread>(
        std::make_unique<service::Chain>(*store, node_test::authority(), options, feed, service::now()),
        [](const storage::Error& error) { ADD_FAILURE() << error.message; });
    serve_node_api(http, rpc, {*store, *thread, feed, "1.2.3"});
    if (!http.start()) throw std::runtime_error("no port");
    client = *net::JsonRpcClient::connect("ws://" + address());
  }
  ~NodeApiTest() override {
    client.reset();
    http.stop();
  }

  std::string address() const { return "127.0.0.1:" + std::to_string(http.port()); }
  net::Result<net::HttpResponse> get(const std::string& path) const {
    return net::fetch({.method = "GET", .url = "http://" + address() + path, .headers = {}, .body = {}});
  }
  json::value call(std::string_view method, json::array params = {}) {
    auto answer = client->call(method, std::move(params));
    if (!answer) throw std::runtime_error(answer.error().to_string());
    return *std::move(answer);
  }
  net::RpcError error_of(std::string_view method, json::array params) {
    const auto answer = client->call(method, std::move(params));
    if (answer || answer.error().rpc() == nullptr) throw std::runtime_error("no RPC error");
    return *answer.error().rpc();
  }
  Bytes remark(primitives::Nonce nonce, primitives::Balance tip = 0) {
    return alice.remark(store->genesis_hash(), nonce, tip);
  }
  /// In a block when this returns.
  void submit(const Bytes& extrinsic) {
    Inbox inbox;
    const auto id = client->subscribe("author_submitAndWatchExtrinsic", {hex_json(extrinsic)},
                                      "author_unwatchExtrinsic", inbox.callback());
    ASSERT_TRUE(id);
    EXPECT_EQ(inbox.wait_for(0), json::value("ready"));
    EXPECT_TRUE(inbox.wait_for(1).as_object().contains("inBlock"));
    client->unsubscribe(*id);
  }

  substratee::test::TemporaryDirectory directory;
  node_test::Signer alice;
  std::unique_ptr<storage::ChainStore> store = node_test::open_dev_store(directory.path() / "db");
  Feed feed{*store};
  std::unique_ptr<service::ChainThread> thread;
  net::JsonRpcServer rpc;
  net::Server http{{}};
  std::unique_ptr<net::JsonRpcClient> client;
};

}  // namespace substratee::node::api::test
