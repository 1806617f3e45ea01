#include "rpc/node_client.hpp"

#include "net/json_rpc_server.hpp"
#include "rpc/json_forms.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <thread>

namespace substratee::rpc {
namespace {

namespace json = net::json;
using std::chrono::milliseconds;

/// A node of a few fixed answers.
struct FakeNode {
  net::JsonRpcServer rpc;
  std::unique_ptr<net::Server> server;
  std::vector<json::value> updates;  ///< of a watched extrinsic
  Bytes extrinsic = {4, 1};
  primitives::Header header;

  FakeNode() { header.number.value = 5; }

  std::unique_ptr<NodeClient> start() {
    rpc.method(node_method::kBlock, [this](const json::array&) -> net::RpcResult {
      return json::object{
          {"block", json::object{{"header", to_json(header)}, {"extrinsics", json::array{hex_json(extrinsic)}}}}};
    });
    rpc.subscription({node_method::kSubmitAndWatch, node_method::kUnwatch, node_method::kExtrinsicNews},
                     [this](const json::array&,
                            const std::shared_ptr<net::Subscriber>& subscriber) -> std::expected<void, net::RpcError> {
                       for (const auto& update : updates) subscriber->notify(update);
                       return {};
                     });
    net::ServerOptions options;
    server = std::make_unique<net::Server>(options);
    rpc.mount(*server);
    EXPECT_TRUE(server->start());
    auto client = NodeClient::connect(fmt::format("ws://127.0.0.1:{}", server->port()), milliseconds(5'000));
    EXPECT_TRUE(client);
    return client ? *std::move(client) : nullptr;
  }
};

net::MethodHandler fixed(json::value value) {
  return [value = std::move(value)](const json::array&) -> net::RpcResult { return value; };
}

TEST(node_client, a_node_that_is_not_there_is_said_clearly) {
  const auto client = NodeClient::connect("ws://127.0.0.1:1", milliseconds(1'000));
  ASSERT_FALSE(client);
  EXPECT_EQ(client.error().code, FailureCode::kUnreachable);
  EXPECT_TRUE(client.error().thing.starts_with("the node at ws://127.0.0.1:1 does not answer"));
  EXPECT_EQ(client.error().next_step, "is substratee-node running? try --node-url");
}

TEST(node_client, reads_typed_values) {
  FakeNode node;
  node.rpc.method(node_method::kStorage, fixed(hex_json(scale::encode(std::uint64_t{3}))));
  node.rpc.method(node_method::kAccountNextIndex, fixed(4));
  node.rpc.method(node_method::kRuntimeVersion,
                  fixed(json::object{{"specName", "substratee"}, {"specVersion", 2}, {"transactionVersion", 1}}));
  node.rpc.method(node_method::kReadProof,
                  fixed(json::object{{"at", hex_json(Hash256{{8}})}, {"proof", json::array{"0x0102"}}}));
  const auto client = node.start();
  EXPECT_EQ(*client->read<std::uint64_t>(registry::key::enclave_count()), 3U);
  EXPECT_FALSE(client->read<std::uint32_t>(registry::key::enclave_count()));
  EXPECT_EQ(*client->next_nonce({}), 4U);
  EXPECT_EQ(*client->runtime_version(), (RuntimeVersion{"substratee", 2, 1}));
  EXPECT_EQ(client->read_proof({}, {})->nodes, std::vector<Bytes>{(Bytes{1, 2})});
}

TEST(node_client, an_error_of_the_node_keeps_its_code_and_reason) {
  FakeNode node;
  node.rpc.method(node_method::kSubmit, [](const json::array&) -> net::RpcResult {
    return std::unexpected(net::RpcError{1010, "Invalid Transaction", json::value("Transaction is outdated")});
  });
  const auto client = node.start();
  const auto hash = client->submit(Bytes{1});
  ASSERT_FALSE(hash);
  EXPECT_EQ(hash.error().code, FailureCode::kRefused);
  EXPECT_EQ(hash.error().rpc_code, 1010);
  EXPECT_NE(hash.error().to_string().find("Transaction is outdated"), std::string::npos);
}

TEST(node_client, verified_blocks_must_be_those_asked_for) {
  FakeNode node;
  node.rpc.method(node_method::kVerifiedBlocks,
                  fixed(json::array{to_json(VerifiedBlock{3, {}, {}}), to_json(VerifiedBlock{4, {}, {}})}));
  const auto client = node.start();
  EXPECT_EQ(client->verified_blocks(3, 256)->size(), 2U);
  EXPECT_FALSE(client->verified_blocks(2, 256));
  EXPECT_FALSE(client->verified_blocks(3, 1));
}

TEST(node_client, waits_until_an_extrinsic_is_in_a_block) {
  FakeNode node;
  node.updates = {"ready", json::object{{"inBlock", hex_json(Hash256{{1}})}}};
  node.rpc.method(node_method::kStorage, fixed(hex_json(Bytes{4, 0, 0, 0, 0, 0, 0, 1, 3, 10, 12})));
  const auto client = node.start();
  const auto inclusion = client->submit_and_wait(node.extrinsic, Until::kInBlock, milliseconds(5'000));
  ASSERT_TRUE(inclusion) << inclusion.error().to_string();
  EXPECT_EQ(inclusion->block_number, 5U);
  EXPECT_EQ(inclusion->error, "SubstrateeRegistry.NoKey");
}

TEST(node_client, an_extrinsic_that_is_given_up_is_a_failure) {
  FakeNode node;
  node.updates = {"ready", "invalid"};
  const auto client = node.start();
  const auto inclusion = client->submit_and_wait(node.extrinsic, Until::kInBlock, milliseconds(5'000));
  ASSERT_FALSE(inclusion);
  EXPECT_EQ(inclusion.error().code, FailureCode::kInvalid);
}

TEST(node_client, waiting_has_an_end) {
  FakeNode node;
  node.updates = {"ready"};
  const auto client = node.start();
  const auto inclusion = client->submit_and_wait(node.extrinsic, Until::kFinalized, milliseconds(100));
  ASSERT_FALSE(inclusion);
  EXPECT_EQ(inclusion.error().code, FailureCode::kTimeout);
}

TEST(node_client, after_the_end_of_the_connection_calls_fail_as_closed) {
  FakeNode node;
  const auto client = node.start();
  node.server->stop();
  for (int i = 0; i < 100 && client->is_open(); ++i) std::this_thread::sleep_for(milliseconds(10));
  const auto name = client->chain_name();
  ASSERT_FALSE(name);
  EXPECT_TRUE(name.error().is_connection());
}

}  // namespace
}  // namespace substratee::rpc
