#include "enclave/state/leaf.hpp"

#include "core/base/check.hpp"
#include "core/base/result.hpp"

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
  const auto records = SUBSTRATEE_TRY(decode_leaf(opened.content()));
  if (records.empty()) return std::unexpected(Error::kWrongCount);
  if (!range.holds(records, key_of)) return std::unexpected(Error::kKeyOrder);
  return Leaf(std::move(opened));
}

LeafRecords Leaf::records() const {
  auto out = decode_leaf(content());
  SUBSTRATEE_CHECK(out.has_value());  // it was opened by that, or encoded here
  return *std::move(out);
}

}  // namespace substratee::enclave::state
