#include "worker/ipfs_commands/read.hpp"

#include "core/base/result.hpp"
#include "core/ipld/dag_pb.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <limits>

namespace substratee::worker::ipfs_commands {
namespace {

using ipfs::FailureCode;
using ipld::Cid;

constexpr std::size_t kMaxDepth = 32;
constexpr int kMaxFolders = 128;

std::unexpected<ipfs::Failure> bad(const Cid& cid, std::string_view why) {
  return ipfs::fail(FailureCode::kBadDag, fmt::format("{}: {}", cid.to_text(), why),
                    "use `export` if you want its blocks");
}

/// What a dag-pb node is, by its UnixFS type.
Result<ipld::UnixFsType> type_of(const Cid& cid, ByteView block) {
  if (cid.codec == ipld::Codec::kRaw) return ipld::UnixFsType::kRaw;
  if (cid.codec != ipld::Codec::kDagPb) return bad(cid, "it is no UnixFS file or directory");
  const auto node = ipld::decode_dag_pb(block);
  if (!node) return bad(cid, ipld::to_string(node.error()));
  if (!node->data) return bad(cid, "it is no UnixFS file or directory");
  const auto data = ipld::decode_unixfs(*node->data);
  if (!data) return bad(cid, ipld::to_string(data.error()));
  return data->type;
}

bool is_file(ipld::UnixFsType type) { return type == ipld::UnixFsType::kFile || type == ipld::UnixFsType::kRaw; }

std::string_view name_of(ipld::UnixFsType type) {
  switch (type) {
    case ipld::UnixFsType::kDirectory: return "it is a directory: use `get`, or name an entry (CID/name)";
    case ipld::UnixFsType::kSymlink: return "it is a symbolic link, which is not followed";
    case ipld::UnixFsType::kHamtShard: return "it is a sharded directory, which is not listed here";
    default: return "it is no file";
  }
}

class FileReader {
 public:
  FileReader(const Work& work, const Range& range, const std::function<Result<void>(ByteView)>& take)
      : work_(work),
        skip_(range.offset),
        left_(range.length.value_or(std::numeric_limits<std::uint64_t>::max())),
        take_(take) {}

  /// The content below `cid`; `size` is what its parent says of it.
  Result<void> read(const Cid& cid, std::optional<std::uint64_t> size, std::size_t depth) {
    SUBSTRATEE_TRY(work_.go_on());
    if (depth > kMaxDepth) return bad(cid, "the file is too deep");
    const auto block = SUBSTRATEE_TRY(work_.store.get(cid));
    const auto type = SUBSTRATEE_TRY(type_of(cid, block));
    if (!is_file(type)) return bad(cid, name_of(type));
    if (cid.codec == ipld::Codec::kRaw) {
      if (size && *size != block.size()) return bad(cid, "its size is not what its parent says");
      return give(block);
    }
    const auto node = ipld::read_file_node(block);
    if (!node) return bad(cid, ipld::to_string(node.error()));
    if (size && *size != node->content_size) return bad(cid, "its size is not what its parent says");
    SUBSTRATEE_TRY(give(node->data));
    for (const auto& child : node->children) {
      if (left_ == 0) return {};
      if (skip_ >= child.content_size && child.content_size > 0) {
        skip_ -= child.content_size;
        continue;
      }
      SUBSTRATEE_TRY(read(child.cid, child.content_size, depth + 1));
    }
    return {};
  }

 private:
  Result<void> give(ByteView content) {
    const auto skipped = std::min<std::uint64_t>(skip_, content.size());
    skip_ -= skipped;
    content = content.subspan(skipped);
    content = content.first(std::min<std::uint64_t>(left_, content.size()));
    left_ -= content.size();
    if (content.empty()) return {};
    work_.progress(content.size());
    return take_(content);
  }

  const Work& work_;
  std::uint64_t skip_;
  std::uint64_t left_;
  const std::function<Result<void>(ByteView)>& take_;
};

Result<void> write_file(const Work& work, const Cid& cid, int folder, const std::string& name) {
  auto file = SUBSTRATEE_TRY(File::create(folder, name));
  auto written = read_file(work, cid, {}, [&](ByteView bytes) { return file.write(bytes, work.stop); });
  if (!written) ::unlinkat(folder, name.c_str(), 0);
  return written;
}

Result<void> write_entries(const Work& work, const std::vector<ipld::DirectoryEntry>& entries, const File& folder,
                           int depth);

Result<void> write_entry(const Work& work, const Cid& cid, int folder, const std::string& name, int depth) {
  if (depth > kMaxFolders) return bad(cid, "the directory is too deep");
  const auto block = SUBSTRATEE_TRY(work.store.get(cid));
  const auto type = SUBSTRATEE_TRY(type_of(cid, block));
  if (is_file(type)) return write_file(work, cid, folder, name);
  if (type != ipld::UnixFsType::kDirectory) return bad(cid, name_of(type));
  const auto entries = ipld::read_directory(block);
  if (!entries) return bad(cid, ipld::to_string(entries.error()));
  const auto inside = SUBSTRATEE_TRY(File::create_folder(folder, name));
  auto written = write_entries(work, *entries, inside, depth + 1);
  if (!written && depth == 0) {
    std::error_code ignored;
    std::filesystem::remove_all(name, ignored);
  }
  return written;
}

Result<void> write_entries(const Work& work, const std::vector<ipld::DirectoryEntry>& entries, const File& folder,
                           int depth) {
  for (const auto& entry : entries) {
    SUBSTRATEE_TRY(write_entry(work, entry.child.cid, folder.descriptor(), entry.name, depth));
  }
  return {};
}

}  // namespace

Result<Cid> resolve(const Work& work, std::string_view path) {
  if (path.starts_with("/ipfs/")) path.remove_prefix(6);
  const auto end = path.find('/');
  const auto text = path.substr(0, end);
  auto cid = Cid::from_text(text);
  if (!cid) {
    return ipfs::fail(FailureCode::kBadDag, fmt::format("\"{}\" is no CID ({})", text, ipld::to_string(cid.error())),
                      "copy it as `add` printed it");
  }
  auto rest = end == std::string_view::npos ? std::string_view() : path.substr(end + 1);
  while (!rest.empty()) {
    const auto cut = rest.find('/');
    const auto name = rest.substr(0, cut);
    rest = cut == std::string_view::npos ? std::string_view() : rest.substr(cut + 1);
    if (name.empty()) continue;
    const auto block = SUBSTRATEE_TRY(work.store.get(*cid));
    const auto entries = ipld::read_directory(block);
    if (!entries) return bad(*cid, "it is no directory that can be listed");
    const auto found = std::ranges::find(*entries, name, &ipld::DirectoryEntry::name);
    if (found == entries->end()) {
      return ipfs::fail(FailureCode::kNotFound, fmt::format("{} has no entry \"{}\"", cid->to_text(), name),
                        "correct the name");
    }
    cid = found->child.cid;
  }
  return *std::move(cid);
}

Result<Described> describe(const Work& work, const Cid& cid) {
  const auto block = SUBSTRATEE_TRY(work.store.get(cid));
  const auto type = SUBSTRATEE_TRY(type_of(cid, block));
  Described out{.kind = Kind::kDirectory, .size = 0, .block = block.size()};
  if (!is_file(type)) return out;
  out.kind = Kind::kFile;
  out.size = block.size();
  if (cid.codec == ipld::Codec::kRaw) return out;
  const auto node = ipld::read_file_node(block);
  if (!node) return bad(cid, ipld::to_string(node.error()));
  out.size = node->content_size;
  return out;
}

Result<void> read_file(const Work& work, const Cid& cid, const Range& range,
                       const std::function<Result<void>(ByteView)>& take) {
  return FileReader(work, range, take).read(cid, std::nullopt, 0);
}

Result<void> write_out(const Work& work, const Cid& cid, const std::filesystem::path& output) {
  return write_entry(work, cid, AT_FDCWD, output.string(), 0);
}

}  // namespace substratee::worker::ipfs_commands
