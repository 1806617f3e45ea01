#include "worker/api/api.hpp"

#include "net/http_client.hpp"
#include "rpc/worker_client.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <thread>

namespace substratee::worker::api {
namespace {

/// The API with a driver that answers everything with `answer`.
struct Port {
  driver::QueryResult answer = protocol::Reply(protocol::SealedAnswer{{1, 2, 3}});
  driver::QueryDesk desk{[this] { serve(); }};
  Api api{desk, "0.4.0", [](primitives::BlockNumber block) { return block == 7 ? Bytes{7, 7} : Bytes{}; },
          std::chrono::milliseconds(300)};
  net::Server server{server_options("127.0.0.1", 0)};
  bool is_serving = true;

  Port() {
    api.mount(server);
    EXPECT_TRUE(server.start());
  }
  void serve() {
    if (!is_serving) return;
    for (auto& job : desk.take()) job.result.set_value(answer);
  }
  std::unique_ptr<rpc::WorkerClient> client() {
    auto client = rpc::WorkerClient::connect(fmt::format("http://127.0.0.1:{}", server.port()));
    EXPECT_TRUE(client);
    return client ? *std::move(client) : nullptr;
  }
  unsigned status_of(const std::string& path) {
    const auto response =
        net::fetch({.url = fmt::format("http://127.0.0.1:{}{}", server.port(), path), .headers = {}, .body = {}});
    return response ? response->status : 0;
  }
};

TEST(api, carries_queries_and_answers) {
  Port port;
  const auto client = port.client();
  EXPECT_EQ(*client->execute_getter({}), (Bytes{1, 2, 3}));
  EXPECT_EQ(client->receipt({})->answer, (Bytes{1, 2, 3}));
  EXPECT_EQ(*client->version(), "0.4.0");
}

TEST(api, puts_the_proof_of_the_agreement_beside_a_receipt) {
  Port port;
  for (const auto& [block, proof] : std::map<primitives::BlockNumber, Bytes>{{7, {7, 7}}, {8, {}}}) {
    port.answer = protocol::Reply(protocol::SealedAnswer{{1, 2, 3}, block});
    const auto client = port.client();
    EXPECT_EQ(client->receipt({})->agreement, proof);
    EXPECT_EQ(*client->execute_getter({}), (Bytes{1, 2, 3}));
  }
  port.answer = protocol::Reply(protocol::SealedAnswer{{1, 2, 3}});
  EXPECT_EQ(port.client()->receipt({})->agreement, Bytes{}) << "no receipts were needed";
}

TEST(api, carries_the_shielding_key) {
  Port port;
  const protocol::ShieldingKeyAnswer key{{{1}}, 7, {{2}}, {{3}}};
  port.answer = protocol::Reply(key);
  const auto answer = port.client()->shielding_key();
  ASSERT_TRUE(answer);
  EXPECT_EQ(*answer, key);
}

TEST(api, errors_keep_code_and_reason) {
  Port port;
  port.answer = std::unexpected(driver::QueryError{rpc::kWorkerBehind, "behind", "ask again later"});
  const auto answer = port.client()->execute_getter({});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().rpc_code, rpc::kWorkerBehind);
  EXPECT_EQ(answer.error().reason, "behind");
}

TEST(api, a_driver_that_is_busy_or_gone_holds_nobody) {
  Port port;
  port.is_serving = false;
  EXPECT_EQ(port.client()->execute_getter({}).error().reason, "busy");
  port.desk.close({rpc::kWorkerStopped, "stopped", "ask another"});
  EXPECT_EQ(port.client()->execute_getter({}).error().reason, "stopped");
}

TEST(api, malformed_queries_do_not_reach_the_driver) {
  Port port;
  port.answer = std::unexpected(driver::QueryError{1, "reached", ""});
  const auto client = net::JsonRpcClient::connect(fmt::format("ws://127.0.0.1:{}", port.server.port()));
  ASSERT_TRUE(client);
  for (const auto& params :
       {net::json::array{}, net::json::array{1}, net::json::array{"0x01"}, net::json::array{"zz"}}) {
    const auto answer = (*client)->call(rpc::worker_method::kExecuteGetter, params);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().rpc()->code, net::kInvalidParams);
  }
}

TEST(api, evidence_of_equivocation_comes_in_and_goes_out) {
  Port port;
  port.answer = protocol::Reply(protocol::Status{});
  const auto client = port.client();
  const finality::Equivocation evidence{{{1}}, {{2}}};
  EXPECT_EQ(*client->equivocation(), std::nullopt);
  EXPECT_EQ(port.status_of("/equivocation"), 404U);
  EXPECT_TRUE(client->report_equivocation(scale::encode(evidence)));
  const auto file = scale::encode(finality::EquivocationFile{1, {1}, {{2}}, evidence});
  EXPECT_TRUE(client->report_equivocation(file));
  EXPECT_FALSE(client->report_equivocation(Bytes{1, 2, 3})) << "does not decode";
  port.answer = std::unexpected(driver::QueryError{rpc::kWorkerRefused, "not_equivocation", "one header twice"});
  EXPECT_FALSE(client->report_equivocation(file));
  port.desk.set_equivocation(file);
  EXPECT_EQ(*client->equivocation(), file);
  EXPECT_EQ(port.status_of("/equivocation"), 200U);
}

TEST(api, health_and_readiness) {
  Port port;
  EXPECT_EQ(port.status_of("/health"), 200U);
  EXPECT_EQ(port.status_of("/ready"), 503U);
  port.desk.set_health({"live", 9, true, "Active", "bafy", 8, 1, 31, true, 5, "simulated", false, 1800000000});
  EXPECT_EQ(port.status_of("/ready"), 200U);
  const auto health = port.client()->health();
  ASSERT_TRUE(health);
  EXPECT_EQ(health->head, 9U);
  EXPECT_EQ(health->agreed, 8U);
  EXPECT_EQ(health->member, "Active");
  EXPECT_EQ(health->waiting_seconds, 31U);
  EXPECT_TRUE(health->is_disputed);
  EXPECT_EQ(health->diverged_at, 5U);
  EXPECT_EQ(health->kind, "simulated");
  EXPECT_FALSE(health->hardware);
  EXPECT_EQ(health->valid_until, 1800000000U);
}

}  // namespace
}  // namespace substratee::worker::api
