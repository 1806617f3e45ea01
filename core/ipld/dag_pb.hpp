#pragma once

/// dag-pb nodes (ipld.io/specs/codecs/dag-pb). Written canonically: links before data, sorted by the bytes of their
/// names. Read strictly, except that data may stand before links (old blocks do): so never encode a received node
/// again, keep its bytes.

#include "core/base/bytes.hpp"
#include "core/ipld/cid.hpp"
#include "core/ipld/error.hpp"

#include <optional>
#include <string>
#include <vector>

namespace substratee::ipld {

/// Largest block that is read, stored or sent: what Kubo and bitswap accept.
inline constexpr std::size_t kMaxBlockSize = 2 * 1024 * 1024;
/// Most links of one node that is read.
inline constexpr std::size_t kMaxLinks = 8192;

struct Link {
  Cid cid;
  std::optional<std::string> name;     ///< any bytes; present and empty in the links of UnixFS files
  std::optional<std::uint64_t> tsize;  ///< size of the DAG below, in bytes: a hint, never to be trusted
  friend bool operator==(const Link&, const Link&) = default;
};

struct Node {
  std::vector<Link> links;
  std::optional<Bytes> data;
  friend bool operator==(const Node&, const Node&) = default;
};

/// The links are sorted (stable) on the way out.
[[nodiscard]] Bytes encode_dag_pb(const Node& node);

/// The links stay in the order found. kTooLarge, kTooManyLinks, kTruncated, kBadVarint, kBadNode, or what a CID gives.
[[nodiscard]] Result<Node> decode_dag_pb(ByteView block);

}  // namespace substratee::ipld
