#pragma once

/// The directory that stands for a simulated platform: what a CPU would have in its fuses. It belongs to the host.
///   platform_secret         32 bytes, created on first use
///   simulation_root_secret  32 bytes, optional: a simulation root of one's own instead of the development root
/// Files are regular, of this user, mode 0600. File input and output: used before lock-in only.

#include "core/attestation/simulation/root.hpp"
#include "core/crypto/secret.hpp"

namespace substratee::enclave::platform::simulation {

inline constexpr const char* kPlatformSecretFile = "platform_secret";
inline constexpr const char* kRootSecretFile = "simulation_root_secret";

enum class DirectoryError {
  kNoDirectory,    ///< cannot be opened or made
  kOpenDirectory,  ///< group or others may write into it
  kUnreadable,     ///< a file that cannot be read, or is no regular file
  kForeignFile,    ///< a file of another user
  kOpenFile,       ///< a file that group or others may read or write
  kWrongSize,      ///< a file that is not 32 bytes long
  kNotWritten,     ///< the new secret could not be stored durably
};
/// One fixed sentence with the next step; no path, no content.
[[nodiscard]] std::string_view to_string(DirectoryError error) noexcept;
template <class T>
using DirectoryResult = std::expected<T, DirectoryError>;

struct PlatformDirectory {
  crypto::Secret<32> platform_secret;
  attestation::simulation::SimulationRoot root;
};

/// Reads the directory; makes it (0700, one level) and draws the secret on first use. Two processes that start at once
/// get the same secret, and a crash leaves either none or a whole one.
[[nodiscard]] DirectoryResult<PlatformDirectory> open_platform_directory(const char* path, Random& random);

}  // namespace substratee::enclave::platform::simulation
