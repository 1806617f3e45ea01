#pragma once

/// A development chain in memory: real runtime, real seals, real roots and proofs; a block when a test says so.

#include "core/attestation/claims.hpp"
#include "core/crypto/ed25519.hpp"
#include "core/protocol/enclave_messages.hpp"
#include "node/runtime/genesis.hpp"
#include "node/runtime/runtime.hpp"
#include "tests/support/random.hpp"

#include <map>
#include <vector>

namespace substratee::test {

/// The measurement that enclaves of these tests have.
[[nodiscard]] registry::Measurement test_measurement();

class World {
 public:
  explicit World(std::vector<registry::Measurement> allowed = {test_measurement()}, std::uint64_t salt = 1,
                 std::uint8_t minimum_confirmations = 1, bool hardware_required = false);

  [[nodiscard]] const registry::ShardId& shard() const noexcept { return shard_; }
  [[nodiscard]] const Bytes& genesis_header() const noexcept { return genesis_header_; }
  [[nodiscard]] primitives::BlockHash genesis_hash() const;
  [[nodiscard]] primitives::BlockNumber height() const noexcept {
    return static_cast<primitives::BlockNumber>(blocks_.size());
  }

  /// Waits for the next block.
  void submit(Bytes extrinsic) { pool_.push_back(std::move(extrinsic)); }
  /// Seals a block over everything submitted, `milliseconds` after the last one. Invalid extrinsics are dropped and
  /// kept in rejected().
  const protocol::FinalBlock& mine(std::uint64_t milliseconds = 1000);
  [[nodiscard]] const std::vector<node::runtime::InvalidReason>& rejected() const noexcept { return rejected_; }
  /// How the extrinsics of the newest block ended, the timestamp excluded.
  [[nodiscard]] const std::vector<node::runtime::ApplyOutcome>& outcomes() const noexcept { return outcomes_; }

  /// Block `number` ≥ 1.
  [[nodiscard]] const protocol::FinalBlock& block(primitives::BlockNumber number) const {
    return blocks_.at(number - 1);
  }
  [[nodiscard]] primitives::BlockHash hash_of(primitives::BlockNumber number) const { return hashes_.at(number); }
  /// Proof nodes of these keys under the state of that block.
  [[nodiscard]] std::vector<Bytes> prove(const primitives::BlockHash& block, std::span<const Bytes> keys) const;

  [[nodiscard]] primitives::Nonce nonce(const primitives::AccountId& account) const;
  /// A call of the new head's state, decoded.
  template <class T>
  [[nodiscard]] std::optional<T> read(const Bytes& key) const {
    const auto value = state_.get(key);
    if (!value) return std::nullopt;
    return *scale::decode<T>(*value);
  }

  /// A signed extrinsic of a development account, immortal.
  [[nodiscard]] Bytes sign(Bytes call, std::string_view uri);
  /// With the nonce given.
  [[nodiscard]] Bytes sign(Bytes call, std::string_view uri, primitives::Nonce nonce);
  [[nodiscard]] SeededRandom& random() noexcept { return random_; }

 private:
  void seal(primitives::Header header, registry::Journal journal);

  SeededRandom random_;
  crypto::ed25519::KeyPair authority_;
  registry::ShardId shard_;
  node::runtime::MemoryState state_;
  Bytes genesis_header_;
  std::vector<primitives::BlockHash> hashes_;
  std::map<primitives::BlockHash, std::map<Bytes, Bytes>> states_;
  std::vector<protocol::FinalBlock> blocks_;
  std::vector<Bytes> pool_;
  std::vector<node::runtime::InvalidReason> rejected_;
  std::vector<node::runtime::ApplyOutcome> outcomes_;
  std::uint64_t time_ = 1'700'000'000'000;
};

}  // namespace substratee::test
