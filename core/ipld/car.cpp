#include "core/ipld/car.hpp"

#include "core/base/result.hpp"
#include "core/ipld/dag_cbor_reader.hpp"
#include "core/ipld/varint.hpp"

#include <algorithm>

namespace substratee::ipld {
namespace {

constexpr std::uint64_t kLinkTag = 42;
constexpr std::string_view kRootsKey = "roots";
constexpr std::string_view kVersionKey = "version";

/// CARv2: the pragma (length and map of the version), then characteristics, offset and size of the payload, and offset
/// of the index, each offset counted from the beginning of the file.
constexpr std::size_t kPragmaV2 = 11;
constexpr std::size_t kFixedHeaderV2 = 40;
constexpr std::size_t kCharacteristicsV2 = 16;
/// Most bytes passed over before the payload of a CARv2: alignment, never more than a page or so.
constexpr std::uint64_t kMaxPaddingV2 = std::uint64_t{1} << 20;

/// A varint of more bytes says more than 2^63.
constexpr std::size_t kMaxVarint = 9;

std::uint64_t read_u64(ByteView bytes) {
  std::uint64_t value = 0;
  for (int i = 7; i >= 0; --i) value = value << 8 | bytes[static_cast<std::size_t>(i)];
  return value;
}

struct Header {
  std::uint64_t version = 0;
  std::optional<std::vector<Cid>> roots;
};

Result<std::vector<Cid>> read_roots(cbor::Reader& in) {
  const auto count = SUBSTRATEE_TRY_OR(Error::kBadCarHeader, in.array());
  std::vector<Cid> roots;
  for (std::uint64_t i = 0; i < count; ++i) {
    roots.push_back(SUBSTRATEE_TRY_OR(Error::kBadCarHeader, read_cbor_link(in)));
  }
  return roots;
}

/// Keys in canonical order: "roots", "version".
Result<Header> read_header(ByteView bytes) {
  cbor::Reader in(bytes, cbor::Heads::kShortest);
  Header out;
  const auto pairs = SUBSTRATEE_TRY_OR(Error::kBadCarHeader, in.map());
  if (pairs == 0 || pairs > 2) return std::unexpected(Error::kBadCarHeader);
  if (pairs == 2) {
    if (as_text(SUBSTRATEE_TRY_OR(Error::kBadCarHeader, in.text())) != kRootsKey) {
      return std::unexpected(Error::kBadCarHeader);
    }
    out.roots = SUBSTRATEE_TRY(read_roots(in));
  }
  if (as_text(SUBSTRATEE_TRY_OR(Error::kBadCarHeader, in.text())) != kVersionKey) {
    return std::unexpected(Error::kBadCarHeader);
  }
  out.version = SUBSTRATEE_TRY_OR(Error::kBadCarHeader, in.unsigned_integer());
  SUBSTRATEE_TRY_OR(Error::kBadCarHeader, in.finish());
  return out;
}

}  // namespace

Bytes car_header(std::span<const Cid> roots) {
  Bytes map = concat(cbor::map_head(2), cbor::text_string(kRootsKey), cbor::array_head(roots.size()));
  for (const auto& root : roots) {
    append(map, cbor::tag_head(kLinkTag));
    append(map, cbor::byte_string(concat(Bytes{0}, root.to_bytes())));
  }
  append(map, cbor::text_string(kVersionKey));
  append(map, cbor::unsigned_integer(1));
  Bytes out;
  write_varint(out, map.size());
  append(out, map);
  return out;
}

Bytes car_section_head(const Cid& cid, std::size_t block_size) {
  const Bytes name = cid.to_bytes();
  Bytes out;
  write_varint(out, name.size() + block_size);
  append(out, name);
  return out;
}

Bytes car_section(const Block& block) { return concat(car_section_head(block.cid, block.bytes.size()), block.bytes); }

Result<std::optional<Block>> CarReader::read(ByteView& input) {
  if (failure_) return std::unexpected(*failure_);
  while (!input.empty()) {
    auto block = step(input);
    if (!block) failure_ = block.error();
    if (!block || *block) return block;
  }
  return std::nullopt;
}

Result<void> CarReader::finish() const {
  if (failure_) return std::unexpected(*failure_);
  const bool is_between = stage_ == Stage::kSectionSize && gathered_.empty();
  if (stage_ == Stage::kIndex || (is_between && payload_ == 0)) return {};
  return std::unexpected(Error::kTruncated);
}

/// Takes some bytes; the caller comes again while there are any.
Result<std::optional<Block>> CarReader::step(ByteView& input) {
  if (stage_ == Stage::kSectionSize && is_inner_ && payload_ == 0) {
    if (!has_index_ || !gathered_.empty()) {
      return std::unexpected(gathered_.empty() ? Error::kTrailingBytes : Error::kTruncated);
    }
    stage_ = Stage::kIndex;
  }
  switch (stage_) {
    case Stage::kHeaderSize:
    case Stage::kSectionSize: {
      const auto size = SUBSTRATEE_TRY(take_varint(input));
      if (size) SUBSTRATEE_TRY(stage_ == Stage::kHeaderSize ? begin_header(*size) : begin_section(*size));
      return std::nullopt;
    }
    case Stage::kHeader:
      if (fill(input)) SUBSTRATEE_TRY(end_header());
      return std::nullopt;
    case Stage::kFixedHeaderV2:
      if (fill(input)) SUBSTRATEE_TRY(end_fixed_header_v2());
      return std::nullopt;
    case Stage::kPadding: {
      const auto passed = std::min<std::uint64_t>(padding_, input.size());
      input = input.subspan(static_cast<std::size_t>(passed));
      padding_ -= passed;
      if (padding_ == 0) stage_ = Stage::kHeaderSize;
      return std::nullopt;
    }
    case Stage::kSection:
      if (!fill(input)) return std::nullopt;
      return SUBSTRATEE_TRY(end_section());
    case Stage::kIndex: input = {}; return std::nullopt;
  }
  return std::nullopt;
}

/// Counts `size` bytes against the payload of a CARv2; kTruncated if it claims fewer.
Result<void> CarReader::charge(std::uint64_t size) {
  if (!is_inner_) return {};
  if (size > payload_) return std::unexpected(Error::kTruncated);
  payload_ -= size;
  return {};
}

Result<std::optional<std::uint64_t>> CarReader::take_varint(ByteView& input) {
  while (!input.empty()) {
    const auto byte = input[0];
    input = input.subspan(1);
    SUBSTRATEE_TRY(charge(1));
    gathered_.push_back(byte);
    if (byte >= 0x80 && gathered_.size() < kMaxVarint) continue;
    ByteView view = gathered_;
    const auto value = SUBSTRATEE_TRY(read_varint(view));
    gathered_.clear();
    return value;
  }
  return std::nullopt;
}

/// True once `wanted_` bytes are gathered.
bool CarReader::fill(ByteView& input) {
  const auto taken = input.first(std::min(wanted_ - gathered_.size(), input.size()));
  append(gathered_, taken);
  input = input.subspan(taken.size());
  return gathered_.size() == wanted_;
}

Result<void> CarReader::begin_header(std::uint64_t size) {
  if (size == 0 || size > kMaxCarHeader) return std::unexpected(Error::kBadCarHeader);
  SUBSTRATEE_TRY(charge(size));
  wanted_ = static_cast<std::size_t>(size);
  stage_ = Stage::kHeader;
  return {};
}

Result<void> CarReader::begin_section(std::uint64_t size) {
  if (size == 0) return std::unexpected(Error::kBadCarSection);
  if (size > kMaxCarSection) return std::unexpected(Error::kTooLarge);
  SUBSTRATEE_TRY(charge(size));
  wanted_ = static_cast<std::size_t>(size);
  stage_ = Stage::kSection;
  return {};
}

Result<void> CarReader::end_header() {
  auto header = SUBSTRATEE_TRY(read_header(gathered_));
  gathered_ = {};
  if (header.version == 2 && !is_inner_ && !header.roots) {
    version_ = 2;
    wanted_ = kFixedHeaderV2;
    stage_ = Stage::kFixedHeaderV2;
    return {};
  }
  if (header.version != 1) return std::unexpected(Error::kBadCarVersion);
  if (!header.roots) return std::unexpected(Error::kBadCarHeader);
  if (!is_inner_) version_ = 1;
  roots_ = *std::move(header.roots);
  stage_ = Stage::kSectionSize;
  return {};
}

Result<void> CarReader::end_fixed_header_v2() {
  constexpr std::uint64_t kAfterHeader = kPragmaV2 + kFixedHeaderV2;
  const auto offset = read_u64(ByteView(gathered_).subspan(kCharacteristicsV2));
  const auto size = read_u64(ByteView(gathered_).subspan(kCharacteristicsV2 + 8));
  const auto index = read_u64(ByteView(gathered_).subspan(kCharacteristicsV2 + 16));
  gathered_ = {};
  if (offset < kAfterHeader || offset - kAfterHeader > kMaxPaddingV2 || size == 0 || offset + size < size) {
    return std::unexpected(Error::kBadCarHeader);
  }
  if (index != 0 && index < offset + size) return std::unexpected(Error::kBadCarHeader);
  is_inner_ = true;
  has_index_ = index != 0;
  payload_ = size;
  padding_ = offset - kAfterHeader;
  stage_ = padding_ == 0 ? Stage::kHeaderSize : Stage::kPadding;
  return {};
}

Result<Block> CarReader::end_section() {
  ByteView rest = gathered_;
  auto cid = read_cid(rest);
  if (!cid) return std::unexpected(cid.error() == Error::kTruncated ? Error::kBadCarSection : cid.error());
  if (rest.size() > kMaxBlockSize) return std::unexpected(Error::kTooLarge);
  if (hashing_ == Hashing::kHere && !cid->verify(rest)) return std::unexpected(Error::kHashMismatch);
  gathered_.erase(gathered_.begin(), gathered_.end() - static_cast<std::ptrdiff_t>(rest.size()));
  Block block{.cid = *std::move(cid), .bytes = std::move(gathered_)};
  gathered_ = {};
  stage_ = Stage::kSectionSize;
  return block;
}

}  // namespace substratee::ipld
