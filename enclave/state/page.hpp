#pragma once

/// The plaintexts of the encrypted blocks: SCALE, framed to one size. All of it is secret.
///   frame    = length u16 ‖ content ‖ zeros, 16,368 bytes
///   leaf     = 01 00 ‖ Vec<{key, size compact, size ≤ 8,192 ? value : its pieces, {digest [32], writer [40]} each}>
///   page     = 02 level ‖ Vec<{first key, digest [32], writer [40]}>
///   piece    = 03 00 ‖ key ‖ ordinal u32 ‖ bytes to the end: 16,256 of a value, the last one less
///   padding  = 04 00 ‖ key
///   manifest = Manifest (manifest.hpp)
/// Not its job: who may refer to whom, and where nodes end.

#include "core/base/bytes.hpp"
#include "core/crypto/secret.hpp"
#include "core/scale/codec.hpp"
#include "core/stf/state_map.hpp"
#include "enclave/state/error.hpp"
#include "enclave/state/nodes.hpp"
#include "enclave/state/shape.hpp"

#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace substratee::enclave::state {

inline constexpr std::size_t kPlaintextSize = 16'368;
inline constexpr std::size_t kMaxContentSize = kPlaintextSize - 2;
inline constexpr std::uint8_t kLeafKind = 1;
inline constexpr std::uint8_t kPageKind = 2;
inline constexpr std::uint8_t kPieceKind = 3;
inline constexpr std::uint8_t kPaddingKind = 4;

/// A plaintext as it is sealed. Secret.
class Frame {
 public:
  /// `content` ≤ kMaxContentSize.
  [[nodiscard]] static Frame of(ByteView content);
  /// kBadEncoding unless all behind the content is zero.
  [[nodiscard]] static Result<Frame> from(crypto::WipedBytes bytes);
  [[nodiscard]] ByteView bytes() const noexcept { return bytes_.view(); }
  [[nodiscard]] ByteView content() const noexcept { return content_; }

 private:
  Frame(crypto::WipedBytes bytes, ByteView content) : bytes_(std::move(bytes)), content_(content) {}
  crypto::WipedBytes bytes_;
  ByteView content_;  // into the heap memory of bytes_: survives a move
};

/// A larger value stands in pieces beside the leaf.
inline constexpr std::size_t kMaxInlineSize = 8'192;
inline constexpr std::size_t kPieceSize = 16'256;
/// 0 for a value that stands in its leaf.
[[nodiscard]] std::size_t piece_count(std::size_t value_size) noexcept;

[[nodiscard]] std::size_t record_size(ByteView key, std::size_t value_size) noexcept;
[[nodiscard]] std::size_t page_entry_size(ByteView first_key) noexcept;

struct PieceEntry {
  Hash256 digest;
  Writer writer;
  SUBSTRATEE_FIELDS(PieceEntry, digest, writer)
};

/// Views.
struct LeafRecord {
  ByteView key;
  std::size_t size = 0;            ///< of the value
  ByteView value;                  ///< empty if it stands in pieces
  std::vector<PieceEntry> pieces;  ///< as many as piece_count(size)
};
using LeafRecords = std::vector<LeafRecord>;

/// As it stands in a leaf; `pieces` has those of the value if it is large.
[[nodiscard]] LeafRecord record_of(ByteView key, ByteView value, const Pieces& pieces);

/// A leaf's content, record by record. Their sizes together are at most kMaxNodeSize (cut.hpp).
class LeafEncoder {
 public:
  LeafEncoder();
  void add(const LeafRecord& record);
  [[nodiscard]] bool is_empty() const noexcept { return count_ == 0; }
  /// The leaf; empty again afterwards.
  [[nodiscard]] Frame take();

 private:
  std::size_t count_ = 0;
  crypto::WipedBytes records_;
};

/// A leaf of which some records change and none its size.
class LeafPatch {
 public:
  /// The old leaf lives longer.
  explicit LeafPatch(const Frame& old);
  /// Keys ascend; each stands in the old leaf, with a record of this size.
  void put(const LeafRecord& record);
  [[nodiscard]] Frame take();

 private:
  crypto::WipedBytes bytes_;
  ByteView rest_;  // of the old content, from the next record on
  const Frame* old_;
};

[[nodiscard]] crypto::WipedBytes encode_page(std::uint8_t level, Level::const_iterator first,
                                             Level::const_iterator last);
/// Piece `ordinal` of the value.
[[nodiscard]] crypto::WipedBytes encode_piece(ByteView key, std::uint32_t ordinal, ByteView value);
[[nodiscard]] crypto::WipedBytes encode_padding(ByteView key);

struct PageEntry {
  scale::BoundedBytes<kPaddingKeySize> first_key;
  Hash256 digest;
  Writer writer;
  SUBSTRATEE_FIELDS(PageEntry, first_key, digest, writer)
};

struct NodeHead {
  std::uint8_t kind = 0;
  std::uint8_t level = 0;
};

[[nodiscard]] Result<NodeHead> decode_head(ByteView content);
/// Behind the head. Bounds are checked, order is not.
[[nodiscard]] Result<LeafRecords> decode_leaf(ByteView content);
/// The record under `key` of a leaf that decodes and whose keys ascend; decodes no more than that one.
[[nodiscard]] std::optional<LeafRecord> find_record(ByteView content, ByteView key);
[[nodiscard]] Result<std::vector<PageEntry>> decode_page(ByteView content);
/// What piece `ordinal` of that record's value, of `size` bytes, holds of it; kWrongKind if it is not that piece.
[[nodiscard]] Result<ByteView> read_piece(ByteView content, ByteView key, std::uint32_t ordinal, std::size_t size);

}  // namespace substratee::enclave::state
