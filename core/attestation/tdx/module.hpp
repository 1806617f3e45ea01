#pragma once

/// The TDX module that a TD runs under, by TCB info (Intel's Checks/TdxModuleCheck and TDRelaunchCheck).

#include "core/attestation/dcap/tcb_info.hpp"

namespace substratee::attestation::tdx {

/// The module is one that TCB info knows: its signer and attributes. Its level, by the identity of its major version;
/// nothing when that is 0, since then the platform's levels speak of it. kTdxModuleMismatch, kModuleTcbNotSupported.
[[nodiscard]] Result<const dcap::IsvLevel*> check_module(const Report& report, const dcap::TcbInfo& info);

/// What decided about a TD so far.
struct RelaunchQuestion {
  TcbStatus sgx_status{};     ///< of the level that the platform reaches without regard to TDX
  TcbStatus status{};         ///< of platform and module together
  TcbStatus module_status{};  ///< kUpToDate when the module has no level of its own
  TcbStatus qe_status{};
};

/// TD report 1.5 says what the platform has now besides what it had at the TD's launch: when only the TDX module was
/// out of date and is not any more, a relaunch helps. `status` otherwise. kTdxModuleMismatch when the module of now is
/// not one that TCB info knows.
[[nodiscard]] Result<TcbStatus> advise_relaunch(const RelaunchQuestion& question, const TeeTcbSvn& now,
                                                const dcap::TcbInfo& info);

}  // namespace substratee::attestation::tdx
