#pragma once

/// Receipts: what became of each call of a block; their Merkle root stands on the chain
/// (RFC 9162, section 2.1, SHA-256). docs/protocol.md, "Receipts".

#include "core/crypto/kdf.hpp"
#include "core/registry/types.hpp"

namespace substratee::protocol {

using primitives::AccountId;
using primitives::BlockHash;
using primitives::BlockNumber;

enum class Outcome : std::uint8_t {
  kApplied,        ///< the state transition function accepted the call
  kRefused,        ///< it refused; the nonce is spent
  kNotOpened,      ///< the sealed call does not open: wrong epoch, key, sender, or changed bytes
  kMalformed,      ///< it opens but does not decode
  kBadSignature,   ///< not signed by its account
  kWrongNonce,     ///< not the account's next nonce (a replay, or a gap)
  kExpired,        ///< the block is later than valid_until_block
  kMalformedCall,  ///< the function cannot decode the call; the nonce is spent
};
constexpr Outcome scale_last(Outcome) { return Outcome::kMalformedCall; }
[[nodiscard]] std::string_view to_string(Outcome outcome) noexcept;

struct Receipt {
  registry::ShardId shard;
  BlockNumber block_number = 0;
  BlockHash block_hash;
  std::uint32_t index = 0;  ///< position among the shard's calls in the block's journal
  Hash256 call_hash;
  AccountId account;  ///< the call's account if its signature is good, else the extrinsic's sender
  Outcome outcome{};
  SUBSTRATEE_FIELDS(Receipt, shard, block_number, block_hash, index, call_hash, account, outcome)
  friend bool operator==(const Receipt&, const Receipt&) = default;
};

/// The Merkle tree's leaf data: the receipt and a blind that keeps its content from being guessed.
struct ReceiptLeaf {
  Receipt receipt;
  Hash256 blind;
  SUBSTRATEE_FIELDS(ReceiptLeaf, receipt, blind)
  friend bool operator==(const ReceiptLeaf&, const ReceiptLeaf&) = default;
};

/// HMAC-SHA256(blind key, SCALE{shard, block_number, block_hash, index}).
[[nodiscard]] ReceiptLeaf make_leaf(Receipt receipt, ByteView blind_key);

/// RFC 9162, 2.1.1: MTH over the encoded leaves; SHA-256 of nothing when there are none.
[[nodiscard]] Hash256 merkle_root(std::span<const Bytes> leaves);
/// RFC 9162, 2.1.3.1: inclusion proof of leaf `index`.
[[nodiscard]] std::vector<Hash256> merkle_path(std::span<const Bytes> leaves, std::size_t index);
/// RFC 9162, 2.1.3.2.
[[nodiscard]] bool verify_merkle_path(ByteView leaf, std::uint64_t index, std::uint64_t leaf_count,
                                      std::span<const Hash256> path, const Hash256& root);

}  // namespace substratee::protocol
