#pragma once

/// The audit of a whole chain: every header sealed and linked to the genesis, every journal that of its header, and for
/// each holder of a key the evidence with which it registered, out of the block that carries it. Blocks are kept for
/// ever, so this does not depend on what the node still keeps of old states. Memory: O(holders), not of the chain's
/// length.

#include "client/sdk/audit.hpp"
#include "client/sdk/session.hpp"
#include "core/attestation/verify.hpp"

#include <functional>

namespace substratee::client {

/// The evidence with which one process of an enclave registered.
struct AuditedEvidence {
  AccountId account;
  registry::Instance instance;
  BlockNumber block = 0;
  std::uint64_t time = 0;  ///< of that block, milliseconds
  Hash256 sha256;          ///< of SCALE(Evidence)
  attestation::Kind kind{};
  std::optional<attestation::VerifiedEvidence> verified;  ///< verified by this client under the charter's anchors
  std::string doubt;                                      ///< why it is not verified
};

struct ChainAudit {
  BlockNumber head = 0;
  BlockHash head_hash;
  registry::Shard shard;  ///< at the head
  Hash256 charter_hash;
  Audit audit;
  std::vector<AuditedEvidence> evidence;  ///< of the holders
  std::vector<Worker> workers;            ///< the members now
};

using Progress = std::function<void(BlockNumber done, BlockNumber head)>;

/// kForged when the node shows anything that is not of the chain.
[[nodiscard]] Result<ChainAudit> audit_chain(Session& session, const Progress& progress);

}  // namespace substratee::client
