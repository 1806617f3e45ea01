#pragma once

/// What makes headers of one chain final, proved from its genesis header: enough to check any header by itself, in any
/// order, without those between. For those who keep no chain: clients, and verifiers of files. Enclaves use
/// VerifiedChain. With the engine `dev` any header under the authority's seal is final: this shows that a block is of
/// the chain, not that it is the newest. Pure; nothing here is secret.

#include "core/finality/verified_chain.hpp"

namespace substratee::finality {

/// A header whose justification holds.
struct FinalHeader {
  primitives::BlockHash hash;
  primitives::Header header;

  [[nodiscard]] primitives::BlockNumber number() const noexcept { return header.number.value; }
};

class ProvedEngine {
 public:
  /// `nodes`: read proof of registry::key::engine() against the genesis state root. kNotGenesis if the header is
  /// another than `genesis_hash` names.
  [[nodiscard]] static Result<ProvedEngine> prove(const primitives::BlockHash& genesis_hash, ByteView genesis_header,
                                                  std::vector<Bytes> nodes);

  [[nodiscard]] const primitives::BlockHash& genesis_hash() const noexcept { return genesis_hash_; }
  /// kMalformedHeader or kNotFinal. The genesis header is final by itself.
  [[nodiscard]] Result<FinalHeader> check(ByteView header, ByteView justification) const;
  /// Reads `nodes` against the state root of a final header.
  [[nodiscard]] static Result<VerifiedState> open(const FinalHeader& at, std::vector<Bytes> nodes);

 private:
  ProvedEngine(const primitives::BlockHash& genesis_hash, registry::Engine engine)
      : genesis_hash_(genesis_hash), engine_(std::move(engine)) {}

  primitives::BlockHash genesis_hash_;
  registry::Engine engine_;
};

}  // namespace substratee::finality
