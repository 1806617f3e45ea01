#include "enclave/state/state.hpp"

#include "core/base/check.hpp"
#include "core/base/result.hpp"
#include "enclave/state/node_writer.hpp"
#include "enclave/state/seal.hpp"

#include <utility>

namespace substratee::enclave::state {
namespace {

std::optional<Bytes> copy_of(const std::optional<crypto::WipedBytes>& value) {
  if (!value) return std::nullopt;
  return to_bytes(value->view());
}

void keep_first(Before& before, const Bytes& key, const crypto::WipedBytes* old) {
  const auto [place, is_new] = before.try_emplace(key);
  if (is_new && old != nullptr) place->second.emplace(to_bytes(old->view()));
}

}  // namespace

State::State(const registry::ShardId& shard, crypto::Secret<32> cut_key, const Shape& shape)
    : shard_(shard), cut_key_(std::move(cut_key)), shape_(shape) {}

State State::empty(const registry::ShardId& shard, crypto::Secret<32> cut_key, const Shape& shape) {
  return {shard, std::move(cut_key), shape};
}

std::optional<Bytes> State::get(ByteView key) const {
  const auto found = records_.find(key);
  if (found == records_.end()) return std::nullopt;
  return to_bytes(found->second.view());
}

void State::put(ByteView key, ByteView value) {
  SUBSTRATEE_CHECK(key.size() <= stf::kMaxKeySize && value.size() <= stf::kMaxValueSize);
  const auto [place, is_new] = records_.try_emplace(to_bytes(key));
  remember(place->first, is_new ? nullptr : &place->second);
  place->second = crypto::WipedBytes(to_bytes(value));
}

void State::erase(ByteView key) {
  const auto found = records_.find(key);
  if (found == records_.end()) return;
  remember(found->first, &found->second);
  records_.erase(found);
}

void State::remember(const Bytes& key, const crypto::WipedBytes* old) {
  keep_first(since_commit_, key, old);
  if (has_checkpoint_) keep_first(since_checkpoint_, key, old);
}

void State::checkpoint() {
  SUBSTRATEE_CHECK(!has_checkpoint_);
  has_checkpoint_ = true;
}

void State::accept() {
  SUBSTRATEE_CHECK(has_checkpoint_);
  has_checkpoint_ = false;
  since_checkpoint_.clear();
}

void State::rollback() {
  SUBSTRATEE_CHECK(has_checkpoint_);
  for (auto& [key, old] : since_checkpoint_) {
    if (old) {
      records_.insert_or_assign(key, *std::move(old));
    } else {
      records_.erase(key);
    }
  }
  accept();
}

std::vector<Bytes> State::changed_keys() const {
  std::vector<Bytes> out;
  for (const auto& [key, old] : since_commit_) {
    const auto now = records_.find(key);
    const bool is_there = now != records_.end();
    if (is_there != old.has_value() || (is_there && !std::ranges::equal(now->second.view(), old->view())))
      out.push_back(key);
  }
  return out;
}

Manifest State::next_manifest(const Writer& writer) const {
  const auto& top = nodes_.pages.back().begin()->second;
  return {.format = kFormat,
          .shard = shard_,
          .writer = writer,
          .previous = root_,
          .records = records_.size(),
          .leaves = static_cast<std::uint32_t>(nodes_.leaves.size()),
          .levels = static_cast<std::uint8_t>(nodes_.pages.size()),
          .top = top.digest,
          .top_writer = top.writer,
          .shape = shape_};
}

Result<Commit> State::commit(const Writer& writer, const KeyRing& keys) {
  SUBSTRATEE_CHECK(!has_checkpoint_);
  const auto* state_key = keys.find(writer.epoch);
  if (state_key == nullptr) return std::unexpected(Error::kUnknownEpoch);
  const auto changed = changed_keys();
  Commit out{.root = root_, .changed = false, .new_blocks = {}, .before = std::exchange(since_commit_, {})};
  if (has_root_ && changed.empty()) return out;

  NodeWriter nodes(*state_key, shard_, writer);
  write_nodes(cut_key_, shape_, records_, changed, nodes_, tree_, nodes);
  out.new_blocks = std::move(nodes.blocks());
  out.new_blocks.push_back(seal_manifest(*state_key, shard_, scale::encode(next_manifest(writer))));
  const auto manifest = *Hash256::from(out.new_blocks.back().cid.digest);
  root_ = out.root = tree_.update(manifest, out.new_blocks);
  has_root_ = out.changed = true;
  return out;
}

std::optional<Bytes> PastReader::get(ByteView key) const {
  for (const Before* before : later_) {
    const auto found = before->find(key);
    if (found != before->end()) return copy_of(found->second);
  }
  return state_.get(key);
}

}  // namespace substratee::enclave::state
