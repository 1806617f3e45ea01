#include "core/attestation/claims.hpp"

#include "core/cbor/cbor.hpp"
#include "core/crypto/hash.hpp"
#include "core/scale/codec.hpp"

#include <optional>

namespace substratee::attestation {
namespace {

constexpr std::string_view kPubkeyHash = "pubkey-hash";
constexpr std::string_view kSubstratee = "substratee";
/// SHA-256 in IANA's registry of named information hash algorithms.
constexpr std::uint64_t kSha256Algorithm = 1;
constexpr std::uint64_t kMaxPairs = 16;

Result<Hash256> read_pubkey_hash(ByteView cbor) {
  cbor::Reader in(cbor);
  const auto count = SUBSTRATEE_TRY_OR(Error::kBadCbor, in.array());
  const auto algorithm = SUBSTRATEE_TRY_OR(Error::kBadCbor, in.unsigned_integer());
  const auto hash = Hash256::from(SUBSTRATEE_TRY_OR(Error::kBadCbor, in.bytes()));
  SUBSTRATEE_TRY_OR(Error::kBadCbor, in.finish());
  if (count != 2 || algorithm != kSha256Algorithm || !hash) return std::unexpected(Error::kBadClaims);
  return *hash;
}

struct Parts {
  std::optional<Hash256> pubkey_hash;
  std::optional<SubstrateeClaims> substratee;
};

Result<void> read_value(cbor::Reader& in, std::string_view key, Parts& out) {
  if (key == kPubkeyHash) {
    const auto cbor = SUBSTRATEE_TRY_OR(Error::kBadCbor, in.bytes());
    out.pubkey_hash = SUBSTRATEE_TRY(read_pubkey_hash(cbor));
    return {};
  }
  if (key == kSubstratee) {
    const auto scale = SUBSTRATEE_TRY_OR(Error::kBadCbor, in.bytes());
    out.substratee = SUBSTRATEE_TRY_OR(Error::kBadClaims, scale::decode<SubstrateeClaims>(scale));
    return {};
  }
  SUBSTRATEE_TRY_OR(Error::kBadCbor, in.skip());
  return {};
}

Result<Parts> read_map(cbor::Reader& in) {
  const auto pairs = SUBSTRATEE_TRY_OR(Error::kBadCbor, in.map());
  if (pairs > kMaxPairs) return std::unexpected(Error::kBadClaims);
  Parts out;
  std::vector<std::string_view> seen;
  for (std::uint64_t i = 0; i < pairs; ++i) {
    const auto key = as_text(SUBSTRATEE_TRY_OR(Error::kBadCbor, in.text()));
    if (std::ranges::find(seen, key) != seen.end()) return std::unexpected(Error::kBadClaims);
    seen.push_back(key);
    SUBSTRATEE_TRY(read_value(in, key, out));
  }
  SUBSTRATEE_TRY_OR(Error::kBadCbor, in.finish());
  return out;
}

}  // namespace

std::string_view to_string(Purpose purpose) noexcept {
  switch (purpose) {
    case Purpose::kRegistration: return "registration";
    case Purpose::kProvisioning: return "provisioning";
    case Purpose::kApiAnswer: return "API answer";
  }
  return "unknown";
}

Bytes encode_claims(const Claims& claims) {
  const auto hash = concat(cbor::array_head(2), cbor::unsigned_integer(kSha256Algorithm),
                           cbor::byte_string(claims.pubkey_hash.bytes));
  return concat(cbor::map_head(2), cbor::text_string(kPubkeyHash), cbor::byte_string(hash),
                cbor::text_string(kSubstratee), cbor::byte_string(scale::encode(claims.substratee)));
}

Result<Claims> decode_claims(ByteView buffer) {
  if (buffer.size() > kMaxClaimsSize) return std::unexpected(Error::kBadClaims);
  cbor::Reader in(buffer);
  // Whatever is wrong inside, CBOR included, the claims are what is refused.
  const auto parts = SUBSTRATEE_TRY_OR(Error::kBadClaims, read_map(in));
  if (!parts.pubkey_hash || !parts.substratee) return std::unexpected(Error::kBadClaims);
  return Claims{*parts.pubkey_hash, *parts.substratee};
}

ReportData report_data_for(ByteView claims_buffer) noexcept {
  ReportData out;
  std::ranges::copy(crypto::sha256(claims_buffer), out.begin());
  return out;
}

}  // namespace substratee::attestation
