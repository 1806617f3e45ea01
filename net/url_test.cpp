#include "net/url.hpp"

namespace substratee::net {
namespace {

struct Case {
  std::string_view text;
  Url expected;
};

TEST(url, reads_what_names_a_service) {
  const Case cases[] = {
      {"http://example.org", {"http", "example.org", 80, "/"}},
      {"http://example.org:8080/a/b?c=d&e", {"http", "example.org", 8080, "/a/b?c=d&e"}},
      {"http://example.org?x", {"http", "example.org", 80, "/?x"}},
      {"ws://127.0.0.1:9944", {"ws", "127.0.0.1", 9944, "/"}},
      {"ws://localhost/", {"ws", "localhost", 80, "/"}},
      {"ws://[::1]:9944/rpc", {"ws", "::1", 9944, "/rpc"}},
      {"http://[2001:db8::7]", {"http", "2001:db8::7", 80, "/"}},
      {"tcp://[::1]:65535", {"tcp", "::1", 65535, ""}},
      {"tcp://node_1.local-net:1", {"tcp", "node_1.local-net", 1, ""}},
  };
  for (const auto& [text, expected] : cases) {
    const auto url = Url::parse(text);
    ASSERT_TRUE(url) << text << ": " << url.error().to_string();
    EXPECT_EQ(*url, expected) << text;
    EXPECT_EQ(*Url::parse(url->to_string()), expected) << url->to_string();
  }
}

TEST(url, writes_brackets_around_ipv6_and_always_the_port) {
  EXPECT_EQ(Url::parse("http://[::1]")->to_string(), "http://[::1]:80/");
  EXPECT_EQ(Url::parse("ws://a/b")->to_string(), "ws://a:80/b");
}

TEST(url, refuses_the_rest) {
  for (const std::string_view text : {"",
                                      "example.org",
                                      "http:/example.org",
                                      "wss://example.org",
                                      "HTTP://example.org",
                                      "http://",
                                      "http://:80",
                                      "http:///path",
                                      "http://user@host",
                                      "http://host:",
                                      "http://host:0",
                                      "http://host:65536",
                                      "http://host:80x",
                                      "http://host:+80",
                                      "http://::1",
                                      "http://[::1",
                                      "http://[]",
                                      "http://[name]",
                                      "http://[::1]80",
                                      "http://[::1%25lo]",
                                      "http://ho st",
                                      "http://host/a b",
                                      "http://host/a#b",
                                      "http://host/\r\nX: y",
                                      "http://host\xc3\xa9",
                                      "tcp://host",
                                      "tcp://host:1/",
                                      "tcp://host:1/path"}) {
    const auto url = Url::parse(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().code, FailureCode::kBadUrl);
    EXPECT_FALSE(url.error().next_step.empty());
  }
  EXPECT_FALSE(Url::parse("http://host/" + std::string(2048, 'a')));
  EXPECT_FALSE(Url::parse("http://" + std::string(254, 'a')));
}

TEST(percent_decode, turns_escapes_into_bytes) {
  EXPECT_EQ(percent_decode("a%20b%2Fc"), "a b/c");
  EXPECT_EQ(percent_decode(""), "");
  EXPECT_EQ(percent_decode("%00"), std::string(1, '\0'));
  for (const auto* bad : {"%", "%2", "%2g", "a%", "%0x", "%0X"}) EXPECT_FALSE(percent_decode(bad)) << bad;
}

TEST(failure, names_the_thing_and_the_next_step) {
  const Failure failure{FailureCode::kUnreachable, "ws://a:1", "start it"};
  EXPECT_EQ(failure.to_string(), "unreachable: ws://a:1; start it");
}

}  // namespace
}  // namespace substratee::net
