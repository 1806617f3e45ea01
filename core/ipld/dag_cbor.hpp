#pragma once

/// DAG-CBOR (ipld.io/specs/codecs/dag-cbor), read only and only for its links: canonical CBOR whose map keys are text
/// in order (shorter first), with tag 42 alone, which is a link.

#include "core/base/bytes.hpp"
#include "core/ipld/cid.hpp"
#include "core/ipld/dag_pb.hpp"
#include "core/ipld/error.hpp"

#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace substratee::ipld {

/// Levels of arrays and maps that are followed.
inline constexpr int kMaxCborDepth = 32;

/// The links in order, with repeats. kTooLarge, kTooManyLinks, kBadCbor, or why a CID cannot be read.
[[nodiscard]] Result<std::vector<Cid>> dag_cbor_links(ByteView block);

/// Where a path leads from the top of a block.
struct CborTarget {
  std::optional<Cid> link;  ///< the link that was met; nothing if the path ends inside this block
  std::size_t used = 0;     ///< segments of the path used up
  std::vector<Cid> below;   ///< if there is no link: the links of the value at the end of the path
};

/// Follows `path`, keys of maps and decimal indices of arrays, up to its end or to the first link. kNotFound if it
/// leads nowhere, else as dag_cbor_links.
[[nodiscard]] Result<CborTarget> resolve_dag_cbor(ByteView block, std::span<const std::string_view> path);

}  // namespace substratee::ipld
