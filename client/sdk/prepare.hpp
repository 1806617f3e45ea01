#pragma once

/// Making messages: pure, nothing here speaks to anybody. What is sealed here is readable by the shard's enclaves only.

#include "client/sdk/view.hpp"
#include "core/primitives/extrinsic.hpp"
#include "core/protocol/query.hpp"

namespace substratee::client {

/// What every extrinsic of one moment shares.
struct ExtrinsicFrame {
  primitives::SigningContext context;
  primitives::Era era;
};
/// Valid for `period` blocks (4 to 64) from the view's block on.
[[nodiscard]] ExtrinsicFrame mortal_frame(const View& view, std::uint32_t spec_version,
                                          std::uint32_t transaction_version, std::uint32_t period = 64);
/// Valid for ever: for load that is prepared long beforehand.
[[nodiscard]] ExtrinsicFrame immortal_frame(const BlockHash& genesis, std::uint32_t spec_version,
                                            std::uint32_t transaction_version);

/// One call of one account. The key must outlive the order.
struct CallOrder {
  const primitives::AccountKey* key = nullptr;
  Bytes call;                             ///< encoded for the shard's state transition function
  primitives::Nonce call_nonce = 0;       ///< the account's next in the shard
  primitives::Nonce extrinsic_nonce = 0;  ///< the account's next on the chain
  BlockNumber valid_until_block = 0;      ///< the last block that may carry it
};

struct PreparedCall {
  AccountId sender;
  Hash256 call_hash;
  Bytes extrinsic;  ///< call_worker, signed, whole wire form
};

/// Signs, seals, wraps. kUsage if the call is too long, or the key is no key.
[[nodiscard]] Result<PreparedCall> prepare_call(const CallOrder& order, const ShardKey& key,
                                                const protocol::Domain& domain, const ExtrinsicFrame& frame,
                                                Random& random);
/// Many calls of many accounts, in order; the first failure ends it. May run on several threads, each with its
/// `random`.
[[nodiscard]] Result<std::vector<PreparedCall>> prepare_calls(std::span<const CallOrder> orders, const ShardKey& key,
                                                              const protocol::Domain& domain,
                                                              const ExtrinsicFrame& frame, Random& random);

/// balances.transfer_keep_alive, signed, whole wire form. Amount in the smallest unit.
[[nodiscard]] Bytes prepare_transfer(const AccountId& to, primitives::Balance amount, primitives::Nonce nonce,
                                     const primitives::AccountKey& key, const ExtrinsicFrame& frame, Random& random);

struct PreparedQuery {
  protocol::SignedQuery query;
  protocol::PendingQuery pending;  ///< `pending.sealed` goes to the worker; the rest opens the answer
};
/// A query that names the view's block.
[[nodiscard]] Result<PreparedQuery> prepare_query(protocol::Query query, protocol::Mode mode, const View& view,
                                                  const ShardKey& key, const primitives::AccountKey& account,
                                                  Random& random);

}  // namespace substratee::client
