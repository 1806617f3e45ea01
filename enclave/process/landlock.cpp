#include "enclave/process/landlock.hpp"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace substratee::enclave::process::landlock {
namespace {

/// All rights of the file system that the running kernel knows: what is not handled would stay allowed. Debian 12's
/// headers know the first versions only.
std::uint64_t all_rights(long version) noexcept {
  if (version >= 5) return (std::uint64_t{1} << 16) - 1;  // devices' ioctl
  if (version >= 3) return (std::uint64_t{1} << 15) - 1;  // truncate
  if (version == 2) return (std::uint64_t{1} << 14) - 1;  // refer
  return (std::uint64_t{1} << 13) - 1;
}

constexpr std::uint64_t kKept = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |
                                LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_REMOVE_DIR;

bool restrict_to(int rules, int folder) noexcept {
  landlock_path_beneath_attr beneath{};
  beneath.allowed_access = kKept;
  beneath.parent_fd = folder;
  return ::syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) == 0 &&
         ::syscall(SYS_landlock_restrict_self, rules, 0) == 0;
}

}  // namespace

bool keep_only(const char* folder) noexcept {
  const long version = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (version < 1) return false;
  landlock_ruleset_attr attributes{};
  attributes.handled_access_fs = all_rights(version);
  const auto rules = static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0));
  if (rules < 0) return false;
  const int opened = ::open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
  const bool restricted = opened >= 0 && restrict_to(rules, opened);
  if (opened >= 0) ::close(opened);
  ::close(rules);
  return restricted;
}

}  // namespace substratee::enclave::process::landlock
