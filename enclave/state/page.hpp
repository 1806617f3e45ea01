#pragma once

/// The plaintexts of the encrypted blocks: SCALE, framed to one size. All of it is secret.
///   frame    = length u16 ‖ content ‖ zeros, 16,368 bytes
///   leaf     = 01 00 ‖ Vec<(key, value)>
///   page     = 02 level ‖ Vec<{first key, digest [32], writer [40]}>
///   manifest = Manifest (manifest.hpp)
/// Not its job: who may refer to whom, and where nodes end.

#include "core/base/bytes.hpp"
#include "core/crypto/secret.hpp"
#include "core/scale/codec.hpp"
#include "core/stf/state_map.hpp"
#include "enclave/state/error.hpp"
#include "enclave/state/nodes.hpp"

#include <span>
#include <utility>
#include <vector>

namespace substratee::enclave::state {

inline constexpr std::size_t kPlaintextSize = 16'368;
inline constexpr std::size_t kMaxContentSize = kPlaintextSize - 2;
inline constexpr std::uint8_t kLeafKind = 1;
inline constexpr std::uint8_t kPageKind = 2;

[[nodiscard]] std::size_t record_size(ByteView key, ByteView value) noexcept;
[[nodiscard]] std::size_t page_entry_size(ByteView first_key) noexcept;

/// A leaf's content, record by record. Their sizes together are at most kMaxNodeSize (cut.hpp).
class LeafEncoder {
 public:
  LeafEncoder();
  void add(ByteView key, ByteView value);
  [[nodiscard]] bool is_empty() const noexcept { return count_ == 0; }
  /// The content; empty again afterwards.
  [[nodiscard]] crypto::WipedBytes take();

 private:
  std::size_t count_ = 0;
  crypto::WipedBytes records_;
};

/// The records of [first, last), at least one.
[[nodiscard]] crypto::WipedBytes encode_leaf(Records::const_iterator first, Records::const_iterator last);
[[nodiscard]] crypto::WipedBytes encode_page(std::uint8_t level, std::span<const NodeRef> children);

struct PageEntry {
  scale::BoundedBytes<stf::kMaxKeySize> first_key;
  Hash256 digest;
  Writer writer;
  SUBSTRATEE_FIELDS(PageEntry, first_key, digest, writer)
};

struct NodeHead {
  std::uint8_t kind = 0;
  std::uint8_t level = 0;
};

/// Views into the content.
using LeafRecords = std::vector<std::pair<ByteView, ByteView>>;

[[nodiscard]] Result<NodeHead> decode_head(ByteView content);
/// Behind the head. Bounds are checked, order is not.
[[nodiscard]] Result<LeafRecords> decode_leaf(ByteView content);
[[nodiscard]] Result<std::vector<PageEntry>> decode_page(ByteView content);

/// `content` ≤ kMaxContentSize.
[[nodiscard]] crypto::WipedBytes to_frame(ByteView content);
/// A view into `frame`; kBadEncoding unless all behind the content is zero.
[[nodiscard]] Result<ByteView> from_frame(ByteView frame);

}  // namespace substratee::enclave::state
