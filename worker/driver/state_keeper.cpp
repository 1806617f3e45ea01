#include "worker/driver/state_keeper.hpp"

#include "worker/base/log_report.hpp"
#include "worker/base/progress.hpp"
#include "worker/base/transfer.hpp"
#include "worker/driver/state_feed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace substratee::worker::driver {
namespace {

Failure to_failure(const ipfs::Failure& failure) {
  using enum ipfs::FailureCode;
  if (failure.code == kDiskFull) return {FailureCode::kDiskFull, failure.thing, failure.next_step, {}};
  const bool is_disk = failure.code == kInUse || failure.code == kStorage;
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
  SUBSTRATEE_TRY(write_waiting(waiting_root_));
  while (true) {
    auto outputs = SUBSTRATEE_TRY(ports_.conversation.ask_for<protocol::Outputs>(protocol::TakeOutputs{}));
    const bool is_empty = outputs.blocks.empty() && outputs.receipts.empty() && !outputs.root;
    std::ranges::move(outputs.receipts, std::back_inserter(waiting_receipts_));
    for (auto& block : SUBSTRATEE_TRY(to_blocks(std::move(outputs.blocks)))) {
      waiting_blocks_.push_back(std::move(block));
    }
    if (outputs.root) SUBSTRATEE_TRY(write_waiting(outputs.root));
    if (is_empty && !outputs.more) break;
  }
  return write_waiting(root_);
}

Result<void> StateKeeper::write_waiting(const std::optional<registry::StateCid>& root) {
  if (!has_waiting()) return {};
  waiting_root_ = root;
  while (!waiting_receipts_.empty()) {
    const auto& receipts = waiting_receipts_.back();
    SUBSTRATEE_TRY(watch_room(ports_.receipts.put(receipts.block, receipts.sealed.value)));
    waiting_receipts_.pop_back();
  }
  SUBSTRATEE_TRY(watch_room(keep(waiting_blocks_, root)));
  waiting_blocks_.clear();
  return {};
}

Result<void> StateKeeper::watch_room(Result<void> written) {
  if (written) {
    if (!store_error_.empty()) ports_.report.info("The store takes blocks again");
    store_error_.clear();
    return written;
  }
  const bool passes = !written.error().ends_the_worker();
  const bool is_full = written.error().code == FailureCode::kDiskFull;
  if (passes && std::exchange(store_error_, written.error().to_string()).empty() && is_full) SUBSTRATEE_TRY(tidy());
  return written;
}

Result<void> StateKeeper::keep(const std::vector<ipld::Block>& blocks, const std::optional<registry::StateCid>& root) {
  if (blocks.empty() || !root) return {};
  const auto cid = ipld::Cid::from_bytes(*root);
  if (!cid) return std::unexpected(bad_cid());
  const auto stored = ports_.store.put_all(blocks, *cid);
  if (stored) return {};
  auto failure = to_failure(stored.error());
  // A full disk and a daemon that is away pass.
  const bool passes = failure.code == FailureCode::kDiskFull || stored.error().code == ipfs::FailureCode::kUnreachable;
  if (!passes) failure.code = FailureCode::kStorage;
  return std::unexpected(std::move(failure));
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
  // Who asks for the root wants all below it: read ahead instead of waiting for each question.
  const bool is_whole =
      ports_.store.is_local() && need.cids.value.size() == 1 && need.cids.value.front() == to_bytes(need.root.bytes);
  if (is_whole && SUBSTRATEE_TRY(fetch(*root, self, Give::kEverything))) return std::vector<protocol::StateBlock>{};
  auto own = SUBSTRATEE_TRY(read(need));
  if (own) return *std::move(own);
  // A paged enclave may need again what it has only just made.
  SUBSTRATEE_TRY(take_outputs());
  for (const auto give : {Give::kFetched, Give::kChecked}) {
    auto blocks = SUBSTRATEE_TRY(read(need));
    if (blocks) return *std::move(blocks);
    // What it was given on the way need not be given again: it asks for the rest.
    if (SUBSTRATEE_TRY(fetch(*root, self, give))) return std::vector<protocol::StateBlock>{};
  }
  auto blocks = SUBSTRATEE_TRY(read(need));
  if (blocks) return *std::move(blocks);
  return fail(FailureCode::kPeer,
              fmt::format("state {} does not contain a block that the enclave needs", root->to_text()),
              "waiting for the next agreed state");
}

Result<bool> StateKeeper::fetch(const ipld::Cid& root, const AccountId& self, Give give) {
  const auto workers = SUBSTRATEE_TRY(ports_.chain.workers(shard_));
  std::vector<std::string> peers;
  for (const auto& worker : workers) {
    if (worker.account != self) peers.push_back(worker.worker_url);
  }
  ports_.report.info(
      fmt::format("Fetching state {} from {} worker{}", root.to_text(), peers.size(), peers.size() == 1 ? "" : "s"));
  StateFeed feed(ports_.conversation);
  TransferLog log("Fetching state", [this](const std::string& line) { ports_.report.info(line); });
  ProgressBar bar("join");
  const auto start = std::chrono::steady_clock::now();
  ipfs::FetchOptions options;
  options.check_present = give == Give::kChecked;
  options.offer_present = give == Give::kEverything;
  options.on_block = [&feed](const ipld::Block& block) { feed.add(block); };
  options.progress = [&](const ipfs::FetchProgress& progress) {
    const auto elapsed = std::chrono::duration_cast<Millis>(std::chrono::steady_clock::now() - start);
    const Transfer transfer{progress.bytes + progress.present_bytes, progress.expected_bytes, progress.bytes, elapsed};
    ProgressBar::is_terminal() ? bar.show(transfer) : log.show(transfer);
    ports_.desk.set_loading(
        rpc::LoadProgress{transfer.done, transfer.total, transfer.bytes_per_second(), transfer.seconds_left()});
  };
  const auto report = ports_.store.fetch(root, peers, options, stop_);
  if (report) feed.flush();
  ports_.desk.set_loading(std::nullopt);
  if (!report) {
    auto failure = to_failure(report.error());
    if (failure.code != FailureCode::kDiskFull) return std::unexpected(std::move(failure));
    SUBSTRATEE_TRY(watch_room(std::unexpected(std::move(failure))));
  }
  SUBSTRATEE_TRY(watch_room({}));
  for (const auto& dropped : report->dropped) ports_.report.warn(fmt::format("IPFS peer given up: {}", dropped));
  fetched_.blocks += report->total.blocks;
  fetched_.bytes += report->total.bytes;
  return feed.count() > 0;
}

Result<void> StateKeeper::hold(const registry::StateCid& root) { return ports_.evidence.hold_state(cid_text(root)); }

Result<void> StateKeeper::hold_all() {
  if (root_) SUBSTRATEE_TRY(hold(*root_));
  for (const auto& [block, root] : roots_) SUBSTRATEE_TRY(hold(root));
  return {};
}

Result<void> StateKeeper::tidy() {
  std::vector<ipld::Cid> kept;
  const auto keep_root = [&kept](const registry::StateCid& root) {
    auto cid = ipld::Cid::from_bytes(root);
    if (cid && std::ranges::find(kept, *cid) == kept.end()) kept.push_back(*std::move(cid));
  };
  if (root_) keep_root(*root_);
  for (const auto& [block, root] : roots_) keep_root(root);
  if (!earlier_) {
    const auto roots = ports_.store.roots();
    if (!roots) return std::unexpected(to_failure(roots.error()));
    earlier_.emplace(roots->begin(), roots->end());
  }
  std::erase_if(*earlier_, [&](const ipld::Cid& cid) { return std::ranges::find(kept, cid) != kept.end(); });
  while (!earlier_->empty() && kept.size() + earlier_->size() > kept_states_) earlier_->pop_front();
  kept.insert(kept.end(), earlier_->begin(), earlier_->end());
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
  while (roots_.size() > kept_states_ && roots_.begin()->first < agreed) {
    roots_.erase(roots_.begin());
    ++forgotten_;
  }
  if (forgotten_ < kRootsBetweenCollections) return {};
  forgotten_ = 0;
  return tidy();
}

}  // namespace substratee::worker::driver
