#pragma once

/// The value of the extension "tagged evidence": one CBOR tag around two byte strings, evidence and claims-buffer.

#include "core/attestation/evidence.hpp"

namespace substratee::attestation::ratls {

inline constexpr std::array<std::uint8_t, 6> kOidTaggedEvidence{0x67, 0x81, 0x05, 0x05, 0x04, 0x09};
/// CCC interoperable RA-TLS: an SGX or TDX quote.
inline constexpr std::uint64_t kQuoteTag = 60000;
/// Of this project, "sSNP" in ASCII: SNP evidence as in snp/certificate_table.hpp. CCC has registered no tag for it.
inline constexpr std::uint64_t kSnpTag = 0x73534e50;

/// Views live as long as the value.
struct TaggedEvidence {
  Kind kind{};
  ByteView body;
  ByteView claims;
};

/// kBadCbor; kUnsupportedEvidence for another tag (60001, 60002: a report without a certificate for its key) or for a
/// quote that is not of Intel or simulated; kTruncatedQuote.
[[nodiscard]] Result<TaggedEvidence> read_tagged_evidence(ByteView cbor);
/// kUnsupportedEvidence for kIas.
[[nodiscard]] Result<Bytes> write_tagged_evidence(const Evidence& evidence);

/// A quote's version, TEE type and vendor name its kind; every kind then has its own verification, which demands the
/// very same.
[[nodiscard]] Result<Kind> kind_of_quote(ByteView quote) noexcept;

}  // namespace substratee::attestation::ratls
