#include "worker/ipfs/kubo/rpc.hpp"

#include "core/base/result.hpp"
#include "core/ipld/car.hpp"
#include "net/http_client.hpp"
#include "worker/ipfs/kubo/answer.hpp"

#include <fmt/format.h>

#include <mutex>

namespace substratee::worker::ipfs::kubo {
namespace {

using ipld::Block;
using ipld::Cid;

struct Form {
  std::string content_type;
  std::string body;
};

/// One file in a form. The boundary is a text that the file does not contain.
Form in_form(std::string_view file) {
  std::string boundary = "substratee-form-";
  for (int i = 0; file.find(boundary) != std::string_view::npos; ++i) boundary += static_cast<char>('a' + i % 26);
  return {.content_type = fmt::format("multipart/form-data; boundary={}", boundary),
          .body = fmt::format("--{0}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\"\r\n"
                              "Content-Type: application/octet-stream\r\n\r\n{1}\r\n--{0}--\r\n",
                              boundary, file)};
}

std::string escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                          c == '.' || c == '_' || c == '~';
    out += is_plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

/// Path and query of a command. A daemon behind a path (http://host/kubo) keeps it.
std::string target_of(const net::Url& daemon, std::string_view command, const Parameters& parameters) {
  std::string base = daemon.target.substr(0, daemon.target.find('?'));
  while (base.ends_with('/')) base.pop_back();
  auto out = fmt::format("{}/api/v0/{}", base, command);
  char separator = '?';
  for (const auto& [name, value] : parameters) {
    out += fmt::format("{}{}={}", std::exchange(separator, '&'), name, escape(value));
  }
  return out;
}

}  // namespace

/// Connections wait here between requests; a request takes one, or opens one more.
class Rpc::Connections {
 public:
  Connections(net::Url daemon, const RpcOptions& options) : daemon_(std::move(daemon)), options_(options) {}

  net::Result<net::HttpResponse> send(Patience patience, const net::HttpRequest& request, const std::stop_token& stop) {
    auto connection = take(patience);
    auto response = connection->send(request, stop);
    const std::scoped_lock lock(mutex_);
    idle(patience).push_back(std::move(connection));
    return response;
  }

 private:
  using Pool = std::vector<std::unique_ptr<net::HttpConnection>>;

  Pool& idle(Patience patience) { return patience == Patience::kShort ? short_ : long_; }

  std::unique_ptr<net::HttpConnection> take(Patience patience) {
    const std::scoped_lock lock(mutex_);
    auto& pool = idle(patience);
    if (!pool.empty()) {
      auto connection = std::move(pool.back());
      pool.pop_back();
      return connection;
    }
    net::HttpOptions options;
    options.connect_timeout = options_.connect_timeout;
    options.total_timeout = patience == Patience::kShort ? options_.short_timeout : options_.long_timeout;
    options.max_body = options_.max_answer;
    return std::make_unique<net::HttpConnection>(daemon_, options);
  }

  const net::Url daemon_;
  const RpcOptions& options_;
  std::mutex mutex_;
  Pool short_;
  Pool long_;
};

Rpc::Rpc(net::Url daemon, RpcOptions options, std::stop_token stop)
    : daemon_(std::move(daemon)),
      name_(fmt::format("Kubo at {}://{}", daemon_.scheme, daemon_.authority())),
      options_(options),
      stop_(std::move(stop)),
      connections_(std::make_unique<Connections>(daemon_, options_)) {}

Rpc::~Rpc() = default;

Result<std::string> Rpc::call(std::string_view command, const Parameters& parameters, Patience patience,
                              const std::string* file) {
  net::HttpRequest request{.method = "POST", .url = target_of(daemon_, command, parameters), .headers = {}, .body = {}};
  if (file != nullptr) {
    auto form = in_form(*file);
    request.headers.emplace_back("Content-Type", std::move(form.content_type));
    request.body = std::move(form.body);
  }
  const Question question{name_, command};
  auto response = connections_->send(patience, request, stop_);
  if (stop_.stop_requested()) return fail(FailureCode::kCancelled, question.text(), "start it again");
  if (!response) return std::unexpected(question.to_failure(response.error()));
  return question.body_of(*std::move(response));
}

Result<Version> Rpc::version() {
  const auto body = SUBSTRATEE_TRY(call("version", {}, Patience::kShort));
  return read_version({name_, "version"}, body);
}

Result<std::string> Rpc::id() {
  const auto body = SUBSTRATEE_TRY(call("id", {}, Patience::kShort));
  return read_id({name_, "id"}, body);
}

Result<Cid> Rpc::add(ByteView content, bool only_hash) {
  const Parameters parameters{{"cid-version", "1"},
                              {"raw-leaves", "true"},
                              {"chunker", "size-262144"},
                              {"max-file-links", "174"},
                              {"hash", "sha2-256"},
                              {"trickle", "false"},
                              {"inline", "false"},
                              {"nocopy", "false"},
                              {"pin", only_hash ? "false" : "true"},
                              {"only-hash", only_hash ? "true" : "false"},
                              {"wrap-with-directory", "false"},
                              {"progress", "false"},
                              {"fast-provide-root", "false"}};
  const std::string file(as_text(content));
  const auto body = SUBSTRATEE_TRY(call("add", parameters, Patience::kLong, &file));
  return read_added({name_, "add"}, body);
}

Result<void> Rpc::put_block(const Block& block) {
  const Parameters parameters{{"cid-codec", block.cid.codec == ipld::Codec::kDagPb ? "dag-pb" : "raw"},
                              {"mhtype", "sha2-256"},
                              {"mhlen", "-1"},
                              {"pin", "false"},
                              {"allow-big-block", "false"}};
  const std::string file(as_text(block.bytes));
  const auto body = SUBSTRATEE_TRY(call("block/put", parameters, Patience::kShort, &file));
  SUBSTRATEE_TRY(read_size({name_, "block/put"}, body, block.cid));
  return {};
}

Result<Bytes> Rpc::get_block(const Cid& cid) {
  const auto body = call("block/get", {{"arg", cid.to_text()}, {"offline", "true"}}, Patience::kShort);
  if (!body) return std::unexpected(about_block(body.error(), name_, cid));
  const auto bytes = as_bytes(*body);
  if (bytes.size() <= ipld::kMaxBlockSize && cid.verify(bytes)) return to_bytes(bytes);
  return fail(FailureCode::kCorrupt,
              fmt::format("{}: what it holds as block {} is not that block", name_, cid.to_text()),
              "run `ipfs repo verify`, unpin what holds the block, and remove it with `ipfs block rm`");
}

Result<std::optional<std::uint64_t>> Rpc::size_of_block(const Cid& cid) {
  const auto body = call("block/stat", {{"arg", cid.to_text()}, {"offline", "true"}}, Patience::kShort);
  if (body) return SUBSTRATEE_TRY(read_size({name_, "block/stat"}, *body, cid));
  const auto failure = about_block(body.error(), name_, cid);
  if (failure.code == FailureCode::kNotFound) return std::nullopt;
  return std::unexpected(failure);
}

Result<Imported> Rpc::import_dag(std::span<const Block> blocks, const Cid& root, bool pin) {
  std::string car(as_text(ipld::car_header(std::span(&root, 1))));
  for (const auto& block : blocks) {
    if (block.cid.hash == ipld::HashCode::kIdentity) continue;
    car += as_text(ipld::car_section_head(block.cid, block.bytes.size()));
    car += as_text(block.bytes);
  }
  const Parameters parameters{{"pin-roots", pin ? "true" : "false"},
                              {"stats", "true"},
                              {"silent", "false"},
                              {"allow-big-block", "false"},
                              {"fast-provide-root", "false"}};
  const auto body = SUBSTRATEE_TRY(call("dag/import", parameters, Patience::kLong, &car));
  return read_imported({name_, "dag/import"}, body, pin ? &root : nullptr);
}

Result<std::vector<Block>> Rpc::export_dag(const Cid& root) {
  const auto body = SUBSTRATEE_TRY(
      call("dag/export", {{"arg", root.to_text()}, {"progress", "false"}, {"offline", "true"}}, Patience::kLong));
  return read_car({name_, "dag/export"}, as_bytes(body), root);
}

Result<void> Rpc::pin(const Cid& root) {
  const auto body = SUBSTRATEE_TRY(
      call("pin/add", {{"arg", root.to_text()}, {"recursive", "true"}, {"progress", "false"}, {"offline", "true"}},
           Patience::kLong));
  return expect_pin({name_, "pin/add"}, body, root);
}

Result<void> Rpc::unpin(const Cid& root) {
  const auto body = call("pin/rm", {{"arg", root.to_text()}, {"recursive", "true"}}, Patience::kLong);
  if (body) return expect_pin({name_, "pin/rm"}, *body, root);
  if (says_not_pinned(body.error())) return {};
  return std::unexpected(body.error());
}

Result<bool> Rpc::is_pinned(const Cid& root) {
  const auto body =
      call("pin/ls", {{"arg", root.to_text()}, {"type", "recursive"}, {"names", "false"}, {"stream", "true"}},
           Patience::kLong);
  if (body) return true;
  if (says_not_pinned(body.error())) return false;
  return std::unexpected(body.error());
}

Result<void> Rpc::collect_garbage() {
  const auto body = SUBSTRATEE_TRY(
      call("repo/gc", {{"quiet", "true"}, {"silent", "true"}, {"stream-errors", "true"}}, Patience::kLong));
  return expect_no_errors({name_, "repo/gc"}, body);
}

}  // namespace substratee::worker::ipfs::kubo
