#pragma once

/// One function per call of the pallet. A refusal may leave changes in `context`: the runtime rolls back.

#include "core/registry/calls.hpp"
#include "node/runtime/pallets/substratee_registry/shard_change.hpp"

namespace substratee::node::runtime::substratee_registry {

using registry::Error;
template <class T = void>
using Result = std::expected<T, Error>;

[[nodiscard]] Result<> register_enclave(Context& context, const AccountId& sender,
                                        const registry::RegisterEnclave& call);
[[nodiscard]] Result<> unregister_enclave(Context& context, const AccountId& sender);
[[nodiscard]] Result<> found_shard(Context& context, const AccountId& sender, const registry::FoundShard& call);
[[nodiscard]] Result<> call_worker(Context& context, const AccountId& sender, const registry::CallWorker& call);
[[nodiscard]] Result<> confirm_block(Context& context, const AccountId& sender, const registry::ConfirmBlock& call);
[[nodiscard]] Result<> record_key_release(Context& context, const AccountId& sender,
                                          const registry::RecordKeyRelease& call);
[[nodiscard]] Result<> allow_measurement(Context& context, const registry::AllowMeasurement& call);
[[nodiscard]] Result<> remove_measurement(Context& context, const registry::RemoveMeasurement& call);
[[nodiscard]] Result<> quarantine(Context& context, const registry::Quarantine& call);
[[nodiscard]] Result<> register_collateral(Context& context, const AccountId& sender,
                                           const registry::RegisterCollateral& call);
[[nodiscard]] Result<> set_policy(Context& context, const registry::SetPolicy& call);

/// Shared by the calls of members: the shard exists, the sender is registered under this very instance, which the
/// shard's charter allows, and is a member that is neither Quarantined nor Expired, nor Joining and lapsed.
struct CallingMember {
  registry::Shard shard;
  registry::Enclave enclave;
  Member member;
};
[[nodiscard]] Result<CallingMember> calling_member(const Context& context, const AccountId& sender,
                                                   const ShardId& shard, const registry::Instance& instance);

/// What root can narrow but never widen: kPolicyRefused where the charter asks for hardware, kWrongMeasurement.
[[nodiscard]] Result<> check_charter(const registry::Charter& charter, bool hardware,
                                     const registry::Measurement& measurement);

/// By time, or because newer collateral showed it to be worth less.
[[nodiscard]] bool has_lapsed(const Context& context, const registry::Enclave& enclave);

/// As the registry keeps them.
[[nodiscard]] decltype(registry::Enclave::advisories) advisories_of(const attestation::AuthenticEvidence& evidence);

[[nodiscard]] bool is_allowed(const Context& context, const registry::Measurement& measurement);

}  // namespace substratee::node::runtime::substratee_registry
