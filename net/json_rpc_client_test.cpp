#include "net/json_rpc_client.hpp"

#include "net/json_rpc_server.hpp"
#include "net/tcp.hpp"

#include <atomic>
#include <future>
#include <thread>

namespace substratee::net {
namespace {

using namespace std::chrono_literals;

template <class Condition>
bool eventually(Condition condition) {
  for (int i = 0; i < 1000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(5ms);
  }
  return false;
}

struct Fixture {
  Fixture() {
    rpc.method("echo", [](const json::array& params) -> RpcResult { return json::value(params); });
    rpc.method("fails", [](const json::array&) -> RpcResult {
      return std::unexpected(RpcError{1010, "Invalid Transaction", json::value("stale")});
    });
    rpc.method("slow", [](const json::array&) -> RpcResult {
      std::this_thread::sleep_for(100ms);
      return json::value(1);
    });
    rpc.subscription({"sub", "unsub", "news"}, [this](const json::array& params, const std::shared_ptr<Subscriber>& s) {
      if (!params.empty()) std::this_thread::sleep_for(100ms);
      s->on_end([this] { ++ended; });
      for (int i = 0; i < 100; ++i) EXPECT_TRUE(s->notify(i));
      const std::lock_guard lock(mutex);
      subscriber = s;
      return std::expected<void, RpcError>{};
    });
    rpc.mount(server);
    EXPECT_TRUE(server.start());
    auto result = JsonRpcClient::connect(url());
    EXPECT_TRUE(result) << (result ? "" : result.error().to_string());
    client = std::move(*result);
  }

  [[nodiscard]] std::string url() const { return "ws://127.0.0.1:" + std::to_string(server.port()); }

  std::mutex mutex;
  std::shared_ptr<Subscriber> subscriber;
  std::atomic<int> ended = 0;
  JsonRpcServer rpc;
  Server server{{}};
  std::unique_ptr<JsonRpcClient> client;
};

TEST(json_rpc_client, tells_an_error_of_the_server_from_one_of_the_way) {
  Fixture fixture;
  EXPECT_EQ(fixture.client->call("echo", {1, "a"}), (json::array{1, "a"}));
  const auto refused = fixture.client->call("fails");
  ASSERT_FALSE(refused);
  ASSERT_TRUE(refused.error().rpc());
  EXPECT_FALSE(refused.error().failure());
  EXPECT_EQ(*refused.error().rpc(), (RpcError{1010, "Invalid Transaction", json::value("stale")}));
  EXPECT_EQ(refused.error().to_string(), "the server answered with error 1010: Invalid Transaction (\"stale\")");
  const auto late = fixture.client->call("slow", {}, 20ms);
  ASSERT_TRUE(!late && late.error().failure());
  EXPECT_EQ(late.error().failure()->code, FailureCode::kTimeout);
  EXPECT_EQ(fixture.client->call("echo", {2}), (json::array{2}));  // the late answer disturbs nobody
}

TEST(json_rpc_client, serves_many_threads) {
  Fixture fixture;
  std::atomic<int> good = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < 50; ++i) good += fixture.client->call("echo", {t, i}) == json::array{t, i} ? 1 : 0;
      });
    }
  }
  EXPECT_EQ(good, 400);
}

TEST(json_rpc_client, loses_no_news) {
  Fixture fixture;
  std::atomic<int> next = 0;
  std::atomic<bool> is_ordered = true;
  const auto id = fixture.client->subscribe("sub", {}, "unsub", [&](const json::value& news) {
    if (news != next.load()) is_ordered = false;
    ++next;
  });
  ASSERT_TRUE(id) << id.error().to_string();
  EXPECT_TRUE(eventually([&] { return next == 100; }));
  EXPECT_TRUE(is_ordered);
  EXPECT_EQ(fixture.client->unsubscribe(*id), true);
  EXPECT_EQ(fixture.ended, 1);
  EXPECT_EQ(fixture.client->unsubscribe(*id), false);
}

TEST(json_rpc_client, lets_callbacks_call_and_unsubscribe) {
  Fixture fixture;
  std::promise<json::value> id;
  std::atomic<int> calls = 0;
  std::promise<bool> result;
  const auto wanted = id.get_future().share();
  const auto subscribed = fixture.client->subscribe("sub", {}, "unsub", [&, wanted](const json::value&) {
    ++calls;
    EXPECT_TRUE(fixture.client->call("echo"));
    result.set_value(fixture.client->unsubscribe(wanted.get()).value_or(false));
  });
  ASSERT_TRUE(subscribed);
  id.set_value(*subscribed);
  EXPECT_TRUE(result.get_future().get());
  EXPECT_EQ(fixture.client->call("echo"), json::array{});
  EXPECT_EQ(calls, 1);
}

TEST(json_rpc_client, gives_back_a_subscription_that_came_too_late) {
  Fixture fixture;
  const auto id = fixture.client->subscribe("sub", {1}, "unsub", [](const auto&) { ADD_FAILURE(); }, 20ms);
  ASSERT_FALSE(id);
  EXPECT_EQ(id.error().failure()->code, FailureCode::kTimeout);
  EXPECT_TRUE(eventually([&] { return fixture.ended == 1; }));
}

TEST(json_rpc_client, tells_when_the_server_is_gone) {
  Fixture fixture;
  std::promise<FailureCode> told;
  fixture.client->on_closed([&](const Failure& why) { told.set_value(why.code); });
  auto waiting = std::async(std::launch::async, [&] { return fixture.client->call("slow"); });
  std::this_thread::sleep_for(30ms);
  fixture.server.stop();
  EXPECT_EQ(told.get_future().get(), FailureCode::kClosed);
  const auto interrupted = waiting.get();
  if (!interrupted) EXPECT_EQ(interrupted.error().failure()->code, FailureCode::kClosed);
  EXPECT_FALSE(fixture.client->is_open());
  EXPECT_EQ(fixture.client->call("echo").error().failure()->code, FailureCode::kClosed);
  std::promise<void> late;
  fixture.client->on_closed([&](const Failure&) { late.set_value(); });
  EXPECT_EQ(late.get_future().wait_for(2s), std::future_status::ready);
}

TEST(json_rpc_client, ends_open_calls_when_closed_here) {
  Fixture fixture;
  auto waiting = std::async(std::launch::async, [&] { return fixture.client->call("slow"); });
  std::this_thread::sleep_for(20ms);
  fixture.client->close();
  const auto result = waiting.get();
  if (!result) EXPECT_EQ(result.error().failure()->code, FailureCode::kClosed);
  EXPECT_FALSE(fixture.client->is_open());
}

TEST(json_rpc_client, reports_why_it_cannot_connect) {
  const auto listener = TcpListener::bind("127.0.0.1", 0);
  const auto silent = "ws://127.0.0.1:" + std::to_string((*listener)->port());
  EXPECT_EQ(JsonRpcClient::connect(silent, {.connect_timeout = 50ms}).error().code, FailureCode::kTimeout);
  EXPECT_EQ(JsonRpcClient::connect("http://127.0.0.1:1").error().code, FailureCode::kBadUrl);
  std::uint16_t unused = 0;
  {
    unused = (*TcpListener::bind("127.0.0.1", 0))->port();
  }
  EXPECT_EQ(JsonRpcClient::connect("ws://127.0.0.1:" + std::to_string(unused)).error().code, FailureCode::kUnreachable);
}

/// A server that sends its first news before the answer, as nodes do that answer from another thread.
TEST(json_rpc_client, keeps_news_that_come_before_the_answer) {
  Server server({});
  server.websocket("/", {.on_open = [](const auto&) {},
                         .on_text =
                             [](const auto& session, const std::string& text) {
                               const auto id = json::parse(text).at("id");
                               session->send(notification_text("news", "s", "1"));
                               session->send(json::serialize(make_response(id, "s")));
                               session->send(notification_text("news", "s", "2"));
                             },
                         .on_close = [](const auto&) {}});
  ASSERT_TRUE(server.start());
  const auto client = JsonRpcClient::connect("ws://127.0.0.1:" + std::to_string(server.port()));
  ASSERT_TRUE(client);
  std::atomic<int> sum = 0;
  ASSERT_TRUE((*client)->subscribe(
      "sub", {}, "unsub", [&](const json::value& news) { sum = sum * 10 + static_cast<int>(news.as_int64()); }));
  EXPECT_TRUE(eventually([&] { return sum == 12; }));
}

TEST(json_rpc_client, closes_on_what_is_not_json) {
  Server server({});
  server.websocket("/", {.on_open = [](const auto& session) { session->send("hello?"); },
                         .on_text = [](const auto&, const auto&) {},
                         .on_close = [](const auto&) {}});
  ASSERT_TRUE(server.start());
  const auto client = JsonRpcClient::connect("ws://127.0.0.1:" + std::to_string(server.port()));
  ASSERT_TRUE(client);
  EXPECT_TRUE(eventually([&] { return !(*client)->is_open(); }));
}

}  // namespace
}  // namespace substratee::net
