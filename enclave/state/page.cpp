#include "enclave/state/page.hpp"

#include "core/base/check.hpp"
#include "core/base/result.hpp"

#include <algorithm>
#include <iterator>

namespace substratee::enclave::state {
namespace {

constexpr std::size_t kHeadSize = 2;
constexpr std::size_t kReferenceSize = 32 + 40;

std::size_t text_size(ByteView bytes) noexcept { return (bytes.size() < 64 ? 1 : 2) + bytes.size(); }

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
  void compact(std::size_t value) {
    scale::Encoder encoder;
    encoder.compact(value);
    raw(encoder.bytes());
  }
  void text(ByteView bytes) {
    compact(bytes.size());
    raw(bytes);
  }
  [[nodiscard]] crypto::WipedBytes take() { return crypto::WipedBytes(std::move(out_)); }

 private:
  Bytes out_;
};

Result<ByteView> read_text(scale::Decoder& in, std::size_t limit) {
  const auto size = SUBSTRATEE_TRY_OR(Error::kBadEncoding, in.compact(limit));
  return SUBSTRATEE_TRY_OR(Error::kBadEncoding, in.raw(static_cast<std::size_t>(size)));
}

/// A decoder behind head and count.
Result<std::pair<scale::Decoder, std::size_t>> read_count(ByteView content) {
  if (content.size() < kHeadSize) return std::unexpected(Error::kBadEncoding);
  scale::Decoder in(content.subspan(kHeadSize));
  const auto count = SUBSTRATEE_TRY_OR(Error::kBadEncoding, in.compact(kMaxContentSize));
  return std::pair{in, static_cast<std::size_t>(count)};
}

}  // namespace

std::size_t record_size(ByteView key, ByteView value) noexcept { return text_size(key) + text_size(value); }

std::size_t page_entry_size(ByteView first_key) noexcept { return text_size(first_key) + kReferenceSize; }

LeafEncoder::LeafEncoder() { records_.bytes().reserve(kMaxContentSize); }

void LeafEncoder::add(ByteView key, ByteView value) {
  Writing out(records_.bytes());
  out.text(key);
  out.text(value);
  records_ = out.take();
  ++count_;
}

crypto::WipedBytes LeafEncoder::take() {
  Writing out(kMaxContentSize);
  out.byte(kLeafKind);
  out.byte(0);
  out.compact(std::exchange(count_, 0));
  out.raw(records_.view());
  crypto::wipe(records_.bytes());
  records_.bytes().clear();
  return out.take();
}

crypto::WipedBytes encode_leaf(Records::const_iterator first, Records::const_iterator last) {
  LeafEncoder out;
  for (auto record = first; record != last; ++record) out.add(record->first, record->second.view());
  return out.take();
}

crypto::WipedBytes encode_page(std::uint8_t level, std::span<const NodeRef> children) {
  Writing out(kMaxContentSize);
  out.byte(kPageKind);
  out.byte(level);
  out.compact(children.size());
  for (const auto& child : children) {
    out.text(child.first_key);
    out.raw(child.digest.bytes);
    out.raw(scale::encode(child.writer));
  }
  return out.take();
}

Result<NodeHead> decode_head(ByteView content) {
  if (content.size() < kHeadSize) return std::unexpected(Error::kBadEncoding);
  return NodeHead{.kind = content[0], .level = content[1]};
}

Result<LeafRecords> decode_leaf(ByteView content) {
  auto [in, count] = SUBSTRATEE_TRY(read_count(content));
  LeafRecords out;
  for (std::size_t i = 0; i < count; ++i) {
    const auto key = SUBSTRATEE_TRY(read_text(in, stf::kMaxKeySize));
    const auto value = SUBSTRATEE_TRY(read_text(in, stf::kMaxValueSize));
    out.emplace_back(key, value);
  }
  if (!in.rest().empty()) return std::unexpected(Error::kBadEncoding);
  return out;
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

crypto::WipedBytes to_frame(ByteView content) {
  SUBSTRATEE_CHECK(content.size() <= kMaxContentSize);
  Bytes out(kPlaintextSize);
  out[0] = static_cast<std::uint8_t>(content.size());
  out[1] = static_cast<std::uint8_t>(content.size() >> 8);
  std::ranges::copy(content, out.begin() + 2);
  return crypto::WipedBytes(std::move(out));
}

Result<ByteView> from_frame(ByteView frame) {
  if (frame.size() != kPlaintextSize) return std::unexpected(Error::kBadEncoding);
  const std::size_t size = static_cast<std::size_t>(frame[0]) | static_cast<std::size_t>(frame[1]) << 8;
  if (size > kMaxContentSize) return std::unexpected(Error::kBadEncoding);
  const auto is_zero = [](std::uint8_t byte) { return byte == 0; };
  if (!std::ranges::all_of(frame.subspan(2 + size), is_zero)) return std::unexpected(Error::kBadEncoding);
  return frame.subspan(2, size);
}

}  // namespace substratee::enclave::state
