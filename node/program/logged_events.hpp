#pragma once

/// Tells people what subscribers are told.

#include "node/service/chain.hpp"

namespace substratee::node::program {

class LoggedEvents final : public service::ChainEvents {
 public:
  /// Logs, then passes on to `next`, which outlives this.
  explicit LoggedEvents(service::ChainEvents& next) : next_(next) {}

  void on_best(const storage::NewBlock& block, const primitives::BlockHash& hash) override;
  void on_final(primitives::BlockNumber number, const primitives::BlockHash& hash,
                const primitives::Header& header) override;
  void on_transaction(const pool::Notice& notice) override;

 private:
  service::ChainEvents& next_;
};

/// "0x1234…abcd".
[[nodiscard]] std::string short_hash(const Hash256& hash);

}  // namespace substratee::node::program
