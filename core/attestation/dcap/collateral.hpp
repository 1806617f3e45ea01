#pragma once

/// Intel's collateral, item by item: the signatures are verified when an item is opened, its dates each time it is
/// used.

#include "core/attestation/crl.hpp"
#include "core/attestation/dcap/qe_identity.hpp"
#include "core/attestation/dcap/tcb_info.hpp"
#include "core/attestation/known_certificates.hpp"
#include "core/attestation/verify.hpp"

#include <variant>

namespace substratee::attestation::dcap {

/// Common names of the certificates that sign, Intel's and those of simulation roots.
inline constexpr std::string_view kProcessorCaName = "Intel SGX PCK Processor CA";
inline constexpr std::string_view kPlatformCaName = "Intel SGX PCK Platform CA";
inline constexpr std::string_view kTcbSignerName = "Intel SGX TCB Signing";
inline constexpr std::string_view kSimulatedTcbSignerName = "SIMULATED SGX TCB Signing - NOT SECURE";

struct RevocationList {
  std::vector<x509::Serial> serials;  ///< ascending
  [[nodiscard]] bool lists(const x509::Serial& serial) const noexcept;
};

/// An item whose signatures hold.
struct OpenedCollateral {
  CollateralId id;
  CollateralVersion version;
  UnixSeconds next_update{};
  UnixSeconds certificates_from{};  ///< of signer and root
  UnixSeconds certificates_until{};
  x509::Serial signer;  ///< of the signer's certificate
  crypto::p256::PublicKey signer_key;
  Bytes signer_name;
  bool signed_by_root{};  ///< a root's own list: there is no signer that it could revoke
  std::variant<TcbInfo, QeIdentity, RevocationList> content;

  [[nodiscard]] const RevocationList& list() const { return std::get<RevocationList>(content); }
};

/// The issuer chain up to one of `anchors`, without dates, then the item's signature, then its content.
[[nodiscard]] Result<OpenedCollateral> open_collateral(const CollateralItem& item, const TrustAnchors& anchors,
                                                       x509::KnownCertificates& known);

/// kNotYetValid and kExpired by certificates, kCollateralNotYetValid and kCollateralExpired by the item itself; both
/// ends of each window belong to it.
[[nodiscard]] Result<void> check_dates(const OpenedCollateral& item, UnixSeconds now, UnixSeconds grace) noexcept;
/// The last second at which check_dates succeeds.
[[nodiscard]] UnixSeconds end_of(const OpenedCollateral& item, UnixSeconds grace) noexcept;

/// kTcbSignerRevoked, kCaRevoked: the item's signer stands in the root's list.
[[nodiscard]] Result<void> check_signer(const OpenedCollateral& item, const RevocationList& root_list) noexcept;

/// What an item is about, read before anything in it is verified.
[[nodiscard]] Result<CollateralId> read_id(const CollateralItem& item);

}  // namespace substratee::attestation::dcap
