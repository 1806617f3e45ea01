// TLS of the HTTP client, against a server with an authority of its own.
#include "net/http_client.hpp"
#include "tests/support/tls_server.hpp"

namespace substratee::net {
namespace {

using namespace std::chrono_literals;
using test::TlsServer;

constexpr const char* kAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: 1\r\n\r\nhello";

Result<HttpResponse> get(const std::string& url, const std::string& ca_file) {
  return fetch({.url = url, .headers = {}, .body = {}}, {.total_timeout = 5s, .ca_file = ca_file});
}

TEST(tls_client, speaks_to_a_server_whose_authority_it_was_given) {
  const TlsServer server("IP:127.0.0.1,DNS:localhost", kAnswer);
  for (const std::string host : {"127.0.0.1", "localhost"}) {
    const auto response = get(server.url(host), server.ca_file());
    ASSERT_TRUE(response) << response.error().to_string();
    EXPECT_EQ(response->status, 200U);
    EXPECT_EQ(response->body, "hello");
    EXPECT_EQ(*find_header(response->headers, "x-a"), "1");
  }
}

TEST(tls_client, many_requests_on_one_connection) {
  const TlsServer server("IP:127.0.0.1", kAnswer);
  HttpConnection connection(*Url::parse(server.url()), {.ca_file = server.ca_file()});
  for (int i = 0; i < 5; ++i) {
    const auto response = connection.send({.url = "/", .headers = {}, .body = {}});
    ASSERT_TRUE(response) << response.error().to_string();
  }
  const auto plain = connection.send({.url = "http" + server.url().substr(5), .headers = {}, .body = {}});
  EXPECT_EQ(plain.error().code, FailureCode::kBadUrl) << "never falls back to plain text";
}

TEST(tls_client, refuses_a_server_that_does_not_prove_who_it_is) {
  const TlsServer server("IP:127.0.0.1", kAnswer);
  const TlsServer other("DNS:elsewhere.example", kAnswer);
  EXPECT_EQ(get(server.url(), other.ca_file()).error().code, FailureCode::kRefused) << "another authority";
  EXPECT_EQ(get(server.url(), {}).error().code, FailureCode::kRefused) << "the system's authorities";
  EXPECT_EQ(get(other.url(), other.ca_file()).error().code, FailureCode::kRefused) << "another name";
  EXPECT_EQ(get(server.url("localhost"), server.ca_file()).error().code, FailureCode::kRefused) << "another name";
}

TEST(tls_client, tells_failures_apart) {
  const TlsServer server("IP:127.0.0.1", kAnswer);
  EXPECT_EQ(get(server.url(), "/nowhere/authority.pem").error().code, FailureCode::kSystem);
  const auto large =
      fetch({.url = server.url(), .headers = {}, .body = {}}, {.max_body = 4, .ca_file = server.ca_file()});
  EXPECT_EQ(large.error().code, FailureCode::kTooLarge);
  const TlsServer cut("IP:127.0.0.1", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
  const auto timed_out =
      fetch({.url = cut.url(), .headers = {}, .body = {}}, {.total_timeout = 300ms, .ca_file = cut.ca_file()});
  EXPECT_EQ(timed_out.error().code, FailureCode::kTimeout);
  EXPECT_EQ(get("https://127.0.0.1:1/", {}).error().code, FailureCode::kUnreachable);
}

}  // namespace
}  // namespace substratee::net
