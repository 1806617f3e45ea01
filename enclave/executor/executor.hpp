#pragma once

/// One block's work on a shard's state: open each call, check it, apply it, record a receipt (docs/protocol.md,
/// "Processing"). Deterministic: equal state, keys and block give equal state, receipts and CIDs in every enclave.

#include "core/protocol/call.hpp"
#include "core/protocol/keys.hpp"
#include "core/protocol/receipt.hpp"
#include "core/registry/journal.hpp"
#include "core/stf/transition.hpp"

namespace substratee::enclave::executor {

/// A block with work, as its journal tells it.
struct Work {
  primitives::BlockNumber block = 0;
  primitives::BlockHash block_hash;
  std::vector<registry::CallForwarded> calls;
  /// So many of them stand before the founding, or before a reopened one: they are counted, but not even opened.
  std::size_t void_calls = 0;
};

struct Outcome {
  std::vector<protocol::ReceiptLeaf> leaves;
  Hash256 receipts_root;
};

/// A state that can take back what one call wrote.
class Transaction : public stf::StateMap {
 public:
  virtual void checkpoint() = 0;
  virtual void rollback() = 0;
  virtual void accept() = 0;
};

/// Applies every call of `work` in order. A call with good signature and nonce always spends the nonce.
[[nodiscard]] Outcome execute(Transaction& state, const stf::Transition& transition, const Work& work,
                              const protocol::EpochKeys& keys, const protocol::Domain& domain);

}  // namespace substratee::enclave::executor
