#include "worker/ipfs/state_store.hpp"

#include "core/base/result.hpp"

#include <algorithm>

namespace substratee::worker::ipfs {

Result<void> EmbeddedStateStore::put_all(std::span<const ipld::Block> blocks, const ipld::Cid& root) {
  return blocks_.put_all(blocks, root);
}

Result<Bytes> EmbeddedStateStore::get(const ipld::Cid& cid) { return blocks_.get(cid); }

Result<bool> EmbeddedStateStore::has(const ipld::Cid& cid) { return blocks_.has(cid); }

Result<FetchReport> EmbeddedStateStore::fetch(const ipld::Cid& root, std::span<const std::string> peers,
                                              const FetchOptions& options, const std::stop_token& stop) {
  return fetch_dag(blocks_, root, peers, options, stop);
}

Result<Usage> EmbeddedStateStore::retain(std::span<const ipld::Cid> roots) {
  for (const auto& root : roots) SUBSTRATEE_TRY(blocks_.pin(root));
  for (const auto& root : SUBSTRATEE_TRY(blocks_.roots())) {
    if (std::ranges::find(roots, root) == roots.end()) SUBSTRATEE_TRY(blocks_.unpin(root));
  }
  return blocks_.collect_garbage();
}

}  // namespace substratee::worker::ipfs
