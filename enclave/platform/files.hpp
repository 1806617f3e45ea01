#pragma once

/// The few file operations that hardware platforms are spoken with. An interface, so that tests can stand in for the
/// kernel. Errors are errno values.

#include "core/base/bytes.hpp"

#include <cstddef>
#include <expected>
#include <string>

namespace substratee::enclave::platform {

template <class T>
using FileResult = std::expected<T, int>;

class Files {
 public:
  virtual ~Files() = default;
  /// Opens for reading only, reads to the end, closes. EFBIG when there is more than `max`.
  [[nodiscard]] virtual FileResult<Bytes> read(const std::string& path, std::size_t max) = 0;
  /// Opens for writing only (never creates, never truncates), writes once, closes. What the kernel makes of the bytes
  /// at close() it need not tell.
  [[nodiscard]] virtual FileResult<void> write(const std::string& path, ByteView bytes) = 0;
  [[nodiscard]] virtual FileResult<void> make_directory(const std::string& path) = 0;
  [[nodiscard]] virtual FileResult<void> remove_directory(const std::string& path) = 0;
};

/// The operating system's. Uses openat, read, write, close, mkdirat and unlinkat only, with one descriptor at a time:
/// the lock-in counts on that (enclave/process/lock_in.hpp).
class PosixFiles final : public Files {
 public:
  [[nodiscard]] FileResult<Bytes> read(const std::string& path, std::size_t max) override;
  [[nodiscard]] FileResult<void> write(const std::string& path, ByteView bytes) override;
  [[nodiscard]] FileResult<void> make_directory(const std::string& path) override;
  [[nodiscard]] FileResult<void> remove_directory(const std::string& path) override;
};

/// "timed out (errno 110)"; fixed words for the errors that the interfaces of platforms give.
[[nodiscard]] std::string describe_errno(int number);

}  // namespace substratee::enclave::platform
