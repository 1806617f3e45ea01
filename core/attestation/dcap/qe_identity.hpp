#pragma once

/// The identity of a quoting enclave (PCS: QE identity, version 2).

#include "core/attestation/dcap/levels.hpp"
#include "core/attestation/dcap/quote.hpp"

namespace substratee::attestation::dcap {

struct QeIdentity {
  bool tdx{};  ///< id "TD_QE"; otherwise "QE"
  UnixSeconds issued{};
  UnixSeconds next_update{};
  std::uint32_t evaluation_number{};
  std::uint32_t misc_select{};
  std::uint32_t misc_select_mask{};
  FixedBytes<16> attributes;  ///< as in a report: flags ‖ XFRM
  FixedBytes<16> attributes_mask;
  Hash256 mr_signer;
  std::uint16_t isv_prod_id{};
  std::vector<IsvLevel> levels;  ///< descending
  friend bool operator==(const QeIdentity&, const QeIdentity&) = default;
};

/// The value of "enclaveIdentity", whose signature holds. Members that are not known are passed over. kBadQeIdentity;
/// kWrongQeIdentity when it is of an enclave that signs no quotes.
[[nodiscard]] Result<QeIdentity> parse_qe_identity(std::string_view value);

/// The level of the enclave that made this report. kQeDebug; kQeIdentity when it is another enclave;
/// kQeTcbNotSupported.
[[nodiscard]] Result<const IsvLevel*> check_quoting_enclave(const Report& report, const QeIdentity& identity) noexcept;

/// The first level that `svn` reaches, or nothing.
[[nodiscard]] const IsvLevel* find_level(std::span<const IsvLevel> levels, std::uint16_t svn) noexcept;

}  // namespace substratee::attestation::dcap
