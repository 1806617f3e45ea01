#include "core/registry/storage.hpp"

namespace substratee::registry::key {

using primitives::storage_key;
using primitives::storage_prefix;

Bytes enclave_count() { return storage_prefix(kPalletName, "EnclaveCount"); }
Bytes enclave(std::uint64_t index) { return storage_key(kPalletName, "EnclaveRegistry", kNumberHasher, index); }
Bytes enclave_index(const AccountId& account) { return storage_key(kPalletName, "EnclaveIndex", kIdHasher, account); }
Bytes shard(const ShardId& shard) { return storage_key(kPalletName, "Shards", kIdHasher, shard); }
Bytes member(const ShardId& shard, const AccountId& account) {
  return storage_key(kPalletName, "Members", kIdHasher, shard, kIdHasher, account);
}
Bytes members(const ShardId& shard) { return storage_key(kPalletName, "Members", kIdHasher, shard); }
Bytes pending(const ShardId& shard, BlockNumber block) {
  return storage_key(kPalletName, "Pending", kIdHasher, shard, kNumberHasher, block);
}
Bytes confirmations(const ShardId& shard, BlockNumber block) {
  return storage_key(kPalletName, "Confirmations", kIdHasher, shard, kNumberHasher, block);
}
Bytes key_release(const ShardId& shard, const Hash256& session) {
  return storage_key(kPalletName, "KeyReleases", kIdHasher, shard, kIdHasher, session);
}
Bytes policy() { return storage_prefix(kPalletName, "Policy"); }
Bytes collateral(const attestation::CollateralId& id) { return storage_key(kPalletName, "Collateral", kIdHasher, id); }
Bytes newest_issue() { return storage_prefix(kPalletName, "NewestIssue"); }
Bytes enclave_evidence(const AccountId& account) {
  return storage_key(kPalletName, "EnclaveEvidence", kIdHasher, account);
}
Bytes allowed_measurements() { return storage_prefix(kPalletName, "AllowedMeasurements"); }
Bytes quarantined_platform(const PlatformId& id) {
  return storage_key(kPalletName, "QuarantinedPlatforms", kIdHasher, id);
}
Bytes engine() { return storage_prefix(kPalletName, "Engine"); }
Bytes timestamp_now() { return storage_prefix("Timestamp", "Now"); }
Bytes system_account(const AccountId& account) {
  return storage_key("System", "Account", primitives::Hasher::kBlake2_128Concat, account);
}
Bytes system_events() { return storage_prefix("System", "Events"); }

}  // namespace substratee::registry::key
