#include "enclave/platform/files.hpp"

#include "enclave/platform/descriptor.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

namespace substratee::enclave::platform {
namespace {

constexpr std::size_t kChunk = 4096;

Descriptor open_file(const std::string& path, int mode) {
  int descriptor = -1;
  do {
    descriptor = ::openat(AT_FDCWD, path.c_str(), mode | O_CLOEXEC);
  } while (descriptor < 0 && errno == EINTR);
  return Descriptor(descriptor);
}

std::string_view words_of(int number) {
  switch (number) {
    case ENOENT: return "no such file";
    case ENXIO: return "no provider";
    case EACCES:
    case EPERM: return "not permitted";
    case EINVAL: return "not accepted";
    case ENOTTY: return "the provider went away";
    case EBUSY: return "busy";
    case EFBIG: return "too large";
    case EIO: return "input/output error";
    case ETIMEDOUT: return "timed out";
    case EINTR: return "interrupted";
    case EEXIST: return "is there already";
    case EAGAIN: return "not now";
    case EROFS: return "read-only";
    default: return "failed";
  }
}

}  // namespace

FileResult<Bytes> PosixFiles::read(const std::string& path, std::size_t max) {
  const auto file = open_file(path, O_RDONLY);
  if (!file.is_open()) return std::unexpected(errno);
  Bytes out;
  while (true) {
    const auto old = out.size();
    out.resize(old + kChunk);
    const auto size = ::read(file.get(), out.data() + old, kChunk);
    if (size < 0 && errno != EINTR) return std::unexpected(errno);
    out.resize(old + (size > 0 ? static_cast<std::size_t>(size) : 0));
    if (out.size() > max) return std::unexpected(EFBIG);
    if (size == 0) return out;
  }
}

FileResult<void> PosixFiles::write(const std::string& path, ByteView bytes) {
  auto file = open_file(path, O_WRONLY);
  if (!file.is_open()) return std::unexpected(errno);
  ssize_t size = 0;
  do {
    size = ::write(file.get(), bytes.data(), bytes.size());
  } while (size < 0 && errno == EINTR);
  if (size < 0) return std::unexpected(errno);
  if (size != static_cast<ssize_t>(bytes.size())) return std::unexpected(EFBIG);
  if (file.close() != 0) return std::unexpected(errno);
  return {};
}

FileResult<void> PosixFiles::make_directory(const std::string& path) {
  if (::mkdirat(AT_FDCWD, path.c_str(), 0700) != 0) return std::unexpected(errno);
  return {};
}

FileResult<void> PosixFiles::remove_directory(const std::string& path) {
  if (::unlinkat(AT_FDCWD, path.c_str(), AT_REMOVEDIR) != 0) return std::unexpected(errno);
  return {};
}

std::string describe_errno(int number) {
  return std::string(words_of(number)) + " (errno " + std::to_string(number) + ")";
}

}  // namespace substratee::enclave::platform
