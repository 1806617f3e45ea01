#pragma once

/// Content-addressable archives (ipld.io/specs/transport/car): CARv1 is written, CARv1 and CARv2 are read, strictly and
/// as a stream: a reader holds one section (about 2 MiB) and whatever the header claims up to kMaxCarHeader. A CAR has
/// no checksum and no end mark: one cut between two sections looks complete, so whoever needs a DAG has to check the
/// DAG.

#include "core/base/bytes.hpp"
#include "core/ipld/cid.hpp"
#include "core/ipld/dag_pb.hpp"
#include "core/ipld/error.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace substratee::ipld {

/// Largest header that is read; some 26,000 roots.
inline constexpr std::size_t kMaxCarHeader = std::size_t{1} << 20;
/// Largest CID in binary: identity with kMaxIdentitySize.
inline constexpr std::size_t kMaxCidSize = 5 + kMaxIdentitySize;
inline constexpr std::size_t kMaxCarSection = kMaxBlockSize + kMaxCidSize;

/// The beginning of a CARv1, its length included. Followed by sections in any number.
[[nodiscard]] Bytes car_header(std::span<const Cid> roots);

/// What stands before the bytes of a block of `block_size` bytes: the section's length and the CID.
[[nodiscard]] Bytes car_section_head(const Cid& cid, std::size_t block_size);

/// A whole section.
[[nodiscard]] Bytes car_section(const Block& block);

/// Reads one CAR from chunks of any size:
///   for (ByteView rest = chunk; auto block = SUBSTRATEE_TRY(reader.read(rest));) use(*block);   per chunk
///   SUBSTRATEE_TRY(reader.finish());                                                            at the end
/// After a failure the reader gives that failure again.
class CarReader {
 public:
  enum class Hashing : std::uint8_t {
    kHere,     ///< a block is given out only if it is what its CID names
    kByTaker,  ///< the taker hashes before use (a store that does so anyway, another thread)
  };

  explicit CarReader(Hashing hashing = Hashing::kHere) noexcept : hashing_(hashing) {}

  /// Takes bytes off the front of `input` up to the end of the next block; nothing once `input` is used up.
  /// Blocks come in the order of the file, with repeats; blocks of identity CIDs too (they need not be stored).
  /// kBadCarHeader, kBadCarVersion, kBadCarSection, kTooLarge, kBadVarint, kHashMismatch, kTrailingBytes (CARv2 only),
  /// or why a CID cannot be read.
  [[nodiscard]] Result<std::optional<Block>> read(ByteView& input);

  /// kTruncated if the stream ended inside the header or a section (or before the payload of a CARv2 is complete).
  [[nodiscard]] Result<void> finish() const;

  /// Nothing until the header is read. May be none, or name blocks that are not in the file.
  [[nodiscard]] const std::optional<std::vector<Cid>>& roots() const noexcept { return roots_; }

  /// 1 or 2; 0 until it is known.
  [[nodiscard]] unsigned version() const noexcept { return version_; }

 private:
  enum class Stage : std::uint8_t { kHeaderSize, kHeader, kFixedHeaderV2, kPadding, kSectionSize, kSection, kIndex };

  [[nodiscard]] Result<std::optional<Block>> step(ByteView& input);
  [[nodiscard]] Result<void> charge(std::uint64_t size);
  [[nodiscard]] Result<std::optional<std::uint64_t>> take_varint(ByteView& input);
  [[nodiscard]] bool fill(ByteView& input);
  [[nodiscard]] Result<void> begin_header(std::uint64_t size);
  [[nodiscard]] Result<void> begin_section(std::uint64_t size);
  [[nodiscard]] Result<void> end_header();
  [[nodiscard]] Result<void> end_fixed_header_v2();
  [[nodiscard]] Result<Block> end_section();

  Hashing hashing_;
  Stage stage_ = Stage::kHeaderSize;
  unsigned version_ = 0;
  bool is_inner_ = false;      ///< inside the payload of a CARv2
  bool has_index_ = false;     ///< a CARv2 index follows the payload
  std::uint64_t padding_ = 0;  ///< CARv2: bytes to pass over before the payload
  std::uint64_t payload_ = 0;  ///< CARv2: bytes of the payload still to come
  std::size_t wanted_ = 0;     ///< size of what is being gathered
  Bytes gathered_;             ///< part of a varint, of the header or of a section
  std::optional<std::vector<Cid>> roots_;
  std::optional<Error> failure_;
};

}  // namespace substratee::ipld
