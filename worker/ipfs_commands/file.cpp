#include "worker/ipfs_commands/file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace substratee::worker::ipfs_commands {
namespace {

constexpr mode_t kFileMode = 0644;
constexpr mode_t kFolderMode = 0755;

std::unexpected<ipfs::Failure> failure(std::string_view what, std::string_view name, int error) {
  auto thing = fmt::format("cannot {} {}: {}", what, name, std::strerror(error));
  switch (error) {
    case EEXIST: return ipfs::fail(ipfs::FailureCode::kStorage, std::move(thing), "remove it, or give another path");
    case ENOSPC:
    case EDQUOT: return ipfs::fail(ipfs::FailureCode::kDiskFull, std::move(thing), "free some space on its disk");
    case EPIPE: return ipfs::fail(ipfs::FailureCode::kCancelled, std::move(thing), "the reader has gone");
    default: return ipfs::fail(ipfs::FailureCode::kStorage, std::move(thing), "check the path and its rights");
  }
}

/// Standard input and output are not ours to close.
bool is_ours(int descriptor) { return descriptor > STDERR_FILENO; }

}  // namespace

File::~File() {
  if (is_ours(descriptor_)) ::close(descriptor_);
}

File& File::operator=(File&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(name_, other.name_);
  return *this;
}

Result<File> File::open_to_read(const std::filesystem::path& path) {
  if (path == "-") return File(STDIN_FILENO, "standard input");
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return failure("read", path.string(), errno);
  ::posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
  return File(descriptor, path.string());
}

Result<File> File::create(int folder, const std::string& name) {
  const int descriptor =
      ::openat(folder, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kFileMode);
  if (descriptor < 0) return failure("create", name, errno);
  return File(descriptor, name);
}

File File::standard_output() { return {STDOUT_FILENO, "standard output"}; }

Result<File> File::create_folder(int folder, const std::string& name) {
  if (::mkdirat(folder, name.c_str(), kFolderMode) != 0) return failure("create", name, errno);
  const int descriptor = ::openat(folder, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (descriptor < 0) return failure("open", name, errno);
  return File(descriptor, name);
}

std::uint64_t File::size() const {
  struct stat info{};
  if (::fstat(descriptor_, &info) != 0 || !S_ISREG(info.st_mode)) return 0;
  return static_cast<std::uint64_t>(info.st_size);
}

bool File::is_terminal() const { return ::isatty(descriptor_) == 1; }

Result<Bytes> File::read(std::size_t count) {
  Bytes out(count);
  std::size_t filled = 0;
  while (filled < count) {
    const auto got = ::read(descriptor_, out.data() + filled, count - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failure("read", name_, errno);
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  out.resize(filled);
  return out;
}

Result<void> File::write(ByteView bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failure("write", name_, errno);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace substratee::worker::ipfs_commands
