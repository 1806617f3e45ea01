#include "worker/ipfs/gateway/gateway.hpp"

#include "core/ipld/car.hpp"
#include "core/ipld/unixfs.hpp"
#include "net/http_client.hpp"
#include "worker/ipfs/gateway/headers.hpp"
#include "worker/ipfs/testing.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace substratee::worker::ipfs::gateway {
namespace {

using testing::make_block;
using testing::TestStore;

const ipld::Block kHello = make_block("hello world");
constexpr std::string_view kHelloText = "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e";

/// The whole body of a stream; nothing if it is cut.
std::optional<Bytes> drain(const net::Response& response) {
  Bytes out;
  while (true) {
    const auto piece = response.body_stream()->next();
    if (!piece) return std::nullopt;
    if (piece->empty()) return out;
    append(out, *piece);
  }
}

std::size_t count_blocks(ByteView car) {
  ipld::CarReader reader;
  std::size_t count = 0;
  for (ByteView rest = car;; ++count) {
    const auto block = reader.read(rest);
    EXPECT_TRUE(block);
    if (!block || !*block) return count;
  }
}

class gateway : public ::testing::Test {
 protected:
  gateway() { EXPECT_TRUE(store_->put_all(std::vector{kHello})); }

  [[nodiscard]] static net::Request make_request(std::string path, std::string query, net::Headers headers = {}) {
    return {.method = "GET",
            .path = std::move(path),
            .query = std::move(query),
            .headers = std::move(headers),
            .body = {},
            .peer_address = "192.0.2.1"};
  }
  [[nodiscard]] net::Response get(std::string path, std::string query, net::Headers headers = {}) const {
    return gateway_.answer(make_request(std::move(path), std::move(query), std::move(headers)));
  }
  [[nodiscard]] static std::string header(const net::Response& response, std::string_view name) {
    const auto* value = net::find_header(response.headers, name);
    return value == nullptr ? "(none)" : *value;
  }

  TestStore store_;
  const Gateway gateway_{*store_};
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
  EXPECT_EQ(header(response, "Vary"), "Accept");
  const auto car = get(hello_, "dag-scope=block", {{"Accept", "application/vnd.ipld.car; dups=y"}});
  EXPECT_EQ(header(car, "Content-Location"),
            hello_ + "?format=car&car-version=1&car-order=dfs&car-dups=y&dag-scope=block");
}

TEST_F(gateway, the_query_beats_accept) {
  EXPECT_EQ(get(hello_, "format=raw", {{"Accept", "application/vnd.ipld.car"}}).content_type, kRawType);
  EXPECT_EQ(get(hello_, "a=b&format=raw&c").status, 200U);
  EXPECT_EQ(get(hello_, "f%6Frmat=r%61w").status, 200U);
  EXPECT_EQ(get(hello_, "format=raw&format=car").content_type, kRawType) << "the first of two";
  // Parameters of another type than the one served do not count.
  EXPECT_EQ(get(hello_, "format=car", {{"Accept", "application/vnd.ipld.raw; version=2; dups=y"}}).content_type,
            "application/vnd.ipld.car; version=1; order=dfs; dups=n");
  EXPECT_EQ(get(hello_, "format=car&car-version=1", {{"Accept", "application/vnd.ipld.car; version=2"}}).status, 200U);
}

TEST_F(gateway, other_formats_are_refused) {
  EXPECT_EQ(get(hello_, "").status, 400U);
  EXPECT_EQ(get(hello_, "format=html").status, 406U);
  EXPECT_EQ(get(hello_, "format=ipns-record").status, 406U);
  EXPECT_EQ(get(hello_, "", {{"Accept", "application/vnd.ipld.dag-json"}}).status, 406U);
  EXPECT_EQ(get(hello_ + "/path", "format=raw").status, 406U);
  EXPECT_EQ(get(hello_, "", {{"Accept", "application/vnd.ipld.car;version=2"}}).status, 406U);
  EXPECT_EQ(get(hello_, "", {{"Accept", "application/vnd.ipld.car;order=bfs"}}).status, 406U);
  EXPECT_EQ(get(hello_, "", {{"Accept", "application/vnd.ipld.car;dups=maybe"}}).status, 406U);
  EXPECT_EQ(get(hello_, "format=car&car-order=bfs").status, 400U);
  EXPECT_EQ(get(hello_, "format=car&car-dups=").status, 400U);
}

TEST_F(gateway, who_accepts_anything_is_told_which_formats_there_are) {
  for (const auto* accept : {"*/*", "application/*;q=0.5, */*", "", " , "}) {
    const auto refused = get(hello_, "", {{"Accept", accept}});
    EXPECT_EQ(refused.status, 400U) << accept;
    EXPECT_NE(refused.body_view().find("use ?format=raw or ?format=car"), std::string::npos) << accept;
  }
  for (const auto* accept : {"text/*", "*/*, text/html"}) {
    EXPECT_EQ(get(hello_, "", {{"Accept", accept}}).status, 406U) << accept;
  }
}

TEST_F(gateway, bad_addresses_are_refused) {
  const auto long_path = hello_ + "/" + std::string(600, 'b');
  std::string many = hello_;
  for (int i = 0; i < 65; ++i) many += "/a";
  for (const auto& path : {std::string("/ipfs/"), std::string("/ipfs/nonsense"), std::string("/elsewhere"),
                           "/ipfs/" + std::string(kHelloText.substr(0, 57)), "/ipfs/" + std::string(300, 'b'),
                           long_path, many, hello_ + "//a", hello_ + "/a//b", hello_ + "/%", hello_ + "/%zz"}) {
    EXPECT_EQ(get(path, "format=car").status, 400U) << path;
  }
  EXPECT_EQ(get(hello_ + "/", "format=car").status, 200U) << "one at the end is allowed";
  EXPECT_EQ(get(hello_, "format=car&%").status, 400U);
}

TEST_F(gateway, bad_scopes_and_ranges_are_refused) {
  for (const auto* query : {"dag-scope=", "dag-scope=ALL", "entity-bytes=", "entity-bytes=1", "entity-bytes=:",
                            "entity-bytes=1:", "entity-bytes=:1", "entity-bytes=*:1", "entity-bytes=1:2:3",
                            "entity-bytes=+1:2", "entity-bytes=1:9223372036854775808", "entity-bytes=0x1:2"}) {
    EXPECT_EQ(get(hello_, fmt::format("format=car&{}", query)).status, 400U) << query;
    EXPECT_EQ(get(hello_, fmt::format("format=raw&{}", query)).status, 200U) << "of no concern to a block";
  }
  EXPECT_EQ(get(hello_, "format=car&entity-bytes=0:10").status, 200U);
  EXPECT_EQ(get(hello_, "format=car&entity-bytes=11:*").status, 400U) << "outside the file";
  EXPECT_EQ(get(hello_, "format=car&entity-bytes=11:*&dag-scope=block").status, 200U) << "the scope has no range";
}

TEST_F(gateway, what_is_not_here_is_told) {
  const auto name = make_block("absent").cid.to_text();
  for (const auto* query : {"format=raw", "format=car"}) {
    const auto response = get("/ipfs/" + name, query);
    EXPECT_EQ(response.status, 404U);
    EXPECT_NE(response.body_view().find(name), std::string_view::npos);
    EXPECT_EQ(get("/ipfs/" + name, query, {{"Cache-Control", "no-transform, Only-If-Cached"}}).status, 412U);
    EXPECT_EQ(get("/ipfs/" + name, query, {{"If-None-Match", "*"}}).status, 404U);
  }
}

TEST_F(gateway, a_client_that_has_the_block_is_told_so) {
  const auto etag = fmt::format("\"{}.raw\"", kHelloText);
  for (const auto& tags : {etag, "W/" + etag, "\"other\", " + etag, std::string("*")}) {
    const auto response = get(hello_, "format=raw", {{"If-None-Match", tags}});
    EXPECT_EQ(response.status, 304U) << tags;
    EXPECT_TRUE(response.body_view().empty());
    EXPECT_EQ(header(response, "Etag"), etag);
  }
  for (const auto* tags : {"\"other\"", "", ",", "W/"}) {
    EXPECT_EQ(get(hello_, "format=raw", {{"If-None-Match", tags}}).status, 200U) << tags;
  }
}

TEST_F(gateway, ranges_of_a_block) {
  struct Case {
    std::string_view range;
    unsigned status;
    std::string_view body;
  };
  const Case cases[] = {{"bytes=0-0", 206, "h"},
                        {"bytes=6-", 206, "world"},
                        {"bytes=-5", 206, "world"},
                        {"bytes=0-99999", 206, "hello world"},
                        {"bytes=-99", 206, "hello world"},
                        {"Bytes = 6-7 , 0-1", 206, "wo"},
                        {"bytes=0-18446744073709551616", 206, "hello world"},
                        {"bytes=11-", 416, ""},
                        {"bytes=11-12", 416, ""},
                        {"bytes=-0", 416, ""},
                        {"bytes=99999999999999999999-", 416, ""},
                        {"bytes=5-4", 200, "hello world"},
                        {"bytes=a-b", 200, "hello world"},
                        {"bytes=", 200, "hello world"},
                        {"bytes", 200, "hello world"},
                        {"bytes=-", 200, "hello world"},
                        {"items=0-1", 200, "hello world"},
                        {"bytes=1-2x", 200, "hello world"},
                        {"bytes=+1-2", 200, "hello world"}};
  for (const auto& [range, status, body] : cases) {
    const auto response = get(hello_, "format=raw", {{"Range", std::string(range)}});
    EXPECT_EQ(response.status, status) << range;
    if (status != 416) {
      EXPECT_EQ(response.body_view(), body) << range;
    } else {
      EXPECT_EQ(header(response, "Content-Range"), "bytes */11") << range;
    }
  }
  EXPECT_EQ(header(get(hello_, "format=raw", {{"Range", "bytes=6-7"}}), "Content-Range"), "bytes 6-7/11");
  const auto if_range = [&](const std::string& tag) {
    return get(hello_, "format=raw", {{"Range", "bytes=0-1"}, {"If-Range", tag}}).status;
  };
  EXPECT_EQ(if_range(fmt::format("\"{}.raw\"", kHelloText)), 206U);
  EXPECT_EQ(if_range("\"other\""), 200U);
  const auto empty = get("/ipfs/bafkqaaa", "format=raw", {{"Range", "bytes=0-"}});
  EXPECT_EQ(empty.status, 416U);
}

TEST_F(gateway, names_of_files_are_made_harmless) {
  const auto named = [&](const std::string& query) {
    return header(get(hello_, "format=raw&filename=" + query), "Content-Disposition");
  };
  EXPECT_EQ(named("a.bin"), "attachment; filename=\"a.bin\"");
  EXPECT_EQ(named("a%22%3B%20x%3D%22"), "attachment; filename=\"a_; x=_\"; filename*=UTF-8''a%22%3B%20x%3D%22");
  EXPECT_EQ(named("..%2F..%2Fetc"), "attachment; filename=\".._.._etc\"; filename*=UTF-8''..%2F..%2Fetc");
  EXPECT_EQ(named("%C3%A4%0D%0AX:y"), "attachment; filename=\"____X:y\"; filename*=UTF-8''%C3%A4%0D%0AX%3Ay");
  EXPECT_EQ(named(""), fmt::format("attachment; filename=\"{}.bin\"", kHelloText));
  EXPECT_LT(named(std::string(2000, 'a')).size(), 700U);
}

TEST_F(gateway, a_path_with_escapes_is_followed) {
  auto directory = ipld::make_directory(std::vector<ipld::DirectoryEntry>{
      {.name = "a b%", .child = {.cid = kHello.cid, .content_size = 11, .dag_size = 11}}});
  ASSERT_TRUE(store_->put_all(std::vector{directory->block}));
  const auto root = directory->block.cid.to_text();
  const auto response = get("/ipfs/" + root + "/a%20b%25", "format=car");
  ASSERT_EQ(response.status, 200U) << response.body_view();
  EXPECT_EQ(header(response, "X-Ipfs-Roots"), root + "," + std::string(kHelloText));
  EXPECT_EQ(header(response, "Content-Disposition"),
            fmt::format("attachment; filename=\"{0}_a b_.car\"; filename*=UTF-8''{0}_a%20b%25.car", root));
  const auto car = drain(response);
  ASSERT_TRUE(car);
  EXPECT_EQ(count_blocks(*car), 2U);
  EXPECT_EQ(get("/ipfs/" + root + "/a%2Fb", "format=car").status, 404U);
  EXPECT_EQ(get("/ipfs/" + root + "/..", "format=car").status, 404U);
}

TEST_F(gateway, blocks_and_bytes_of_a_car_are_limited) {
  const auto dag = testing::make_dag(20);
  ASSERT_TRUE(store_->put_all(dag.blocks));
  const auto path = "/ipfs/" + dag.root.to_text();
  const auto whole = drain(get(path, "format=car"));
  ASSERT_TRUE(whole);
  const auto count = count_blocks(*whole);
  const auto head = ipld::car_header({&dag.root, 1}).size();
  const auto is_complete = [&](Limits limits) {
    return drain(Gateway(*store_, limits).answer(make_request(path, "format=car"))).has_value();
  };
  EXPECT_TRUE(is_complete({.max_car_blocks = count}));
  EXPECT_FALSE(is_complete({.max_car_blocks = count - 1}));
  EXPECT_TRUE(is_complete({.max_car_bytes = whole->size() - head}));
  EXPECT_FALSE(is_complete({.max_car_bytes = whole->size() - head - 1}));
}

TEST_F(gateway, streams_are_counted_for_each_client_and_for_all) {
  const Gateway few(*store_, {.max_streams = 3, .max_streams_per_address = 2});
  auto request = make_request(hello_, "format=car");
  std::vector<net::Response> held;
  held.push_back(few.answer(request));
  held.push_back(few.answer(request));
  const auto refused = few.answer(request);
  EXPECT_EQ(refused.status, 429U);
  EXPECT_EQ(header(refused, "Retry-After"), "5");
  EXPECT_EQ(few.answer(make_request(hello_, "format=raw")).status, 200U) << "blocks are not counted";
  request.peer_address = "192.0.2.2";
  held.push_back(few.answer(request));
  EXPECT_EQ(held.back().status, 200U);
  request.peer_address = "192.0.2.3";
  EXPECT_EQ(few.answer(request).status, 429U);
  held.clear();
  EXPECT_EQ(few.answer(request).status, 200U) << "places are given back";
}

TEST_F(gateway, a_block_gone_bad_is_not_served) {
  test::TemporaryDirectory directory;
  {
    auto store = BlockStore::open(directory.path());
    ASSERT_TRUE(store && (*store)->put_all(std::vector{kHello}));
  }
  testing::flip_a_byte(directory.path(), kHello.cid);
  const auto store = BlockStore::open(directory.path());
  ASSERT_TRUE(store);
  const Gateway damaged(**store);
  EXPECT_EQ(damaged.answer(make_request(hello_, "format=raw")).status, 500U);
  EXPECT_EQ(damaged.answer(make_request(hello_, "format=car")).status, 500U);
}

/// A daemon that keeps the blocks and fails.
class BrokenSource final : public BlockSource {
 public:
  explicit BrokenSource(FailureCode code) : code_(code) {}
  Result<Bytes> get(const ipld::Cid&) const override { return fail(code_, "the daemon", "start it"); }

 private:
  FailureCode code_;
};

TEST_F(gateway, a_source_that_fails_is_told_apart_from_a_block_that_is_absent) {
  for (const auto& [code, status] : {std::pair{FailureCode::kUnreachable, 502U},
                                     {FailureCode::kRefused, 502U},
                                     {FailureCode::kStorage, 500U},
                                     {FailureCode::kNotFound, 404U}}) {
    const BrokenSource source(code);
    for (const auto* query : {"format=raw", "format=car"}) {
      EXPECT_EQ(Gateway(source).answer(make_request(hello_, query)).status, status);
    }
  }
}

TEST_F(gateway, works_on_a_server) {
  net::Server server({});
  mount(server, *store_);
  ASSERT_TRUE(server.start());
  const auto url = fmt::format("http://127.0.0.1:{}{}?format=", server.port(), hello_);
  const auto whole = net::fetch({.method = "GET", .url = url + "raw", .headers = {}, .body = {}});
  ASSERT_TRUE(whole) << whole.error().to_string();
  EXPECT_EQ(whole->status, 200U);
  EXPECT_EQ(whole->body, "hello world");
  const auto head = net::fetch({.method = "HEAD", .url = url + "raw", .headers = {}, .body = {}});
  ASSERT_TRUE(head) << head.error().to_string();
  EXPECT_EQ(*net::find_header(head->headers, "content-length"), "11");
  EXPECT_TRUE(head->body.empty());
  const auto car_head = net::fetch({.method = "HEAD", .url = url + "car", .headers = {}, .body = {}});
  ASSERT_TRUE(car_head) << car_head.error().to_string();
  EXPECT_EQ(car_head->status, 200U);
  EXPECT_TRUE(car_head->body.empty());
  const auto post = net::fetch({.method = "POST", .url = url + "raw", .headers = {}, .body = {}});
  ASSERT_TRUE(post) << post.error().to_string();
  EXPECT_EQ(post->status, 405U);
}

TEST_F(gateway, a_large_file_comes_whole) {
  Bytes content;
  for (std::size_t i = 0; i < 3'000'000; ++i)
    content.push_back(static_cast<std::uint8_t>((i * 0x9E37'79B9'7F4A'7C15) >> 56));
  std::vector<ipld::Block> blocks;
  const auto root = ipld::make_file(content, {}, blocks).cid;
  ASSERT_TRUE(store_->put_all(blocks));
  net::Server server({});
  mount(server, *store_);
  ASSERT_TRUE(server.start());
  const auto url = fmt::format("http://127.0.0.1:{}/ipfs/{}?format=car", server.port(), root.to_text());
  const auto car = net::fetch({.url = url, .headers = {}, .body = {}});
  ASSERT_TRUE(car) << car.error().to_string();
  EXPECT_EQ(count_blocks(as_bytes(car->body)), blocks.size());
}

}  // namespace
}  // namespace substratee::worker::ipfs::gateway
