#pragma once

/// configfs-tsm as the kernel has it (drivers/virt/coco, fs/configfs/file.c): a binary attribute reaches the driver at
/// close() and what the driver says then is lost; each accepted write moves the generation; a report is made inside the
/// read and again only after the generation moved.

#include "core/base/result.hpp"
#include "enclave/platform/files.hpp"

#include <cerrno>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace substratee::enclave::platform::tsm {

class FakeKernel final : public Files {
 public:
  static constexpr const char* kRoot = "/tsm/report";
  using Driver = std::function<FileResult<Bytes>(ByteView inblob)>;

  std::string provider = "tdx_guest";             ///< empty: none registered
  Driver driver;                                  ///< makes outblob
  std::optional<Bytes> auxblob;                   ///< nothing: the provider has none, the file is not there
  std::optional<int> privilege_floor;             ///< nothing: no such file
  int lost_writes = 0;                            ///< of inblob: accepted by write(), refused at close()
  int foreign_writes = 0;                         ///< another program writes inblob before our next outblob reads
  std::map<std::string, std::deque<int>> errors;  ///< by file: errno of the next calls; 0 passes
  int requests = 0;                               ///< folders made
  std::optional<std::uint64_t> last_privilege;

  [[nodiscard]] std::size_t open_requests() const { return items_.size(); }

  FileResult<void> make_directory(const std::string& path) override {
    if (const int error = take_error("mkdir")) return std::unexpected(error);
    if (!path.starts_with(std::string(kRoot) + "/")) return std::unexpected(ENOENT);
    if (provider.empty()) return std::unexpected(ENXIO);
    if (!items_.emplace(path, Item{}).second) return std::unexpected(EEXIST);
    ++requests;
    return {};
  }
  FileResult<void> remove_directory(const std::string& path) override {
    if (items_.erase(path) == 0) return std::unexpected(ENOENT);
    return {};
  }

  FileResult<void> write(const std::string& path, ByteView bytes) override {
    auto [item, file] = find(path);
    if (item == nullptr) return std::unexpected(ENOENT);
    if (const int error = take_error(file)) return std::unexpected(error);
    if (file == "privlevel" && privilege_floor) {
      const auto level = std::stoull(std::string(as_text(bytes)));
      if (level < static_cast<unsigned>(*privilege_floor) || level > 3) return std::unexpected(EINVAL);
      last_privilege = level;
      ++item->generation;
      return {};
    }
    if (file != "inblob") return std::unexpected(file == "privlevel" ? ENOENT : EACCES);
    if (bytes.size() > 64) return std::unexpected(EFBIG);
    if (lost_writes > 0) {
      --lost_writes;
      return {};
    }
    item->inblob = to_bytes(bytes);
    ++item->generation;
    return {};
  }

  FileResult<Bytes> read(const std::string& path, std::size_t max) override {
    auto [item, file] = find(path);
    if (item == nullptr) return std::unexpected(ENOENT);
    if (const int error = take_error(file)) return std::unexpected(error);
    auto out = content(*item, file);
    if (out && out->size() > max) return std::unexpected(EFBIG);
    return out;
  }

 private:
  struct Item {
    std::uint64_t generation = 0;
    std::optional<std::uint64_t> read_generation;
    Bytes inblob;
    Bytes outblob;
  };

  int take_error(const std::string& file) {
    auto& queue = errors[file];
    if (queue.empty()) return 0;
    const int error = queue.front();
    queue.pop_front();
    return error;
  }
  std::pair<Item*, std::string> find(const std::string& path) {
    const auto slash = path.rfind('/');
    const auto found = items_.find(path.substr(0, slash));
    return {found == items_.end() ? nullptr : &found->second, path.substr(slash + 1)};
  }
  static Bytes text(const std::string& line) { return to_bytes(as_bytes(line + "\n")); }

  FileResult<Bytes> content(Item& item, const std::string& file) {
    if (file == "provider") return text(provider);
    if (file == "generation") return text(std::to_string(item.generation));
    if (file == "privlevel_floor" && privilege_floor) return text(std::to_string(*privilege_floor));
    if (file == "outblob") return outblob(item);
    if (file == "auxblob" && auxblob) return *auxblob;
    if (file == "inblob" || file == "privlevel") return std::unexpected(EACCES);
    return std::unexpected(ENOENT);
  }
  FileResult<Bytes> outblob(Item& item) {
    if (provider.empty()) return std::unexpected(ENOTTY);
    if (foreign_writes > 0) {
      --foreign_writes;
      item.inblob = Bytes(64, 0xee);
      ++item.generation;
    }
    if (item.inblob.empty()) return std::unexpected(EINVAL);
    if (item.read_generation == item.generation) return item.outblob;
    item.outblob = SUBSTRATEE_TRY(driver(item.inblob));
    item.read_generation = item.generation;
    return item.outblob;
  }

  std::map<std::string, Item> items_;
};

}  // namespace substratee::enclave::platform::tsm
