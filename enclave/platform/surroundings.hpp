#pragma once

/// Which platform an enclave process stands on, seen before lock-in.

#include <cstdint>
#include <string>
#include <string_view>

namespace substratee::enclave::platform {

inline constexpr std::string_view kGramineRoot = "/dev/attestation";
inline constexpr std::string_view kTsmRoot = "/sys/kernel/config/tsm/report";

enum class Surroundings : std::uint8_t {
  kNoTee,           ///< nothing that could protect anything
  kGramine,         ///< inside Gramine on SGX: /dev/attestation with its type
  kGramineDirect,   ///< inside gramine-direct: the same tree without a type, and without protection
  kTsm,             ///< inside a confidential VM: configfs-tsm
  kUnreachableTee,  ///< hardware that does not protect this process: SGX outside Gramine, a guest device without
                    ///< configfs-tsm
};

/// Looks below `root` ("" = this machine).
[[nodiscard]] Surroundings look_around(const std::string& root = {});

/// True where simulating would throw the protection of real hardware away.
[[nodiscard]] constexpr bool has_real_tee(Surroundings surroundings) noexcept {
  return surroundings != Surroundings::kNoTee && surroundings != Surroundings::kGramineDirect;
}

}  // namespace substratee::enclave::platform
