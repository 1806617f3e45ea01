#include "core/ipld/dag_pb.hpp"

#include "core/base/result.hpp"
#include "core/ipld/varint.hpp"

#include <algorithm>

namespace substratee::ipld {
namespace {

constexpr std::uint8_t kData = 0x0a;   // node, field 1
constexpr std::uint8_t kLinks = 0x12;  // node, field 2
constexpr std::uint8_t kHash = 0x0a;   // link, field 1
constexpr std::uint8_t kName = 0x12;   // link, field 2
constexpr std::uint8_t kTsize = 0x18;  // link, field 3

void write_field(Bytes& out, std::uint8_t tag, ByteView value) {
  out.push_back(tag);
  write_varint(out, value.size());
  append(out, value);
}

Bytes encode_link(const Link& link) {
  Bytes out;
  write_field(out, kHash, link.cid.to_bytes());
  if (link.name) write_field(out, kName, as_bytes(*link.name));
  if (link.tsize) {
    out.push_back(kTsize);
    write_varint(out, *link.tsize);
  }
  return out;
}

std::string_view name_of(const Link& link) { return link.name ? std::string_view(*link.name) : std::string_view(); }

Result<ByteView> read_field(ByteView& rest) {
  const auto size = SUBSTRATEE_TRY(read_protobuf_varint(rest));
  return read_bytes(rest, size);
}

/// Fields stand in the order hash, name, size, each at most once; only the hash is required.
Result<Link> decode_link(ByteView rest) {
  Link link;
  std::uint64_t last = 0;
  while (!rest.empty()) {
    const auto tag = SUBSTRATEE_TRY(read_protobuf_varint(rest));
    if (tag <= last) return std::unexpected(Error::kBadNode);
    if (tag == kHash) {
      const auto bytes = SUBSTRATEE_TRY(read_field(rest));
      link.cid = SUBSTRATEE_TRY(Cid::from_bytes(bytes));
    } else if (last == 0) {
      return std::unexpected(Error::kBadNode);
    } else if (tag == kName) {
      link.name = std::string(as_text(SUBSTRATEE_TRY(read_field(rest))));
    } else if (tag == kTsize) {
      link.tsize = SUBSTRATEE_TRY(read_protobuf_varint(rest));
    } else {
      return std::unexpected(Error::kBadNode);
    }
    last = tag;
  }
  if (last == 0) return std::unexpected(Error::kBadNode);
  return link;
}

}  // namespace

Bytes encode_dag_pb(const Node& node) {
  std::vector<const Link*> sorted;
  for (const auto& link : node.links) sorted.push_back(&link);
  // Both point into one vector, so the address keeps equal names in their order.
  std::ranges::sort(sorted, {}, [](const Link* link) { return std::pair(name_of(*link), link); });
  Bytes out;
  for (const auto* link : sorted) write_field(out, kLinks, encode_link(*link));
  if (node.data) write_field(out, kData, *node.data);
  return out;
}

Result<Node> decode_dag_pb(ByteView rest) {
  if (rest.size() > kMaxBlockSize) return std::unexpected(Error::kTooLarge);
  Node node;
  bool links_ended = false;
  while (!rest.empty()) {
    const auto tag = SUBSTRATEE_TRY(read_protobuf_varint(rest));
    if (tag == kData) {
      if (node.data) return std::unexpected(Error::kBadNode);
      node.data = to_bytes(SUBSTRATEE_TRY(read_field(rest)));
      links_ended = !node.links.empty();
    } else if (tag == kLinks) {
      if (links_ended) return std::unexpected(Error::kBadNode);
      if (node.links.size() == kMaxLinks) return std::unexpected(Error::kTooManyLinks);
      const auto link = SUBSTRATEE_TRY(read_field(rest));
      node.links.push_back(SUBSTRATEE_TRY(decode_link(link)));
    } else {
      return std::unexpected(Error::kBadNode);
    }
  }
  return node;
}

}  // namespace substratee::ipld
