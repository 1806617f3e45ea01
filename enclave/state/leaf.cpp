#include "enclave/state/leaf.hpp"

#include "core/base/check.hpp"
#include "core/base/result.hpp"

#include <algorithm>

namespace substratee::enclave::state {
namespace {

ByteView key_of(const LeafRecord& record) noexcept { return record.key; }

}  // namespace

Result<Leaf> Leaf::open(const KeyRing& keys, const registry::ShardId& shard, const Writer& writer,
                        const KeyRange& range, ByteView block) {
  const auto* state_key = keys.find(writer.epoch);
  if (state_key == nullptr) return std::unexpected(Error::kUnknownEpoch);
  auto opened = SUBSTRATEE_TRY(open_node(*state_key, shard, writer, block));
  const auto head = SUBSTRATEE_TRY(decode_head(opened.content()));
  if (head.kind != kLeafKind || head.level != 0) return std::unexpected(Error::kWrongKind);
  auto records = SUBSTRATEE_TRY(decode_leaf(opened.content()));
  if (records.empty()) return std::unexpected(Error::kWrongCount);
  if (!range.holds(records, key_of)) return std::unexpected(Error::kKeyOrder);
  return Leaf(std::move(opened), std::move(records));
}

Leaf Leaf::of(ByteView content) {
  auto opened = Opened::from(to_frame(content));
  SUBSTRATEE_CHECK(opened.has_value());
  auto records = decode_leaf(opened->content());
  SUBSTRATEE_CHECK(records.has_value());
  return {*std::move(opened), *std::move(records)};
}

const LeafRecord* Leaf::find(ByteView key) const noexcept {
  const auto found = std::ranges::lower_bound(records_, key, KeyLess{}, key_of);
  if (found == records_.end() || !std::ranges::equal(found->key, key)) return nullptr;
  return &*found;
}

std::size_t Leaf::footprint() const noexcept {
  return sizeof(Leaf) + kPlaintextSize + records_.capacity() * sizeof(LeafRecord);
}

}  // namespace substratee::enclave::state
