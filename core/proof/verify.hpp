#pragma once

/// Proof files → what they prove. Pure: no network, no clock; the only thing trusted is what `Trust` names.
/// That an enclave is registered means: the chain accepted its evidence. Whether that is worth anything is in its
/// entry: `hardware` false is a simulation, which protects nothing.

#include "core/finality/proved_engine.hpp"
#include "core/proof/file.hpp"

namespace substratee::proof {

/// What the verifier knows from elsewhere.
struct Trust {
  primitives::BlockHash genesis;
  std::optional<Hash256> charter;  ///< registry::charter_hash; absent: any charter
};

/// An enclave as the chain had it registered.
struct Registration {
  std::uint64_t index = 0;  ///< in EnclaveRegistry
  registry::Enclave enclave;
};

/// The shard at the block of the proof.
struct ShardFacts {
  registry::Shard shard;
  Hash256 charter_hash;
  std::optional<std::uint64_t> time;  ///< Timestamp.Now of the block, milliseconds
};

struct VerifiedAgreement {
  primitives::BlockNumber announced_in = 0;
  primitives::BlockHash announced_hash;
  registry::StateAgreed agreement;
  ShardFacts facts;
  std::vector<Registration> confirmed_by;  ///< in the order of `agreement.confirmed_by`
};

struct VerifiedReceipt {
  protocol::Receipt receipt;
  VerifiedAgreement agreement;
};

struct VerifiedAnswer {
  registry::ShardId shard;
  protocol::Answer answer;
  registry::MemberStatus status{};
  Registration enclave;
  ShardFacts facts;
  std::optional<protocol::SignedQuery> query;  ///< what was asked, if the file shows it
};

/// The engine, from the genesis header that `trust` names.
[[nodiscard]] Result<finality::ProvedEngine> prove_engine(const ChainProof& chain, const Trust& trust);

/// Which shard and block it is about is in the result.
[[nodiscard]] Result<VerifiedAgreement> verify_agreement(const AgreementProof& proof,
                                                         const finality::ProvedEngine& engine, const Trust& trust);
[[nodiscard]] Result<VerifiedReceipt> verify_receipt(const ReceiptFile& file, const Trust& trust);
[[nodiscard]] Result<VerifiedAnswer> verify_answer(const AnswerFile& file, const Trust& trust);

}  // namespace substratee::proof
