#pragma once

/// TCB info (PCS API v4: version 3; API v3: version 2, SGX only): which security versions platforms of one FMSPC
/// should have, which TDX modules there are.

#include "core/attestation/collateral.hpp"
#include "core/attestation/dcap/levels.hpp"
#include "core/attestation/tdx/report.hpp"

namespace substratee::attestation::dcap {

/// Which TDX modules are meant.
struct TdxModule {
  tdx::Digest mr_signer;
  FixedBytes<8> attributes;
  FixedBytes<8> attributes_mask;
  friend bool operator==(const TdxModule&, const TdxModule&) = default;
};

/// TDX modules of one major version.
struct TdxModuleIdentity : TdxModule {
  std::uint8_t version{};  ///< of "TDX_01": 1
  std::vector<IsvLevel> levels;
  friend bool operator==(const TdxModuleIdentity&, const TdxModuleIdentity&) = default;
};

struct TcbInfo {
  bool tdx{};  ///< id "TDX"; version 2 has no id and is of SGX
  unsigned version{};
  UnixSeconds issued{};
  UnixSeconds next_update{};
  Fmspc fmspc;
  FixedBytes<2> pce_id;
  std::uint32_t evaluation_number{};
  std::optional<TdxModule> module;
  std::vector<TdxModuleIdentity> modules;
  std::vector<PlatformLevel> levels;  ///< descending

  [[nodiscard]] const TdxModuleIdentity* find_module(std::uint8_t major_version) const noexcept;
  friend bool operator==(const TcbInfo&, const TcbInfo&) = default;
};

/// The value of "tcbInfo", whose signature holds. Members that are not known are passed over. kBadTcbInfo.
[[nodiscard]] Result<TcbInfo> parse_tcb_info(std::string_view value);

}  // namespace substratee::attestation::dcap
