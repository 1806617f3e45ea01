#include "worker/ipfs/kubo/rpc.hpp"

#include "net/tcp.hpp"
#include "tests/support/vectors.hpp"
#include "worker/ipfs/kubo/fake_kubo_test.hpp"

#include <thread>

namespace substratee::worker::ipfs::kubo {
namespace {

using namespace std::chrono_literals;
using testing::FakeKubo;
using testing::Query;

const auto kHello = ipld::Cid::from_text("bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e").value();

ipld::Block hello() { return {.cid = kHello, .bytes = to_bytes(as_bytes("hello world"))}; }

bool mentions(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

/// The recorded answer to a call.
net::Response recorded(std::string_view call) {
  const auto file = test::load_json("ipfs/kubo-rpc.json");
  for (const auto& answer : file.at("responses").as_array()) {
    if (test::text(answer, "call") != call) continue;
    auto out = net::Response::text(answer.at("status").to_number<unsigned>(), test::text(answer, "body"));
    if (const auto* type = answer.as_object().if_contains("content_type")) out.content_type = type->as_string();
    return out;
  }
  ADD_FAILURE() << "no recorded answer to " << call;
  return {};
}

/// A server that reads one request and answers with fixed bytes, or with none for as long as the test lasts.
class Puppet {
 public:
  explicit Puppet(std::string answer) : listener_(std::move(*net::TcpListener::bind("127.0.0.1", 0))) {
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
  [[nodiscard]] net::Url url() const {
    return net::Url::parse(fmt::format("http://127.0.0.1:{}", listener_->port())).value();
  }

 private:
  std::unique_ptr<net::TcpListener> listener_;
  std::vector<std::unique_ptr<net::TcpStream>> held_;
  std::jthread thread_;
};

constexpr std::string_view kChunked =
    "HTTP/1.1 200 OK\r\nTrailer: X-Stream-Error\r\nTransfer-Encoding: chunked\r\n\r\n";

TEST(kubo_rpc, names_every_parameter) {
  FakeKubo kubo;
  Rpc rpc(kubo.url());
  EXPECT_EQ(rpc.version().value().version, "0.39.0");
  EXPECT_TRUE(rpc.id().value().starts_with("12D3KooW"));
  ASSERT_TRUE(rpc.put_block(hello()));
  EXPECT_EQ(rpc.get_block(kHello).value(), hello().bytes);
  EXPECT_EQ(rpc.size_of_block(kHello).value(), 11U);
  ASSERT_TRUE(rpc.pin(kHello));
  EXPECT_TRUE(rpc.is_pinned(kHello).value());
  ASSERT_TRUE(rpc.unpin(kHello));
  ASSERT_TRUE(rpc.unpin(kHello));  // once more is no failure
  EXPECT_FALSE(rpc.is_pinned(kHello).value());
  ASSERT_TRUE(rpc.collect_garbage());
  EXPECT_EQ(kubo.blocks(), 0U);
  const std::vector<std::string> expected{
      "version?",
      "id?",
      "block/put?cid-codec=raw&mhtype=sha2-256&mhlen=-1&pin=false&allow-big-block=false",
      "block/get?arg=" + kHello.to_text() + "&offline=true",
      "block/stat?arg=" + kHello.to_text() + "&offline=true",
      "pin/add?arg=" + kHello.to_text() + "&recursive=true&progress=false&offline=true",
      "pin/ls?arg=" + kHello.to_text() + "&type=recursive&names=false&stream=true",
      "pin/rm?arg=" + kHello.to_text() + "&recursive=true",
      "pin/rm?arg=" + kHello.to_text() + "&recursive=true",
      "pin/ls?arg=" + kHello.to_text() + "&type=recursive&names=false&stream=true",
      "repo/gc?quiet=true&silent=true&stream-errors=true",
  };
  EXPECT_EQ(kubo.requests(), expected);
}

TEST(kubo_rpc, sends_nothing_that_kubo_takes_for_a_browser_or_an_old_client) {
  FakeKubo kubo;
  net::Headers seen;
  kubo.replace("version", [&](const Query&, const net::Request& request) {
    seen = request.headers;
    return FakeKubo::lines({{"Version", "0.42.0"}, {"Repo", "18"}});
  });
  ASSERT_TRUE(Rpc(kubo.url()).version());
  EXPECT_EQ(net::find_header(seen, "Origin"), nullptr);
  EXPECT_EQ(net::find_header(seen, "Referer"), nullptr);
  const auto* agent = net::find_header(seen, "User-Agent");
  ASSERT_NE(agent, nullptr);
  EXPECT_FALSE(agent->starts_with("Mozilla") || mentions(*agent, "/kubo/") || mentions(*agent, "/go-ipfs/"));
}

TEST(kubo_rpc, a_dag_goes_there_and_comes_back) {
  FakeKubo kubo;
  Rpc rpc(kubo.url());
  std::vector<ipld::Block> blocks;
  const auto root = ipld::make_file(Bytes(1000, 1), {.chunk_size = 100, .max_links = 4}, blocks).cid;
  const auto imported = rpc.import_dag(blocks, root, true);
  ASSERT_TRUE(imported) << imported.error().to_string();
  EXPECT_EQ(imported->roots, std::vector{root});
  EXPECT_EQ(imported->blocks, blocks.size());
  EXPECT_EQ(kubo.pins(), std::set{root.to_text()});
  EXPECT_EQ(kubo.requests().front(),
            "dag/import?pin-roots=true&stats=true&silent=false&allow-big-block=false&fast-provide-root=false");
  const auto exported = rpc.export_dag(root);
  ASSERT_TRUE(exported) << exported.error().to_string();
  EXPECT_EQ(exported->front().cid, root);
  // A form whose content looks like the end of the form.
  const auto tricky = ipld::make_leaf(as_bytes("\r\n--substratee-form-a--\r\n--substratee-form-\r\n")).block;
  EXPECT_TRUE(rpc.put_block(tricky));
  EXPECT_EQ(rpc.get_block(tricky.cid).value(), tricky.bytes);
}

TEST(kubo_rpc, add_gives_the_root_and_keeps_nothing_if_only_the_hash_is_asked_for) {
  FakeKubo kubo;
  Rpc rpc(kubo.url());
  EXPECT_EQ(rpc.add(as_bytes("hello world"), true).value(), kHello);
  EXPECT_EQ(kubo.blocks(), 0U);
  EXPECT_EQ(rpc.add(as_bytes("hello world"), false).value(), kHello);
  EXPECT_EQ(kubo.blocks(), 1U);
  EXPECT_TRUE(
      mentions(kubo.requests().front(), "cid-version=1&raw-leaves=true&chunker=size-262144&max-file-links=174"));
}

TEST(kubo_rpc, reads_the_recorded_answers) {
  FakeKubo kubo;
  Rpc rpc(kubo.url());
  for (const auto* command : {"add", "block/put", "block/stat", "block/get", "pin/add", "pin/rm", "id", "version"}) {
    kubo.replace(command, [command](const Query&, const net::Request&) { return recorded(command); });
  }
  kubo.replace("dag/import", [](const Query&, const net::Request&) { return recorded("dag/import"); });
  kubo.replace("pin/ls", [](const Query&, const net::Request&) { return recorded("pin/ls (stream=true)"); });
  kubo.replace("repo/gc", [](const Query&, const net::Request&) { return recorded("repo/gc"); });
  EXPECT_EQ(rpc.add({}, true).value(), kHello);
  EXPECT_TRUE(rpc.put_block(hello()));
  EXPECT_EQ(rpc.size_of_block(kHello).value(), 11U);
  EXPECT_EQ(rpc.get_block(kHello).value(), hello().bytes);
  EXPECT_TRUE(rpc.pin(kHello));
  EXPECT_TRUE(rpc.unpin(kHello));
  EXPECT_TRUE(rpc.is_pinned(kHello).value());
  EXPECT_TRUE(rpc.collect_garbage());
  EXPECT_EQ(rpc.version().value().version, "0.42.0");
  EXPECT_EQ(rpc.id().value(), "12D3KooWLQzUv2FHWGVPXTXSZpdHs7oHbXub2G5WC8Tx4NQhyd2d");
  EXPECT_EQ(rpc.import_dag({}, kHello, true).value().bytes, 11U);
  kubo.replace("add", [](const Query&, const net::Request&) { return recorded("add (progress=true)"); });
  EXPECT_EQ(rpc.add({}, true).value(), kHello);
}

TEST(kubo_rpc, every_recorded_error_is_a_failure_that_names_the_daemon) {
  for (const auto* call : {"any, command error", "any, client error", "any, parse error", "GET instead of POST",
                           "unknown command", "browser-looking request or denied Authorization"}) {
    SCOPED_TRACE(call);
    FakeKubo kubo;
    kubo.replace("version", [call](const Query&, const net::Request&) { return recorded(call); });
    const auto failed = Rpc(kubo.url()).version();
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, FailureCode::kRefused);
    EXPECT_TRUE(mentions(failed.error().thing, "Kubo at http://127.0.0.1:")) << failed.error().to_string();
    EXPECT_FALSE(failed.error().next_step.empty());
  }
}

TEST(kubo_rpc, a_failed_pin_inside_a_200_is_a_failure) {
  FakeKubo kubo;
  Rpc rpc(kubo.url());
  kubo.replace("dag/import", [](const Query&, const net::Request&) { return recorded("dag/import (pin failed)"); });
  const auto failed = rpc.import_dag({}, kHello, true);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, FailureCode::kRefused);
  EXPECT_TRUE(mentions(failed.error().thing, "could not find")) << failed.error().to_string();
  kubo.restore();
  const auto missing = rpc.pin(kHello);
  ASSERT_FALSE(missing);
  EXPECT_TRUE(mentions(missing.error().thing, "could not find"));
}

TEST(kubo_rpc, a_late_error_in_the_trailer_is_a_failure) {
  const Puppet puppet(std::string(kChunked) + "7\r\npartial\r\n0\r\nX-Stream-Error: context deadline exceeded\r\n\r\n");
  const auto failed = Rpc(puppet.url()).get_block(kHello);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, FailureCode::kRefused);
  EXPECT_TRUE(mentions(failed.error().thing, "context deadline exceeded")) << failed.error().to_string();
}

TEST(kubo_rpc, a_connection_cut_before_the_last_chunk_is_a_failure) {
  const Puppet puppet(std::string(kChunked) + "7\r\npartial\r\n");
  const auto failed = Rpc(puppet.url()).get_block(kHello);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, FailureCode::kUnreachable);
}

TEST(kubo_rpc, nobody_there_is_said_with_the_next_step) {
  std::optional<net::Url> url;
  {
    const Puppet gone("");
    url = gone.url();
  }
  const auto failed = Rpc(*url).version();
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, FailureCode::kUnreachable);
  EXPECT_TRUE(mentions(failed.error().next_step, "ipfs daemon"));
}

TEST(kubo_rpc, a_slow_daemon_is_left_in_time_and_a_stop_request_at_once) {
  const Puppet slow("");
  RpcOptions options;
  options.short_timeout = 60ms;
  const auto timed_out = Rpc(slow.url(), options).version();
  ASSERT_FALSE(timed_out);
  EXPECT_EQ(timed_out.error().code, FailureCode::kUnreachable);
  EXPECT_TRUE(mentions(timed_out.error().thing, "no answer in time"));

  std::stop_source stop;
  Rpc rpc(slow.url(), {}, stop.get_token());
  const std::jthread later([&stop] {
    std::this_thread::sleep_for(50ms);
    stop.request_stop();
  });
  const auto cancelled = rpc.version();
  ASSERT_FALSE(cancelled);
  EXPECT_EQ(cancelled.error().code, FailureCode::kCancelled);
}

TEST(kubo_rpc, wrong_names_and_wrong_bytes_are_noticed) {
  FakeKubo kubo;
  Rpc rpc(kubo.url());
  const auto other = ipld::Cid::of_raw_block(as_bytes("other")).to_text();
  kubo.replace("block/put",
               [&](const Query&, const net::Request&) { return FakeKubo::lines({{"Key", other}, {"Size", 5}}); });
  EXPECT_EQ(rpc.put_block(hello()).error().code, FailureCode::kCorrupt);
  kubo.restore();
  ASSERT_TRUE(rpc.put_block(hello()));
  kubo.spoil(kHello);
  EXPECT_EQ(rpc.get_block(kHello).error().code, FailureCode::kCorrupt);
  kubo.forget(kHello);
  EXPECT_EQ(rpc.get_block(kHello).error().code, FailureCode::kNotFound);
  EXPECT_EQ(rpc.size_of_block(kHello).value(), std::nullopt);
  kubo.replace("pin/add", [&](const Query&, const net::Request&) {
    return FakeKubo::lines({{"Pins", boost::json::array{other}}});
  });
  EXPECT_EQ(rpc.pin(kHello).error().code, FailureCode::kRefused);
}

TEST(kubo_rpc, answers_have_a_limit) {
  FakeKubo kubo;
  RpcOptions options;
  options.max_answer = 1000;
  kubo.replace("version",
               [](const Query&, const net::Request&) { return net::Response::text(200, std::string(2000, ' ')); });
  EXPECT_EQ(Rpc(kubo.url(), options).version().error().code, FailureCode::kTooLarge);
}

TEST(kubo_rpc, nonsense_is_refused_and_no_reason_to_stop) {
  FakeKubo kubo;
  Rpc rpc(kubo.url());
  for (const auto* body : {"", "<html>", "[1]", "{}", "{\"Version\":1}", "{\"Version\":", "null"}) {
    kubo.replace("version", [body](const Query&, const net::Request&) { return net::Response::json(200, body); });
    EXPECT_EQ(rpc.version().error().code, FailureCode::kRefused) << body;
    kubo.replace("add", [body](const Query&, const net::Request&) { return net::Response::json(200, body); });
    EXPECT_EQ(rpc.add({}, true).error().code, FailureCode::kRefused) << body;
    kubo.replace("dag/import", [body](const Query&, const net::Request&) { return net::Response::json(200, body); });
    EXPECT_EQ(rpc.import_dag({}, kHello, true).error().code, FailureCode::kRefused) << body;
    kubo.replace("block/stat", [body](const Query&, const net::Request&) { return net::Response::json(200, body); });
    EXPECT_EQ(rpc.size_of_block(kHello).error().code, FailureCode::kRefused) << body;
  }
  kubo.replace("version", [](const Query&, const net::Request&) {
    return net::Response::json(200, R"({"Version":"1\n\u001b[31m"})");
  });
  EXPECT_EQ(rpc.version().value().version, "1  [31m");
}

}  // namespace
}  // namespace substratee::worker::ipfs::kubo
