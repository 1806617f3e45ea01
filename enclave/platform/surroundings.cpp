#include "enclave/platform/surroundings.hpp"

#include <unistd.h>

#include <array>

namespace substratee::enclave::platform {
namespace {

/// Devices of hosts and guests whose protection this process cannot reach by itself.
constexpr std::array kDevices = std::to_array<std::string_view>({
    "/dev/sgx_enclave",  // Intel SGX, outside Gramine
    "/dev/tdx_guest",    // Intel TDX, without configfs-tsm
    "/dev/sev-guest",    // AMD SEV-SNP, without configfs-tsm
});

}  // namespace

Surroundings look_around(const std::string& root) {
  const auto is_there = [&](std::string_view path) { return ::access((root + std::string(path)).c_str(), F_OK) == 0; };
  const std::string gramine(kGramineRoot);
  if (is_there(gramine + "/attestation_type") || is_there(gramine + "/quote")) return Surroundings::kGramine;
  if (is_there(kTsmRoot)) return Surroundings::kTsm;
  for (const auto device : kDevices) {
    if (is_there(device)) return Surroundings::kUnreachableTee;
  }
  return is_there(gramine) ? Surroundings::kGramineDirect : Surroundings::kNoTee;
}

}  // namespace substratee::enclave::platform
