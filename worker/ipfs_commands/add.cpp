#include "worker/ipfs_commands/add.hpp"

#include "core/base/result.hpp"
#include "worker/ipfs/importer.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace substratee::worker::ipfs_commands {
namespace {

using ipfs::FailureCode;
using ipld::Child;
namespace fs = std::filesystem;

/// Kubo shards directories whose names and CIDs have more bytes (Import.UnixFSHAMTDirectorySizeThreshold).
constexpr std::size_t kMaxDirectory = 262'144;
constexpr int kMaxDepth = 128;

class Adder {
 public:
  Adder(const Work& work, const Add& options) : work_(work), options_(options), importer_(work.store) {}

  Result<Child> run() {
    const bool is_folder = options_.file != "-" && fs::is_directory(options_.file, ignored_);
    if (is_folder && !options_.is_recursive) {
      return ipfs::fail(FailureCode::kStorage, fmt::format("{} is a folder", options_.file.string()), "add it with -r");
    }
    auto root = SUBSTRATEE_TRY(is_folder ? add_folder(options_.file, 0) : add_file(options_.file));
    SUBSTRATEE_TRY(importer_.finish(root.cid));
    return root;
  }

 private:
  Result<Child> add_file(const fs::path& path) {
    auto file = SUBSTRATEE_TRY(File::open_to_read(path));
    ipld::FileBuilder builder(options_.layout);
    auto chunk = SUBSTRATEE_TRY(file.read(options_.chunk, work_.stop));
    do {  // an empty file has one empty chunk
      SUBSTRATEE_TRY(work_.go_on());
      const auto size = chunk.size();
      std::vector<ipld::Block> blocks;
      builder.add(std::move(chunk), blocks);
      SUBSTRATEE_TRY(give(std::move(blocks)));
      work_.progress(size);
      if (size < options_.chunk) break;
      chunk = SUBSTRATEE_TRY(file.read(options_.chunk, work_.stop));
    } while (!chunk.empty());
    std::vector<ipld::Block> blocks;
    auto root = builder.finish(blocks);
    SUBSTRATEE_TRY(give(std::move(blocks)));
    return root;
  }

  Result<Child> add_folder(const fs::path& folder, int depth) {
    if (depth > kMaxDepth) {
      return ipfs::fail(FailureCode::kLimit, fmt::format("{} is too deep", folder.string()), "add a part of it");
    }
    std::vector<ipld::DirectoryEntry> entries;
    std::size_t size = 0;
    for (const auto& path : SUBSTRATEE_TRY(list(folder))) {
      auto child = SUBSTRATEE_TRY(add_entry(path, depth));
      const auto name = path.filename().string();
      size += name.size() + child.cid.to_bytes().size();
      entries.push_back({.name = name, .child = std::move(child)});
    }
    auto built = ipld::make_directory(entries, options_.layout.version);
    if (!built || size > kMaxDirectory) {
      return ipfs::fail(FailureCode::kLimit, fmt::format("the folder {} has too many entries", folder.string()),
                        "divide it: sharded directories are not written here");
    }
    std::vector<ipld::Block> blocks;
    blocks.push_back(std::move(built->block));
    SUBSTRATEE_TRY(give(std::move(blocks)));
    return std::move(built->self);
  }

  Result<Child> add_entry(const fs::path& path, int depth) {
    const auto status = fs::symlink_status(path, ignored_);
    if (fs::is_directory(status)) return add_folder(path, depth + 1);
    if (fs::is_regular_file(status)) return add_file(path);
    return ipfs::fail(FailureCode::kStorage, fmt::format("{} is neither file nor folder", path.string()),
                      "leave it out: nothing else is imported");
  }

  static Result<std::vector<fs::path>> list(const fs::path& folder) {
    std::vector<fs::path> out;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error); !error && entry != fs::directory_iterator();
         entry.increment(error)) {
      if (!entry->path().filename().string().starts_with('.')) out.push_back(entry->path());
    }
    if (error) {
      return ipfs::fail(FailureCode::kStorage, fmt::format("cannot read {}: {}", folder.string(), error.message()),
                        "check the path and its rights");
    }
    std::ranges::sort(out);
    return out;
  }

  Result<void> give(std::vector<ipld::Block> blocks) {
    for (auto& block : blocks) SUBSTRATEE_TRY(importer_.add(std::move(block)));
    return {};
  }

  const Work& work_;
  const Add& options_;
  ipfs::Importer importer_;
  std::error_code ignored_;
};

}  // namespace

Result<Child> add(const Work& work, const Add& options) { return Adder(work, options).run(); }

}  // namespace substratee::worker::ipfs_commands
