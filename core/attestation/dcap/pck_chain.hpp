#pragma once

/// The chain of the platform's certificate in a quote: leaf ← CA ← root.

#include "core/attestation/collateral.hpp"
#include "core/attestation/dcap/pck.hpp"
#include "core/attestation/known_certificates.hpp"

namespace substratee::attestation::dcap {

/// SHA-256 of the SPKI of "Intel SGX Root CA". The key is pinned, not a certificate: Intel re-issued that several
/// times.
inline constexpr Hash256 kIntelRoot{{0xa0, 0xaf, 0x03, 0x12, 0x89, 0xf5, 0xd5, 0xd4, 0x13, 0x2f, 0x91,
                                     0x86, 0x06, 0x8a, 0x7f, 0xc1, 0x36, 0x28, 0x63, 0x3b, 0xa2, 0x35,
                                     0x77, 0x74, 0x72, 0xe2, 0x9b, 0x6b, 0x6c, 0x67, 0xa4, 0x9e}};

/// A chain as it stands in the quote; nothing of it is verified yet.
struct PckChain {
  std::vector<Bytes> der;  ///< what the views in `chain` point into
  x509::Chain chain;
  PckExtension pck;

  PckChain() = default;
  PckChain(const PckChain&) = delete;
  PckChain& operator=(const PckChain&) = delete;
  PckChain(PckChain&&) noexcept = default;
  PckChain& operator=(PckChain&&) noexcept = default;
  ~PckChain() = default;
};

/// kBadPem, kBadDer, kBadCertificate, kUnknownCriticalExtension, kBadChain, kBadPckExtension.
[[nodiscard]] Result<PckChain> read_pck_chain(ByteView pem);

/// Which list can revoke the leaf: decided by the CA's common name in Intel's chains; a simulation has one CA.
/// kWrongCertificateName when the CA is none of Intel's two.
[[nodiscard]] Result<CollateralKind> crl_kind_of(const PckChain& chain, bool hardware) noexcept;

/// The names that Intel gives, validity at `now`, signatures. That the root counts is the caller's part.
[[nodiscard]] Result<void> verify_pck_chain(const PckChain& chain, bool hardware, UnixSeconds now,
                                            x509::KnownCertificates& known);

}  // namespace substratee::attestation::dcap
