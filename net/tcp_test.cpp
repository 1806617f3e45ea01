#include "net/tcp.hpp"

#include <future>
#include <thread>

namespace substratee::net {
namespace {

using namespace std::chrono_literals;

struct Pair {
  std::unique_ptr<TcpStream> client;
  std::unique_ptr<TcpStream> server;
};

Pair make_pair(const std::string& address = "127.0.0.1") {
  const auto listener = TcpListener::bind(address, 0);
  EXPECT_TRUE(listener);
  auto client = TcpStream::connect(address, (*listener)->port(), 2s);
  auto server = (*listener)->accept(2s);
  EXPECT_TRUE(client && server);
  return {std::move(*client), std::move(*server)};
}

TEST(tcp, carries_bytes_both_ways) {
  for (const auto* address : {"127.0.0.1", "::1"}) {
    const auto [client, server] = make_pair(address);
    EXPECT_EQ(server->peer_address(), address);
    EXPECT_EQ(client->peer_address(), address);
    ASSERT_TRUE(client->write_all(as_bytes("ping"), 1s));
    Bytes buffer(4);
    ASSERT_TRUE(server->read_exactly(buffer, 1s));
    EXPECT_EQ(as_text(buffer), "ping");
    ASSERT_TRUE(server->write_all(as_bytes("pong"), 1s));
    ASSERT_TRUE(client->read_exactly(buffer, 1s));
    EXPECT_EQ(as_text(buffer), "pong");
  }
}

TEST(tcp, carries_more_than_the_system_buffers) {
  const auto [client, server] = make_pair();
  const Bytes sent(8'000'000, 0xA5);
  auto writing = std::async(std::launch::async, [&] { return client->write_all(sent, 5s).has_value(); });
  Bytes received(sent.size());
  EXPECT_TRUE(server->read_exactly(received, 5s));
  EXPECT_TRUE(writing.get());
  EXPECT_EQ(received, sent);
}

TEST(tcp, end_of_stream_is_zero_bytes_and_a_hole_is_a_failure) {
  const auto [client, server] = make_pair();
  ASSERT_TRUE(client->write_all(as_bytes("ab"), 1s));
  client->shutdown_write();
  Bytes buffer(4);
  const auto result = server->read_exactly(buffer, 1s);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, FailureCode::kClosed);
  EXPECT_EQ(server->read_some(buffer, 1s), 0U);
  EXPECT_TRUE(server->write_all(as_bytes("still"), 1s));
}

TEST(tcp, reading_and_writing_end_with_their_time) {
  const auto [client, server] = make_pair();
  Bytes buffer(1);
  EXPECT_EQ(client->read_some(buffer, 30ms).error().code, FailureCode::kTimeout);
  EXPECT_EQ(client->read_some(buffer, 0ms).error().code, FailureCode::kTimeout);
  const Bytes large(32'000'000);
  EXPECT_EQ(client->write_all(large, 50ms).error().code, FailureCode::kTimeout);
}

TEST(tcp, close_from_another_thread_wakes_the_reader) {
  const auto [client, server] = make_pair();
  auto reading = std::async(std::launch::async, [&] {
    Bytes buffer(1);
    return client->read_some(buffer, 10s).error().code;
  });
  std::this_thread::sleep_for(20ms);
  client->close();
  EXPECT_EQ(reading.get(), FailureCode::kClosed);
  EXPECT_EQ(client->write_all(as_bytes("x"), 1s).error().code, FailureCode::kClosed);
}

TEST(tcp, a_peer_that_is_gone_is_reported) {
  auto [client, server] = make_pair();
  server.reset();
  const Bytes large(1'000'000);
  Result<void> result;
  for (int i = 0; i < 20 && result; ++i) result = client->write_all(large, 1s);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, FailureCode::kClosed);
}

TEST(tcp, connecting_to_nobody_is_unreachable) {
  std::uint16_t port = 0;
  {
    port = (*TcpListener::bind("127.0.0.1", 0))->port();
  }
  const auto result = TcpStream::connect("127.0.0.1", port, 1s);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, FailureCode::kUnreachable);
}

TEST(tcp, listener_stops_waits_and_refuses_names) {
  const auto listener = TcpListener::bind("127.0.0.1", 0);
  ASSERT_TRUE(listener);
  EXPECT_EQ((*listener)->accept(20ms).error().code, FailureCode::kTimeout);
  auto accepting = std::async(std::launch::async, [&] { return (*listener)->accept(10s).error().code; });
  (*listener)->stop();
  EXPECT_EQ(accepting.get(), FailureCode::kClosed);
  EXPECT_EQ((*listener)->accept(10s).error().code, FailureCode::kClosed);
  EXPECT_EQ(TcpListener::bind("localhost", 0).error().code, FailureCode::kBadUrl);
  EXPECT_EQ(TcpListener::bind("127.0.0.1", (*listener)->port()).error().code, FailureCode::kSystem);
}

}  // namespace
}  // namespace substratee::net
