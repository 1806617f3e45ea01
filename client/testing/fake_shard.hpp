#pragma once

/// A shard in memory for tests: real protocol code over a plain map instead of an encrypted state, and enclaves that
/// can be told to lie.

#include "client/sdk/checks.hpp"
#include "core/protocol/keys.hpp"
#include "core/stf/state_map.hpp"
#include "net/json_rpc.hpp"
#include "tests/support/random.hpp"

#include <map>

namespace substratee::client::testing {

class FakeState final : public stf::StateMap {
 public:
  [[nodiscard]] std::optional<Bytes> get(ByteView key) const override;
  void put(ByteView key, ByteView value) override;
  void erase(ByteView key) override;
  [[nodiscard]] registry::StateCid cid() const;

 private:
  std::map<Bytes, Bytes> entries_;
};

/// Keys and state of the shard counter/default; what every enclave of it would compute.
class FakeShard {
 public:
  explicit FakeShard(const BlockHash& genesis);

  [[nodiscard]] const protocol::Domain& domain() const noexcept { return domain_; }
  [[nodiscard]] const protocol::EpochKeys& keys() const noexcept { return keys_; }
  [[nodiscard]] ShardKey shard_key() const;
  [[nodiscard]] const FakeState& state() const noexcept { return state_; }
  [[nodiscard]] Random& random() noexcept { return random_; }

  /// Applies the calls of a block.
  void process(BlockNumber number, const BlockHash& hash, const registry::Journal& journal);
  [[nodiscard]] const std::vector<protocol::ReceiptLeaf>* leaves(BlockNumber block) const;
  [[nodiscard]] Hash256 receipts_root(BlockNumber block) const;

 private:
  [[nodiscard]] protocol::Receipt apply(const registry::CallForwarded& call, BlockNumber number);

  test::SeededRandom random_{7};
  protocol::Domain domain_;
  protocol::EpochKeys keys_;
  FakeState state_;
  std::map<BlockNumber, std::vector<protocol::ReceiptLeaf>> receipts_;
};

enum class Lie : std::uint8_t {
  kNone,
  kOtherKey,    ///< a shielding key that is not the shard's
  kUnsigned,    ///< a signature that does not hold
  kForeign,     ///< signs with a key that is not registered
  kOtherState,  ///< names a state that nobody agreed on
  kOtherBlock,  ///< names a block hash of no chain
  kOldBlock,    ///< answers at a block before the one that the client has seen
  kOtherMode,
  kOtherReceipt,  ///< a receipt of another call
  kBrokenPath,    ///< a receipt with a path to nowhere
  kBadValue,      ///< a value that does not decode
};

struct Head {
  BlockNumber number = 0;
  BlockHash hash;
  registry::StateCid agreed;
};

class FakeEnclave {
 public:
  FakeEnclave(FakeShard& shard, std::uint8_t seed);

  [[nodiscard]] AccountId account() const { return key_.public_key(); }
  void set_lie(Lie lie) noexcept { lie_ = lie; }

  [[nodiscard]] protocol::ShieldingKeyAnswer shielding_key() const;
  /// The sealed answer; an RPC error as a worker gives it.
  [[nodiscard]] std::expected<Bytes, net::RpcError> answer(const protocol::SealedQuery& query, const Head& head);

 private:
  [[nodiscard]] const crypto::ed25519::KeyPair& signer() const { return lie_ == Lie::kForeign ? foreign_ : key_; }
  [[nodiscard]] protocol::AnswerStatus value_of(const protocol::SignedQuery& query, Bytes& value) const;
  [[nodiscard]] protocol::AnswerStatus receipt_of(const protocol::SignedQuery& query, const protocol::AskReceipt& ask,
                                                  Bytes& value) const;

  FakeShard& shard_;
  crypto::ed25519::KeyPair key_;
  crypto::ed25519::KeyPair foreign_;
  Lie lie_ = Lie::kNone;
};

/// A registered, Active, simulated enclave.
[[nodiscard]] Worker make_worker(std::uint64_t index, const AccountId& account, std::string url);
/// The shard as the chain has it, founded, nothing agreed.
[[nodiscard]] registry::Shard make_shard(const FakeShard& shard);

}  // namespace substratee::client::testing
