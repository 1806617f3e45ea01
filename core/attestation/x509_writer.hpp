#pragma once

/// Writes certificates of the profile in x509.hpp and revocation lists of that in crl.hpp: for RA-TLS and for simulated
/// platforms. If nothing else is said certificates are valid from 2020-01-01 to 2049-12-31, so that no clock is needed:
/// freshness comes from the claims.

#include "core/attestation/error.hpp"
#include "core/attestation/name.hpp"
#include "core/crypto/p256.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace substratee::attestation::x509 {

/// A Name of CN and O, as UTF8String.
[[nodiscard]] Bytes make_name(std::string_view common_name, std::string_view organization);

struct ExtensionToWrite {
  Bytes oid;  ///< content octets
  bool critical{};
  Bytes value;
};

[[nodiscard]] ExtensionToWrite make_basic_constraints(bool ca, std::optional<std::uint8_t> path_length);
/// keyCertSign and cRLSign for a CA, else digitalSignature.
[[nodiscard]] ExtensionToWrite make_key_usage(bool ca);
/// Key identifiers by RFC 7093, method 1: the first 160 bits of SHA-256 of the key.
[[nodiscard]] ExtensionToWrite make_subject_key_identifier(const crypto::p256::PublicKey& key);
[[nodiscard]] ExtensionToWrite make_authority_key_identifier(const crypto::p256::PublicKey& key);

struct CertificateToWrite {
  Bytes issuer;
  Bytes subject;
  crypto::p256::PublicKey key;
  std::vector<ExtensionToWrite> extensions;
  UnixSeconds not_before = 1'577'836'800;
  UnixSeconds not_after = 2'524'607'999;
};

/// The certificate in DER. Its serial number is 16 octets of a hash of subject and key.
[[nodiscard]] Bytes write(const CertificateToWrite& certificate, const crypto::p256::KeyPair& signer);
[[nodiscard]] Serial serial_of(const CertificateToWrite& certificate);

struct CrlToWrite {
  Bytes issuer;
  UnixSeconds this_update{};
  UnixSeconds next_update{};
  std::uint64_t number{};
  std::vector<Serial> serials;
};

/// The list in DER.
[[nodiscard]] Bytes write_crl(const CrlToWrite& crl, const crypto::p256::KeyPair& signer);

}  // namespace substratee::attestation::x509
