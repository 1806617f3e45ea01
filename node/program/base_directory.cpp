#include "node/program/base_directory.hpp"

#include <fmt/format.h>
#include <stdlib.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace substratee::node::program {

storage::Result<BaseDirectory> BaseDirectory::make(const std::filesystem::path& given) {
  if (!given.empty()) return BaseDirectory(given, false);
  std::error_code error;
  const auto parent = std::filesystem::temp_directory_path(error);
  auto name = (parent / "substratee-node-XXXXXX").string();
  if (error || ::mkdtemp(name.data()) == nullptr) {
    return storage::fail(storage::Code::kDisk,
                         fmt::format("temporary directory {}: {}; give --base-path", name, std::strerror(errno)));
  }
  return BaseDirectory(name, true);
}

BaseDirectory::~BaseDirectory() {
  std::error_code ignored;
  if (temporary_) std::filesystem::remove_all(path_, ignored);
}

storage::Result<void> ReadyFile::write(const std::string& url) {
  if (path_.empty()) return {};
  auto temporary = path_;
  temporary += ".new";
  std::error_code error;
  {
    errno = 0;
    std::ofstream file(temporary, std::ios::trunc);
    file << url << '\n';
    if (!file.flush()) error = std::error_code(errno != 0 ? errno : EIO, std::generic_category());
  }
  if (!error) std::filesystem::rename(temporary, path_, error);
  if (error)
    return storage::fail(storage::Code::kDisk, fmt::format("ready file {}: {}; choose another --ready-file",
                                                           path_.string(), error.message()));
  written_ = true;
  return {};
}

ReadyFile::~ReadyFile() {
  std::error_code ignored;
  if (written_) std::filesystem::remove(path_, ignored);
}

}  // namespace substratee::node::program
