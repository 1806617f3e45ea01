// The collection of garbage: mark from the roots without any lock, then remove in small steps. What is written or
// pinned meanwhile is watched, so that nobody has to wait for more than one step.
#include "core/base/result.hpp"
#include "worker/ipfs/database.hpp"
#include "worker/ipfs/reachable.hpp"

#include <thread>

namespace substratee::worker::ipfs {
namespace {

/// Names looked at in one step; at most so many blocks go in one batch.
constexpr std::size_t kStep = 512;
/// How often a collection that waits for a lease looks again.
constexpr std::chrono::milliseconds kLeasePause{20};
/// Between two steps others get the disk.
constexpr std::chrono::milliseconds kStepPause{1};

}  // namespace

class BlockStore::Sweep {
 public:
  Sweep(BlockStore& store, const std::stop_token& stop) : store_(store), stop_(stop), reachable_(store) {
    const std::scoped_lock lock(database().writing);
    database().watch.emplace();
  }
  ~Sweep() {
    const std::scoped_lock lock(database().writing);
    database().watch.reset();
  }
  Sweep(const Sweep&) = delete;
  Sweep& operator=(const Sweep&) = delete;

  Result<void> mark(std::span<const ipld::Cid> roots) {
    for (const auto& root : roots) SUBSTRATEE_TRY(reachable_.add(root, stop_));
    return {};
  }

  Result<Usage> run(const std::function<void(std::uint64_t)>& progress) {
    Usage removed;
    std::string after;
    while (!stop_.stop_requested()) {
      const auto next = SUBSTRATEE_TRY(step_behind(after));
      if (next.names.empty()) break;
      after = next.names.back();
      const auto step = SUBSTRATEE_TRY(remove(next.names));
      removed.blocks += step.blocks;
      removed.bytes += step.bytes;
      if (progress) progress(next.bytes);
      if (step.blocks > 0) std::this_thread::sleep_for(kStepPause);
    }
    return removed;
  }

 private:
  [[nodiscard]] Database& database() const { return *store_.database_; }

  struct Step {
    std::vector<std::string> names;
    std::uint64_t bytes = 0;  ///< of their blocks
  };
  Result<Step> step_behind(const std::string& after) const {
    Step out;
    SUBSTRATEE_TRY(database().each(kSizeKey, after, [&](std::string_view name, std::string_view size) -> Result<bool> {
      out.names.emplace_back(name);
      out.bytes += Database::size_in(size);
      return out.names.size() < kStep;
    }));
    return out;
  }

  Result<Usage> remove(const std::vector<std::string>& names) {
    while (!stop_.stop_requested()) {
      std::vector<std::string> doomed;
      for (const auto& name : names) {
        if (!reachable_.contains(name)) doomed.push_back(name);
      }
      if (doomed.empty()) break;
      std::vector<ipld::Cid> pinned;
      {
        std::unique_lock no_leases(store_.garbage_, std::try_to_lock);
        if (!no_leases) {
          std::this_thread::sleep_for(kLeasePause);
          continue;
        }
        const std::scoped_lock one_writer(database().writing);
        auto& watch = *database().watch;
        pinned.swap(watch.pinned);
        if (pinned.empty()) {
          std::erase_if(doomed, [&](const std::string& name) { return watch.written.contains(name); });
          return database().remove(doomed);
        }
      }
      // What those reach may be among the doomed: look again.
      SUBSTRATEE_TRY(mark(pinned));
    }
    return Usage{};
  }

  BlockStore& store_;
  const std::stop_token& stop_;
  Reachable reachable_;
};

Result<Usage> BlockStore::collect_garbage(std::span<const ipld::Cid> keep, const std::stop_token& stop,
                                          const std::function<void(std::uint64_t bytes)>& progress) {
  const std::scoped_lock one_at_a_time(collecting_);
  Sweep sweep(*this, stop);
  const auto pinned = SUBSTRATEE_TRY(roots());
  SUBSTRATEE_TRY(sweep.mark(pinned));
  SUBSTRATEE_TRY(sweep.mark(keep));
  const auto removed = SUBSTRATEE_TRY(sweep.run(progress));
  if (!stop.stop_requested()) SUBSTRATEE_TRY(database_->reclaim());
  return removed;
}

}  // namespace substratee::worker::ipfs
