#pragma once

/// What a client knows of its shard at one final block. Plain values; session.hpp reads and proves them.

#include "client/sdk/failure.hpp"
#include "core/protocol/call.hpp"

namespace substratee::client {

using primitives::AccountId;
using primitives::BlockHash;
using primitives::BlockNumber;

/// A registered enclave and its place in the shard.
struct Worker {
  std::uint64_t index = 0;  ///< in EnclaveRegistry, from 1
  registry::Enclave enclave;
  std::optional<registry::Member> member;  ///< absent: registered for another shard

  [[nodiscard]] bool is(registry::MemberStatus status) const noexcept { return member && member->status == status; }
};

struct View {
  protocol::Domain domain;
  BlockNumber number = 0;  ///< the final block at which all of this was read
  BlockHash hash;
  registry::Shard shard;
  std::vector<Worker> workers;                       ///< members of the shard that are registered, by index
  std::optional<std::uint64_t> time = std::nullopt;  ///< Timestamp.Now of that block, milliseconds

  /// nullptr if no member has this account.
  [[nodiscard]] const Worker* find(const AccountId& enclave) const noexcept;
  [[nodiscard]] std::size_t count(registry::MemberStatus status) const noexcept;
};

/// The shard's key, for sealing.
struct ShardKey {
  registry::ShieldingKey key;
  registry::Epoch epoch = 0;
  friend bool operator==(const ShardKey&, const ShardKey&) = default;
};
/// As the chain has it; kNotFounded without.
[[nodiscard]] Result<ShardKey> chain_key(const View& view);

/// Whom to ask, and who has to answer there.
struct Target {
  std::string url;
  std::optional<AccountId> enclave;  ///< absent: any member that may answer
};

/// The caller's wish: a URL, or an index in the registry, or neither: every Active member, by index.
struct Choice {
  std::optional<std::string> url;
  std::optional<std::uint64_t> index;
};
/// At least one; kNoWorker if nobody fits.
[[nodiscard]] Result<std::vector<Target>> choose(const View& view, const Choice& choice);

}  // namespace substratee::client
