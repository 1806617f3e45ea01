#pragma once

/// One block's work on a shard's state: open each call, check it, apply it, record a receipt (docs/protocol.md,
/// "Processing"). Deterministic: equal state, keys and block give equal state, receipts and CIDs in every enclave.

#include "core/protocol/call.hpp"
#include "core/protocol/keys.hpp"
#include "core/protocol/receipt.hpp"
#include "core/registry/journal.hpp"
#include "core/stf/transition.hpp"

#include <expected>
#include <span>

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

/// A call, opened and its signature checked; or why it cannot be taken. Secret.
using OpenedCall = std::expected<protocol::SignedCall, protocol::Outcome>;

/// What of a block's work does not depend on the state.
[[nodiscard]] std::vector<OpenedCall> open_calls(const Work& work, const protocol::EpochKeys& keys,
                                                 const protocol::Domain& domain);

/// Applies every call of `work` in order; `calls` are its calls, opened. A call with good signature and nonce always
/// spends the nonce. May be repeated on a state that has taken everything back.
[[nodiscard]] Outcome execute(Transaction& state, const stf::Transition& transition, const Work& work,
                              std::span<const OpenedCall> calls, const protocol::EpochKeys& keys,
                              const protocol::Domain& domain);

}  // namespace substratee::enclave::executor
