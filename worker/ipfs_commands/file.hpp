#pragma once

/// Files of this machine, as the commands read and write them. Failures name the file.

#include "core/base/bytes.hpp"
#include "worker/ipfs/failure.hpp"

#include <cstdint>
#include <filesystem>
#include <string>

namespace substratee::worker::ipfs_commands {

using ipfs::Result;

/// An open file. Moves; closes itself.
class File {
 public:
  File() = default;
  File(int descriptor, std::string name) : descriptor_(descriptor), name_(std::move(name)) {}
  ~File();
  File(File&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)), name_(std::move(other.name_)) {}
  File& operator=(File&& other) noexcept;

  /// "-" is standard input.
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

  /// Up to `count` bytes; fewer only at the end.
  [[nodiscard]] Result<Bytes> read(std::size_t count);
  [[nodiscard]] Result<void> write(ByteView bytes);

 private:
  int descriptor_ = -1;
  std::string name_;
};

}  // namespace substratee::worker::ipfs_commands
