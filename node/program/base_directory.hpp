#pragma once

/// The base path of one run: given, or temporary and removed at the end. And the file that tells scripts "ready".

#include "node/storage/error.hpp"

#include <filesystem>
#include <utility>

namespace substratee::node::program {

class BaseDirectory {
 public:
  /// Empty `given`: a temporary directory.
  [[nodiscard]] static storage::Result<BaseDirectory> make(const std::filesystem::path& given);
  BaseDirectory(BaseDirectory&& other) noexcept
      : path_(std::move(other.path_)), temporary_(std::exchange(other.temporary_, false)) {}
  BaseDirectory& operator=(BaseDirectory&&) = delete;
  ~BaseDirectory();
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  [[nodiscard]] bool is_temporary() const noexcept { return temporary_; }

 private:
  BaseDirectory(std::filesystem::path path, bool temporary) : path_(std::move(path)), temporary_(temporary) {}
  std::filesystem::path path_;
  bool temporary_;
};

/// Exists, complete, from write() to the end.
class ReadyFile {
 public:
  explicit ReadyFile(std::filesystem::path path) : path_(std::move(path)) {}
  ReadyFile(const ReadyFile&) = delete;
  ReadyFile& operator=(const ReadyFile&) = delete;
  ~ReadyFile();
  /// Does nothing without a path.
  [[nodiscard]] storage::Result<void> write(const std::string& url);

 private:
  std::filesystem::path path_;
  bool written_ = false;
};

}  // namespace substratee::node::program
