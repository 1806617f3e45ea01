#pragma once

/// Files of this machine, as the commands read and write them. Failures name the file. Whatever may make one wait (a
/// pipe, a terminal, a socket) is looked at in steps, so that a stop request ends it: kCancelled.

#include "core/base/bytes.hpp"
#include "worker/ipfs/failure.hpp"

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>

namespace substratee::worker::ipfs_commands {

using ipfs::Result;

/// An open file. Moves; closes itself.
class File {
 public:
  File() = default;
  File(int descriptor, std::string name);
  ~File();
  File(File&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)), may_wait_(other.may_wait_), name_(std::move(other.name_)) {}
  File& operator=(File&& other) noexcept;

  /// "-" is standard input. A FIFO that nobody writes to yet is waited for by read().
  [[nodiscard]] static Result<File> open_to_read(const std::filesystem::path& path);
  /// A file that was not there. `folder` is the descriptor of its folder, AT_FDCWD for a path of its own.
  [[nodiscard]] static Result<File> create(int folder, const std::string& name);
  [[nodiscard]] static File standard_output();
  /// A folder that was not there, opened.
  [[nodiscard]] static Result<File> create_folder(int folder, const std::string& name);

  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
  /// Bytes of a regular file; 0 for others.
  [[nodiscard]] std::uint64_t size() const;
  [[nodiscard]] bool is_terminal() const;
  [[nodiscard]] bool is_regular() const noexcept { return !may_wait_; }

  /// Up to `count` bytes; fewer only at the end.
  [[nodiscard]] Result<Bytes> read(std::size_t count, const std::stop_token& stop);
  [[nodiscard]] Result<void> write(ByteView bytes, const std::stop_token& stop);

 private:
  [[nodiscard]] Result<void> wait_for(short event, const std::stop_token& stop) const;

  int descriptor_ = -1;
  bool may_wait_ = false;
  std::string name_;
};

}  // namespace substratee::worker::ipfs_commands
