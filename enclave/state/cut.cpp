#include "enclave/state/cut.hpp"

#include "core/crypto/kdf.hpp"
#include "enclave/state/page.hpp"

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
  return prf(cut_key_, key) < (above * above * above * entry_size) >> 17;
}

Records::const_iterator leaf_end(const crypto::Secret<32>& cut_key, const Records& records,
                                 Records::const_iterator first) {
  Cutter cutter(cut_key);
  for (auto record = first; record != records.end(); ++record) {
    const auto size = record_size(record->first, record->second.view().size());
    if (cutter.ends_before(size)) return record;
    if (cutter.ends_behind(record->first, size)) return std::next(record);
  }
  return records.end();
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
