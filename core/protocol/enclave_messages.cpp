#include "core/protocol/enclave_messages.hpp"

#include <array>

namespace substratee::protocol {
namespace {

constexpr std::array kPhases = std::to_array<std::string_view>({
    "following",
    "unfounded",
    "founding_sent",
    "joining",
    "loading",
    "live",
    "quarantined",
    "replaced",
    "waiting",
    "key_lost",
    "equivocation",
});
static_assert(kPhases.size() == static_cast<std::size_t>(scale_last(Phase{})) + 1);

constexpr std::array kRefusals = std::to_array<std::string_view>({
    "malformed_frame", "wrong_version",   "not_started",     "already_started",   "wrong_chain",
    "corrupt_blob",    "bad_header",      "bad_journal",     "unknown_engine",    "bad_proof",
    "unexpected",      "wrong_phase",     "charter_refused", "charter_mismatch",  "peer_refused",
    "peer_not_active", "self_connection", "tls_failed",      "too_many_sessions", "unknown_session",
    "session_expired", "release_missing", "wrong_key",       "bad_state",         "no_key",
    "bad_query",       "behind",          "store_mismatch",  "stopped",           "not_equivocation",
});
static_assert(kRefusals.size() == static_cast<std::size_t>(scale_last(Refusal{})) + 1);

}  // namespace

std::string_view to_string(Phase phase) noexcept { return kPhases[static_cast<std::size_t>(phase)]; }

std::string_view to_string(Refusal refusal) noexcept { return kRefusals[static_cast<std::size_t>(refusal)]; }

Bytes shielding_key_message(const Domain& domain, registry::Epoch epoch, const registry::ShieldingKey& key) {
  return concat(as_bytes("substratee/shielding-key/v1"),
                scale::encode(std::tuple{domain.genesis_hash, domain.shard, epoch, key}));
}

}  // namespace substratee::protocol
