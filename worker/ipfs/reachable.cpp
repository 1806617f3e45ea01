#include "worker/ipfs/reachable.hpp"

#include "core/base/result.hpp"
#include "core/ipld/walk.hpp"

#include <algorithm>
#include <iterator>

namespace substratee::worker::ipfs {

Result<void> Reachable::add(const ipld::Cid& root, const std::stop_token& stop) {
  std::vector<ipld::Cid> pending{root};
  while (!pending.empty()) {
    if (stop.stop_requested()) return fail(FailureCode::kCancelled, "the walk was asked to stop", "start it again");
    const ipld::Cid cid = std::move(pending.back());
    pending.pop_back();
    // Under its codec: what one block links to depends on how it is read.
    const auto node = cid.as_v1().to_bytes();
    const bool is_new_node = cid.codec != ipld::Codec::kRaw && visited_.insert(std::string(as_text(node))).second;
    live_.insert(std::string(as_text(cid.multihash())));
    if (!is_new_node) continue;
    auto links = SUBSTRATEE_TRY(links_of(cid));
    std::ranges::move(links, std::back_inserter(pending));
  }
  return {};
}

Result<std::vector<ipld::Cid>> Reachable::links_of(const ipld::Cid& cid) const {
  const auto block = store_.get(cid);
  if (!block && block.error().code == FailureCode::kNotFound) return std::vector<ipld::Cid>{};
  if (!block) return std::unexpected(block.error());
  return ipld::links_of(cid, *block).value_or(std::vector<ipld::Cid>{});
}

}  // namespace substratee::worker::ipfs
