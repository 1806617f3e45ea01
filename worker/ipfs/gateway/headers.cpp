#include "worker/ipfs/gateway/headers.hpp"

#include "core/base/hex.hpp"
#include "core/crypto/hash.hpp"
#include "worker/ipfs/gateway/tokens.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

namespace substratee::worker::ipfs::gateway {
namespace {

/// Twelve months less a little: the largest that HTTP/1.1 once recommended.
constexpr std::string_view kForever = "public, max-age=29030400, immutable";
constexpr std::size_t kMaxFilename = 200;

std::string_view header(const net::Request& request, std::string_view name) {
  const auto* value = net::find_header(request.headers, name);
  return value == nullptr ? std::string_view() : std::string_view(*value);
}

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

/// Digits alone; what is too large for 64 bits is as large as can be.
std::optional<std::uint64_t> read_number(std::string_view text) {
  const bool are_digits = std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  if (text.empty() || !are_digits) return std::nullopt;
  std::uint64_t out = 0;
  const auto error = std::from_chars(text.data(), text.data() + text.size(), out).ec;
  return error == std::errc{} ? out : std::numeric_limits<std::uint64_t>::max();
}

/// "a-b", "a-", "-n" in a body of `size` bytes: nothing if it is no range; first > last if it lies outside.
std::optional<Span> read_span(std::string_view text, std::uint64_t size) {
  constexpr Span kOutside{.first = 1, .last = 0};
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto first = read_number(text.substr(0, dash));
  const auto last = read_number(text.substr(dash + 1));
  if (dash == 0) {
    if (!last) return std::nullopt;
    return *last == 0 || size == 0 ? kOutside : Span{size - std::min(*last, size), size - 1};
  }
  if (!first || (!last && dash + 1 != text.size()) || (last && *last < *first)) return std::nullopt;
  return *first >= size ? kOutside : Span{*first, std::min(last.value_or(size - 1), size - 1)};
}

/// As a quoted string: ASCII, and nothing that ends it.
std::string to_ascii(std::string_view name) {
  std::string out;
  for (const char c : name.substr(0, kMaxFilename)) {
    out.push_back(c >= ' ' && c <= '~' && c != '"' && c != '\\' && c != '/' && c != '%' ? c : '_');
  }
  return out;
}

/// RFC 8187.
std::string to_escaped(std::string_view name) {
  std::string out;
  for (const char c : name.substr(0, kMaxFilename)) {
    const bool is_plain =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' || c == '_';
    out += is_plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string disposition(const Question& question) {
  std::string name = question.filename;
  if (name.empty()) {
    const auto cid = question.root.to_text();
    const auto& path = question.selection.path;
    name = path.empty() ? cid : fmt::format("{}_{}", cid, path.back());
    name += question.format == Format::kRaw ? ".bin" : ".car";
  }
  const auto ascii = to_ascii(name);
  if (ascii == name) return fmt::format("attachment; filename=\"{}\"", ascii);
  return fmt::format("attachment; filename=\"{}\"; filename*=UTF-8''{}", ascii, to_escaped(name));
}

/// The address that names the format itself.
std::string location_of(const net::Request& request, const Question& question) {
  const auto rest = request.query.empty() ? "" : "&" + request.query;
  if (question.format == Format::kRaw) return fmt::format("{}?format=raw{}", request.path, rest);
  return fmt::format("{}?format=car&car-version=1&car-order=dfs&car-dups={}{}", request.path,
                     question.selection.has_repeats ? 'y' : 'n', rest);
}

}  // namespace

bool client_has(const net::Request& request, std::string_view etag) {
  const auto strong = [](std::string_view tag) { return tag.starts_with("W/") ? tag.substr(2) : tag; };
  auto tags = header(request, "If-None-Match");
  while (!tags.empty()) {
    const auto tag = trim(cut(tags, ','));
    if (tag == "*" || (!tag.empty() && strong(tag) == strong(etag))) return true;
  }
  return false;
}

bool is_only_if_cached(const net::Request& request) {
  auto directives = header(request, "Cache-Control");
  while (!directives.empty()) {
    if (lower(trim(cut(directives, ','))) == "only-if-cached") return true;
  }
  return false;
}

std::expected<std::optional<Span>, Refusal> read_range(const net::Request& request, std::uint64_t size,
                                                       std::string_view etag) {
  const auto condition = header(request, "If-Range");
  if (!condition.empty() && condition != etag) return std::nullopt;
  auto value = header(request, "Range");
  const auto unit = cut(value, '=');
  if (lower(trim(unit)) != "bytes") return std::nullopt;
  const auto span = read_span(trim(cut(value, ',')), size);
  if (span && span->first > span->last) {
    return std::unexpected(Refusal{416, fmt::format("The range lies outside the block, which has {} bytes", size)});
  }
  return span;
}

std::string etag_of(const Question& question) {
  const auto cid = question.root.to_text();
  if (question.format == Format::kRaw) return fmt::format("\"{}.raw\"", cid);
  const auto& selection = question.selection;
  auto shape = fmt::format("{} {}", static_cast<int>(selection.scope), selection.has_repeats);
  if (selection.range) shape += fmt::format(" {}:{}", selection.range->first, selection.range->last.value_or(0));
  if (selection.range && !selection.range->last) shape += '*';
  for (const auto& name : selection.path) shape += '/' + name;
  const auto digest = crypto::sha256(as_bytes(shape));
  return fmt::format("W/\"{}.car.{}\"", cid, to_hex(ByteView(digest.bytes).first(8)));
}

std::string content_type_of(const Question& question) {
  if (question.format == Format::kRaw) return std::string(kRawType);
  return fmt::format("{}; version=1; order=dfs; dups={}", kCarType, question.selection.has_repeats ? 'y' : 'n');
}

net::Headers content_headers(const net::Request& request, const Question& question,
                             std::span<const ipld::Cid> resolved) {
  std::string roots;
  for (const auto& cid : resolved) roots += (roots.empty() ? "" : ",") + cid.to_text();
  net::Headers out{{"Content-Disposition", disposition(question)},
                   {"Etag", etag_of(question)},
                   {"Cache-Control", std::string(kForever)},
                   {"X-Content-Type-Options", "nosniff"},
                   {"Accept-Ranges", question.format == Format::kRaw ? "bytes" : "none"},
                   {"X-Ipfs-Roots", std::move(roots)},
                   {"Access-Control-Expose-Headers", "Content-Range, Etag, X-Ipfs-Path, X-Ipfs-Roots"}};
  if (is_printable(request.path)) out.emplace_back("X-Ipfs-Path", request.path);
  if (question.format_is_accepted) {
    out.emplace_back("Vary", "Accept");
    if (const auto location = location_of(request, question); is_printable(location)) {
      out.emplace_back("Content-Location", location);
    }
  }
  return out;
}

}  // namespace substratee::worker::ipfs::gateway
