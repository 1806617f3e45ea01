#include "core/protocol/receipt.hpp"

namespace substratee::protocol {
namespace {

Hash256 leaf_hash(ByteView leaf) {
  crypto::Sha256 hash;
  hash.update(Bytes{0x00});
  hash.update(leaf);
  return hash.finish();
}

Hash256 node_hash(const Hash256& left, const Hash256& right) {
  crypto::Sha256 hash;
  hash.update(Bytes{0x01});
  hash.update(left);
  hash.update(right);
  return hash.finish();
}

/// The largest power of two smaller than `count` (count ≥ 2): where RFC 9162 splits a tree.
std::size_t split_of(std::size_t count) {
  std::size_t split = 1;
  while (split * 2 < count) split *= 2;
  return split;
}

void collect_path(std::span<const Bytes> leaves, std::size_t index, std::vector<Hash256>& path) {
  if (leaves.size() < 2) return;
  const auto split = split_of(leaves.size());
  const auto left = leaves.first(split);
  const auto right = leaves.subspan(split);
  if (index < split) {
    collect_path(left, index, path);
    path.push_back(merkle_root(right));
  } else {
    collect_path(right, index - split, path);
    path.push_back(merkle_root(left));
  }
}

}  // namespace

std::string_view to_string(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::kApplied: return "applied";
    case Outcome::kRefused: return "refused";
    case Outcome::kNotOpened: return "not_opened";
    case Outcome::kMalformed: return "malformed";
    case Outcome::kBadSignature: return "bad_signature";
    case Outcome::kWrongNonce: return "wrong_nonce";
    case Outcome::kExpired: return "expired";
    case Outcome::kMalformedCall: return "malformed_call";
  }
  return "unknown";
}

ReceiptLeaf make_leaf(Receipt receipt, ByteView blind_key) {
  const auto identity =
      scale::encode(std::tuple{receipt.shard, receipt.block_number, receipt.block_hash, receipt.index});
  const auto blind = crypto::hmac_sha256(blind_key, identity);
  return {std::move(receipt), blind};
}

Hash256 merkle_root(std::span<const Bytes> leaves) {
  if (leaves.empty()) return crypto::sha256({});
  if (leaves.size() == 1) return leaf_hash(leaves.front());
  const auto split = split_of(leaves.size());
  return node_hash(merkle_root(leaves.first(split)), merkle_root(leaves.subspan(split)));
}

std::vector<Hash256> merkle_path(std::span<const Bytes> leaves, std::size_t index) {
  SUBSTRATEE_CHECK(index < leaves.size());
  std::vector<Hash256> path;
  collect_path(leaves, index, path);
  return path;
}

bool verify_merkle_path(ByteView leaf, std::uint64_t index, std::uint64_t leaf_count, std::span<const Hash256> path,
                        const Hash256& root) {
  if (index >= leaf_count) return false;
  std::uint64_t fn = index;
  std::uint64_t sn = leaf_count - 1;
  Hash256 hash = leaf_hash(leaf);
  for (const auto& sibling : path) {
    if (sn == 0) return false;
    if ((fn & 1) != 0 || fn == sn) {
      hash = node_hash(sibling, hash);
      while ((fn & 1) == 0 && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      hash = node_hash(hash, sibling);
    }
    fn >>= 1;
    sn >>= 1;
  }
  return sn == 0 && hash == root;
}

}  // namespace substratee::protocol
