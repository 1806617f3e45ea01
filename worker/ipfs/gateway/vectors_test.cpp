#include "tests/support/vectors.hpp"
#include "core/crypto/hash.hpp"
#include "core/ipld/car.hpp"
#include "net/http_client.hpp"
#include "net/tcp.hpp"
#include "worker/ipfs/gateway/gateway.hpp"
#include "worker/ipfs/testing.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>

/// The cases of ipfs/gateway-conformance and some more, as data, over the loopback interface.

namespace substratee::worker::ipfs::gateway {
namespace {

using namespace std::chrono_literals;
using testing::TestStore;

struct Car {
  std::vector<ipld::Cid> roots;
  std::vector<std::string> cids;
};

Car read_car(std::string_view text) {
  ipld::CarReader reader;
  Car out;
  for (ByteView rest = as_bytes(text);;) {
    const auto block = reader.read(rest);
    EXPECT_TRUE(block) << (block ? "" : ipld::to_string(block.error()));
    if (!block || !*block) break;
    out.cids.push_back((*block)->cid.to_text());
  }
  EXPECT_TRUE(reader.finish());
  out.roots = reader.roots().value_or(std::vector<ipld::Cid>{});
  return out;
}

std::vector<std::string> texts(const boost::json::value& list) {
  std::vector<std::string> out;
  for (const auto& item : list.as_array()) out.emplace_back(item.as_string());
  return out;
}

class gateway_vectors : public ::testing::Test {
 protected:
  gateway_vectors() {
    for (const auto& fixture : file_.at("fixtures").as_array()) load(test::text(fixture, "file"));
    mount(server_, *store_);
    EXPECT_TRUE(server_.start());
  }

  void load(const std::string& file) {
    const auto bytes = test::load_bytes("ipfs/" + file);
    ipld::CarReader reader;
    std::vector<ipld::Block> blocks;
    for (ByteView rest = bytes;;) {
      auto block = reader.read(rest);
      if (!block || !*block) break;
      blocks.push_back(**std::move(block));
    }
    EXPECT_TRUE(reader.finish()) << file;
    EXPECT_TRUE(store_->put_all(blocks));
  }

  [[nodiscard]] static net::HttpRequest to_request(const boost::json::value& request) {
    net::HttpRequest out{.method = test::text(request, "method"), .url = {}, .headers = {}, .body = {}};
    out.url = test::text(request, "path");
    char separator = '?';
    for (const auto& [name, value] : request.at("query").as_object()) {
      out.url += fmt::format("{}{}={}", separator, std::string_view(name), std::string_view(value.as_string()));
      separator = '&';
    }
    for (const auto& [name, value] : request.at("headers").as_object()) {
      out.headers.emplace_back(std::string(name), std::string(value.as_string()));
    }
    return out;
  }

  /// "contains x", "present", "text<anything>text", and "…" at the end for any more.
  static bool matches(std::string_view found, std::string_view wanted) {
    if (wanted == "present") return !found.empty();
    if (wanted.starts_with("contains ")) return found.contains(wanted.substr(9));
    const bool is_prefix = wanted.ends_with("…");
    if (is_prefix) wanted.remove_suffix(std::string_view("…").size());
    const auto hole = wanted.find("<anything>");
    if (hole == std::string_view::npos) return is_prefix ? found.starts_with(wanted) : found == wanted;
    const auto tail = wanted.substr(hole + std::string_view("<anything>").size());
    return found.starts_with(wanted.substr(0, hole)) && found.contains(tail);
  }

  static void expect_headers(const net::Headers& headers, const boost::json::value& wanted) {
    for (const auto& [name, value] : wanted.as_object()) {
      const auto* found = net::find_header(headers, name);
      const std::string_view text = value.as_string();
      EXPECT_TRUE(found != nullptr && matches(*found, text))
          << name << " is " << (found == nullptr ? "(none)" : *found) << ", wanted " << text;
    }
  }

  static void expect_car(const Car& car, const boost::json::object& wanted) {
    if (const auto* blocks = wanted.if_contains("blocks")) {
      EXPECT_EQ(car.cids, texts(*blocks));
    }
    if (const auto* count = wanted.if_contains("block_count")) {
      EXPECT_EQ(car.cids.size(), count->to_number<std::size_t>());
    }
    if (const auto* digest = wanted.if_contains("cids_sha256")) {
      std::string lines;
      for (const auto& cid : car.cids) lines += cid + "\n";
      EXPECT_EQ(to_bytes(crypto::sha256(as_bytes(lines))), test::hex(*digest));
    }
  }

  /// An answer that is cut: what came before is a prefix.
  void expect_cut(const std::string& path, const boost::json::object& wanted) {
    const Gateway gateway(*store_);
    const auto response = gateway.answer(
        {.method = "GET", .path = path, .query = "format=car", .headers = {}, .body = {}, .peer_address = {}});
    ASSERT_NE(response.body_stream(), nullptr);
    std::string whole;
    while (const auto piece = response.body_stream()->next()) {
      ASSERT_FALSE(piece->empty()) << "an incomplete CAR must not end as if it were complete";
      whole += as_text(*piece);
    }
    EXPECT_EQ(read_car(whole).cids, texts(wanted.at("blocks_prefix")));
  }

  TestStore store_;
  const boost::json::value file_ = test::load_json("ipfs/trustless-gateway.json");
  net::Server server_{net::ServerOptions{}};
};

TEST_F(gateway_vectors, all_cases) {
  net::HttpConnection connection(*net::Url::parse(fmt::format("http://127.0.0.1:{}", server_.port())));
  std::size_t count = 0;
  for (const auto& vector : file_.at("cases").as_array()) {
    SCOPED_TRACE(test::text(vector, "id"));
    ++count;
    const auto& wanted = vector.at("expect").as_object();
    const auto request = to_request(vector.at("request"));
    const auto response = connection.send(request);
    const auto* car = wanted.if_contains("car");
    if (car != nullptr && car->as_object().contains("blocks_prefix")) {
      EXPECT_FALSE(response) << "cut, so that a client notices";
      expect_cut(test::text(vector.at("request"), "path"), car->as_object());
      continue;
    }
    ASSERT_TRUE(response) << response.error().to_string();
    const auto status = wanted.at("status").to_number<unsigned>();
    const auto* others = wanted.if_contains("alternative_statuses");
    if (response->status != status) {
      // What else a gateway may answer, where the specification leaves a choice.
      ASSERT_NE(others, nullptr) << response->status << ": " << response->body;
      std::set<unsigned> allowed;
      for (const auto& other : others->as_array()) allowed.insert(other.to_number<unsigned>());
      EXPECT_TRUE(allowed.contains(response->status)) << response->status << ": " << response->body;
      continue;
    }
    if (const auto* headers = wanted.if_contains("headers")) expect_headers(response->headers, *headers);
    if (const auto* body = wanted.if_contains("body_hex")) {
      EXPECT_EQ(to_bytes(as_bytes(response->body)), test::hex(*body));
    }
    if (car != nullptr) expect_car(read_car(response->body), car->as_object());
  }
  EXPECT_EQ(count, 96U);
}

TEST_F(gateway_vectors, every_tag_is_known_again) {
  net::HttpConnection connection(*net::Url::parse(fmt::format("http://127.0.0.1:{}", server_.port())));
  std::set<std::string> tags;
  for (const auto& vector : file_.at("cases").as_array()) {
    SCOPED_TRACE(test::text(vector, "id"));
    auto request = to_request(vector.at("request"));
    const auto response = connection.send(request);
    if (!response || response->status != 200 || request.method != "GET") continue;
    const auto* etag = net::find_header(response->headers, "etag");
    ASSERT_NE(etag, nullptr);
    tags.insert(*etag);
    std::erase_if(request.headers, [](const auto& header) { return header.first == "If-None-Match"; });
    request.headers.emplace_back("If-None-Match", *etag);
    const auto again = connection.send(request);
    ASSERT_TRUE(again) << again.error().to_string();
    EXPECT_EQ(again->status, 304U);
    EXPECT_TRUE(again->body.empty());
    ASSERT_NE(net::find_header(again->headers, "etag"), nullptr);
    EXPECT_EQ(*net::find_header(again->headers, "etag"), *etag);
    EXPECT_NE(net::find_header(again->headers, "cache-control"), nullptr);
  }
  EXPECT_GT(tags.size(), 40U) << "answers that differ have tags that differ";
}

TEST_F(gateway_vectors, every_published_car_is_given_back) {
  net::HttpConnection connection(*net::Url::parse(fmt::format("http://127.0.0.1:{}", server_.port())));
  std::size_t complete = 0;
  for (const auto& vector : test::load_json("ipfs/car.json").at("files").as_array()) {
    const auto file = test::text(vector, "file");
    if (!file.starts_with("car/file-")) continue;
    SCOPED_TRACE(file);
    load(file);
    const auto root = texts(vector.at("roots")).front();
    const auto response = connection.send({.url = fmt::format("/ipfs/{}?format=car", root), .headers = {}, .body = {}});
    ASSERT_TRUE(response) << response.error().to_string();
    EXPECT_EQ(to_bytes(as_bytes(response->body)), test::load_bytes("ipfs/" + file));
    ++complete;
  }
  EXPECT_EQ(complete, 5U);
}

}  // namespace
}  // namespace substratee::worker::ipfs::gateway
