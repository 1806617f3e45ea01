#include "worker/ipfs_commands/file.hpp"

#include "core/base/result.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <utility>

namespace substratee::worker::ipfs_commands {
namespace {

constexpr int kStepMilliseconds = 100;
/// A pipe that poll() calls writable takes so much at once without making one wait.
constexpr std::size_t kPipePiece = PIPE_BUF;
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

bool is_regular_file(int descriptor) {
  struct stat info{};
  return ::fstat(descriptor, &info) == 0 && S_ISREG(info.st_mode);
}

}  // namespace

File::File(int descriptor, std::string name)
    : descriptor_(descriptor), may_wait_(!is_regular_file(descriptor)), name_(std::move(name)) {}

File::~File() {
  if (is_ours(descriptor_)) ::close(descriptor_);
}

File& File::operator=(File&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(may_wait_, other.may_wait_);
  std::swap(name_, other.name_);
  return *this;
}

Result<File> File::open_to_read(const std::filesystem::path& path) {
  if (path == "-") return File(STDIN_FILENO, "standard input");
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
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
  if (may_wait_ || ::fstat(descriptor_, &info) != 0) return 0;
  return static_cast<std::uint64_t>(info.st_size);
}

bool File::is_terminal() const { return ::isatty(descriptor_) == 1; }

Result<void> File::wait_for(short event, const std::stop_token& stop) const {
  while (true) {
    if (stop.stop_requested()) {
      return ipfs::fail(ipfs::FailureCode::kCancelled, fmt::format("it was asked to stop, at {}", name_),
                        "start it again");
    }
    if (!may_wait_) return {};
    pollfd asked{.fd = descriptor_, .events = event, .revents = 0};
    const int count = ::poll(&asked, 1, kStepMilliseconds);
    if (count > 0) return {};
    if (count < 0 && errno != EINTR) return failure("wait for", name_, errno);
  }
}

Result<Bytes> File::read(std::size_t count, const std::stop_token& stop) {
  Bytes out(count);
  std::size_t filled = 0;
  while (filled < count) {
    SUBSTRATEE_TRY(wait_for(POLLIN, stop));
    const auto got = ::read(descriptor_, out.data() + filled, count - filled);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got < 0) return failure("read", name_, errno);
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  out.resize(filled);
  return out;
}

Result<void> File::write(ByteView bytes, const std::stop_token& stop) {
  while (!bytes.empty()) {
    SUBSTRATEE_TRY(wait_for(POLLOUT, stop));
    const auto piece = may_wait_ ? bytes.first(std::min(kPipePiece, bytes.size())) : bytes;
    const auto written = ::write(descriptor_, piece.data(), piece.size());
    if (written < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (written < 0) return failure("write", name_, errno);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace substratee::worker::ipfs_commands
