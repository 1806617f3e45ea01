#include "core/registry/types.hpp"

#include "core/crypto/hash.hpp"

namespace substratee::registry {

ShardId shard_id(std::string_view stf, std::string_view name) {
  const auto identity = scale::encode(std::tuple{std::string(stf), std::string(name)});
  return crypto::blake2_256(concat(as_bytes("substratee/shard/v1"), identity));
}

std::string_view to_string(MemberStatus status) noexcept {
  switch (status) {
    case MemberStatus::kJoining: return "Joining";
    case MemberStatus::kActive: return "Active";
    case MemberStatus::kSilent: return "Silent";
    case MemberStatus::kQuarantined: return "Quarantined";
    case MemberStatus::kExpired: return "Expired";
  }
  return "Unknown";
}

Hash256 charter_hash(const Charter& charter) {
  return crypto::blake2_256(concat(as_bytes("substratee/charter/v1"), scale::encode(charter)));
}

Hash256 call_hash(const SealedCall& call) { return crypto::blake2_256(scale::encode(call)); }

}  // namespace substratee::registry
