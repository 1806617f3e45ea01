#include "worker/ipfs/folder.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace substratee::worker::ipfs {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kCurrent = "CURRENT";
/// The first list of files, written before there is any other; CURRENT follows it at once.
constexpr std::string_view kFirstManifest = "MANIFEST-000001";

bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// "000012.blob", "MANIFEST-000005"
bool holds_data(std::string_view name) {
  constexpr std::string_view kManifest = "MANIFEST-";
  constexpr std::array<std::string_view, 3> kEndings{".blob", ".sst", ".log"};
  if (name.starts_with(kManifest)) return name != kFirstManifest && is_number(name.substr(kManifest.size()));
  return std::ranges::any_of(kEndings, [&](std::string_view ending) {
    return name.ends_with(ending) && is_number(name.substr(0, name.size() - ending.size()));
  });
}

/// Also what a file system puts into its root by itself.
bool comes_before_data(std::string_view name) {
  constexpr std::array<std::string_view, 4> kNames{kFirstManifest, "IDENTITY", "LOCK", "lost+found"};
  return std::ranges::find(kNames, name) != kNames.end() || name == "LOG" || name.starts_with("LOG.old.") ||
         name.starts_with("OPTIONS-") || name.ends_with(".dbtmp");
}

}  // namespace

Folder look_into(const fs::path& folder) {
  std::error_code error;
  const auto status = fs::status(folder, error);
  if (status.type() == fs::file_type::not_found) return Folder::kAbsent;
  if (fs::exists(folder / kCurrent, error)) return Folder::kStore;
  auto out = Folder::kEmpty;
  for (fs::directory_iterator entry(folder, error); !error && entry != fs::directory_iterator();
       entry.increment(error)) {
    const auto name = entry->path().filename().string();
    if (holds_data(name)) return Folder::kTorn;
    if (!comes_before_data(name)) out = Folder::kOther;
  }
  return error ? Folder::kOther : out;
}

}  // namespace substratee::worker::ipfs
