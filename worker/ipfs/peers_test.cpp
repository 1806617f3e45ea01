#include "worker/ipfs/peers.hpp"

#include "tests/support/tls_server.hpp"
#include "worker/ipfs/testing.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace substratee::worker::ipfs {
namespace {

using test::TlsServer;

std::string answer_with(const ipld::Block& block) {
  return fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}", block.bytes.size(), as_text(block.bytes));
}

std::string as_wss(const std::string& https) { return "wss" + https.substr(std::string_view("https").size()); }

TEST(peers, take_every_form_of_a_worker_url) {
  const std::vector<std::string> urls{"http://a:1", "https://b", "ws://c:3/base", "wss://d", "wss://e:5"};
  const Peers peers(urls);
  ASSERT_EQ(peers.count(), urls.size());
  const std::vector<std::string> expected{"http://a:1/", "https://b:443/", "http://c:3/base", "https://d:443/",
                                          "https://e:5/"};
  for (std::size_t i = 0; i < urls.size(); ++i) {
    EXPECT_EQ(peers.url(i).to_string(), expected[i]);
    EXPECT_EQ(peers.name(i), urls[i]) << "named as registered";
  }
  EXPECT_TRUE(peers.dropped().empty());
}

TEST(peers, one_worker_under_two_schemes_is_asked_once) {
  const std::vector<std::string> urls{"http://a:1", "ws://a:1/", "https://a:1", "wss://a:1"};
  EXPECT_EQ(Peers(urls).count(), 2U);
}

TEST(peers, other_addresses_are_given_up_by_name) {
  const std::vector<std::string> urls{"tcp://a:1", "ftp://a", "wss://", "wss:/b", ""};
  const Peers peers(urls);
  EXPECT_EQ(peers.count(), 0U);
  const auto dropped = peers.dropped();
  ASSERT_EQ(dropped.size(), urls.size());
  EXPECT_EQ(dropped.front(), "tcp://a:1: not an address of http, https, ws or wss");
}

TEST(peers, a_block_comes_over_tls) {
  const auto block = testing::make_block("over TLS");
  const TlsServer server("IP:127.0.0.1", answer_with(block));
  for (const auto& url : {server.url(), as_wss(server.url())}) {
    Peers peers(std::span(&url, 1));
    BlockClient client(peers, {.ca_file = server.ca_file()});
    const auto bytes = client.get(block.cid, 0, {});
    ASSERT_TRUE(bytes) << bytes.error().to_string();
    EXPECT_EQ(*bytes, block.bytes);
  }
}

TEST(peers, the_authorities_are_those_of_the_system_or_of_ssl_cert_file) {
  const auto block = testing::make_block("over TLS");
  const TlsServer server("IP:127.0.0.1", answer_with(block));
  const auto url = server.url();
  const auto get = [&] {
    Peers peers(std::span(&url, 1));
    return BlockClient(peers, {}).get(block.cid, 0, {});
  };
  EXPECT_FALSE(get()) << "an authority that the system does not know";
  ::setenv("SSL_CERT_FILE", server.ca_file().c_str(), 1);
  EXPECT_EQ(get(), block.bytes);
  ::unsetenv("SSL_CERT_FILE");
}

TEST(peers, a_server_that_does_not_prove_who_it_is_gets_no_second_chance) {
  const auto block = testing::make_block("over TLS");
  const TlsServer server("DNS:elsewhere.example", answer_with(block));
  const auto url = as_wss(server.url());
  Peers peers(std::span(&url, 1));
  BlockClient client(peers, {.ca_file = server.ca_file()});
  EXPECT_EQ(client.get(block.cid, 0, {}).error().code, FailureCode::kNotFound);
  EXPECT_FALSE(peers.is_usable(0));
}

}  // namespace
}  // namespace substratee::worker::ipfs
