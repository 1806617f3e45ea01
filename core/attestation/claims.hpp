#pragma once

/// What an enclave says about itself, and how a quote carries it: report_data = SHA-256(claims) ‖ 0³², where `claims`
/// is the CBOR claims-buffer of interoperable RA-TLS: {"pubkey-hash": bstr(CBOR [1, SHA-256(DER SPKI)]),
/// "substratee": bstr(SCALE(SubstrateeClaims))}.

#include "core/attestation/error.hpp"
#include "core/primitives/types.hpp"
#include "core/scale/fields.hpp"

namespace substratee::attestation {

using Measurement = Hash256;
using Instance = FixedBytes<16>;
using ReportData = FixedBytes<64>;

inline constexpr std::size_t kMaxClaimsSize = 1024;

/// What the evidence is for; evidence for one purpose is refused for every other.
enum class Purpose : std::uint8_t {
  kRegistration,  ///< pubkey-hash is of the Ed25519 signing key, whose bytes are the account
  kProvisioning,  ///< pubkey-hash is of the P-256 key of one TLS session
  kApiAnswer,
};
constexpr Purpose scale_last(Purpose) { return Purpose::kApiAnswer; }
[[nodiscard]] std::string_view to_string(Purpose purpose) noexcept;

struct SubstrateeClaims {
  Purpose purpose{};
  Hash256 genesis_hash;
  primitives::AccountId account;
  FixedBytes<32> encryption_key;  ///< X25519
  Instance instance;              ///< random, once per process start
  primitives::BlockNumber block_number{};
  primitives::BlockHash block_hash;

  SUBSTRATEE_FIELDS(SubstrateeClaims, purpose, genesis_hash, account, encryption_key, instance, block_number,
                    block_hash)
  friend bool operator==(const SubstrateeClaims&, const SubstrateeClaims&) = default;
};

struct Claims {
  Hash256 pubkey_hash;  ///< SHA-256 of a DER SPKI
  SubstrateeClaims substratee;
  friend bool operator==(const Claims&, const Claims&) = default;
};

/// The claims-buffer.
[[nodiscard]] Bytes encode_claims(const Claims& claims);

/// kBadClaims unless: one definite map of text keys, none twice, both known ones present and exact, unknown ones
/// well-formed (and ignored), nothing behind, at most kMaxClaimsSize bytes.
[[nodiscard]] Result<Claims> decode_claims(ByteView buffer);

/// SHA-256(claims) ‖ 0³².
[[nodiscard]] ReportData report_data_for(ByteView claims_buffer) noexcept;

}  // namespace substratee::attestation
