#include "enclave/platform/simulation/platform_directory.hpp"

#include "enclave/platform/descriptor.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <optional>
#include <string>

namespace substratee::enclave::platform::simulation {
namespace {

using Error = DirectoryError;
using Secret = crypto::Secret<32>;

constexpr std::string_view kRootLabel = "own";

DirectoryResult<Descriptor> open_directory(const char* path) {
  Descriptor directory(::open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.is_open() && errno == ENOENT && (::mkdir(path, 0700) == 0 || errno == EEXIST)) {
    directory = Descriptor(::open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  }
  struct stat status{};
  if (!directory.is_open() || ::fstat(directory.get(), &status) != 0) return std::unexpected(Error::kNoDirectory);
  if ((status.st_mode & 0022) != 0) return std::unexpected(Error::kOpenDirectory);
  return directory;
}

DirectoryResult<void> check_file(const Descriptor& file) {
  struct stat status{};
  if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) return std::unexpected(Error::kUnreadable);
  if (status.st_uid != ::geteuid()) return std::unexpected(Error::kForeignFile);
  if ((status.st_mode & 0077) != 0) return std::unexpected(Error::kOpenFile);
  if (status.st_size != static_cast<off_t>(Secret::kSize)) return std::unexpected(Error::kWrongSize);
  return {};
}

/// Nothing when there is no such file.
DirectoryResult<std::optional<Secret>> read_secret(const Descriptor& directory, const char* name) {
  const Descriptor file(::openat(directory.get(), name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file.is_open()) {
    if (errno == ENOENT) return std::optional<Secret>();
    return std::unexpected(Error::kUnreadable);
  }
  SUBSTRATEE_TRY(check_file(file));
  Secret secret;
  if (::read(file.get(), secret.mutable_view().data(), Secret::kSize) != static_cast<ssize_t>(Secret::kSize)) {
    return std::unexpected(Error::kUnreadable);
  }
  return std::optional(std::move(secret));
}

bool write_new_file(const Descriptor& directory, const char* name, const Secret& secret) {
  const Descriptor file(::openat(directory.get(), name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file.is_open()) return false;
  const auto bytes = secret.view();
  return ::write(file.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()) &&
         ::fsync(file.get()) == 0;
}

// Complete under a name of this process first, then linked: a link never replaces, so the first process wins, and a
// crash in between leaves no half secret under the real name.
DirectoryResult<void> create_secret(const Descriptor& directory, Random& random) {
  const std::string temporary = std::string(kPlatformSecretFile) + ".new." + std::to_string(::getpid());
  ::unlinkat(directory.get(), temporary.c_str(), 0);
  bool stored = write_new_file(directory, temporary.c_str(), Secret::draw(random));
  if (stored && ::linkat(directory.get(), temporary.c_str(), directory.get(), kPlatformSecretFile, 0) != 0) {
    stored = errno == EEXIST;
  }
  ::unlinkat(directory.get(), temporary.c_str(), 0);
  if (!stored || ::fsync(directory.get()) != 0) return std::unexpected(Error::kNotWritten);
  return {};
}

DirectoryResult<Secret> platform_secret(const Descriptor& directory, Random& random) {
  auto secret = SUBSTRATEE_TRY(read_secret(directory, kPlatformSecretFile));
  if (!secret) {
    SUBSTRATEE_TRY(create_secret(directory, random));
    secret = SUBSTRATEE_TRY(read_secret(directory, kPlatformSecretFile));
  }
  if (!secret) return std::unexpected(Error::kNotWritten);
  return std::move(*secret);
}

DirectoryResult<attestation::simulation::SimulationRoot> simulation_root(const Descriptor& directory) {
  using attestation::simulation::SimulationRoot;
  const auto secret = SUBSTRATEE_TRY(read_secret(directory, kRootSecretFile));
  if (!secret) return SimulationRoot::development();
  return SimulationRoot::from_secret(secret->view(), kRootLabel);
}

}  // namespace

std::string_view to_string(DirectoryError error) noexcept {
  switch (error) {
    case Error::kNoDirectory: return "the platform directory cannot be opened or made; name one that this user owns";
    case Error::kOpenDirectory:
      return "group or others may write into the platform directory; set it to mode 0700 (chmod 700)";
    case Error::kUnreadable: return "a file of the platform directory cannot be read, or is no regular file";
    case Error::kForeignFile: return "a file of the platform directory belongs to another user; run as its owner";
    case Error::kOpenFile:
      return "group or others may read a secret of the platform directory; draw a new one, or set mode 0600 (chmod "
             "600)";
    case Error::kWrongSize: return "a secret of the platform directory is not 32 bytes long; restore it from a copy";
    case Error::kNotWritten: return "the platform secret cannot be stored in the platform directory; is the disk full?";
  }
  return "unknown error";
}

DirectoryResult<PlatformDirectory> open_platform_directory(const char* path, Random& random) {
  const auto directory = SUBSTRATEE_TRY(open_directory(path));
  auto secret = SUBSTRATEE_TRY(platform_secret(directory, random));
  auto root = SUBSTRATEE_TRY(simulation_root(directory));
  return PlatformDirectory{std::move(secret), std::move(root)};
}

}  // namespace substratee::enclave::platform::simulation
