#include "enclave/state/seal.hpp"

#include "core/base/result.hpp"
#include "core/crypto/aead.hpp"
#include "core/crypto/kdf.hpp"
#include "core/scale/codec.hpp"

namespace substratee::enclave::state {
namespace {

using Key = crypto::Secret<64>;

Key node_key(const crypto::Secret<32>& state_key, const registry::ShardId& shard, const Writer& writer) {
  return crypto::derive<64>(state_key.view(),
                            concat(as_bytes("substratee/node/v1"), ByteView(shard.bytes), scale::encode(writer)));
}

Key manifest_key(const crypto::Secret<32>& state_key, const registry::ShardId& shard) {
  return crypto::derive<64>(state_key.view(), concat(as_bytes("substratee/manifest/v1"), ByteView(shard.bytes)));
}

ipld::Block seal(const Key& key, const Frame& frame) {
  Bytes bytes = crypto::aes_siv_seal(key.view(), std::nullopt, frame.bytes());
  auto cid = ipld::Cid::of_raw_block(bytes);
  return {.cid = std::move(cid), .bytes = std::move(bytes)};
}

Result<Frame> open(const Key& key, ByteView block) {
  if (block.size() != kBlockSize) return std::unexpected(Error::kBadSize);
  return Frame::from(SUBSTRATEE_TRY_OR(Error::kNotAuthentic, crypto::aes_siv_open(key.view(), std::nullopt, block)));
}

}  // namespace

ipld::Block seal_node(const crypto::Secret<32>& state_key, const registry::ShardId& shard, const Writer& writer,
                      const Frame& frame) {
  return seal(node_key(state_key, shard, writer), frame);
}

ipld::Block seal_manifest(const crypto::Secret<32>& state_key, const registry::ShardId& shard, const Frame& frame) {
  return seal(manifest_key(state_key, shard), frame);
}

Result<Frame> open_node(const crypto::Secret<32>& state_key, const registry::ShardId& shard, const Writer& writer,
                        ByteView block) {
  return open(node_key(state_key, shard, writer), block);
}

Result<Frame> open_manifest(const crypto::Secret<32>& state_key, const registry::ShardId& shard, ByteView block) {
  return open(manifest_key(state_key, shard), block);
}

}  // namespace substratee::enclave::state
