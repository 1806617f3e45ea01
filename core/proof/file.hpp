#pragma once

/// Proof files: evidence about one receipt or one answer that anybody can check who knows the chain's genesis hash,
/// without a network and for ever. docs/protocol.md, "Proof files"; vectors: protocol/proofs.json.
/// A file is hostile input until verify.hpp has accepted it. It tells what it proves to whoever has it.

#include "core/proof/error.hpp"
#include "core/protocol/query.hpp"

namespace substratee::proof {

inline constexpr std::size_t kMaxFileSize = 1024 * 1024;
inline constexpr std::size_t kMaxNodes = 4096;

/// Trie nodes in any order.
using Nodes = scale::Bounded<std::vector<Bytes>, kMaxNodes>;

/// What makes headers of the chain final.
struct ChainProof {
  Bytes genesis_header;  ///< SCALE Header
  Nodes engine;          ///< read proof of SubstrateeRegistry.Engine against it
  SUBSTRATEE_FIELDS(ChainProof, genesis_header, engine)
  friend bool operator==(const ChainProof&, const ChainProof&) = default;
};

/// A final header, and parts of the state after its block.
struct StateProof {
  Bytes header;         ///< SCALE Header
  Bytes justification;  ///< empty for the engine dev: the seal is in the header
  Nodes nodes;          ///< read proof against its state root
  SUBSTRATEE_FIELDS(StateProof, header, justification, nodes)
  friend bool operator==(const StateProof&, const StateProof&) = default;
};

/// That the shard's workers agreed on a block's result, and who they are.
struct AgreementProof {
  StateProof announced_in;           ///< the block whose journal holds the agreement; state: shard, time, the enclaves
  std::uint32_t entry = 0;           ///< position of the agreement in that journal
  Nodes journal;                     ///< trie nodes from the journal's root to the entry
  std::optional<StateProof> before;  ///< the parent block: enclaves that are gone after `announced_in`
  SUBSTRATEE_FIELDS(AgreementProof, announced_in, entry, journal, before)
  friend bool operator==(const AgreementProof&, const AgreementProof&) = default;
};

struct ReceiptFile {
  static constexpr std::uint8_t kScaleIndex = 0;
  ChainProof chain;
  AgreementProof agreement;
  protocol::ReceiptAnswer receipt;
  SUBSTRATEE_FIELDS(ReceiptFile, chain, agreement, receipt)
  friend bool operator==(const ReceiptFile&, const ReceiptFile&) = default;
};

struct AnswerFile {
  static constexpr std::uint8_t kScaleIndex = 1;
  ChainProof chain;
  registry::ShardId shard;
  StateProof answered_at;  ///< the block at which the enclave answered; state: shard, member, time, the enclave
  protocol::SealedQuery query;
  std::optional<FixedBytes<32>> ephemeral;  ///< the asker's: shows what the query asks
  protocol::Answer answer;
  SUBSTRATEE_FIELDS(AnswerFile, chain, shard, answered_at, query, ephemeral, answer)
  friend bool operator==(const AnswerFile&, const AnswerFile&) = default;
};

using File = std::variant<ReceiptFile, AnswerFile>;

/// "SBSTPROF" ‖ format u8 = 1 ‖ SCALE(File).
[[nodiscard]] Bytes encode_file(const File& file);
/// kNotAProof, kUnknownVersion, kTooLarge, kMalformed.
[[nodiscard]] Result<File> decode_file(ByteView bytes);
/// As decode_file; kOtherKind if it proves something else.
template <class T>
[[nodiscard]] Result<T> decode_file_of(ByteView bytes) {
  auto file = SUBSTRATEE_TRY(decode_file(bytes));
  if (auto* wanted = std::get_if<T>(&file)) return std::move(*wanted);
  return std::unexpected(Error::kOtherKind);
}

}  // namespace substratee::proof
