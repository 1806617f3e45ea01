#pragma once

/// What a client believes, and why: pure checks of what nodes and workers say. A failed check is kForged, names who
/// said what, and nothing of it is used. Neither node (chain_reader.hpp) nor workers are trusted for anything.

#include "client/sdk/prepare.hpp"
#include "core/protocol/enclave_messages.hpp"
#include "core/registry/journal.hpp"
#include "rpc/node_api.hpp"

namespace substratee::client {

/// kWrongChain unless the node's chain is the one pinned.
[[nodiscard]] Result<void> check_genesis(const BlockHash& actual, const std::optional<BlockHash>& pinned,
                                         std::string_view node_url);

/// kWrongCharter unless the shard's charter is the one pinned.
[[nodiscard]] Result<void> check_charter(const registry::Charter& charter, const std::optional<Hash256>& pinned);
/// The answer is signed by a member that may answer (Active, or Silent), by `target.enclave` if named, and the key is
/// the chain's.
[[nodiscard]] Result<ShardKey> check_shielding_key(const protocol::ShieldingKeyAnswer& answer, const View& view,
                                                   const Target& target);

/// Opens: it answers this very query, in its mode, at its block or later, and is signed by the enclave that it names.
[[nodiscard]] Result<protocol::Answer> open_answer(ByteView sealed, const PreparedQuery& prepared,
                                                   const protocol::Domain& domain);

/// What the chain says about the block at which an enclave answered.
struct AnsweredAt {
  BlockHash hash;                            ///< of the block with the answer's number
  std::optional<registry::StateCid> agreed;  ///< the shard's agreed state after that block
};
/// Who answered: a member that is Active (mode agreed: or Silent, since the state is the chain's own), the one asked,
/// at a block of this chain, and in mode agreed from the state that the chain has agreed on.
[[nodiscard]] Result<Worker> check_answer(const protocol::Answer& answer, const View& view, const Target& target,
                                          const AnsweredAt& chain);

/// A final block's header and the journal that it names.
struct CheckedBlock {
  BlockNumber number = 0;
  BlockHash hash;
  primitives::Header header;
  registry::Journal journal;
  Bytes justification{};
};
/// Not whether the header is final: that is ChainReader::blocks.
[[nodiscard]] Result<CheckedBlock> check_block(const rpc::VerifiedBlock& block);

/// Where a call stands among its shard's calls in a block.
struct CallPosition {
  std::uint32_t index = 0;
  std::uint32_t count = 0;  ///< of the shard's calls in the block
};
/// kNotThere if `sender` has no such call there.
[[nodiscard]] Result<CallPosition> find_call(const CheckedBlock& block, const registry::ShardId& shard,
                                             const Hash256& call_hash, const AccountId& sender);

/// The agreement on `block` that the journal of a later block (or the same) announces; kNotThere if none.
[[nodiscard]] Result<registry::StateAgreed> find_agreement(const CheckedBlock& announced_in,
                                                           const registry::ShardId& shard, BlockNumber block,
                                                           const BlockHash& block_hash);

/// Which call a receipt has to be of. Without call hash: whichever stands at `position`.
struct ReceiptExpected {
  registry::ShardId shard;
  BlockNumber block_number = 0;
  BlockHash block_hash;
  CallPosition position;
  std::optional<Hash256> call_hash;
  AccountId account;
};
/// It is this call's, and a leaf of the tree whose root the chain has agreed on.
[[nodiscard]] Result<protocol::Receipt> check_receipt(const protocol::ReceiptAnswer& answer,
                                                      const ReceiptExpected& expected, const Hash256& receipts_root);

}  // namespace substratee::client
