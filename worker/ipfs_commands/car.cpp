#include "worker/ipfs_commands/car.hpp"

#include "core/base/result.hpp"
#include "core/ipld/car.hpp"
#include "core/ipld/walk.hpp"
#include "worker/ipfs/importer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <unordered_set>

namespace substratee::worker::ipfs_commands {
namespace {

using ipfs::FailureCode;
using ipld::Cid;

constexpr std::size_t kReadSize = std::size_t{1} << 20;

/// Every CID below a root once, depth first. `visit(cid)` says where it leads: that depends on the codec, so that two
/// names of one block are two nodes (as `ipfs dag export` has them).
template <class Visit>
Result<void> each_below(const Work& work, const Cid& root, Visit visit) {
  std::vector<Cid> pending{root};
  std::unordered_set<std::string> seen;
  while (!pending.empty()) {
    SUBSTRATEE_TRY(work.go_on());
    const Cid cid = std::move(pending.back());
    pending.pop_back();
    if (!seen.insert(std::string(as_text(cid.to_bytes()))).second) continue;
    auto links = SUBSTRATEE_TRY(visit(cid));
    for (auto& link : std::views::reverse(links)) pending.push_back(std::move(link));
  }
  return {};
}

Result<std::vector<Cid>> links_in(const Cid& cid, ByteView block) {
  auto links = ipld::links_of(cid, block);
  if (links) return *std::move(links);
  return ipfs::fail(FailureCode::kBadDag, fmt::format("node {}: {}", cid.to_text(), ipld::to_string(links.error())),
                    "use a root that was made of raw and dag-pb blocks");
}

std::unexpected<ipfs::Failure> bad_car(std::string_view why) {
  return ipfs::fail(FailureCode::kCorrupt, fmt::format("the CAR file cannot be read: {}", why),
                    "fetch it anew; the good blocks before the fault are kept until the next gc");
}

}  // namespace

Result<DagSize> measure(const Work& work, const Cid& root) {
  DagSize out;
  std::unordered_set<std::string> blocks;
  SUBSTRATEE_TRY(each_below(work, root, [&](const Cid& cid) -> Result<std::vector<Cid>> {
    const auto size = SUBSTRATEE_TRY(work.store.size_of(cid));
    const bool is_new = blocks.insert(std::string(as_text(cid.multihash()))).second;
    if (!size) {
      if (is_new && out.missing.size() < DagSize::kMaxMissing) out.missing.push_back(cid);
      return std::vector<Cid>{};
    }
    if (is_new) {
      ++out.blocks;
      out.bytes += *size;
      work.progress(*size);
    }
    if (cid.codec == ipld::Codec::kRaw) return std::vector<Cid>{};
    const auto block = SUBSTRATEE_TRY(work.store.get(cid));
    return links_in(cid, block);
  }));
  return out;
}

Result<DagSize> measure_whole(const Work& work, const Cid& root) {
  auto dag = SUBSTRATEE_TRY(measure(work, root));
  if (dag.missing.empty()) return dag;
  const auto count = dag.missing.size();
  const auto what = count == 1 ? std::string("one block is missing:")
                               : fmt::format("{}{} blocks are missing, the first is", count,
                                             count == DagSize::kMaxMissing ? " or more" : "");
  return ipfs::fail(FailureCode::kNotFound,
                    fmt::format("of what {} reaches, {} {}", root.to_text(), what, dag.missing.front().to_text()),
                    "import a CAR with the rest, then try again");
}

Result<std::vector<Cid>> read_car(const Work& work, File& file) {
  ipfs::Importer importer(work.store);
  ipld::CarReader reader;
  std::optional<ipld::Error> broken;
  while (!broken) {
    const auto chunk = SUBSTRATEE_TRY(file.read(kReadSize, work.stop));
    if (chunk.empty()) break;
    for (ByteView rest = chunk;;) {
      auto block = reader.read(rest);
      if (!block) broken = block.error();
      if (!block || !*block) break;
      SUBSTRATEE_TRY(importer.add(**std::move(block)));
    }
    work.progress(chunk.size());
  }
  SUBSTRATEE_TRY(importer.finish());
  if (broken) return bad_car(ipld::to_string(*broken));
  if (const auto end = reader.finish(); !end) return bad_car(ipld::to_string(end.error()));
  return reader.roots().value_or(std::vector<Cid>{});
}

Result<void> pin_whole(const Work& work, std::span<const Cid> roots) {
  for (const auto& root : roots) SUBSTRATEE_TRY(measure_whole(work, root));
  for (const auto& root : roots) SUBSTRATEE_TRY(work.store.pin(root));
  return {};
}

Result<void> export_car(const Work& work, const Cid& root, File& file) {
  const auto lease = work.store.lease();
  SUBSTRATEE_TRY(file.write(ipld::car_header(std::span(&root, 1)), work.stop));
  return each_below(work, root, [&](const Cid& cid) -> Result<std::vector<Cid>> {
    const auto block = SUBSTRATEE_TRY(work.store.get(cid));
    if (cid.hash != ipld::HashCode::kIdentity) {
      SUBSTRATEE_TRY(file.write(ipld::car_section_head(cid, block.size()), work.stop));
      SUBSTRATEE_TRY(file.write(block, work.stop));
      work.progress(block.size());
    }
    return links_in(cid, block);
  });
}

}  // namespace substratee::worker::ipfs_commands
