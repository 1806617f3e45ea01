#include "core/crypto/aead.hpp"
#include "core/finality/verified_chain.hpp"
#include "core/protocol/limits.hpp"
#include "enclave/executor/shard_state.hpp"

namespace substratee::enclave::executor {
namespace {

// A block's calls are bounded by its journal; their receipts must fit their place whatever the chain brings.
constexpr std::size_t kSmallestCall = 1 + 32 + 32 + 1 + 4 + 32 + 1;  // variant, shard, sender, empty SealedCall
constexpr std::size_t kLeaf = 32 + 4 + 32 + 4 + 32 + 32 + 1 + 32;    // ReceiptLeaf
constexpr std::size_t kAround = 4 + 16 + 5;                          // epoch, SIV, count
static_assert(finality::VerifiedChain::kMaxJournalSize / kSmallestCall * kLeaf + kAround <=
              protocol::kMaxSealedReceiptsSize);

crypto::Secret<64> receipt_siv_key(const protocol::EpochKeys& keys) {
  return crypto::derive<64>(keys.receipt_key().view(), as_bytes("substratee/receipts/v1"));
}

Bytes receipt_context(const registry::ShardId& shard, primitives::BlockNumber block) {
  return scale::encode(std::tuple{shard, block});
}

}  // namespace

Bytes seal_receipts(std::span<const protocol::ReceiptLeaf> leaves, const registry::ShardId& shard,
                    primitives::BlockNumber block, const protocol::EpochKeys& keys) {
  const crypto::WipedBytes plaintext(scale::encode(std::vector<protocol::ReceiptLeaf>(leaves.begin(), leaves.end())));
  const auto context = receipt_context(shard, block);
  auto out = scale::encode(keys.epoch());
  append(out, crypto::aes_siv_seal(receipt_siv_key(keys).view(), context, plaintext.view()));
  return out;
}

std::optional<std::vector<protocol::ReceiptLeaf>> open_receipts(ByteView sealed, const registry::ShardId& shard,
                                                                primitives::BlockNumber block,
                                                                const keys::ShardKeys& keys) {
  if (sealed.size() < sizeof(registry::Epoch)) return std::nullopt;
  const auto epoch = scale::decode<registry::Epoch>(sealed.first(sizeof(registry::Epoch)));
  const auto* epoch_keys = keys.find(*epoch);
  if (epoch_keys == nullptr) return std::nullopt;
  const auto context = receipt_context(shard, block);
  const auto plaintext =
      crypto::aes_siv_open(receipt_siv_key(*epoch_keys).view(), context, sealed.subspan(sizeof(registry::Epoch)));
  if (!plaintext) return std::nullopt;
  auto leaves = scale::decode<std::vector<protocol::ReceiptLeaf>>(plaintext->view());
  if (!leaves) return std::nullopt;
  return *std::move(leaves);
}

}  // namespace substratee::enclave::executor
