#pragma once

/// What a registered enclave's stored evidence is worth now: the one verifier over it, with the chain's collateral, and
/// a policy. Pure over a state: the pallet acts on it, the node's API answers with it.
/// Vocabulary: holds = as good as new; lapsed = no longer joins or provides, may confirm for a while; void = out at
/// once. Specification: docs/protocol.md, "Appraisal".

#include "core/attestation/policy/appraise.hpp"
#include "core/registry/types.hpp"
#include "node/runtime/state.hpp"

namespace substratee::node::runtime::substratee_registry {

/// Time for certificates and collateral: Timestamp.Now, never older than the newest accepted issue date.
[[nodiscard]] attestation::UnixSeconds attestation_time(const StateView& state);

/// What evidence rests on: the ids, and what the chain holds of them.
struct Basis {
  std::vector<attestation::CollateralId> ids;
  attestation::CollateralSet items;
};
[[nodiscard]] attestation::Result<Basis> basis_of(const StateView& state, const attestation::Evidence& evidence);

/// In milliseconds: a registration lasts as long as what it rests on, at most 24 h.
[[nodiscard]] std::uint64_t end_of_registration(std::uint64_t attested_at,
                                                const attestation::AuthenticEvidence& evidence) noexcept;

enum class Standing : std::uint8_t { kHolds, kLapsed, kVoid };
constexpr Standing scale_last(Standing) { return Standing::kVoid; }
[[nodiscard]] std::string_view to_string(Standing standing) noexcept;

struct Appraisal {
  Standing standing{};
  std::optional<attestation::AuthenticEvidence> evidence{};  ///< if it is authentic still
  std::optional<attestation::Error> error{};                 ///< why it is not
  std::optional<attestation::Refusal> refusal{};             ///< or why the policy refuses it

  /// For people, and for programs; empty if it holds.
  [[nodiscard]] std::string_view reason() const noexcept;
  [[nodiscard]] std::string_view code() const noexcept;
  [[nodiscard]] bool has_reason_of(const Appraisal& other) const noexcept {
    return error == other.error && refusal == other.refusal;
  }
};

/// The evidence of `enclave` under `policy` at `now`. Void: revoked by whoever made the platform. What the policy or
/// the time refuses is lapsed. Evidence whose collateral is not complete yet keeps what it had.
[[nodiscard]] Appraisal appraise_enclave(const StateView& state, const registry::Enclave& enclave,
                                         const attestation::Policy& policy, attestation::UnixSeconds now);

/// One registered enclave under a policy at a time that somebody asks about.
struct Prospect {
  registry::Enclave enclave;
  std::vector<std::pair<registry::ShardId, registry::MemberStatus>> shards;
  Appraisal appraisal{};
  std::uint64_t valid_until = 0;     ///< milliseconds: when it lapses; at most the time asked about if it has
  std::uint64_t confirms_until = 0;  ///< milliseconds: when it stops to confirm, unless it is the last Active member
};
/// All members that are neither Expired nor Quarantined: what set_policy(policy) would do to them, if `policy` is
/// given, and what becomes of them by `at` without renewal. Nothing given = as things stand.
[[nodiscard]] std::vector<Prospect> appraise_members(const StateView& state,
                                                     const std::optional<attestation::Policy>& policy,
                                                     std::optional<attestation::UnixSeconds> at);

}  // namespace substratee::node::runtime::substratee_registry
