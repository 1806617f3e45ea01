#include "net/server.hpp"

#include "net/http_client.hpp"
#include "net/tcp.hpp"
#include "net/websocket_client.hpp"

#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>

namespace substratee::net {
namespace {

using namespace std::chrono_literals;

/// Fails after five seconds instead of hanging.
template <class Condition>
bool eventually(Condition condition) {
  for (int i = 0; i < 1000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(5ms);
  }
  return false;
}

struct Fixture {
  explicit Fixture(ServerOptions options = {}) : server(std::move(options)) {
    server.route("GET", "/hello", [](const Request& request) { return Response::text(200, "hello " + request.query); });
    server.route("POST", "/echo", [](const Request& request) {
      return Response::bytes("application/octet-stream", to_bytes(as_bytes(request.body)));
    });
    server.route("GET", "/files/", [](const Request& request) { return Response::text(200, request.path); });
    server.route("GET", "/reflect", [](const Request& request) {
      auto response = Response::text(200, "ok");
      response.headers = {{"X-Said", percent_decode(request.query).value_or("")}};
      return response;
    });
    server.route("GET", "/throws", [](const Request&) -> Response { throw std::runtime_error("bug"); });
    server.route("GET", "/peer", [](const Request& request) { return Response::text(200, request.peer_address); });
    server.websocket("/", {.on_open = [this](const auto&) { ++opened; },
                           .on_text = [](const auto& session, const std::string& text) { session->send(text); },
                           .on_close = [this](const auto&) { ++closed; }});
  }

  std::string start() {
    const auto started = server.start();
    EXPECT_TRUE(started) << (started ? "" : started.error().to_string());
    return "127.0.0.1:" + std::to_string(server.port());
  }

  /// Sends bytes as they are, returns all that comes back until the server closes.
  std::string raw(std::string_view bytes) const {
    const auto stream = TcpStream::connect("127.0.0.1", server.port(), 2s);
    EXPECT_TRUE(stream);
    std::ignore = (*stream)->write_all(as_bytes(bytes), 2s);
    std::string out;
    std::array<std::uint8_t, 4096> buffer{};
    while (const auto size = (*stream)->read_some(buffer, 3s).value_or(0)) out += as_text({buffer.data(), size});
    return out;
  }

  std::atomic<int> opened = 0;
  std::atomic<int> closed = 0;
  Server server;
};

TEST(server, answers_routes_exact_and_beneath) {
  Fixture fixture;
  const auto base = "http://" + fixture.start();
  const auto get = [&](const std::string& target) { return fetch({.url = base + target, .headers = {}, .body = {}}); };
  EXPECT_EQ(get("/hello?you&me")->body, "hello you&me");
  EXPECT_EQ(get("/files/a/b%20c")->body, "/files/a/b%20c");
  EXPECT_EQ(get("/files/")->body, "/files/");
  EXPECT_EQ(get("/peer")->body, "127.0.0.1");
  EXPECT_EQ(get("/hello/more")->status, 404U);
  EXPECT_EQ(get("/files")->status, 404U);
  EXPECT_EQ(get("/throws")->status, 500U);
  const std::string body("\0\xff binary", 9);
  const auto echo = fetch({.method = "POST", .url = base + "/echo", .headers = {}, .body = body});
  EXPECT_EQ(echo->body, body);
  EXPECT_EQ(*find_header(echo->headers, "content-type"), "application/octet-stream");
}

TEST(server, lets_no_stranger_write_headers) {
  Fixture fixture;
  const auto base = "http://" + fixture.start();
  const auto said = [&](const std::string& query) {
    const auto response = fetch({.url = base + "/reflect?" + query, .headers = {}, .body = {}});
    EXPECT_EQ(response->body, "ok");
    EXPECT_FALSE(find_header(response->headers, "Evil"));
    const auto* header = find_header(response->headers, "X-Said");
    return header ? *header : "nothing";
  };
  EXPECT_EQ(said("a%20b"), "a b");
  EXPECT_EQ(said("a%0d%0aEvil:%201"), "nothing");
}

TEST(server, refuses_the_wrong_method_and_names_the_right_ones) {
  Fixture fixture;
  const auto base = "http://" + fixture.start();
  const auto response = fetch({.method = "DELETE", .url = base + "/hello", .headers = {}, .body = {}});
  EXPECT_EQ(response->status, 405U);
  EXPECT_EQ(*find_header(response->headers, "Allow"), "GET, HEAD, OPTIONS");
}

TEST(server, head_is_get_without_body) {
  Fixture fixture;
  const auto base = "http://" + fixture.start();
  const auto response = fetch({.method = "HEAD", .url = base + "/hello?12345", .headers = {}, .body = {}});
  EXPECT_EQ(response->status, 200U);
  EXPECT_EQ(response->body, "");
  EXPECT_EQ(*find_header(response->headers, "Content-Length"), "11");
}

TEST(server, lets_web_pages_of_any_origin_call) {
  Fixture fixture;
  const auto base = "http://" + fixture.start();
  const auto plain = fetch({.url = base + "/hello", .headers = {}, .body = {}});
  EXPECT_EQ(*find_header(plain->headers, "Access-Control-Allow-Origin"), "*");
  const auto preflight = fetch({.method = "OPTIONS", .url = base + "/echo", .headers = {}, .body = {}});
  EXPECT_EQ(preflight->status, 204U);
  EXPECT_EQ(*find_header(preflight->headers, "Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(*find_header(preflight->headers, "Access-Control-Allow-Methods"), "POST, OPTIONS");
  EXPECT_EQ(fetch({.method = "OPTIONS", .url = base + "/none", .headers = {}, .body = {}})->status, 404U);
}

TEST(server, lets_only_web_pages_of_allowed_origins_call) {
  Fixture fixture({.allowed_origins = {"https://a.example", "https://b.example"}});
  const auto base = fixture.start();
  const auto get = [&](const std::string& origin) {
    return fetch({.url = "http://" + base + "/hello", .headers = {{"Origin", origin}}, .body = {}});
  };
  EXPECT_EQ(get("https://b.example")->status, 200U);
  EXPECT_EQ(*find_header(get("https://b.example")->headers, "Access-Control-Allow-Origin"), "https://b.example");
  EXPECT_EQ(get("https://evil.example")->status, 403U);
  EXPECT_EQ(find_header(get("https://evil.example")->headers, "Access-Control-Allow-Origin"), nullptr);
  EXPECT_EQ(fetch({.url = "http://" + base + "/hello", .headers = {}, .body = {}})->status, 200U) << "no browser";
  const auto upgrade = [](const std::string& origin) {
    return "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: upgrade, close\r\nSec-WebSocket-Version: "
           "13\r\n"
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: " +
           origin + "\r\n\r\n";
  };
  EXPECT_TRUE(fixture.raw(upgrade("https://evil.example")).starts_with("HTTP/1.1 403 "));
  EXPECT_EQ(fixture.opened, 0);
}

TEST(server, refuses_what_is_too_large_or_not_http) {
  Fixture fixture({.max_body = 1000});
  const auto base = "http://" + fixture.start();
  EXPECT_EQ(fetch({.method = "POST", .url = base + "/echo", .headers = {}, .body = std::string(1000, 'x')})->status,
            200U);
  EXPECT_EQ(fetch({.method = "POST", .url = base + "/echo", .headers = {}, .body = std::string(1001, 'x')})->status,
            413U);
  const auto header = fetch({.url = base + "/hello", .headers = {{"X", std::string(20'000, 'x')}}, .body = {}});
  EXPECT_EQ(header->status, 431U);
  EXPECT_TRUE(fixture.raw("nonsense\r\n\r\n").starts_with("HTTP/1.1 400 "));
  EXPECT_TRUE(fixture.raw("POST /echo HTTP/1.1\r\nContent-Length: 1001\r\n\r\n").starts_with("HTTP/1.1 413 "));
  EXPECT_TRUE(fixture
                  .raw("POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3E9\r\n" + std::string(1001, 'x') +
                       "\r\n0\r\n\r\n")
                  .starts_with("HTTP/1.1 413 "));
}

TEST(server, keeps_the_connection_and_takes_pipelined_requests) {
  Fixture fixture;
  fixture.start();
  const auto out =
      fixture.raw("GET /hello?a HTTP/1.1\r\nHost: x\r\n\r\nGET /hello?b HTTP/1.1\r\nConnection: close\r\n\r\n");
  EXPECT_NE(out.find("hello a"), std::string::npos);
  EXPECT_NE(out.find("hello b"), std::string::npos);
}

TEST(server, tells_a_waiting_client_to_continue) {
  Fixture fixture;
  fixture.start();
  const auto out =
      fixture.raw("POST /echo HTTP/1.1\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nok");
  EXPECT_TRUE(out.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK")) << out;
}

TEST(server, ends_connections_that_say_nothing) {
  Fixture fixture({.idle_timeout = 50ms, .request_timeout = 50ms});
  fixture.start();
  EXPECT_EQ(fixture.raw(""), "");
  EXPECT_EQ(fixture.raw("GET /hello HT"), "");
  EXPECT_EQ(fixture.raw("POST /echo HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc"), "");
}

TEST(server, limits_connections_of_one_address_and_in_all) {
  for (const auto& [options, status] : {std::pair(ServerOptions{.max_connections_per_address = 2}, "429"),
                                        std::pair(ServerOptions{.max_connections = 2}, "503")}) {
    Fixture fixture(options);
    const auto base = "http://" + fixture.start();
    std::vector<std::unique_ptr<HttpConnection>> held;
    for (int i = 0; i < 2; ++i) {
      held.push_back(std::make_unique<HttpConnection>(*Url::parse(base)));
      ASSERT_EQ(held.back()->send({.url = "/hello", .headers = {}, .body = {}})->status, 200U);
    }
    EXPECT_TRUE(fixture.raw("GET /hello HTTP/1.1\r\n\r\n").starts_with(std::string("HTTP/1.1 ") + status));
    held.pop_back();
    EXPECT_TRUE(eventually([&] {
      const auto response = fetch({.url = base + "/hello", .headers = {}, .body = {}});
      return response && response->status == 200;
    }));
  }
}

TEST(server, a_blocking_handler_stalls_nobody_else) {
  Fixture fixture({.max_waiting_requests = 1, .threads = 2});
  std::promise<void> release;
  std::atomic<int> entered = 0;
  fixture.server.route("GET", "/slow", [&, gate = release.get_future().share()](const Request&) {
    ++entered;
    gate.wait();
    return Response::text(200, "late");
  });
  const auto base = "http://" + fixture.start();
  const auto start_slow = [&] {
    return std::async(std::launch::async, [&] { return fetch({.url = base + "/slow", .headers = {}, .body = {}}); });
  };
  auto first = start_slow();
  EXPECT_TRUE(eventually([&] { return entered == 1; }));
  EXPECT_EQ(fetch({.url = base + "/hello", .headers = {}, .body = {}})->status, 200U);

  auto second = start_slow();
  EXPECT_TRUE(eventually([&] { return entered == 2; }));
  const HttpRequest hello{.url = base + "/hello", .headers = {}, .body = {}};
  EXPECT_EQ(fetch(hello, {.total_timeout = 100ms}).error().code, FailureCode::kTimeout);  // waits for a thread
  EXPECT_EQ(fetch(hello)->status, 503U);
  release.set_value();
  EXPECT_EQ(first.get()->body, "late");
  EXPECT_EQ(second.get()->body, "late");
}

TEST(server, listens_on_ipv6_and_refuses_bad_addresses) {
  Fixture fixture({.bind_address = "::1"});
  fixture.start();
  const auto url = "http://[::1]:" + std::to_string(fixture.server.port()) + "/peer";
  EXPECT_EQ(fetch({.url = url, .headers = {}, .body = {}})->body, "::1");
  EXPECT_EQ(Server({.bind_address = "localhost"}).start().error().code, FailureCode::kBadUrl);
  const auto taken = Server({.bind_address = "::1", .port = fixture.server.port()}).start();
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, FailureCode::kSystem);
}

TEST(server, stops_with_connections_open) {
  auto fixture = std::make_unique<Fixture>();
  const auto authority = fixture->start();
  HttpConnection http(*Url::parse("http://" + authority));
  ASSERT_TRUE(http.send({.url = "/hello", .headers = {}, .body = {}}));
  std::promise<Failure> closed;
  const auto socket =
      WebSocketClient::connect(*Url::parse("ws://" + authority),
                               {.on_text = [](auto) {}, .on_closed = [&](const auto& f) { closed.set_value(f); }});
  ASSERT_TRUE(socket);
  fixture->server.stop();
  EXPECT_EQ(closed.get_future().get().code, FailureCode::kClosed);
  EXPECT_EQ(fixture->opened, 1);
  EXPECT_EQ(fixture->closed, 1);
  fixture.reset();
  EXPECT_FALSE(http.send({.url = "/hello", .headers = {}, .body = {}}));
  EXPECT_EQ((*socket)->send("x").error().code, FailureCode::kClosed);
}

TEST(websocket, echoes_in_order_and_tells_the_end) {
  Fixture fixture;
  const auto url = *Url::parse("ws://" + fixture.start());
  std::mutex mutex;
  std::vector<std::string> received;
  {
    const auto client = WebSocketClient::connect(url, {.on_text =
                                                           [&](std::string text) {
                                                             const std::lock_guard lock(mutex);
                                                             received.push_back(std::move(text));
                                                           },
                                                       .on_closed = [](const auto&) {}});
    ASSERT_TRUE(client);
    for (int i = 0; i < 100; ++i) ASSERT_TRUE((*client)->send(std::to_string(i)));
    ASSERT_TRUE(eventually([&] {
      const std::lock_guard lock(mutex);
      return received.size() == 100;
    }));
    for (int i = 0; i < 100; ++i) EXPECT_EQ(received[i], std::to_string(i));
  }
  EXPECT_TRUE(eventually([&] { return fixture.closed == 1; }));
}

TEST(websocket, closes_a_client_that_sends_too_much) {
  Fixture fixture({.max_body = 1000});
  const auto url = *Url::parse("ws://" + fixture.start());
  std::promise<Failure> closed;
  const auto client = WebSocketClient::connect(
      url, {.on_text = [](auto) {}, .on_closed = [&](const auto& failure) { closed.set_value(failure); }});
  ASSERT_TRUE(client);
  ASSERT_TRUE((*client)->send(std::string(1001, 'x')));
  EXPECT_EQ(closed.get_future().get().code, FailureCode::kClosed);
}

TEST(websocket, closes_a_client_that_does_not_read) {
  Fixture fixture({.max_queued = 1'000'000});
  std::promise<std::shared_ptr<WebSocketSession>> opened;
  fixture.server.websocket("/flood", {.on_open = [&](const auto& session) { opened.set_value(session); },
                                      .on_text = [](const auto&, const auto&) {},
                                      .on_close = [&](const auto&) { ++fixture.closed; }});
  fixture.start();
  const auto stream = TcpStream::connect("127.0.0.1", fixture.server.port(), 2s);
  ASSERT_TRUE(
      (*stream)->write_all(as_bytes("GET /flood HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
                                    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"),
                           2s));
  const auto session = opened.get_future().get();
  bool is_open = true;
  for (int i = 0; i < 10'000 && is_open; ++i) is_open = session->send(std::string(100'000, 'x'));
  EXPECT_FALSE(is_open);
  EXPECT_FALSE(session->is_open());
  EXPECT_TRUE(eventually([&] { return fixture.closed == 1; }));
}

TEST(websocket, closes_those_who_hold_much_when_memory_is_used_up) {
  Fixture fixture({.max_memory = 500'000});
  std::mutex mutex;
  std::vector<std::shared_ptr<WebSocketSession>> sessions;
  fixture.server.websocket("/flood", {.on_open =
                                          [&](const auto& session) {
                                            const std::lock_guard lock(mutex);
                                            sessions.push_back(session);
                                          },
                                      .on_text = [](const auto&, const auto&) {},
                                      .on_close = [&](const auto&) { ++fixture.closed; }});
  fixture.start();
  std::vector<std::unique_ptr<TcpStream>> deaf;
  for (int i = 0; i < 2; ++i) {
    deaf.push_back(*TcpStream::connect("127.0.0.1", fixture.server.port(), 2s));
    ASSERT_TRUE(deaf.back()->write_all(
        as_bytes("GET /flood HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
                 "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"),
        2s));
  }
  ASSERT_TRUE(eventually([&] {
    const std::lock_guard lock(mutex);
    return sessions.size() == 2;
  }));
  // Far below what one connection may have waiting (16 MiB), but more than there is for all.
  bool is_open = true;
  for (int i = 0; i < 200 && is_open; ++i) is_open = sessions[0]->send(std::string(100'000, 'x'));
  EXPECT_FALSE(is_open);
  EXPECT_TRUE(sessions[1]->send(std::string(100'000, 'x'))) << "has a share of its own";
}

TEST(server, has_no_memory_for_large_bodies_when_it_is_used_up) {
  Fixture fixture({.max_body = 1'000'000, .max_memory = 500'000});
  const auto base = "http://" + fixture.start();
  const auto post = [&](std::size_t size) {
    return fetch({.method = "POST", .url = base + "/echo", .headers = {}, .body = std::string(size, 'x')})->status;
  };
  EXPECT_EQ(post(700'000), 200U);
  const std::string head = "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n";
  auto half = *TcpStream::connect("127.0.0.1", fixture.server.port(), 2s);
  ASSERT_TRUE(half->write_all(as_bytes(head + std::string(700'000, 'x')), 2s));
  EXPECT_TRUE(eventually([&] { return post(700'000) == 503; })) << "the other one holds most of what there is";
  EXPECT_EQ(post(200'000), 200U) << "every connection has a share of its own";
  EXPECT_TRUE(fixture
                  .raw("POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nAAE60\r\n" +
                       std::string(700'000, 'x') + "\r\n0\r\n\r\n")
                  .starts_with("HTTP/1.1 503 "));
  half.reset();
  EXPECT_TRUE(eventually([&] { return post(700'000) == 200; })) << "it came back";
}

TEST(server, has_no_memory_for_large_answers_that_nobody_takes) {
  constexpr std::size_t kLarge = std::size_t{32} << 20;
  Fixture fixture({.max_memory = kLarge + kLarge / 2});
  std::atomic<int> made = 0;
  fixture.server.route("GET", "/large", [&](const Request&) {
    auto out = Response::text(200, std::string(kLarge, 'x'));
    ++made;
    return out;
  });
  const auto base = "http://" + fixture.start();
  const auto get = [&] { return fetch({.url = base + "/large", .headers = {}, .body = {}})->status; };
  auto deaf = *TcpStream::connect("127.0.0.1", fixture.server.port(), 2s);
  ASSERT_TRUE(deaf->write_all(as_bytes("GET /large HTTP/1.1\r\nHost: x\r\n\r\n"), 2s));
  ASSERT_TRUE(eventually([&] { return made == 1; }));
  EXPECT_EQ(get(), 503U);
  EXPECT_EQ(fetch({.url = base + "/hello", .headers = {}, .body = {}})->status, 200U);
  deaf.reset();
  EXPECT_TRUE(eventually([&] { return get() == 200; })) << "it came back";
}

TEST(websocket, is_refused_where_none_lives) {
  Fixture fixture;
  const auto authority = fixture.start();
  const auto client = WebSocketClient::connect(*Url::parse("ws://" + authority + "/hello"),
                                               {.on_text = [](auto) {}, .on_closed = [](const auto&) {}});
  ASSERT_FALSE(client);
  EXPECT_EQ(client.error().code, FailureCode::kRefused);
}

TEST(websocket, stays_open_while_both_sides_are_silent) {
  Fixture fixture({.idle_timeout = 60ms});
  const auto url = *Url::parse("ws://" + fixture.start());
  const auto client = WebSocketClient::connect(url, {.on_text = [](auto) {}, .on_closed = [](const auto&) {}});
  ASSERT_TRUE(client);
  std::this_thread::sleep_for(200ms);
  EXPECT_TRUE((*client)->is_open());
}

TEST(websocket, a_session_may_outlive_its_server) {
  std::shared_ptr<WebSocketSession> kept;
  {
    Fixture fixture;
    std::promise<void> opened;
    fixture.server.websocket("/keep", {.on_open =
                                           [&](const auto& session) {
                                             kept = session;
                                             opened.set_value();
                                           },
                                       .on_text = [](const auto&, const auto&) {},
                                       .on_close = [](const auto&) {}});
    const auto url = *Url::parse("ws://" + fixture.start() + "/keep");
    const auto client = WebSocketClient::connect(url, {.on_text = [](auto) {}, .on_closed = [](const auto&) {}});
    opened.get_future().wait();
    EXPECT_TRUE(kept->send("hello"));
  }
  EXPECT_FALSE(kept->is_open());
  EXPECT_FALSE(kept->send("nobody"));
  kept->close();
}

TEST(websocket, serves_fifty_clients_at_once) {
  Fixture fixture;
  const auto url = *Url::parse("ws://" + fixture.start());
  std::atomic<int> answers = 0;
  std::vector<std::unique_ptr<WebSocketClient>> clients;
  for (int i = 0; i < 50; ++i) {
    auto client = WebSocketClient::connect(url, {.on_text = [&](auto) { ++answers; }, .on_closed = [](const auto&) {}});
    ASSERT_TRUE(client) << i;
    clients.push_back(std::move(*client));
  }
  for (int round = 0; round < 10; ++round) {
    for (const auto& client : clients) ASSERT_TRUE(client->send("x"));
  }
  EXPECT_TRUE(eventually([&] { return answers == 500; }));
  EXPECT_EQ(fixture.opened, 50);
}

/// `pieces` pieces of `size` letters, then the end or a failure. Counts what is asked for and whether it is released.
class Letters final : public BodyStream {
 public:
  struct Count {
    std::atomic<int> asked = 0;
    std::atomic<int> alive = 0;
  };
  Letters(Count& count, int pieces, std::size_t size, bool ends = true)
      : count_(count), pieces_(pieces), size_(size), ends_(ends) {
    ++count_.alive;
  }
  ~Letters() override { --count_.alive; }
  Letters(const Letters&) = delete;
  Letters& operator=(const Letters&) = delete;

  std::optional<Bytes> next() override {
    ++count_.asked;
    if (pieces_-- > 0) return Bytes(size_, 'a');
    return ends_ ? std::optional(Bytes{}) : std::nullopt;
  }

 private:
  Count& count_;
  int pieces_;
  const std::size_t size_;
  const bool ends_;
};

struct Streaming : Fixture {
  explicit Streaming(ServerOptions options = {}) : Fixture(std::move(options)) {
    const auto route = [this](std::string path, int pieces, std::size_t size, bool ends) {
      server.route("GET", std::move(path), [this, pieces, size, ends](const Request&) {
        return Response::stream("text/letters", std::make_shared<Letters>(count, pieces, size, ends));
      });
    };
    route("/stream", 5, 100'000, true);
    route("/nothing", 0, 0, true);
    route("/broken", 2, 1000, false);
    route("/endless", 1'000'000, std::size_t{1} << 20, true);
  }
  ~Streaming() { server.stop(); }
  Streaming(const Streaming&) = delete;
  Streaming& operator=(const Streaming&) = delete;
  Letters::Count count;
};

TEST(server_stream, comes_in_chunks_and_the_connection_goes_on) {
  Streaming fixture;
  HttpConnection connection(*Url::parse("http://" + fixture.start()));
  for (int i = 0; i < 3; ++i) {
    const auto whole = connection.send({.url = "/stream", .headers = {}, .body = {}});
    ASSERT_TRUE(whole) << whole.error().to_string();
    EXPECT_EQ(whole->body, std::string(500'000, 'a'));
    EXPECT_EQ(*find_header(whole->headers, "content-type"), "text/letters");
    EXPECT_EQ(*find_header(whole->headers, "transfer-encoding"), "chunked");
    EXPECT_EQ(find_header(whole->headers, "content-length"), nullptr);
    const auto empty = connection.send({.url = "/nothing", .headers = {}, .body = {}});
    ASSERT_TRUE(empty) << empty.error().to_string();
    EXPECT_EQ(empty->body, "");
  }
  EXPECT_EQ(fixture.count.asked, 3 * 7);
  EXPECT_TRUE(eventually([&] { return fixture.count.alive == 0; }));
}

TEST(server_stream, one_that_fails_is_cut) {
  Streaming fixture;
  const auto base = "http://" + fixture.start();
  EXPECT_FALSE(fetch({.url = base + "/broken", .headers = {}, .body = {}}));
  const auto raw = fixture.raw("GET /broken HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(raw.contains("200 OK"));
  EXPECT_TRUE(raw.contains(std::string(1000, 'a')));
  EXPECT_FALSE(raw.contains("\r\n0\r\n")) << "no last chunk";
}

TEST(server_stream, head_asks_for_no_piece) {
  Streaming fixture;
  const auto head =
      fetch({.method = "HEAD", .url = "http://" + fixture.start() + "/endless", .headers = {}, .body = {}});
  ASSERT_TRUE(head) << head.error().to_string();
  EXPECT_EQ(head->status, 200U);
  EXPECT_EQ(head->body, "");
  EXPECT_EQ(fixture.count.asked, 0);
}

TEST(server_stream, http_1_0_is_told_that_it_cannot_have_it) {
  Streaming fixture;
  fixture.start();
  EXPECT_TRUE(fixture.raw("GET /stream HTTP/1.0\r\n\r\n").contains(" 505 "));
  EXPECT_EQ(fixture.count.asked, 0);
}

TEST(server_stream, a_client_that_does_not_read_costs_little_and_is_cut) {
  Streaming fixture({.request_timeout = 500ms});
  fixture.start();
  const auto stream = TcpStream::connect("127.0.0.1", fixture.server.port(), 2s);
  ASSERT_TRUE(stream);
  std::ignore = (*stream)->write_all(as_bytes("GET /endless HTTP/1.1\r\nHost: x\r\n\r\n"), 2s);
  EXPECT_TRUE(eventually([&] { return fixture.count.asked > 0; }));
  EXPECT_TRUE(eventually([&] { return fixture.count.alive == 0; })) << "the time is up";
  EXPECT_LT(fixture.count.asked, 40) << "what the sockets hold, and one piece";
}

TEST(server_stream, a_client_that_reads_for_ever_is_cut) {
  Streaming fixture({.stream_timeout = 300ms});
  fixture.start();
  const auto stream = TcpStream::connect("127.0.0.1", fixture.server.port(), 2s);
  ASSERT_TRUE(stream);
  std::ignore = (*stream)->write_all(as_bytes("GET /endless HTTP/1.1\r\nHost: x\r\n\r\n"), 2s);
  Bytes sink(1 << 16);
  while ((*stream)->read_some(sink, 3s).value_or(0) > 0) {
  }
  EXPECT_TRUE(eventually([&] { return fixture.count.alive == 0; }));
}

TEST(server_stream, stop_ends_it) {
  Streaming fixture;
  fixture.start();
  const auto stream = TcpStream::connect("127.0.0.1", fixture.server.port(), 2s);
  ASSERT_TRUE(stream);
  std::ignore = (*stream)->write_all(as_bytes("GET /endless HTTP/1.1\r\nHost: x\r\n\r\n"), 2s);
  EXPECT_TRUE(eventually([&] { return fixture.count.asked > 1; }));
  fixture.server.stop();
  EXPECT_EQ(fixture.count.alive, 0);
}

}  // namespace
}  // namespace substratee::net
