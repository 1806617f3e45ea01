#pragma once

/// Landlock (Linux 5.13 and later, Documentation/userspace-api/landlock.rst): files within one folder, and no others.

namespace substratee::enclave::process::landlock {

/// From now on this process reaches files and folders below `folder` only: reading, writing, making and removing
/// folders. No new privileges must have been given up before. False when the kernel has no Landlock or no such folder.
[[nodiscard]] bool keep_only(const char* folder) noexcept;

}  // namespace substratee::enclave::process::landlock
