#include "enclave/state/cut.hpp"

#include "core/crypto/kdf.hpp"

#include <iterator>

namespace substratee::enclave::state {
namespace {

/// The first four bytes of HMAC-SHA256(cut key, key), little-endian.
std::uint64_t prf(const crypto::Secret<32>& cut_key, ByteView key) noexcept {
  const auto mac = crypto::hmac_sha256(cut_key.view(), key);
  std::uint64_t out = 0;
  for (std::size_t i = 4; i-- > 0;) out = out << 8 | mac[i];
  return out;
}

}  // namespace

bool Cutter::ends_behind(ByteView key, std::size_t entry_size) noexcept {
  size_ += entry_size;
  if (size_ <= kMinNodeSize) return false;
  const std::uint64_t above = size_ - kMinNodeSize;
  return prf(*cut_key_, key) < (above * above * above * entry_size) >> 17;
}

LeafShape shape_of(const crypto::Secret<32>& cut_key, const LeafRecords& records) {
  LeafShape out{.size = 0, .first_record = 0, .is_whole = true, .is_ended = false};
  Cutter cutter(cut_key);
  for (const auto& record : records) {
    const auto size = record_size(record.key, record.size);
    if (out.is_ended || cutter.ends_before(size)) out.is_whole = false;
    out.is_ended = cutter.ends_behind(record.key, size);
    if (out.size == 0) out.first_record = size;
    out.size += size;
  }
  return out;
}

bool ends_before(const LeafShape& leaf, const LeafShape& next) noexcept {
  return leaf.is_ended || leaf.size + next.first_record > kMaxNodeSize;
}

Level::const_iterator page_end(const crypto::Secret<32>& cut_key, const Level& below, Level::const_iterator first) {
  Cutter cutter(cut_key);
  for (auto child = first; child != below.end(); ++child) {
    const auto size = page_entry_size(child->first);
    if (cutter.ends_before(size)) return child;
    if (cutter.ends_behind(child->first, size)) return std::next(child);
  }
  return below.end();
}

}  // namespace substratee::enclave::state
