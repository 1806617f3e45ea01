#pragma once

/// Encrypted blocks: V[16] ‖ C[16,368], RFC 5297 AEAD_AES_SIV_CMAC_512 without associated data; what a block is bound
/// to enters its 64-byte key (HKDF-SHA256, RFC 5869, empty salt):
///   node      HKDF(state key of the writer's epoch, "substratee/node/v1" ‖ SCALE{shard, writer})
///   manifest  HKDF(state key of its epoch, "substratee/manifest/v1" ‖ shard)
/// Deterministic: equal content, shard and writer give equal blocks, in every enclave.

#include "core/crypto/secret.hpp"
#include "core/ipld/cid.hpp"
#include "enclave/state/error.hpp"
#include "enclave/state/key_ring.hpp"
#include "enclave/state/page.hpp"

namespace substratee::enclave::state {

inline constexpr std::size_t kBlockSize = 16'384;

[[nodiscard]] ipld::Block seal_node(const crypto::Secret<32>& state_key, const registry::ShardId& shard,
                                    const Writer& writer, const Frame& frame);
[[nodiscard]] ipld::Block seal_manifest(const crypto::Secret<32>& state_key, const registry::ShardId& shard,
                                        const Frame& frame);

/// kBadSize, kNotAuthentic, kBadEncoding.
[[nodiscard]] Result<Frame> open_node(const crypto::Secret<32>& state_key, const registry::ShardId& shard,
                                      const Writer& writer, ByteView block);
[[nodiscard]] Result<Frame> open_manifest(const crypto::Secret<32>& state_key, const registry::ShardId& shard,
                                          ByteView block);

}  // namespace substratee::enclave::state
