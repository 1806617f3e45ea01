#include "worker/ipfs/gateway.hpp"

#include "net/http_client.hpp"
#include "worker/ipfs/testing.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace substratee::worker::ipfs {
namespace {

using testing::make_block;
using testing::TestStore;

const ipld::Block kHello = make_block("hello world");
constexpr std::string_view kHelloText = "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e";

class gateway : public ::testing::Test {
 protected:
  gateway() { EXPECT_TRUE(store_->put_all(std::vector{kHello})); }

  [[nodiscard]] net::Response get(std::string path, std::string query, net::Headers headers = {}) const {
    return answer_gateway(*store_, {.method = "GET",
                                    .path = std::move(path),
                                    .query = std::move(query),
                                    .headers = std::move(headers),
                                    .body = {},
                                    .peer_address = {}});
  }
  [[nodiscard]] static std::string header(const net::Response& response, std::string_view name) {
    const auto* value = net::find_header(response.headers, name);
    return value == nullptr ? "(none)" : *value;
  }

  TestStore store_;
  const std::string hello_ = fmt::format("/ipfs/{}", kHelloText);
};

TEST_F(gateway, serves_a_raw_block_with_its_headers) {
  const auto response = get(hello_, "format=raw");
  EXPECT_EQ(response.status, 200U);
  EXPECT_EQ(response.body_view(), "hello world");
  EXPECT_EQ(response.content_type, "application/vnd.ipld.raw");
  EXPECT_EQ(header(response, "Content-Disposition"), fmt::format("attachment; filename=\"{}.bin\"", kHelloText));
  EXPECT_EQ(header(response, "Etag"), fmt::format("\"{}.raw\"", kHelloText));
  EXPECT_EQ(header(response, "Cache-Control"), "public, max-age=29030400, immutable");
  EXPECT_EQ(header(response, "X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(header(response, "X-Ipfs-Path"), hello_);
  EXPECT_EQ(header(response, "X-Ipfs-Roots"), kHelloText);
  EXPECT_EQ(header(response, "Content-Location"), "(none)");
}

TEST_F(gateway, format_may_come_from_accept) {
  const auto response = get(hello_, "", {{"Accept", "text/html, Application/vnd.ipld.raw;q=0.5, */*"}});
  EXPECT_EQ(response.status, 200U);
  EXPECT_EQ(header(response, "Content-Location"), hello_ + "?format=raw");
}

TEST_F(gateway, the_query_beats_accept) {
  EXPECT_EQ(get(hello_, "format=raw", {{"Accept", "application/vnd.ipld.car"}}).status, 200U);
  EXPECT_EQ(get(hello_, "a=b&format=raw&c").status, 200U);
  EXPECT_EQ(get(hello_, "format=car", {{"Accept", "application/vnd.ipld.raw"}}).status, 406U);
}

TEST_F(gateway, other_formats_are_refused) {
  EXPECT_EQ(get(hello_, "").status, 400U);
  EXPECT_EQ(get(hello_, "", {{"Accept", "*/*"}}).status, 400U);
  EXPECT_EQ(get(hello_, "format=html").status, 400U);
  EXPECT_EQ(get(hello_, "format=ipns-record").status, 406U);
  EXPECT_EQ(get(hello_, "", {{"Accept", "application/vnd.ipld.car;version=1"}}).status, 406U);
  EXPECT_EQ(get(hello_ + "/path", "format=raw").status, 406U);
}

TEST_F(gateway, bad_addresses_are_refused) {
  EXPECT_EQ(get("/ipfs/", "format=raw").status, 400U);
  EXPECT_EQ(get("/ipfs/nonsense", "format=raw").status, 400U);
  EXPECT_EQ(get("/ipfs/" + std::string(kHelloText.substr(0, 57)), "format=raw").status, 400U);
  EXPECT_EQ(get("/ipfs/" + std::string(600, 'b'), "format=raw").status, 400U);
  EXPECT_EQ(get("/elsewhere", "format=raw").status, 400U);
}

TEST_F(gateway, absent_blocks_are_not_found) {
  const auto absent = "/ipfs/" + make_block("absent").cid.to_text();
  const auto response = get(absent, "format=raw");
  EXPECT_EQ(response.status, 404U);
  EXPECT_NE(response.body_view().find(make_block("absent").cid.to_text()), std::string_view::npos);
  EXPECT_EQ(get(absent, "format=raw", {{"Cache-Control", "only-if-cached"}}).status, 412U);
  EXPECT_EQ(get(absent, "format=raw", {{"If-None-Match", "*"}}).status, 404U);
}

TEST_F(gateway, the_probe_is_answered_with_nothing) {
  const auto response = get("/ipfs/bafkqaaa", "format=raw");
  EXPECT_EQ(response.status, 200U);
  EXPECT_TRUE(response.body_view().empty());
}

TEST_F(gateway, a_client_that_has_the_block_is_told_so) {
  const auto etag = fmt::format("\"{}.raw\"", kHelloText);
  for (const auto& tags : {etag, "W/" + etag, "\"other\", " + etag, std::string("*")}) {
    const auto response = get(hello_, "format=raw", {{"If-None-Match", tags}});
    EXPECT_EQ(response.status, 304U) << tags;
    EXPECT_TRUE(response.body_view().empty());
    EXPECT_EQ(header(response, "Etag"), etag);
  }
  EXPECT_EQ(get(hello_, "format=raw", {{"If-None-Match", "\"other\""}}).status, 200U);
}

TEST_F(gateway, works_on_a_server) {
  net::Server server({});
  mount_gateway(server, *store_);
  ASSERT_TRUE(server.start());
  const auto url = fmt::format("http://127.0.0.1:{}{}?format=raw", server.port(), hello_);
  const auto whole = net::fetch({.method = "GET", .url = url, .headers = {}, .body = {}});
  ASSERT_TRUE(whole) << whole.error().to_string();
  EXPECT_EQ(whole->status, 200U);
  EXPECT_EQ(whole->body, "hello world");
  EXPECT_EQ(*net::find_header(whole->headers, "content-type"), "application/vnd.ipld.raw");
  const auto head = net::fetch({.method = "HEAD", .url = url, .headers = {}, .body = {}});
  ASSERT_TRUE(head) << head.error().to_string();
  EXPECT_EQ(head->status, 200U);
  EXPECT_EQ(*net::find_header(head->headers, "content-length"), "11");
  EXPECT_TRUE(head->body.empty());
  const auto post = net::fetch({.method = "POST", .url = url, .headers = {}, .body = {}});
  ASSERT_TRUE(post) << post.error().to_string();
  EXPECT_EQ(post->status, 405U);
}

}  // namespace
}  // namespace substratee::worker::ipfs
