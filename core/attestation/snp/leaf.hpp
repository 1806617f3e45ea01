#pragma once

/// The certificate of the key that signs reports: VCEK or VLEK (AMD, VCEK Certificate and KDS Interface Specification,
/// 57230): P-384, extensions 1.3.6.1.4.1.3704.1.*.

#include "core/attestation/snp/product.hpp"
#include "core/attestation/snp/report.hpp"
#include "core/attestation/x509_outline.hpp"

namespace substratee::attestation::snp {

/// Views live as long as the certificate.
struct Leaf {
  crypto::p384::PublicKey key;
  TcbVersion tcb;           ///< put together as a report of this product has it
  ByteView hw_id;           ///< of the chip; empty in a VLEK
  std::string_view csp_id;  ///< of the cloud provider; empty in a VCEK
};

/// kBadCertificate for another kind of key; kProductMismatch when productName says otherwise; kBadAmdExtension when one
/// of the extensions is missing, malformed, or not of this kind of key.
[[nodiscard]] Result<Leaf> read_leaf(const x509::Outline& certificate, Product product, SigningKey kind);

/// The text of 1.3.6.1.4.1.3704.1.2, nothing when missing or malformed.
[[nodiscard]] std::optional<std::string_view> product_name(const x509::Outline& certificate) noexcept;

}  // namespace substratee::attestation::snp
