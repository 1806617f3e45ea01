#include "net/http_client.hpp"

#include "net/server.hpp"
#include "net/tcp.hpp"

#include <functional>
#include <thread>

namespace substratee::net {
namespace {

using namespace std::chrono_literals;

/// A server that reads one request and answers with fixed bytes, or says nothing for as long as the test lasts.
class Puppet {
 public:
  explicit Puppet(std::string answer) : listener_(std::move(*TcpListener::bind("127.0.0.1", 0))) {
    thread_ = std::jthread([this, answer] {
      while (auto stream = listener_->accept(5s)) {
        Bytes buffer(100'000);
        std::ignore = (*stream)->read_some(buffer, 1s);
        std::ignore = (*stream)->write_all(as_bytes(answer), 1s);
        if (answer.empty()) held_.push_back(std::move(*stream));
      }
    });
  }
  ~Puppet() { listener_->stop(); }
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(listener_->port()) + "/"; }

 private:
  std::unique_ptr<TcpListener> listener_;
  std::vector<std::unique_ptr<TcpStream>> held_;
  std::jthread thread_;
};

FailureCode failure_of(const std::string& url, const HttpOptions& options = {}) {
  const auto response = fetch({.url = url, .headers = {}, .body = {}}, options);
  EXPECT_FALSE(response);
  return response ? FailureCode::kSystem : response.error().code;
}

TEST(http_client, tells_failures_apart) {
  std::uint16_t unused = 0;
  {
    unused = (*TcpListener::bind("127.0.0.1", 0))->port();
  }
  EXPECT_EQ(failure_of("http://127.0.0.1:" + std::to_string(unused)), FailureCode::kUnreachable);
  EXPECT_EQ(failure_of("ws://127.0.0.1:1"), FailureCode::kBadUrl);
  EXPECT_EQ(failure_of("nonsense"), FailureCode::kBadUrl);
  EXPECT_EQ(failure_of(Puppet("").url(), {.total_timeout = 50ms}), FailureCode::kTimeout);
  EXPECT_EQ(failure_of(Puppet("not http at all\r\n\r\n").url()), FailureCode::kProtocol);
  EXPECT_EQ(failure_of(Puppet("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc").url()), FailureCode::kClosed);
  EXPECT_EQ(failure_of(Puppet("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789").url(), {.max_body = 9}),
            FailureCode::kTooLarge);
}

TEST(http_client, refuses_to_smuggle_headers) {
  const HttpRequest split{.url = "http://127.0.0.1:1/", .headers = {{"X", "a\r\nY: b"}}, .body = {}};
  EXPECT_EQ(fetch(split).error().code, FailureCode::kBadUrl);
  const HttpRequest method{.method = "GET / HTTP/1.1\r\n", .url = "http://127.0.0.1:1/", .headers = {}, .body = {}};
  EXPECT_EQ(fetch(method).error().code, FailureCode::kBadUrl);
}

TEST(http_client, reads_a_body_that_ends_with_the_connection) {
  const Puppet puppet("HTTP/1.0 203 Fine\r\nX-A: 1\r\n\r\nto the end");
  const auto response = fetch({.url = puppet.url(), .headers = {}, .body = {}});
  ASSERT_TRUE(response) << response.error().to_string();
  EXPECT_EQ(response->status, 203U);
  EXPECT_EQ(response->body, "to the end");
  EXPECT_EQ(*find_header(response->headers, "x-a"), "1");
}

TEST(http_client, reads_trailers_and_misses_the_last_chunk) {
  const std::string head = "HTTP/1.1 200 OK\r\nTrailer: X-Late\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n";
  const Puppet late(head + "0\r\nX-Late: too bad\r\n\r\n");
  const auto response = fetch({.url = late.url(), .headers = {}, .body = {}});
  ASSERT_TRUE(response) << response.error().to_string();
  EXPECT_EQ(response->body, "abc");
  ASSERT_NE(find_header(response->headers, "x-late"), nullptr);
  EXPECT_EQ(*find_header(response->headers, "x-late"), "too bad");
  EXPECT_EQ(failure_of(Puppet(head).url()), FailureCode::kClosed);
}

TEST(http_connection, is_cut_by_a_stop_request) {
  const Puppet silent("");
  HttpConnection connection(*Url::parse(silent.url()));
  std::stop_source stop;
  const std::jthread later([&stop] {
    std::this_thread::sleep_for(50ms);
    stop.request_stop();
  });
  const auto begin = std::chrono::steady_clock::now();
  const auto response = connection.send({.url = "/", .headers = {}, .body = {}}, stop.get_token());
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, FailureCode::kClosed);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
  EXPECT_FALSE(connection.send({.url = "/", .headers = {}, .body = {}}, stop.get_token()));
}

TEST(http_connection, sends_many_requests_and_survives_a_server_that_closes) {
  Server server({.idle_timeout = 40ms});
  server.route("GET", "/n", [](const Request& request) { return Response::text(200, request.query); });
  ASSERT_TRUE(server.start());
  HttpConnection connection(*Url::parse("http://127.0.0.1:" + std::to_string(server.port())));
  for (int i = 0; i < 20; ++i) {
    const auto response = connection.send({.url = "/n?" + std::to_string(i), .headers = {}, .body = {}});
    ASSERT_TRUE(response) << response.error().to_string();
    EXPECT_EQ(response->body, std::to_string(i));
  }
  std::this_thread::sleep_for(120ms);
  EXPECT_TRUE(connection.send({.url = "/n", .headers = {}, .body = {}}));
  const auto foreign = connection.send({.url = "http://127.0.0.2:80/", .headers = {}, .body = {}});
  EXPECT_EQ(foreign.error().code, FailureCode::kBadUrl);
}

}  // namespace
}  // namespace substratee::net
