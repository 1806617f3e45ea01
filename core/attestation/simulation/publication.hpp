#pragma once

/// What a simulation root publishes about its platforms, as Intel does about real ones: collateral that verifiers apply
/// to simulated evidence once they have it. For trying out TCB recovery, expiry and revocation without hardware.

#include "core/attestation/collateral.hpp"
#include "core/attestation/name.hpp"
#include "core/attestation/simulation/platform.hpp"

namespace substratee::attestation::simulation {

struct Publication {
  UnixSeconds issued{};
  UnixSeconds next_update{};
  std::uint32_t evaluation_number = 1;
  std::uint64_t crl_number = 1;
  TcbStatus platform_status = TcbStatus::kUpToDate;  ///< said of every simulated platform
  TcbStatus qe_status = TcbStatus::kUpToDate;        ///< kUpToDate, kOutOfDate or kRevoked
  std::vector<std::string> advisories;
  std::vector<x509::Serial> revoked_platforms;  ///< pck_serial() of SimulatedPlatform
};

/// TCB info, QE identity, list of the CA, list of the root.
[[nodiscard]] CollateralSet publish(const SimulationRoot& root, const Publication& publication);

}  // namespace substratee::attestation::simulation
