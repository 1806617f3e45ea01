#include "node/service/keystore.hpp"

#include "core/base/hex.hpp"
#include "core/base/result.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace substratee::node::service {

namespace {

using storage::Code;

class File {
 public:
  File(const std::filesystem::path& path, int flags) : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const noexcept { return fd_; }

 private:
  int fd_;
};

std::unexpected<storage::Error> disk(const std::filesystem::path& path) {
  return storage::fail(Code::kDisk, fmt::format("key file {}: {}; check the disk and its permissions", path.string(),
                                                std::strerror(errno)));
}

bool sync_directory(const std::filesystem::path& directory) {
  const File opened(directory, O_RDONLY | O_DIRECTORY);
  return opened.get() >= 0 && ::fsync(opened.get()) == 0;
}

constexpr std::size_t kDigits = 64;

}  // namespace

storage::Result<void> write_seed(const std::filesystem::path& file, const Seed& seed) {
  std::error_code error;
  std::filesystem::create_directories(file.parent_path(), error);
  std::filesystem::permissions(file.parent_path(), std::filesystem::perms::owner_all, error);
  auto temporary = file;
  temporary += ".new";
  auto digits = crypto::WipedBytes(to_bytes(as_bytes(to_hex(seed.view()) + "\n")));
  {
    std::filesystem::remove(temporary, error);
    const File out(temporary, O_WRONLY | O_CREAT | O_EXCL);
    const auto size = static_cast<ssize_t>(digits.view().size());
    if (out.get() < 0 || ::write(out.get(), digits.view().data(), digits.view().size()) != size ||
        ::fsync(out.get()) != 0) {
      return disk(temporary);
    }
  }
  if (::rename(temporary.c_str(), file.c_str()) != 0 || !sync_directory(file.parent_path()) ||
      !sync_directory(file.parent_path().parent_path())) {
    return disk(file);
  }
  return {};
}

storage::Result<std::optional<Seed>> read_seed(const std::filesystem::path& file) {
  const File in(file, O_RDONLY);
  if (in.get() < 0) {
    if (errno == ENOENT) return std::optional<Seed>{};
    return disk(file);
  }
  struct stat status{};
  if (::fstat(in.get(), &status) != 0) return disk(file);
  if ((status.st_mode & 077) != 0) {
    return storage::fail(Code::kDisk,
                         fmt::format("key file {}: readable by others; run `chmod 600` on it", file.string()));
  }
  crypto::Wiped<kDigits + 2> text;
  const auto size = ::read(in.get(), text.bytes.data(), text.bytes.size());
  if (size < 0) return disk(file);
  const bool fits = size == kDigits || (size == kDigits + 1 && text.bytes[kDigits] == '\n');
  auto bytes = fits ? from_hex(as_text(ByteView(text.bytes).first(kDigits))) : std::nullopt;
  if (!bytes) {
    return storage::fail(Code::kCorrupt, fmt::format("key file {}: not 64 hexadecimal digits; restore it, or run "
                                                     "`substratee-node purge-chain --with-key` and start again",
                                                     file.string()));
  }
  const crypto::WipedBytes guard(*std::move(bytes));
  return Seed::from(guard.view());
}

}  // namespace substratee::node::service
