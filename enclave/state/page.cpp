#include "enclave/state/page.hpp"

#include "core/base/check.hpp"
#include "core/base/result.hpp"

#include <algorithm>
#include <iterator>

namespace substratee::enclave::state {
namespace {

constexpr std::size_t kLengthSize = 2;
constexpr std::size_t kHeadSize = 2;
/// Room for the records of a leaf before it is known that there are more.
constexpr std::size_t kUsualRecords = 256;
constexpr std::size_t kReferenceSize = 32 + 40;

std::size_t compact_size(std::size_t value) noexcept { return value < 64 ? 1 : value < 16'384 ? 2 : 4; }
std::size_t text_size(ByteView bytes) noexcept { return compact_size(bytes.size()) + bytes.size(); }

/// Appends SCALE into one allocation that never moves: an outgrown one would stay behind with secrets in it.
class Writing {
 public:
  explicit Writing(std::size_t size) { out_.reserve(size); }
  explicit Writing(Bytes& to) : out_(std::move(to)) {}
  void byte(std::uint8_t value) { raw({&value, 1}); }
  void raw(ByteView bytes) {
    SUBSTRATEE_CHECK(out_.size() + bytes.size() <= out_.capacity());
    append(out_, bytes);
  }
  /// By hand: an encoder of its own for each of a leaf's records would cost more than the rest.
  void compact(std::size_t value) {
    const auto size = compact_size(value);
    SUBSTRATEE_CHECK(value < std::size_t{1} << 30);
    number(value << 2 | (size == 4 ? 2 : size - 1), size);
  }
  void number(std::size_t value, std::size_t size) {
    for (; size > 0; --size, value >>= 8) byte(static_cast<std::uint8_t>(value));
  }
  void text(ByteView bytes) {
    compact(bytes.size());
    raw(bytes);
  }
  void reference(const Hash256& digest, const Writer& writer) {
    raw(digest.bytes);
    number(writer.epoch, sizeof(writer.epoch));
    number(writer.height, sizeof(writer.height));
    raw(writer.block_hash.bytes);
  }
  [[nodiscard]] crypto::WipedBytes take() { return crypto::WipedBytes(std::move(out_)); }

 private:
  Bytes out_;
};

void write_record(const LeafRecord& record, Writing& out) {
  out.text(record.key);
  out.compact(record.size);
  out.raw(record.value);
  for (const auto& piece : record.pieces) out.reference(piece.digest, piece.writer);
}

Result<ByteView> read_text(scale::Decoder& in, std::size_t limit) {
  const auto size = SUBSTRATEE_TRY_OR(Error::kBadEncoding, in.compact(limit));
  return SUBSTRATEE_TRY_OR(Error::kBadEncoding, in.raw(static_cast<std::size_t>(size)));
}

Result<LeafRecord> read_record(scale::Decoder& in) {
  LeafRecord out;
  out.key = SUBSTRATEE_TRY(read_text(in, stf::kMaxKeySize));
  out.size = static_cast<std::size_t>(SUBSTRATEE_TRY_OR(Error::kBadEncoding, in.compact(stf::kMaxValueSize)));
  if (out.size <= kMaxInlineSize) out.value = SUBSTRATEE_TRY_OR(Error::kBadEncoding, in.raw(out.size));
  for (std::size_t i = 0; i < piece_count(out.size); ++i) {
    out.pieces.push_back(SUBSTRATEE_TRY_OR(Error::kBadEncoding, scale::decode_from<PieceEntry>(in)));
  }
  return out;
}

/// A compact number below 2^30 of a content that has been decoded before.
std::size_t next_compact(ByteView& in) noexcept {
  SUBSTRATEE_CHECK(!in.empty());
  const std::size_t size = (in[0] & 3) == 0 ? 1 : (in[0] & 3) == 1 ? 2 : 4;
  SUBSTRATEE_CHECK(in.size() >= size);
  std::size_t out = 0;
  for (std::size_t i = size; i-- > 0;) out = out << 8 | in[i];
  in = in.subspan(size);
  return out >> 2;
}

ByteView next_bytes(ByteView& in, std::size_t size) noexcept {
  SUBSTRATEE_CHECK(in.size() >= size);
  const auto out = in.first(size);
  in = in.subspan(size);
  return out;
}

void skip_head(ByteView& in) noexcept {
  static_cast<void>(next_bytes(in, kHeadSize));
  static_cast<void>(next_compact(in));
}

/// A record's key, and all of it.
std::pair<ByteView, ByteView> next_record(ByteView& in) noexcept {
  const auto start = in;
  const auto key_size = next_compact(in);
  const auto key = next_bytes(in, key_size);
  const auto size = next_compact(in);
  static_cast<void>(next_bytes(in, size <= kMaxInlineSize ? size : piece_count(size) * kReferenceSize));
  return {key, start.first(start.size() - in.size())};
}

/// A decoder behind head and count.
Result<std::pair<scale::Decoder, std::size_t>> read_count(ByteView content) {
  if (content.size() < kHeadSize) return std::unexpected(Error::kBadEncoding);
  scale::Decoder in(content.subspan(kHeadSize));
  const auto count = SUBSTRATEE_TRY_OR(Error::kBadEncoding, in.compact(kMaxContentSize));
  return std::pair{in, static_cast<std::size_t>(count)};
}

}  // namespace

std::size_t piece_count(std::size_t value_size) noexcept {
  return value_size <= kMaxInlineSize ? 0 : (value_size + kPieceSize - 1) / kPieceSize;
}

std::size_t record_size(ByteView key, std::size_t value_size) noexcept {
  const auto body = value_size <= kMaxInlineSize ? value_size : piece_count(value_size) * kReferenceSize;
  return text_size(key) + compact_size(value_size) + body;
}

std::size_t page_entry_size(ByteView first_key) noexcept { return text_size(first_key) + kReferenceSize; }

LeafRecord record_of(ByteView key, ByteView value, const Pieces& pieces) {
  LeafRecord out{.key = key, .size = value.size(), .value = value, .pieces = {}};
  if (value.size() <= kMaxInlineSize) return out;
  out.value = {};
  const auto found = pieces.find(key);
  SUBSTRATEE_CHECK(found != pieces.end() && found->second.size() == piece_count(value.size()));
  for (const auto& piece : found->second) out.pieces.push_back({piece.digest, piece.writer});
  return out;
}

LeafEncoder::LeafEncoder() { records_.bytes().reserve(kMaxContentSize); }

void LeafEncoder::add(const LeafRecord& record) {
  Writing out(records_.bytes());
  write_record(record, out);
  records_ = out.take();
  ++count_;
}

Frame LeafEncoder::take() {
  const auto size = kHeadSize + compact_size(count_) + records_.view().size();
  Writing out(kPlaintextSize);
  out.number(size, kLengthSize);
  out.byte(kLeafKind);
  out.byte(0);
  out.compact(std::exchange(count_, 0));
  out.raw(records_.view());
  crypto::wipe(records_.bytes());
  records_.bytes().clear();
  auto bytes = out.take();
  bytes.bytes().resize(kPlaintextSize);
  auto frame = Frame::from(std::move(bytes));
  SUBSTRATEE_CHECK(frame.has_value());
  return *std::move(frame);
}

LeafPatch::LeafPatch(const Frame& old) : bytes_(to_bytes(old.bytes())), rest_(old.content()), old_(&old) {
  skip_head(rest_);
}

void LeafPatch::put(const LeafRecord& record) {
  Writing out(record_size(record.key, record.size));
  write_record(record, out);
  const auto now = out.take();
  while (true) {
    SUBSTRATEE_CHECK(!rest_.empty());
    const auto [key, bytes] = next_record(rest_);
    if (!std::ranges::equal(key, record.key)) continue;
    SUBSTRATEE_CHECK(bytes.size() == now.view().size());
    std::ranges::copy(now.view(), bytes_.bytes().begin() + (bytes.data() - old_->bytes().data()));
    return;
  }
}

Frame LeafPatch::take() {
  auto frame = Frame::from(std::move(bytes_));
  SUBSTRATEE_CHECK(frame.has_value());
  return *std::move(frame);
}

crypto::WipedBytes encode_page(std::uint8_t level, Level::const_iterator first, Level::const_iterator last) {
  Writing out(kMaxContentSize);
  out.byte(kPageKind);
  out.byte(level);
  out.compact(static_cast<std::size_t>(std::distance(first, last)));
  for (auto child = first; child != last; ++child) {
    out.text(child->first);
    out.reference(child->second.digest, child->second.writer);
  }
  return out.take();
}

crypto::WipedBytes encode_piece(ByteView key, std::uint32_t ordinal, ByteView value) {
  const auto offset = ordinal * kPieceSize;
  Writing out(kMaxContentSize);
  out.byte(kPieceKind);
  out.byte(0);
  out.text(key);
  out.raw(scale::encode(ordinal));
  out.raw(value.subspan(offset, std::min(kPieceSize, value.size() - offset)));
  return out.take();
}

crypto::WipedBytes encode_padding(ByteView key) {
  Writing out(kMaxContentSize);
  out.byte(kPaddingKind);
  out.byte(0);
  out.text(key);
  return out.take();
}

Result<NodeHead> decode_head(ByteView content) {
  if (content.size() < kHeadSize) return std::unexpected(Error::kBadEncoding);
  return NodeHead{.kind = content[0], .level = content[1]};
}

Result<LeafRecords> decode_leaf(ByteView content) {
  auto [in, count] = SUBSTRATEE_TRY(read_count(content));
  LeafRecords out;
  out.reserve(std::min(count, kUsualRecords));
  for (std::size_t i = 0; i < count; ++i) out.push_back(SUBSTRATEE_TRY(read_record(in)));
  if (!in.rest().empty()) return std::unexpected(Error::kBadEncoding);
  return out;
}

std::optional<LeafRecord> find_record(ByteView content, ByteView key) {
  auto rest = content;
  skip_head(rest);
  while (!rest.empty()) {
    const auto [found, bytes] = next_record(rest);
    if (std::ranges::equal(found, key)) {
      scale::Decoder in(bytes);
      auto record = read_record(in);
      SUBSTRATEE_CHECK(record.has_value());
      return *std::move(record);
    }
    if (KeyLess{}(key, found)) return std::nullopt;
  }
  return std::nullopt;
}

Result<std::vector<PageEntry>> decode_page(ByteView content) {
  auto [in, count] = SUBSTRATEE_TRY(read_count(content));
  std::vector<PageEntry> out;
  for (std::size_t i = 0; i < count; ++i) {
    out.push_back(SUBSTRATEE_TRY_OR(Error::kBadEncoding, scale::decode_from<PageEntry>(in)));
  }
  if (!in.rest().empty()) return std::unexpected(Error::kBadEncoding);
  return out;
}

Result<ByteView> read_piece(ByteView content, ByteView key, std::uint32_t ordinal, std::size_t size) {
  const auto offset = ordinal * kPieceSize;
  const auto own_size = std::min(kPieceSize, size - offset);
  Writing head(kMaxContentSize);
  head.byte(kPieceKind);
  head.byte(0);
  head.text(key);
  head.raw(scale::encode(ordinal));
  const auto expected = head.take();
  const auto head_size = expected.view().size();
  if (content.size() != head_size + own_size || !std::ranges::equal(content.first(head_size), expected.view())) {
    return std::unexpected(Error::kWrongKind);
  }
  return content.last(own_size);
}

Frame Frame::of(ByteView content) {
  SUBSTRATEE_CHECK(content.size() <= kMaxContentSize);
  Bytes out(kPlaintextSize);
  out[0] = static_cast<std::uint8_t>(content.size());
  out[1] = static_cast<std::uint8_t>(content.size() >> 8);
  std::ranges::copy(content, out.begin() + kLengthSize);
  const auto view = ByteView(out).subspan(kLengthSize, content.size());
  return {crypto::WipedBytes(std::move(out)), view};
}

Result<Frame> Frame::from(crypto::WipedBytes bytes) {
  const auto frame = bytes.view();
  if (frame.size() != kPlaintextSize) return std::unexpected(Error::kBadEncoding);
  const std::size_t size = static_cast<std::size_t>(frame[0]) | static_cast<std::size_t>(frame[1]) << 8;
  if (size > kMaxContentSize) return std::unexpected(Error::kBadEncoding);
  const auto padding = frame.subspan(kLengthSize + size);
  // The first is zero, and each is equal to the one before.
  if (!padding.empty() &&
      (padding[0] != 0 || !std::ranges::equal(padding.subspan(1), padding.first(padding.size() - 1)))) {
    return std::unexpected(Error::kBadEncoding);
  }
  return Frame(std::move(bytes), frame.subspan(kLengthSize, size));
}

}  // namespace substratee::enclave::state
