#include "worker/ipfs/gateway.hpp"

#include "core/ipld/cid.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <string>
#include <string_view>

namespace substratee::worker::ipfs {
namespace {

constexpr std::string_view kMount = "/ipfs/";
constexpr std::string_view kRawType = "application/vnd.ipld.raw";
constexpr std::string_view kTypePrefix = "application/vnd.ipld.";
constexpr std::string_view kForever = "public, max-age=29030400, immutable";
constexpr std::size_t kMaxPath = 512;

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// Cuts the first piece off `rest`, which becomes empty behind the last.
std::string_view cut(std::string_view& rest, char separator) {
  const auto end = rest.find(separator);
  const auto piece = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return piece;
}

std::string_view header(const net::Request& request, std::string_view name) {
  const auto* value = net::find_header(request.headers, name);
  return value == nullptr ? std::string_view() : std::string_view(*value);
}

std::optional<std::string_view> format_in_query(std::string_view query) {
  while (!query.empty()) {
    auto value = cut(query, '&');
    if (cut(value, '=') == "format") return value;
  }
  return std::nullopt;
}

/// The first application/vnd.ipld.* of the Accept header, without parameters; empty if there is none.
std::string accepted_type(std::string_view accept) {
  while (!accept.empty()) {
    auto item = cut(accept, ',');
    auto type = lower(trim(cut(item, ';')));
    if (type.starts_with(kTypePrefix)) return type;
  }
  return {};
}

/// If-None-Match: a list of tags, compared weakly, or "*".
bool client_has(std::string_view tags, std::string_view etag) {
  while (!tags.empty()) {
    auto tag = trim(cut(tags, ','));
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    if (tag == "*" || tag == etag) return true;
  }
  return false;
}

/// The refusal of a request that does not ask for one raw block; nothing if it does.
std::optional<net::Response> refuse_format(const net::Request& request) {
  if (const auto format = format_in_query(request.query)) {
    if (*format == "raw") return std::nullopt;
    const unsigned status = *format == "car" || *format == "ipns-record" ? 406 : 400;
    return net::Response::text(status, "This gateway serves single blocks: use ?format=raw\n");
  }
  const auto type = accepted_type(header(request, "Accept"));
  if (type == kRawType) return std::nullopt;
  if (!type.empty()) {
    return net::Response::text(406, fmt::format("This gateway serves single blocks: use Accept: {}\n", kRawType));
  }
  return net::Response::text(400, "No format named: use ?format=raw\n");
}

net::Response refuse_block(const net::Request& request, const ipld::Cid& cid, const Failure& failure) {
  if (failure.code == FailureCode::kNotFound) {
    const bool only_cached = header(request, "Cache-Control").find("only-if-cached") != std::string_view::npos;
    return net::Response::text(only_cached ? 412 : 404, fmt::format("Block {} is not here\n", cid.to_text()));
  }
  spdlog::error("{}", failure.to_string());
  return net::Response::text(500, fmt::format("Block {} cannot be read here; ask another gateway\n", cid.to_text()));
}

net::Headers block_headers(const net::Request& request, const std::string& name, std::string etag) {
  net::Headers out{
      {"Content-Disposition", fmt::format("attachment; filename=\"{}.bin\"", name)},
      {"Etag", std::move(etag)},
      {"Cache-Control", std::string(kForever)},
      {"X-Content-Type-Options", "nosniff"},
      {"X-Ipfs-Path", fmt::format("{}{}", kMount, name)},
      {"X-Ipfs-Roots", name},
  };
  if (!format_in_query(request.query)) {
    out.emplace_back("Content-Location", fmt::format("{}{}?format=raw", kMount, name));
    out.emplace_back("Vary", "Accept");
  }
  return out;
}

net::Response answer_block(const BlockSource& store, const net::Request& request, const ipld::Cid& cid) {
  auto block = store.get(cid);
  if (!block) return refuse_block(request, cid, block.error());
  const auto name = cid.to_text();
  const auto etag = fmt::format("\"{}.raw\"", name);
  if (client_has(header(request, "If-None-Match"), etag)) {
    net::Response unchanged;
    unchanged.status = 304;
    unchanged.headers = {{"Etag", etag}, {"Cache-Control", std::string(kForever)}};
    return unchanged;
  }
  auto response = net::Response::bytes(std::string(kRawType), *std::move(block));
  response.headers = block_headers(request, name, etag);
  return response;
}

}  // namespace

net::Response answer_gateway(const BlockSource& store, const net::Request& request) {
  std::string_view rest = request.path;
  if (rest.size() > kMaxPath || !rest.starts_with(kMount)) return net::Response::text(400, "No such address\n");
  rest.remove_prefix(kMount.size());
  const auto text = cut(rest, '/');
  const auto cid = ipld::Cid::from_text(text);
  if (!cid) {
    return net::Response::text(400, fmt::format("This is not a CID that can be served: {}\n", to_string(cid.error())));
  }
  if (auto refusal = refuse_format(request)) return *std::move(refusal);
  if (!rest.empty())
    return net::Response::text(406, "Paths below a CID are not served: ask for the CID of the block\n");
  return answer_block(store, request, *cid);
}

void mount_gateway(net::Server& server, const BlockSource& store) {
  server.route("GET", std::string(kMount),
               [&store](const net::Request& request) { return answer_gateway(store, request); });
}

}  // namespace substratee::worker::ipfs
