#include "core/ipld/dag_cbor.hpp"

#include "core/base/result.hpp"
#include "core/ipld/dag_cbor_reader.hpp"

#include <charconv>

namespace substratee::ipld {
namespace {

using cbor::Kind;

constexpr std::uint64_t kLinkTag = 42;

/// Canonical order: shorter keys first, then by their bytes.
bool is_before(std::string_view a, std::string_view b) { return a.size() != b.size() ? a.size() < b.size() : a < b; }

/// Takes the next key of a map; keys are in order and differ.
Result<std::string_view> read_key(cbor::Reader& in, std::optional<std::string_view>& last) {
  const auto key = as_text(SUBSTRATEE_TRY_OR(Error::kBadCbor, in.text()));
  if (last && !is_before(*last, key)) return std::unexpected(Error::kBadCbor);
  last = key;
  return key;
}

/// Reads values and keeps their links.
class Collector {
 public:
  explicit Collector(std::vector<Cid>& links) : links_(links) {}

  Result<void> value(cbor::Reader& in, int depth) {  // NOLINT(misc-no-recursion): bounded by kMaxCborDepth
    switch (SUBSTRATEE_TRY_OR(Error::kBadCbor, in.kind())) {
      case Kind::kTag: return link(in);
      case Kind::kArray: return array(in, depth);
      case Kind::kMap: return map(in, depth);
      default: SUBSTRATEE_TRY_OR(Error::kBadCbor, in.skip(0)); return {};
    }
  }

 private:
  Result<void> link(cbor::Reader& in) {
    if (links_.size() == kMaxLinks) return std::unexpected(Error::kTooManyLinks);
    links_.push_back(SUBSTRATEE_TRY(read_cbor_link(in)));
    return {};
  }

  Result<void> array(cbor::Reader& in, int depth) {  // NOLINT(misc-no-recursion)
    if (depth == 0) return std::unexpected(Error::kBadCbor);
    const auto count = SUBSTRATEE_TRY_OR(Error::kBadCbor, in.array());
    for (std::uint64_t i = 0; i < count; ++i) SUBSTRATEE_TRY(value(in, depth - 1));
    return {};
  }

  Result<void> map(cbor::Reader& in, int depth) {  // NOLINT(misc-no-recursion)
    if (depth == 0) return std::unexpected(Error::kBadCbor);
    const auto pairs = SUBSTRATEE_TRY_OR(Error::kBadCbor, in.map());
    std::optional<std::string_view> last;
    for (std::uint64_t i = 0; i < pairs; ++i) {
      SUBSTRATEE_TRY(read_key(in, last));
      SUBSTRATEE_TRY(value(in, depth - 1));
    }
    return {};
  }

  std::vector<Cid>& links_;
};

/// Moves `in` to the value at index `segment`.
Result<void> enter_array(cbor::Reader& in, std::string_view segment) {
  const auto count = SUBSTRATEE_TRY_OR(Error::kBadCbor, in.array());
  std::uint64_t index = 0;
  const auto [end, error] = std::from_chars(segment.data(), segment.data() + segment.size(), index);
  const bool is_number = error == std::errc{} && end == segment.data() + segment.size();
  if (!is_number || index >= count || (segment.size() > 1 && segment.front() == '0')) {
    return std::unexpected(Error::kNotFound);
  }
  for (std::uint64_t i = 0; i < index; ++i) SUBSTRATEE_TRY_OR(Error::kBadCbor, in.skip(kMaxCborDepth));
  return {};
}

/// Moves `in` to the value under the key `segment`.
Result<void> enter_map(cbor::Reader& in, std::string_view segment) {
  const auto pairs = SUBSTRATEE_TRY_OR(Error::kBadCbor, in.map());
  std::optional<std::string_view> last;
  for (std::uint64_t i = 0; i < pairs; ++i) {
    if (SUBSTRATEE_TRY(read_key(in, last)) == segment) return {};
    SUBSTRATEE_TRY_OR(Error::kBadCbor, in.skip(kMaxCborDepth));
  }
  return std::unexpected(Error::kNotFound);
}

}  // namespace

Result<Cid> read_cbor_link(cbor::Reader& in) {
  if (SUBSTRATEE_TRY_OR(Error::kBadCbor, in.tag()) != kLinkTag) return std::unexpected(Error::kBadCbor);
  const auto bytes = SUBSTRATEE_TRY_OR(Error::kBadCbor, in.bytes());
  if (bytes.empty() || bytes[0] != 0) return std::unexpected(Error::kBadCbor);
  return Cid::from_bytes(bytes.subspan(1));
}

Result<std::vector<Cid>> dag_cbor_links(ByteView block) {
  if (block.size() > kMaxBlockSize) return std::unexpected(Error::kTooLarge);
  cbor::Reader in(block, cbor::Heads::kShortest);
  std::vector<Cid> links;
  SUBSTRATEE_TRY(Collector(links).value(in, kMaxCborDepth));
  SUBSTRATEE_TRY_OR(Error::kBadCbor, in.finish());
  return links;
}

Result<CborTarget> resolve_dag_cbor(ByteView block, std::span<const std::string_view> path) {
  SUBSTRATEE_TRY(dag_cbor_links(block));  // the whole block is well-formed, so that no path is better off than another
  cbor::Reader in(block, cbor::Heads::kShortest);
  CborTarget out;
  while (true) {
    const auto kind = SUBSTRATEE_TRY_OR(Error::kBadCbor, in.kind());
    if (kind == Kind::kTag) {
      out.link = SUBSTRATEE_TRY(read_cbor_link(in));
      return out;
    }
    if (out.used == path.size()) {
      SUBSTRATEE_TRY(Collector(out.below).value(in, kMaxCborDepth));
      return out;
    }
    if (kind != Kind::kArray && kind != Kind::kMap) return std::unexpected(Error::kNotFound);
    const auto segment = path[out.used++];
    SUBSTRATEE_TRY(kind == Kind::kArray ? enter_array(in, segment) : enter_map(in, segment));
  }
}

}  // namespace substratee::ipld
