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

namespace substratee::enclave::state {

inline constexpr std::size_t kBlockSize = 16'384;

/// A frame (page.hpp) just opened.
class Opened {
 public:
  /// kBadEncoding if the frame is none.
  [[nodiscard]] static Result<Opened> from(crypto::WipedBytes frame);
  [[nodiscard]] ByteView content() const noexcept { return content_; }

 private:
  Opened(crypto::WipedBytes frame, ByteView content) : frame_(std::move(frame)), content_(content) {}
  crypto::WipedBytes frame_;
  ByteView content_;  // into the frame's heap memory: survives a move
};

[[nodiscard]] ipld::Block seal_node(const crypto::Secret<32>& state_key, const registry::ShardId& shard,
                                    const Writer& writer, ByteView content);
[[nodiscard]] ipld::Block seal_manifest(const crypto::Secret<32>& state_key, const registry::ShardId& shard,
                                        ByteView content);

/// kBadSize, kNotAuthentic, kBadEncoding.
[[nodiscard]] Result<Opened> open_node(const crypto::Secret<32>& state_key, const registry::ShardId& shard,
                                       const Writer& writer, ByteView block);
[[nodiscard]] Result<Opened> open_manifest(const crypto::Secret<32>& state_key, const registry::ShardId& shard,
                                           ByteView block);

}  // namespace substratee::enclave::state
