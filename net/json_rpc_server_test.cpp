#include "net/json_rpc_server.hpp"

#include "net/http_client.hpp"
#include "net/websocket_client.hpp"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <future>
#include <thread>

namespace substratee::net {
namespace {

using namespace std::chrono_literals;

void add_methods(JsonRpcServer& rpc) {
  rpc.method("echo", [](const json::array& params) -> RpcResult { return json::value(params); });
  rpc.method("nothing", [](const json::array&) -> RpcResult { return json::value(nullptr); });
  rpc.method("fails", [](const json::array&) -> RpcResult {
    return std::unexpected(RpcError{1010, "Invalid Transaction", json::value("stale")});
  });
  rpc.method("throws", [](const json::array&) -> RpcResult { throw std::runtime_error("bug"); });
  rpc.alias("old_echo", "echo");
}

std::string answer_of(std::string_view text, JsonRpcOptions options = {}) {
  JsonRpcServer rpc(options);
  add_methods(rpc);
  return rpc.answer(text);
}

int code_of(std::string_view text) {
  const auto answer = json::parse(answer_of(text));
  EXPECT_EQ(answer.at("jsonrpc"), "2.0");
  EXPECT_FALSE(answer.as_object().contains("result"));
  return static_cast<int>(answer.at("error").at("code").as_int64());
}

TEST(json_rpc, answers_with_the_id_of_the_request) {
  EXPECT_EQ(json::parse(answer_of(R"({"jsonrpc":"2.0","id":7,"method":"echo","params":[1,"a"]})")),
            json::parse(R"({"jsonrpc":"2.0","id":7,"result":[1,"a"]})"));
  EXPECT_EQ(json::parse(answer_of(R"({"jsonrpc":"2.0","id":"x","method":"old_echo"})")),
            json::parse(R"({"jsonrpc":"2.0","id":"x","result":[]})"));
  EXPECT_NE(answer_of(R"({"jsonrpc":"2.0","id":18446744073709551615,"method":"echo"})").find(":18446744073709551615,"),
            std::string::npos);
  EXPECT_EQ(json::parse(answer_of(" {\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"nothing\"} \n")),
            json::parse(R"({"jsonrpc":"2.0","id":null,"result":null})"));
}

TEST(json_rpc, gives_each_error_its_code) {
  for (const auto* text : {"", "{", "[1", "nonsense", R"({"a":1} x)", "{}{}", "\xff"})
    EXPECT_EQ(code_of(text), kParseError) << text;
  EXPECT_EQ(code_of(std::string(33, '[') + std::string(33, ']')), kParseError);
  EXPECT_EQ(code_of(std::string(1'000'000, '[')), kParseError);
  for (const auto* text :
       {"1", "null", "\"a\"", "{}", "[]", R"({"id":1,"method":"echo"})", R"({"jsonrpc":2.0,"id":1,"method":"echo"})",
        R"({"jsonrpc":"1.0","id":1,"method":"echo"})", R"({"jsonrpc":"2.0","id":1})",
        R"({"jsonrpc":"2.0","id":1,"method":5})", R"({"jsonrpc":"2.0","id":{},"method":"echo"})",
        R"({"jsonrpc":"2.0","id":true,"method":"echo"})", R"({"jsonrpc":"2.0","id":1.5,"method":"echo"})",
        R"({"jsonrpc":"2.0","id":18446744073709551616,"method":"echo"})"}) {
    EXPECT_EQ(code_of(text), kInvalidRequest) << text;
  }
  EXPECT_EQ(code_of(R"({"jsonrpc":"2.0","id":1,"method":"none"})"), kMethodNotFound);
  EXPECT_EQ(code_of(R"({"jsonrpc":"2.0","id":1,"method":"echo","params":{"a":1}})"), kInvalidParams);
  EXPECT_EQ(code_of(R"({"jsonrpc":"2.0","id":1,"method":"throws"})"), kInternalError);
}

TEST(json_rpc, has_the_codes_that_clients_of_substrate_know) {
  EXPECT_EQ(kTooManySubscriptions, -32006);
  EXPECT_EQ(kResponseTooLarge, -32008);
  EXPECT_EQ(kServerIsBusy, -32009);
  EXPECT_EQ(kBatchTooLong, -32010);
  EXPECT_EQ(kBatchResponseTooLarge, -32011);
  EXPECT_EQ(kRateExceeded, -32999);
}

TEST(json_rpc, takes_parameters_by_name) {
  JsonRpcServer rpc;
  add_methods(rpc);
  rpc.name_params("echo", {"hash", "start_key"});
  const auto ask = [&](const std::string& method, const std::string& params) {
    return json::parse(rpc.answer(R"({"jsonrpc":"2.0","id":1,"method":")" + method + R"(","params":)" + params + "}"));
  };
  EXPECT_EQ(ask("echo", R"({"start_key":2,"hash":1})").at("result"), (json::array{1, 2}));
  EXPECT_EQ(ask("old_echo", R"({"startKey":2})").at("result"), (json::array{nullptr, 2}));
  EXPECT_EQ(ask("echo", R"({"hash":{"a":1}})").at("result"), json::parse(R"([{"a":1}])"));
  EXPECT_EQ(ask("echo", "{}").at("result"), json::array{});
  EXPECT_EQ(ask("nothing", "{}").at("result"), nullptr);
  EXPECT_EQ(ask("nothing", R"({"hash":1})").at("error").at("code"), kInvalidParams);
  EXPECT_EQ(ask("echo", R"({"at":1})").at("error").at("code"), kInvalidParams);
  EXPECT_EQ(ask("echo", R"({"start_key":1,"startKey":2})").at("error").at("code"), kInvalidParams);
  EXPECT_EQ(ask("echo", "5").at("error").at("code"), kInvalidParams);
  EXPECT_EQ(ask("none", "{}").at("error").at("code"), kMethodNotFound);
}

TEST(json_rpc, hands_on_errors_of_handlers_with_their_data) {
  EXPECT_EQ(
      json::parse(answer_of(R"({"jsonrpc":"2.0","id":1,"method":"fails"})")),
      json::parse(R"({"jsonrpc":"2.0","id":1,"error":{"code":1010,"message":"Invalid Transaction","data":"stale"}})"));
}

TEST(json_rpc, does_not_answer_notifications) {
  EXPECT_EQ(answer_of(R"({"jsonrpc":"2.0","method":"echo"})"), "");
  EXPECT_EQ(answer_of(R"({"jsonrpc":"2.0","method":"none"})"), "");
  EXPECT_EQ(answer_of(R"([{"jsonrpc":"2.0","method":"echo"}])"), "");
}

TEST(json_rpc, answers_batches_in_order) {
  const auto answer = json::parse(answer_of(
      R"([{"jsonrpc":"2.0","id":1,"method":"echo"},{"jsonrpc":"2.0","method":"echo"},5,{"jsonrpc":"2.0","id":2,"method":"none"}])"));
  ASSERT_EQ(answer.as_array().size(), 3U);
  EXPECT_EQ(answer.at(0).at("id"), 1);
  EXPECT_EQ(answer.at(1).at("error").at("code"), kInvalidRequest);
  EXPECT_EQ(answer.at(1).at("id"), nullptr);
  EXPECT_EQ(answer.at(2).at("error").at("code"), kMethodNotFound);
}

TEST(json_rpc, bounds_batches_and_answers) {
  const std::string call = R"({"jsonrpc":"2.0","id":1,"method":"echo","params":["0123456789"]})";
  std::string batch = "[" + call;
  for (int i = 1; i < 100; ++i) batch += "," + call;
  EXPECT_EQ(json::parse(answer_of(batch + "]")).as_array().size(), 100U);
  EXPECT_EQ(code_of(batch + "," + call + "]"), kBatchTooLong);
  EXPECT_EQ(json::parse(answer_of(batch + "]", {.max_response = 1000})).at("error").at("code"), kBatchResponseTooLarge);
  const auto single = json::parse(answer_of(call, {.max_response = 20}));
  EXPECT_EQ(single.at("error").at("code"), kResponseTooLarge);
  EXPECT_EQ(single.at("id"), 1);
}

TEST(json_rpc, lists_every_name) {
  JsonRpcServer rpc;
  add_methods(rpc);
  rpc.subscription({"sub", "unsub", "news"}, [](const auto&, const auto&) { return std::expected<void, RpcError>{}; });
  EXPECT_EQ(json::parse(rpc.answer(R"({"jsonrpc":"2.0","id":1,"method":"rpc_methods"})")).at("result"),
            json::parse(R"({"methods":["echo","fails","nothing","old_echo","rpc_methods","sub","throws","unsub"]})"));
}

/// A server with a subscription whose subscribers the test can reach, and a client that collects what it is told.
struct Fixture {
  explicit Fixture(ServerOptions options = {}, JsonRpcOptions rpc_options = {})
      : rpc(rpc_options), server(std::move(options)) {
    add_methods(rpc);
    rpc.subscription({"sub", "unsub", "news"},
                     [this](const json::array& params, const std::shared_ptr<Subscriber>& subscriber) {
                       subscriber->on_end([this] { ++ended; });
                       if (!params.empty()) return std::expected<void, RpcError>(invalid_params("takes none"));
                       for (int i = 0; i < 3; ++i) EXPECT_TRUE(subscriber->notify(i));
                       const std::lock_guard lock(mutex);
                       subscribers.push_back(subscriber);
                       return std::expected<void, RpcError>{};
                     });
    rpc.mount(server);
    EXPECT_TRUE(server.start());
    connect();
  }

  void connect() {
    auto result = WebSocketClient::connect(*Url::parse("ws://127.0.0.1:" + std::to_string(server.port())),
                                           {.on_text =
                                                [this](std::string text) {
                                                  const std::lock_guard lock(mutex);
                                                  received.push_back(std::move(text));
                                                  arrived.notify_all();
                                                },
                                            .on_closed = [](const auto&) {}});
    ASSERT_TRUE(result);
    client = std::move(*result);
  }

  json::value ask(const std::string& text) {
    EXPECT_TRUE(client->send(text));
    return next();
  }

  json::value next() {
    std::unique_lock lock(mutex);
    if (!arrived.wait_for(lock, 5s, [&] { return !received.empty(); })) return "nothing arrived";
    const auto text = std::move(received.front());
    received.pop_front();
    return json::parse(text);
  }

  std::string subscribe() { return json::value_to<std::string>(ask(kSubscribe).at("result")); }

  static constexpr const char* kSubscribe = R"({"jsonrpc":"2.0","id":1,"method":"sub"})";
  std::mutex mutex;
  std::condition_variable arrived;
  std::deque<std::string> received;
  std::vector<std::shared_ptr<Subscriber>> subscribers;
  std::atomic<int> ended = 0;
  JsonRpcServer rpc;
  Server server;
  std::unique_ptr<WebSocketClient> client;
};

template <class Condition>
bool eventually(Condition condition) {
  for (int i = 0; i < 1000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(5ms);
  }
  return false;
}

TEST(subscription, news_follow_the_answer_in_order) {
  Fixture fixture;
  const auto answer = fixture.ask(Fixture::kSubscribe);
  const auto id = answer.at("result");
  EXPECT_TRUE(id.is_string());
  ASSERT_TRUE(fixture.subscribers[0]->is_open());
  EXPECT_TRUE(fixture.subscribers[0]->notify(json::value{"three"}));
  for (const json::value& expected : {json::value(0), json::value(1), json::value(2), json::value{"three"}}) {
    EXPECT_EQ(fixture.next(),
              json::value(
                  {{"jsonrpc", "2.0"}, {"method", "news"}, {"params", {{"subscription", id}, {"result", expected}}}}));
  }
}

TEST(subscription, in_a_batch_waits_for_the_whole_answer) {
  Fixture fixture;
  const auto answer =
      fixture.ask(std::string("[") + Fixture::kSubscribe + R"(,{"jsonrpc":"2.0","id":2,"method":"echo"}])");
  ASSERT_TRUE(answer.is_array());
  EXPECT_EQ(fixture.next().at("params").at("subscription"), answer.at(0).at("result"));
}

TEST(subscription, ends_once_when_unsubscribed) {
  Fixture fixture;
  const auto id = fixture.subscribe();
  for (int i = 0; i < 3; ++i) fixture.next();
  const auto request = R"({"jsonrpc":"2.0","id":2,"method":"unsub","params":[")" + id + "\"]}";
  EXPECT_EQ(fixture.ask(request).at("result"), true);
  EXPECT_EQ(fixture.ended, 1);
  EXPECT_FALSE(fixture.subscribers[0]->is_open());
  EXPECT_FALSE(fixture.subscribers[0]->notify(1));
  EXPECT_EQ(fixture.ask(request).at("result"), false);
  EXPECT_EQ(fixture.ask(R"({"jsonrpc":"2.0","id":2,"method":"unsub"})").at("error").at("code"), kInvalidParams);
  bool is_late_told = false;
  fixture.subscribers[0]->on_end([&] { is_late_told = true; });
  EXPECT_TRUE(is_late_told);
}

TEST(subscription, of_another_connection_cannot_be_ended) {
  Fixture fixture;
  const auto id = fixture.subscribe();
  for (int i = 0; i < 3; ++i) fixture.next();
  const auto first = std::move(fixture.client);
  fixture.connect();
  EXPECT_EQ(fixture.ask(R"({"jsonrpc":"2.0","id":2,"method":"unsub","params":[")" + id + "\"]}").at("result"), false);
  EXPECT_TRUE(fixture.subscribers[0]->is_open());
}

TEST(subscription, ends_with_the_connection) {
  Fixture fixture;
  fixture.subscribe();
  fixture.client.reset();
  EXPECT_TRUE(eventually([&] { return fixture.ended == 1; }));
  EXPECT_FALSE(fixture.subscribers[0]->notify(1));
}

TEST(subscription, ends_with_the_server) {
  Fixture fixture;
  fixture.subscribe();
  fixture.server.stop();
  EXPECT_EQ(fixture.ended, 1);
}

TEST(subscription, may_be_refused) {
  Fixture fixture;
  const auto answer = fixture.ask(R"({"jsonrpc":"2.0","id":1,"method":"sub","params":[1]})");
  EXPECT_EQ(answer.at("error").at("message"), "takes none");
  EXPECT_EQ(fixture.ended, 1);
}

TEST(subscription, is_bounded_per_connection) {
  Fixture fixture({}, {.max_subscriptions = 1});
  fixture.subscribe();
  for (int i = 0; i < 3; ++i) fixture.next();
  EXPECT_EQ(fixture.ask(Fixture::kSubscribe).at("error").at("code"), kTooManySubscriptions);
}

TEST(subscription, of_a_client_that_does_not_read_is_ended) {
  Fixture fixture({.max_queued = 500'000});
  // The client's own thread is kept from reading by a callback that waits.
  fixture.subscribe();
  const std::unique_lock lock(fixture.mutex);
  const auto subscriber = fixture.subscribers[0];
  const json::value large(json::string(100'000, 'x'));
  bool is_open = true;
  for (int i = 0; i < 1000 && is_open; ++i) is_open = subscriber->notify(large);
  EXPECT_FALSE(is_open);
  EXPECT_TRUE(eventually([&] { return fixture.ended == 1; }));
}

TEST(subscription, keeps_bounded_memory_for_a_connection) {
  Fixture fixture({}, {.max_subscription_memory = 100});
  fixture.subscribe();
  for (int i = 0; i < 3; ++i) fixture.next();
  fixture.subscribe();
  EXPECT_TRUE(fixture.subscribers[0]->reserve(60));
  EXPECT_FALSE(fixture.subscribers[1]->reserve(60)) << "both live on one connection";
  EXPECT_TRUE(fixture.subscribers[1]->reserve(40));
}

TEST(json_rpc_server, bounds_the_rate_of_one_connection) {
  Fixture fixture({}, {.max_rate = 5});
  int refused = 0;
  for (int i = 0; i < 50; ++i) {
    const auto answer = fixture.ask(R"({"jsonrpc":"2.0","id":1,"method":"echo","params":[]})").as_object();
    if (const auto* error = answer.if_contains("error")) refused += error->at("code") == kRateExceeded ? 1 : 0;
  }
  EXPECT_GE(refused, 30);
  EXPECT_LT(refused, 50);
}

TEST(json_rpc_server, bounds_the_rate_of_an_address_over_post) {
  Fixture fixture({}, {.max_rate = 5});
  const auto url = "http://127.0.0.1:" + std::to_string(fixture.server.port());
  std::string batch = "[";
  for (int i = 0; i < 50; ++i) batch += (i > 0 ? "," : "") + std::string(R"({"jsonrpc":"2.0","id":1,"method":"echo"})");
  const auto answer = fetch({.method = "POST", .url = url, .headers = {}, .body = batch + "]"});
  const auto answers = json::parse(answer->body).as_array();
  EXPECT_EQ(answers.size(), 50U);
  EXPECT_GE(std::ranges::count_if(answers, [](const auto& one) { return one.as_object().contains("error"); }), 30);
}

TEST(json_rpc_server, answers_post_and_refuses_subscriptions_there) {
  Fixture fixture;
  const auto url = "http://127.0.0.1:" + std::to_string(fixture.server.port());
  const auto post = [&](std::string body) {
    return fetch({.method = "POST", .url = url, .headers = {}, .body = std::move(body)});
  };
  const auto response = post(R"({"jsonrpc":"2.0","id":1,"method":"echo","params":[5]})");
  EXPECT_EQ(response->status, 200U);
  EXPECT_EQ(*find_header(response->headers, "Content-Type"), "application/json");
  EXPECT_EQ(json::parse(response->body).at("result"), json::array{5});
  EXPECT_EQ(post(R"({"jsonrpc":"2.0","method":"echo"})")->status, 204U);
  EXPECT_EQ(json::parse(post(Fixture::kSubscribe)->body).at("error").at("code"), kNoSubscriptions);
  EXPECT_EQ(fetch({.url = url, .headers = {}, .body = {}})->status, 405U);
}

TEST(json_rpc_server, keeps_the_order_of_one_connection) {
  Fixture fixture;
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(fixture.client->send(R"({"jsonrpc":"2.0","id":)" + std::to_string(i) + R"(,"method":"echo"})"));
  }
  for (int i = 0; i < 50; ++i) EXPECT_EQ(fixture.next().at("id"), i);
  EXPECT_EQ(fixture.ask("not json").at("error").at("code"), kParseError);
}

}  // namespace
}  // namespace substratee::net
