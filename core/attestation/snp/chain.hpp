#pragma once

/// leaf (VCEK or VLEK) ← ASK or ASVK ← ARK, all signed with RSASSA-PSS, and AMD's revocation list.

#include "core/attestation/collateral.hpp"
#include "core/attestation/snp/certificate_table.hpp"
#include "core/attestation/snp/product.hpp"
#include "core/attestation/verify.hpp"
#include "core/attestation/x509_outline.hpp"

namespace substratee::attestation::snp {

/// Views live as long as the table.
struct Chain {
  x509::Outline leaf;
  x509::Outline ca;
  x509::Outline root;
  Product product{};
  Hash256 root_hash;
  UnixSeconds valid_until{};
};

/// Form, names, constraints, the pinned root, validity, signatures, in this order. kMissingCertificate where the table
/// lacks one; kWrongSigningKey for a chain of the other kind of key; kBadChain, kUnknownRoot, kNotYetValid, kExpired,
/// kBadCertificateSignature; kProductMismatch when ASK and ARK are not of one product.
[[nodiscard]] Result<Chain> verify_chain(const CertificateTable& certificates, SigningKey kind,
                                         std::span<const Hash256> pins, UnixSeconds now);

/// The hash of the root key that the table names; for looking collateral up.
[[nodiscard]] Result<Hash256> root_of(const CertificateTable& certificates);

struct CrlVerdict {
  CollateralVersion version;
  UnixSeconds next_update{};
};
/// The list is signed by `root`, and in force at `now`, `grace` seconds included; kCaRevoked when it names `ca_serial`.
[[nodiscard]] Result<CrlVerdict> verify_crl(ByteView der, const x509::Outline& root, ByteView ca_serial,
                                            UnixSeconds now, UnixSeconds grace);

/// What an item of kSnpCrl is about, read before anything in it is verified.
[[nodiscard]] Result<CollateralId> read_crl_id(const CollateralItem& item);

struct OpenedCrl {
  CollateralId id;
  CollateralVersion version;
  UnixSeconds next_update{};
  UnixSeconds root_from{};
  UnixSeconds root_until{};
};
/// The item's issuer chain is a pinned ARK alone, which signed itself and the list. Dates are not looked at.
[[nodiscard]] Result<OpenedCrl> open_crl_item(const CollateralItem& item, std::span<const Hash256> pins);

/// verify_collateral for kSnpCrl.
[[nodiscard]] Result<VerifiedCollateral> verify_crl_item(const CollateralItem& item, std::span<const Hash256> pins,
                                                         UnixSeconds now);

}  // namespace substratee::attestation::snp
