#pragma once

/// The node's heart: state, pool and engine put together. A state machine over a ChainStore: commands and time come in,
/// events go out. Not its job: threads, clients, clocks. One thread at a time; ChainThread is that thread.

#include "node/consensus/dev/engine.hpp"
#include "node/pool/transaction_pool.hpp"
#include "node/storage/chain_store.hpp"

#include "core/crypto/ed25519.hpp"

namespace substratee::node::service {

using consensus::dev::Moment;
using primitives::AccountId;
using primitives::BlockHash;
using primitives::BlockNumber;
using primitives::Header;
using primitives::Nonce;

/// Who wants to know. Called on the chain's thread: must not block, nor call back.
class ChainEvents {
 public:
  virtual ~ChainEvents() = default;
  /// `block` is on the disk and the best one.
  virtual void on_best(const storage::NewBlock& block, const BlockHash& hash) = 0;
  virtual void on_final(BlockNumber number, const BlockHash& hash, const Header& header) = 0;
  virtual void on_transaction(const pool::Notice& notice) = 0;
};

/// Why a transaction was not taken.
using SubmitError = std::variant<runtime::InvalidReason, pool::Refusal>;

struct ChainOptions {
  consensus::dev::EngineOptions engine;
  pool::Limits pool;
};

class Chain {
 public:
  /// `store` has a genesis and outlives this, as does `events`.
  Chain(storage::ChainStore& store, crypto::ed25519::KeyPair authority, ChainOptions options, ChainEvents& events,
        Moment now);

  [[nodiscard]] std::expected<Hash256, SubmitError> submit(Bytes extrinsic, Moment now);
  /// Seals and tells what is due. After an error the node has to stop.
  [[nodiscard]] storage::Result<void> tick(Moment now);
  [[nodiscard]] std::optional<std::uint64_t> wake_at() const { return engine_.wake_at(); }
  /// Passes on what watchers of transactions are to hear.
  void tell_transactions();

  [[nodiscard]] Nonce next_nonce(const AccountId& account) const;
  /// Nothing if they are more than `max_bytes`.
  [[nodiscard]] std::optional<std::vector<Bytes>> pending(std::size_t max_bytes) const {
    return pool_.pending(max_bytes);
  }

 private:
  [[nodiscard]] storage::Result<void> seal(std::uint64_t timestamp, Moment now);
  [[nodiscard]] storage::Result<void> tell_final(BlockNumber number);

  storage::ChainStore& store_;
  crypto::ed25519::KeyPair authority_;
  ChainEvents& events_;
  pool::TransactionPool pool_;
  consensus::dev::Engine engine_;
};

}  // namespace substratee::node::service
