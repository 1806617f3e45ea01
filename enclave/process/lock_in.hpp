#pragma once

/// Lock-in of an enclave that is an ordinary process: before the first frame it gives up everything but its standard
/// descriptors and its memory. Order: clear_environment(); prepare_libraries(); the platform reads what it
/// needs; lock_in(). One thread.
///
/// Afterwards any other system call kills the process: it may read 0, write 1 and 2, use anonymous memory that is not
/// executable, ask for time and entropy, handle signals, and exit. Nothing of its memory goes into a dump.
///
/// In a confidential VM it also keeps one folder (configfs-tsm): it may open files, make and remove folders, one
/// descriptor at a time; Landlock refuses whatever is not below that folder. Under Gramine there is no lock-in: Gramine
/// is the boundary.

#include <cstdint>
#include <expected>
#include <string_view>

namespace substratee::enclave::process {

enum class LockInError : std::uint8_t {
  kDescriptors,  ///< inherited descriptors could not be closed
  kDumps,        ///< memory dumps could not be switched off
  kPrivileges,   ///< the kernel does not give up new privileges
  kFilter,       ///< the kernel has no seccomp filters
  kFolder,       ///< the kernel has no Landlock, or the folder cannot be opened
};
/// One fixed sentence.
[[nodiscard]] std::string_view to_string(LockInError error) noexcept;

struct LockedIn {
  /// PR_SET_MDWE is in force (Linux 6.3 and later); without it the filter alone refuses executable memory.
  bool denies_write_execute = false;
};

void clear_environment() noexcept;

/// Starts OpenSSL and libsodium without configuration files, does once what the C library asks the system for at its
/// first use only, ignores SIGPIPE.
void prepare_libraries() noexcept;

/// `folder`: the one that stays within reach (an absolute path); nullptr for none.
[[nodiscard]] std::expected<LockedIn, LockInError> lock_in(const char* folder = nullptr) noexcept;

}  // namespace substratee::enclave::process
