#include "worker/ipfs/gateway/question.hpp"

#include "core/base/result.hpp"
#include "net/url.hpp"
#include "worker/ipfs/gateway/tokens.hpp"

#include <fmt/format.h>

#include <charconv>
#include <map>
#include <span>

namespace substratee::worker::ipfs::gateway {
namespace {

template <class T>
using Read = std::expected<T, Refusal>;

std::unexpected<Refusal> refuse(unsigned status, std::string reason) {
  return std::unexpected(Refusal{status, std::move(reason)});
}

using Parameters = std::map<std::string, std::string, std::less<>>;

/// Of a name that occurs twice the first.
Read<Parameters> read_query(std::string_view query) {
  Parameters out;
  while (!query.empty()) {
    auto value = cut(query, '&');
    const auto name = net::percent_decode(cut(value, '='));
    auto text = net::percent_decode(value);
    if (!name || !text) return refuse(400, "The query has a '%' without two hexadecimal digits");
    out.emplace(*name, *std::move(text));
  }
  return out;
}

const std::string* find(const Parameters& parameters, std::string_view name) {
  const auto found = parameters.find(name);
  return found == parameters.end() ? nullptr : &found->second;
}

/// A media type of the Accept header and its parameters, names in lower case.
struct Accepted {
  std::string type;
  Parameters parameters;
};

/// The first application/vnd.ipld.raw or .car, whatever its weight (so do other gateways).
std::optional<Accepted> read_accept(std::string_view accept) {
  while (!accept.empty()) {
    auto item = cut(accept, ',');
    Accepted out{.type = lower(trim(cut(item, ';'))), .parameters = {}};
    if (out.type != kRawType && out.type != kCarType) continue;
    while (!item.empty()) {
      auto value = cut(item, ';');
      const auto name = lower(trim(cut(value, '=')));
      out.parameters.emplace(name, lower(trim(value)));
    }
    return out;
  }
  return std::nullopt;
}

/// Whoever accepts anything has named nothing (so does curl unless told otherwise).
bool names_nothing(std::string_view accept) {
  while (!accept.empty()) {
    auto item = cut(accept, ',');
    const auto type = lower(trim(cut(item, ';')));
    if (type != "*/*" && type != "application/*" && !type.empty()) return false;
  }
  return true;
}

/// Named by the query or, failing that, by the Accept header.
Read<Format> read_format(const std::string* named, const std::optional<Accepted>& accepted, bool accept_names_one) {
  if (named != nullptr) {
    if (*named == "raw") return Format::kRaw;
    if (*named == "car") return Format::kCar;
    return refuse(406, "This gateway serves format=raw and format=car");
  }
  if (accepted) return accepted->type == kRawType ? Format::kRaw : Format::kCar;
  if (accept_names_one) return refuse(406, fmt::format("This gateway serves {} and {}", kRawType, kCarType));
  return refuse(400, "No format is named: use ?format=raw or ?format=car");
}

/// A parameter of CARs: the query's beats that of the Accept header. nullptr if neither has it.
struct CarParameter {
  const std::string* value = nullptr;
  unsigned status = 400;  ///< if it cannot be satisfied
};

CarParameter car_parameter(const Parameters& query, const Parameters* accepted, const std::string& name) {
  if (const auto* value = find(query, "car-" + name)) return {value, 400};
  return {accepted == nullptr ? nullptr : find(*accepted, name), 406};
}

Read<std::string> one_of(const CarParameter& given, std::string_view name, std::span<const std::string_view> values) {
  if (given.value == nullptr) return std::string(values.front());
  if (std::ranges::find(values, *given.value) != values.end()) return *given.value;
  return refuse(given.status, fmt::format("CARs are served with {}={} only", name, fmt::join(values, " or ")));
}

/// Version and order are always the same, so that they only need to be acceptable. True if repeats are asked for.
Read<bool> read_car_parameters(const Parameters& query, const Parameters* accepted) {
  static constexpr std::string_view kVersions[] = {"1"};
  static constexpr std::string_view kOrders[] = {"dfs", "unk"};
  static constexpr std::string_view kRepeats[] = {"n", "y"};
  SUBSTRATEE_TRY(one_of(car_parameter(query, accepted, "version"), "version", kVersions));
  SUBSTRATEE_TRY(one_of(car_parameter(query, accepted, "order"), "order", kOrders));
  return SUBSTRATEE_TRY(one_of(car_parameter(query, accepted, "dups"), "dups", kRepeats)) == "y";
}

std::optional<std::int64_t> read_place(std::string_view text) {
  std::int64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return out;
}

Read<ipld::ByteRange> read_entity_bytes(std::string_view text) {
  const auto first = read_place(text.substr(0, text.find(':')));
  const auto colon = text.find(':');
  const auto rest = colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
  const auto last = read_place(rest);
  if (!first || (!last && rest != "*")) return refuse(400, "entity-bytes is not from:to, as in 0:1023 or -1024:*");
  return ipld::ByteRange{*first, last};
}

Read<ipld::DagScope> read_scope(const std::string* named, bool has_range) {
  if (named == nullptr) return has_range ? ipld::DagScope::kEntity : ipld::DagScope::kAll;
  if (*named == "block") return ipld::DagScope::kBlock;
  if (*named == "entity") return ipld::DagScope::kEntity;
  if (*named == "all") return ipld::DagScope::kAll;
  return refuse(400, "dag-scope is none of block, entity and all");
}

Read<void> read_selection(const Parameters& query, const Parameters* accepted, ipld::Selection& out) {
  out.has_repeats = SUBSTRATEE_TRY(read_car_parameters(query, accepted));
  if (const auto* bytes = find(query, "entity-bytes")) out.range = SUBSTRATEE_TRY(read_entity_bytes(*bytes));
  out.scope = SUBSTRATEE_TRY(read_scope(find(query, "dag-scope"), out.range.has_value()));
  return {};
}

Read<ipld::Cid> read_root(std::string_view text, const Limits& limits) {
  if (text.size() > limits.max_cid_text) return refuse(400, "The CID is too long");
  auto cid = ipld::Cid::from_text(text);
  if (cid) return *std::move(cid);
  return refuse(400, fmt::format("The path does not begin with a CID ({})", ipld::to_string(cid.error())));
}

/// The names behind the CID; a '/' at the end is allowed.
Read<std::vector<std::string>> read_segments(std::string_view rest, const Limits& limits) {
  std::vector<std::string> out;
  while (!rest.empty()) {
    auto name = net::percent_decode(cut(rest, '/'));
    if (!name || name->empty()) return refuse(400, "The path has an empty or badly escaped name");
    if (out.size() == limits.max_segments) return refuse(400, "The path has too many names");
    out.push_back(*std::move(name));
  }
  return out;
}

Read<void> read_path(std::string_view path, const Limits& limits, Question& out) {
  if (path.size() > limits.max_path) return refuse(400, "The path is too long");
  if (!path.starts_with(kMount)) return refuse(400, "The path is not /ipfs/{cid}");
  auto rest = path.substr(kMount.size());
  out.root = SUBSTRATEE_TRY(read_root(cut(rest, '/'), limits));
  out.selection.path = SUBSTRATEE_TRY(read_segments(rest, limits));
  return {};
}

}  // namespace

std::expected<Question, Refusal> read_question(const net::Request& request, const Limits& limits) {
  Question out;
  SUBSTRATEE_TRY(read_path(request.path, limits, out));
  const auto query = SUBSTRATEE_TRY(read_query(request.query));
  const auto* accept = net::find_header(request.headers, "Accept");
  const auto accepted = accept == nullptr ? std::nullopt : read_accept(*accept);
  const auto* named = find(query, "format");
  out.format = SUBSTRATEE_TRY(read_format(named, accepted, accept != nullptr && !names_nothing(*accept)));
  out.format_is_accepted = named == nullptr;
  if (const auto* filename = find(query, "filename")) out.filename = *filename;
  if (out.format == Format::kRaw) {
    if (out.selection.path.empty()) return out;
    return refuse(406, "Single blocks are served by CID, without a path behind it");
  }
  const bool is_accepted = accepted && accepted->type == kCarType;
  SUBSTRATEE_TRY(read_selection(query, is_accepted ? &accepted->parameters : nullptr, out.selection));
  return out;
}

}  // namespace substratee::worker::ipfs::gateway
