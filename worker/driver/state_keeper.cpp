#include "worker/driver/state_keeper.hpp"

#include "worker/base/log_report.hpp"

#include <fmt/format.h>

namespace substratee::worker::driver {
namespace {

/// Blocks of one TakeOutputs sequence that are kept in memory before they are written: states arrive in small steps.
constexpr auto kProgressInterval = std::chrono::seconds(2);

Failure to_failure(const ipfs::Failure& failure) {
  using enum ipfs::FailureCode;
  const bool is_disk = failure.code == kDiskFull || failure.code == kInUse || failure.code == kStorage;
  return {is_disk ? FailureCode::kStorage : FailureCode::kPeer, failure.thing, failure.next_step, {}};
}

Failure bad_cid() {
  return {FailureCode::kEnclave,
          "the enclave names a block of the state by something that is no CID",
          "use the substratee-enclave that was built with this worker",
          {}};
}

Result<std::vector<ipld::Block>> to_blocks(std::vector<protocol::StateBlock> blocks) {
  std::vector<ipld::Block> out;
  for (auto& block : blocks) {
    auto cid = ipld::Cid::from_bytes(block.cid);
    if (!cid) return std::unexpected(bad_cid());
    out.push_back({*std::move(cid), std::move(block.bytes)});
  }
  return out;
}

}  // namespace

Result<void> StateKeeper::take_outputs() {
  std::vector<ipld::Block> blocks;
  while (true) {
    auto outputs = SUBSTRATEE_TRY(ports_.conversation.ask_for<protocol::Outputs>(protocol::TakeOutputs{}));
    const bool is_empty = outputs.blocks.empty() && outputs.receipts.empty() && !outputs.root;
    for (const auto& receipts : outputs.receipts) {
      SUBSTRATEE_TRY(ports_.receipts.put(receipts.block, receipts.sealed.value));
    }
    for (auto& block : SUBSTRATEE_TRY(to_blocks(std::move(outputs.blocks)))) blocks.push_back(std::move(block));
    if (outputs.root) {
      SUBSTRATEE_TRY(keep(blocks, outputs.root));
      blocks.clear();
    }
    if (is_empty && !outputs.more) break;
  }
  return keep(blocks, root_);
}

Result<void> StateKeeper::keep(const std::vector<ipld::Block>& blocks, const std::optional<registry::StateCid>& root) {
  if (blocks.empty() || !root) return {};
  const auto cid = ipld::Cid::from_bytes(*root);
  if (!cid) return std::unexpected(bad_cid());
  const auto stored = ports_.store.put_all(blocks, *cid);
  if (!stored) {
    auto failure = to_failure(stored.error());
    failure.code = FailureCode::kStorage;
    return std::unexpected(std::move(failure));
  }
  return {};
}

Result<std::optional<std::vector<protocol::StateBlock>>> StateKeeper::read(const protocol::NeedState& need) const {
  std::vector<protocol::StateBlock> blocks;
  for (const auto& name : need.cids.value) {
    const auto cid = ipld::Cid::from_bytes(name);
    if (!cid) return std::unexpected(bad_cid());
    auto bytes = ports_.store.get(*cid);
    if (bytes) {
      blocks.push_back({name, *std::move(bytes)});
      continue;
    }
    auto failure = to_failure(bytes.error());
    if (failure.ends_the_worker()) return std::unexpected(std::move(failure));
    return std::optional<std::vector<protocol::StateBlock>>{};
  }
  return std::optional(std::move(blocks));
}

Result<std::vector<protocol::StateBlock>> StateKeeper::bring(const protocol::NeedState& need, const AccountId& self) {
  const auto root = ipld::Cid::from_bytes(need.root);
  if (!root) return std::unexpected(bad_cid());
  auto own = SUBSTRATEE_TRY(read(need));
  if (own) return *std::move(own);
  // A paged enclave may need again what it has only just made.
  SUBSTRATEE_TRY(take_outputs());
  for (const bool check_present : {false, true}) {
    auto blocks = SUBSTRATEE_TRY(read(need));
    if (blocks) return *std::move(blocks);
    SUBSTRATEE_TRY(fetch(*root, self, check_present));
  }
  auto blocks = SUBSTRATEE_TRY(read(need));
  if (blocks) return *std::move(blocks);
  return fail(FailureCode::kPeer,
              fmt::format("state {} does not contain a block that the enclave needs", root->to_text()),
              "waiting for the next agreed state");
}

Result<void> StateKeeper::fetch(const ipld::Cid& root, const AccountId& self, bool check_present) {
  const auto workers = SUBSTRATEE_TRY(ports_.chain.workers(shard_));
  std::vector<std::string> peers;
  for (const auto& worker : workers) {
    if (worker.account != self) peers.push_back(worker.worker_url);
  }
  ports_.report.info(
      fmt::format("Fetching state {} from {} worker{}", root.to_text(), peers.size(), peers.size() == 1 ? "" : "s"));
  ipfs::FetchOptions options;
  options.check_present = check_present;
  auto last = std::chrono::steady_clock::now();
  options.progress = [this, &last](const ipfs::FetchProgress& progress) {
    const auto now = std::chrono::steady_clock::now();
    if (now < last + kProgressInterval) return;
    last = now;
    ports_.report.info(fmt::format("Fetching state: {} of {} known blocks, {} KiB", progress.blocks + progress.present,
                                   progress.known, progress.bytes / 1024));
  };
  const auto report = ports_.store.fetch(root, peers, options, stop_);
  if (!report) return std::unexpected(to_failure(report.error()));
  for (const auto& dropped : report->dropped) ports_.report.warn(fmt::format("IPFS peer given up: {}", dropped));
  fetched_.blocks += report->total.blocks;
  fetched_.bytes += report->total.bytes;
  return {};
}

Result<void> StateKeeper::hold(const registry::StateCid& root) { return ports_.evidence.hold_state(cid_text(root)); }

Result<void> StateKeeper::hold_all() {
  if (root_) SUBSTRATEE_TRY(hold(*root_));
  for (const auto& [block, root] : roots_) SUBSTRATEE_TRY(hold(root));
  return {};
}

Result<void> StateKeeper::tidy() {
  std::vector<ipld::Cid> kept;
  const auto keep_root = [&kept](std::optional<ipld::Cid> cid) {
    if (cid) kept.push_back(*std::move(cid));
  };
  const auto from_bytes = [](const registry::StateCid& root) {
    auto cid = ipld::Cid::from_bytes(root);
    return cid ? std::optional(*std::move(cid)) : std::nullopt;
  };
  if (root_) keep_root(from_bytes(*root_));
  for (const auto& [block, root] : roots_) keep_root(from_bytes(root));
  for (const auto& text : SUBSTRATEE_TRY(ports_.evidence.held_states())) {
    if (auto cid = ipld::Cid::from_text(text)) kept.push_back(*std::move(cid));
  }
  const auto removed = ports_.store.retain(kept);
  if (!removed) ports_.report.warn(fmt::format("The block store was not tidied: {}", removed.error().to_string()));
  return {};
}

Result<void> StateKeeper::note(const protocol::Status& status) {
  for (const auto& processed : status.processed.value) roots_[processed.block] = processed.state_cid;
  if (status.root) root_ = status.root;
  const auto agreed = status.agreed.value_or(0);
  while (!roots_.empty() && roots_.begin()->first + kKeptBehindAgreed < agreed) {
    roots_.erase(roots_.begin());
    ++forgotten_;
  }
  if (forgotten_ < kRootsBetweenCollections) return {};
  forgotten_ = 0;
  return tidy();
}

}  // namespace substratee::worker::driver
