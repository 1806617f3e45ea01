#include "core/attestation/evidence.hpp"

namespace substratee::attestation {

// Kind, two compact lengths of at most 4 bytes, body and claims.
static_assert(1 + 4 + kMaxEvidenceBodySize + 4 + kMaxClaimsSize <= kMaxEvidenceSize);

std::string_view to_string(Kind kind) noexcept {
  switch (kind) {
    case Kind::kSimulated: return "simulated (NOT SECURE)";
    case Kind::kSgxDcap: return "Intel SGX (DCAP)";
    case Kind::kTdx: return "Intel TDX";
    case Kind::kSevSnp: return "AMD SEV-SNP";
    case Kind::kIas: return "Intel SGX (IAS)";
  }
  return "unknown";
}

std::string_view to_code(Kind kind) noexcept {
  switch (kind) {
    case Kind::kSimulated: return "simulated";
    case Kind::kSgxDcap: return "sgx";
    case Kind::kTdx: return "tdx";
    case Kind::kSevSnp: return "snp";
    case Kind::kIas: return "ias";
  }
  return "unknown";
}

std::string_view to_string(TcbStatus status) noexcept {
  switch (status) {
    case TcbStatus::kUpToDate: return "UpToDate";
    case TcbStatus::kSwHardeningNeeded: return "SWHardeningNeeded";
    case TcbStatus::kConfigurationNeeded: return "ConfigurationNeeded";
    case TcbStatus::kConfigurationAndSwHardeningNeeded: return "ConfigurationAndSWHardeningNeeded";
    case TcbStatus::kOutOfDate: return "OutOfDate";
    case TcbStatus::kOutOfDateConfigurationNeeded: return "OutOfDateConfigurationNeeded";
    case TcbStatus::kRevoked: return "Revoked";
    case TcbStatus::kSimulated: return "Simulated";
    case TcbStatus::kTdRelaunchAdvised: return "TDRelaunchAdvised";
    case TcbStatus::kTdRelaunchAdvisedConfigurationNeeded: return "TDRelaunchAdvisedConfigurationNeeded";
  }
  return "unknown";
}

}  // namespace substratee::attestation
