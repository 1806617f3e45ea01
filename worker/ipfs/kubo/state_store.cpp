#include "worker/ipfs/kubo/state_store.hpp"

#include "core/base/result.hpp"
#include "worker/ipfs/kubo/fetch.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <thread>

namespace substratee::worker::ipfs::kubo {
namespace {

using ipld::Block;
using ipld::Cid;

/// One CAR at most; what is more goes before it, held.
constexpr std::size_t kMaxCar = std::size_t{8} << 20;
/// Blocks that the daemon had unpinned may go while the others come: looks at the whole DAG.
constexpr int kFetchRounds = 3;
/// A daemon that restarts is back within the sum of the pauses: 0.25 s, 0.5 s, ... 8 s.
constexpr int kAttempts = 7;
constexpr std::chrono::milliseconds kFirstPause{250};

/// Repeats `work` while the daemon is unreachable.
template <class Work>
auto with_patience(const std::stop_token& stop, Work work) {
  auto pause = kFirstPause;
  for (int attempt = 1;; ++attempt, pause *= 2) {
    auto result = work();
    if (result || result.error().code != FailureCode::kUnreachable || attempt == kAttempts) return result;
    spdlog::warn("{}; trying again", result.error().to_string());
    const auto end = std::chrono::steady_clock::now() + pause;
    while (!stop.stop_requested() && std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    if (stop.stop_requested()) return result;
  }
}

/// One more while it lives.
class Counted {
 public:
  Counted(std::mutex& mutex, unsigned& count) : mutex_(mutex), count_(count) {
    const std::scoped_lock lock(mutex_);
    ++count_;
  }
  ~Counted() {
    const std::scoped_lock lock(mutex_);
    --count_;
  }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

 private:
  std::mutex& mutex_;
  unsigned& count_;
};

std::size_t bytes_of(std::span<const Block> blocks) {
  std::size_t out = 0;
  for (const auto& block : blocks) out += block.bytes.size();
  return out;
}

}  // namespace

Result<std::unique_ptr<KuboStateStore>> KuboStateStore::open(const net::Url& daemon,
                                                             const std::filesystem::path& ledger, std::stop_token stop,
                                                             const RpcOptions& options) {
  auto pins = SUBSTRATEE_TRY(PinLedger::open(ledger));
  std::unique_ptr<KuboStateStore> out(new KuboStateStore(daemon, std::move(pins), std::move(stop), options));
  SUBSTRATEE_TRY(with_patience(out->stop_, [&] { return out->check_daemon(); }));
  return out;
}

Result<void> KuboStateStore::check_daemon() {
  const auto version = SUBSTRATEE_TRY(rpc_.version());
  const auto id = SUBSTRATEE_TRY(rpc_.id());
  description_ = fmt::format("{}, version {}, peer {}", rpc_.name(), version.version, id);
  // Two chunks, so that the layout is in it and not only the hash.
  const Bytes known(300'000, 7);
  std::vector<Block> blocks;
  const auto ours = ipld::make_file(known, {}, blocks).cid;
  const auto theirs = SUBSTRATEE_TRY(rpc_.add(known, true));
  if (theirs == ours) return {};
  return fail(FailureCode::kRefused,
              fmt::format("{} names a known file {}, not {}", description_, theirs.to_text(), ours.to_text()),
              "use Kubo 0.39, or --ipfs embedded");
}

Result<void> KuboStateStore::put_all(std::span<const Block> blocks, const Cid& root) {
  for (const auto& block : blocks) {
    if (block.bytes.size() <= ipld::kMaxBlockSize && block.cid.verify(block.bytes)) continue;
    return fail(FailureCode::kCorrupt, fmt::format("the bytes given for {} are not that block", block.cid.to_text()),
                "give each block with its own CID");
  }
  const Counted counted(mutex_, imports_);
  return with_patience(stop_, [&] { return import_and_pin(blocks, root); });
}

Result<void> KuboStateStore::import_held(std::span<const Block> blocks) {
  for (std::size_t first = 0; first < blocks.size();) {
    std::size_t count = 0;
    std::size_t size = 0;
    for (; first + count < blocks.size() && count < PinLedger::kMaxHeld && (count == 0 || size < kMaxCar); ++count) {
      size += blocks[first + count].bytes.size();
    }
    const auto part = blocks.subspan(first, count);
    std::vector<Block> car(part.begin(), part.end());
    {
      const std::scoped_lock lock(mutex_);
      car.push_back(ledger_.hold_node(part));
      SUBSTRATEE_TRY(ledger_.add_hold(car.back().cid));
    }
    SUBSTRATEE_TRY(rpc_.import_dag(car, car.back().cid, true));
    first += count;
  }
  return {};
}

Result<void> KuboStateStore::import_and_pin(std::span<const Block> blocks, const Cid& root) {
  std::vector<Block> last;
  if (bytes_of(blocks) > kMaxCar) {
    SUBSTRATEE_TRY(import_held(blocks));
  } else {
    last.assign(blocks.begin(), blocks.end());
  }
  const std::scoped_lock lock(mutex_);
  SUBSTRATEE_TRY(ledger_.add(root));
  auto node = ledger_.pin_node(root);
  last.push_back(node.block);
  SUBSTRATEE_TRY(rpc_.import_dag(last, node.self.cid, true));
  return release_holds(1);
}

Result<void> KuboStateStore::release_holds(unsigned own) {
  if (imports_ > own) return {};
  for (const auto& node : ledger_.holds()) SUBSTRATEE_TRY(rpc_.unpin(node));
  return ledger_.remove_holds();
}

Result<Bytes> KuboStateStore::get(const Cid& cid) {
  if (cid.hash == ipld::HashCode::kIdentity) return cid.digest;
  return rpc_.get_block(cid);
}

Result<bool> KuboStateStore::has(const Cid& cid) {
  if (cid.hash == ipld::HashCode::kIdentity) return true;
  return SUBSTRATEE_TRY(rpc_.size_of_block(cid)).has_value();
}

Result<Bytes> KuboStateStore::Source::get(const Cid& cid) const { return store_.get(cid); }

Result<FetchReport> KuboStateStore::fetch(const Cid& root, std::span<const std::string> peers,
                                          const FetchOptions& options, const std::stop_token& stop) {
  const Counted counted(mutex_, imports_);
  const Target target{.has = [this](const Cid& cid) { return has(cid); },
                      .get = [this](const Cid& cid) { return get(cid); },
                      .put = [this](std::span<const Block> blocks) { return import_held(blocks); }};
  std::uint64_t blocks = 0;
  std::uint64_t bytes = 0;
  for (int round = 1;; ++round) {
    auto report = SUBSTRATEE_TRY(fetch_into(target, root, peers, options, stop));
    report.total.blocks = blocks += report.total.blocks;
    report.total.bytes = bytes += report.total.bytes;
    // The daemon looks whether it has everything before it pins.
    const auto pinned = with_patience(stop, [&] { return import_and_pin({}, root); });
    if (pinned) return report;
    if (pinned.error().code != FailureCode::kRefused || round == kFetchRounds) return std::unexpected(pinned.error());
  }
}

Result<std::vector<Cid>> KuboStateStore::roots() {
  const std::scoped_lock lock(mutex_);
  return ledger_.roots();
}

Result<Usage> KuboStateStore::retain(std::span<const Cid> roots) {
  const std::scoped_lock lock(mutex_);
  const auto known = ledger_.roots();
  for (const auto& root : known) {
    if (std::ranges::find(roots, root) != roots.end()) continue;
    SUBSTRATEE_TRY(rpc_.unpin(ledger_.pin_node(root).self.cid));
    SUBSTRATEE_TRY(ledger_.remove(root));
  }
  SUBSTRATEE_TRY(release_holds(0));
  SUBSTRATEE_TRY(rpc_.collect_garbage());
  return Usage{};
}

}  // namespace substratee::worker::ipfs::kubo
