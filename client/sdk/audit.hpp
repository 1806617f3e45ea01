#pragma once

/// Who ever held a shard's keys, and whether every step of it was as it should be: from the journals of all blocks, in
/// order. Pure; the blocks come verified (audit_chain.hpp). A release is recorded before the keys leave: who is listed
/// here may hold them, who is not cannot have them from an honest enclave.

#include "client/sdk/checks.hpp"

#include <map>

namespace substratee::client {

/// Something that should not be. `word` is for machines.
struct Finding {
  BlockNumber block = 0;
  std::string word;
  std::string text;
};

struct KeyHolder {
  AccountId account;
  registry::Instance instance;
  BlockNumber block = 0;           ///< of the founding, or of the release
  std::optional<AccountId> from;   ///< absent: the founder, who drew the key
  std::optional<Hash256> session;  ///< of the release
};

struct AuditedEpoch {
  registry::Epoch epoch = 0;
  registry::ShieldingKey shielding_key;
  BlockNumber founded_in = 0;
  bool is_void = false;  ///< its founder left before anything was agreed
  std::vector<KeyHolder> holders;
};

/// A process of an enclave that was registered, as journals show it.
struct AuditedInstance {
  AccountId account;
  registry::Instance instance;
  BlockNumber block = 0;
  BlockHash block_hash;
};

class Audit {
 public:
  explicit Audit(registry::ShardId shard) : shard_(shard) {}

  /// Every block, in order.
  void apply(const CheckedBlock& block);
  void add(Finding finding) { findings_.push_back(std::move(finding)); }

  [[nodiscard]] const std::vector<AuditedEpoch>& epochs() const noexcept { return epochs_; }
  [[nodiscard]] const std::vector<AuditedInstance>& instances() const noexcept { return instances_; }
  [[nodiscard]] const std::vector<Finding>& findings() const noexcept { return findings_; }
  [[nodiscard]] std::uint64_t agreements() const noexcept { return agreements_; }

 private:
  struct Member {
    registry::MemberStatus status{};
    registry::Instance instance;
  };

  void on(const CheckedBlock& block, const registry::CallForwarded& call);
  void on(const CheckedBlock& block, const registry::MemberChanged& change);
  void on(const CheckedBlock& block, const registry::KeyReleased& release);
  void on(const CheckedBlock& block, const registry::ShardFounded& founded);
  void on(const CheckedBlock& block, const registry::StateAgreed& agreed);
  void on(const CheckedBlock& block, const registry::FoundingReopened& reopened);
  void note(const CheckedBlock& block, const char* word, std::string text);
  [[nodiscard]] const Member* member(const AccountId& account) const;
  [[nodiscard]] AuditedEpoch* find(registry::Epoch epoch);

  registry::ShardId shard_;
  std::map<AccountId, Member> members_;
  std::vector<AuditedEpoch> epochs_;
  std::vector<AuditedInstance> instances_;
  std::vector<Finding> findings_;
  std::uint64_t agreements_ = 0;
};

/// Whether the account is recorded to hold that epoch's key.
[[nodiscard]] bool holds(const AuditedEpoch& epoch, const AccountId& account);

}  // namespace substratee::client
