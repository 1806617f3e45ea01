#include "worker/ipfs/fetcher.hpp"

#include "core/base/result.hpp"
#include "core/ipld/walk.hpp"
#include "worker/ipfs/importer.hpp"
#include "worker/ipfs/peers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <unordered_set>
#include <variant>

namespace substratee::worker::ipfs {
namespace {

using ipld::Block;
using ipld::Cid;

/// From so many lacking leaves of one node on, a CAR of the node is worth its request.
constexpr std::size_t kMinCarLeaves = 8;
/// A root that is asked for stays with those who serve it, for BlockStore::kServedFor.
constexpr std::chrono::minutes kRootInterval{3};
/// A CAR is asked for only if its node says that it stays below this: it waits in memory.
constexpr std::uint64_t kMaxCarContent = BlockClient::kMaxCar / 3 * 2;

/// What there is to do, each for one thread.
struct FetchNode {  ///< or a raw block that stands alone
  Cid cid;
};
struct FetchLeaves {
  Cid node;
  std::vector<Cid> leaves;
  bool as_car = false;
};
struct ReadLeaves {  ///< that are present
  std::vector<Cid> leaves;
};
struct BeginPart {};  ///< the next entry of the root directory; the one before is complete
using Job = std::variant<FetchNode, FetchLeaves, ReadLeaves, BeginPart>;

std::string name_of(const Cid& cid) { return std::string(as_text(cid.as_v1().to_bytes())); }

std::uint64_t total_size(const std::vector<ipld::Link>& links) {
  std::uint64_t out = 0;
  for (const auto& link : links) out += std::min<std::uint64_t>(link.tsize.value_or(0), std::uint64_t{1} << 48);
  return out;
}

/// The state that the threads of one fetch share.
class Fetch {
 public:
  Fetch(BlockStore& store, const Cid& root, std::span<const std::string> peers, const FetchOptions& options,
        const std::stop_token& stop)
      : store_(store),
        options_(options),
        stop_(stop),
        root_(root),
        peers_(peers),
        importer_(store, Present::kReplace) {}

  Result<FetchReport> run() {
    SUBSTRATEE_TRY(store_.pin(root_));
    add_known(root_);
    pending_.emplace_back(FetchNode{root_});
    {
      const std::stop_callback wake_all(stop_, [this] {
        const std::scoped_lock lock(mutex_);
        wake_.notify_all();
      });
      std::vector<std::jthread> threads;
      for (unsigned i = 0; i < std::max(1U, options_.in_flight); ++i) threads.emplace_back([this, i] { work(i); });
    }
    // What has arrived is kept, whatever happened to the rest.
    if (auto kept = importer_.finish(); !kept && !failure_) failure_ = kept.error();
    if (failure_) return std::unexpected(*std::move(failure_));
    return FetchReport{.total = progress_, .dropped = peers_.dropped()};
  }

 private:
  void work(unsigned number) {
    BlockClient client(peers_, {.connect_timeout = options_.connect_timeout,
                                .total_timeout = options_.request_timeout,
                                .max_body = BlockClient::kMaxCar});
    auto asked_at = std::chrono::steady_clock::now();
    for (std::size_t turn = number; auto job = next(); ++turn) {
      if (number == 0 && std::chrono::steady_clock::now() > asked_at + kRootInterval) {
        asked_at = std::chrono::steady_clock::now();
        client.remind(root_, stop_);
      }
      const auto done = std::visit([&](const auto& what) { return handle(client, what, turn); }, *std::as_const(job));
      const std::scoped_lock lock(mutex_);
      --busy_;
      if (!done && !failure_) failure_ = done.error();
      wake_.notify_all();
    }
  }

  /// Nothing when all is done or lost.
  std::optional<Job> next() {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return failure_ || stop_.stop_requested() || !pending_.empty() || busy_ == 0; });
    if (stop_.stop_requested() && !failure_) {
      failure_ = Failure{FailureCode::kCancelled, fmt::format("fetch of {}", root_.to_text()), "start it again"};
    }
    if (failure_) return std::nullopt;
    if (pending_.empty()) {
      if (parts_.empty()) return std::nullopt;
      ++busy_;
      return BeginPart{};
    }
    Job out = std::move(pending_.front());
    pending_.pop_front();
    ++busy_;
    return out;
  }

  Result<void> handle(BlockClient& client, const FetchNode& job, std::size_t turn) {
    auto bytes = SUBSTRATEE_TRY(read_present(job.cid));
    const bool is_present = bytes.has_value();
    if (!is_present) bytes = SUBSTRATEE_TRY(client.get(job.cid, turn, stop_));
    SUBSTRATEE_TRY(check_links(job.cid, *bytes));
    const auto links =
        job.cid.codec == ipld::Codec::kDagPb ? ipld::decode_dag_pb(*bytes)->links : std::vector<ipld::Link>{};
    const bool is_directory = job.cid == root_ && !links.empty() && links.front().name.value_or("") != "";
    Block block{.cid = job.cid, .bytes = *std::move(bytes)};
    const auto size = block.bytes.size();
    if (job.cid == root_ && options_.on_block) options_.on_block(block);
    if (is_present) {
      count_present(size);
    } else {
      SUBSTRATEE_TRY(keep(std::move(block)));
    }
    if (is_directory) return begin_parts(links, size);
    return follow(job.cid, links);
  }

  Result<void> handle(BlockClient& client, const FetchLeaves& job, std::size_t turn) {
    std::set<Cid> wanted(job.leaves.begin(), job.leaves.end());
    if (job.as_car) {
      auto blocks = client.get_below(job.node, wanted, turn, stop_);
      std::uint64_t bytes = 0;
      for (auto& block : blocks) {
        if (wanted.erase(block.cid) == 0) continue;
        bytes += block.bytes.size();
        offer(block);
        SUBSTRATEE_TRY(importer_.add(std::move(block)));
      }
      SUBSTRATEE_TRY(count_fetched(job.leaves.size() - wanted.size(), bytes));
    }
    for (const auto& cid : job.leaves) {
      if (wanted.contains(cid)) SUBSTRATEE_TRY(fetch_leaf(client, cid, turn));
    }
    return {};
  }

  Result<void> handle(BlockClient& client, const ReadLeaves& job, std::size_t turn) {
    for (const auto& cid : job.leaves) {
      if (stop_.stop_requested()) return {};
      auto bytes = SUBSTRATEE_TRY(read_present(cid));
      if (!bytes) {
        SUBSTRATEE_TRY(fetch_leaf(client, cid, turn));
        continue;
      }
      const auto size = bytes->size();
      offer({.cid = cid, .bytes = *std::move(bytes)});
      count_present(size);
    }
    return {};
  }

  Result<void> fetch_leaf(BlockClient& client, const Cid& cid, std::size_t turn) {
    return keep({.cid = cid, .bytes = SUBSTRATEE_TRY(client.get(cid, turn, stop_))});
  }

  /// One that has just been fetched.
  Result<void> keep(Block block) {
    const auto size = block.bytes.size();
    offer(block);
    SUBSTRATEE_TRY(importer_.add(std::move(block)));
    return count_fetched(1, size);
  }

  Result<void> handle(BlockClient&, const BeginPart&, std::size_t) {
    if (options_.on_block && part_) SUBSTRATEE_TRY(give_out(*part_));
    const std::scoped_lock lock(mutex_);
    part_ = parts_.front();
    parts_.pop_front();
    is_last_part_ = parts_.empty();
    if (add_known(*part_)) pending_.emplace_front(FetchNode{*part_});
    return {};
  }

  /// The entries of the root directory, the smallest first: what describes the others is small.
  Result<void> begin_parts(std::vector<ipld::Link> links, std::size_t root_size) {
    std::ranges::sort(links, {}, [](const ipld::Link& link) { return std::pair(link.tsize.value_or(0), link.name); });
    const std::scoped_lock lock(mutex_);
    progress_.expected_bytes = root_size + total_size(links);
    for (const auto& link : links) parts_.push_back(link.cid.as_v1());
    is_last_part_ = false;
    return {};
  }

  /// What is below a node becomes jobs: its leaves together, if most of them are lacking.
  Result<void> follow(const Cid& node, const std::vector<ipld::Link>& links) {
    std::vector<Job> jobs;
    FetchLeaves lacking{.node = node, .leaves = {}, .as_car = false};
    ReadLeaves present;
    std::size_t leaves = 0;
    for (const auto& link : links) {
      auto cid = link.cid.as_v1();
      {
        const std::scoped_lock lock(mutex_);
        if (!add_known(cid)) continue;
      }
      if (cid.codec != ipld::Codec::kRaw) {
        jobs.emplace_back(FetchNode{std::move(cid)});
        continue;
      }
      ++leaves;
      const auto size = SUBSTRATEE_TRY(size_if_good(cid));
      if (size && offers_present()) {
        present.leaves.push_back(std::move(cid));
      } else if (size) {
        count_present(*size);
      } else {
        lacking.leaves.push_back(std::move(cid));
      }
    }
    const auto count_lacking = lacking.leaves.size();
    if (count_lacking >= kMinCarLeaves && 2 * count_lacking >= leaves && total_size(links) <= kMaxCarContent) {
      lacking.as_car = true;
      jobs.emplace_back(std::move(lacking));
    } else {
      for (auto& cid : lacking.leaves) jobs.emplace_back(FetchLeaves{node, {std::move(cid)}, false});
    }
    if (!present.leaves.empty()) jobs.emplace_back(std::move(present));
    const std::scoped_lock lock(mutex_);
    pending_.insert(pending_.begin(), std::make_move_iterator(jobs.begin()), std::make_move_iterator(jobs.end()));
    wake_.notify_all();
    return over_limit();
  }

  /// Nothing if the block has to be fetched: absent, or present but gone bad.
  Result<std::optional<Bytes>> read_present(const Cid& cid) {
    auto block = store_.get(cid);
    if (block) return *std::move(block);
    const auto code = block.error().code;
    if (code == FailureCode::kCorrupt || code == FailureCode::kNotFound) return std::nullopt;
    return std::unexpected(block.error());
  }

  Result<std::optional<std::uint64_t>> size_if_good(const Cid& leaf) {
    if (!options_.check_present || offers_present()) return store_.size_of(leaf);
    const auto bytes = SUBSTRATEE_TRY(read_present(leaf));
    return bytes ? std::optional<std::uint64_t>(bytes->size()) : std::nullopt;
  }

  Result<void> check_links(const Cid& cid, ByteView block) const {
    const auto links = ipld::links_of(cid, block);
    if (links) return {};
    return fail(FailureCode::kBadDag,
                fmt::format("node {} of {}: {}", cid.to_text(), root_.to_text(), ipld::to_string(links.error())),
                "use a root that was made of raw and dag-pb blocks");
  }

  /// Leaves that are present are read to be given out, and need no other look.
  [[nodiscard]] bool offers_present() const { return options_.offer_present && options_.on_block && is_last_part_; }

  /// A leaf that has just come, to whoever waits for it.
  void offer(const Block& block) {
    if (options_.on_block && is_last_part_ && block.cid.codec == ipld::Codec::kRaw && block.cid != root_) {
      options_.on_block(block);
    }
  }

  /// The raw blocks below a part that is complete, in order.
  Result<void> give_out(const Cid& part) {
    SUBSTRATEE_TRY(importer_.drain());
    std::vector<Cid> pending{part};
    while (!pending.empty()) {
      const auto cid = std::move(pending.back());
      pending.pop_back();
      Block block{.cid = cid, .bytes = SUBSTRATEE_TRY(store_.get(cid))};
      if (cid.codec == ipld::Codec::kRaw) {
        options_.on_block(block);
        continue;
      }
      auto links = ipld::links_of(cid, block.bytes).value_or(std::vector<Cid>{});
      std::ranges::reverse(links);
      for (auto& link : links) pending.push_back(link.as_v1());
    }
    return {};
  }

  Result<void> count_fetched(std::size_t blocks, std::uint64_t bytes) {
    if (blocks == 0) return {};
    const std::scoped_lock lock(mutex_);
    progress_.blocks += blocks;
    progress_.bytes += bytes;
    if (options_.progress) options_.progress(progress_);
    return over_limit();
  }

  void count_present(std::uint64_t bytes) {
    const std::scoped_lock lock(mutex_);
    ++progress_.present;
    progress_.present_bytes += bytes;
    if (options_.progress && offers_present()) options_.progress(progress_);
  }

  /// The caller holds the lock. False if it is known already.
  bool add_known(const Cid& cid) {
    if (!seen_.insert(name_of(cid)).second) return false;
    ++progress_.known;
    return true;
  }

  Result<void> over_limit() const {
    if (progress_.known <= options_.max_blocks && progress_.bytes <= options_.max_bytes) return {};
    return fail(FailureCode::kLimit,
                fmt::format("DAG {} has more than {} blocks or {} bytes", root_.to_text(), options_.max_blocks,
                            options_.max_bytes),
                "raise the limit if this root is right");
  }

  BlockStore& store_;
  const FetchOptions& options_;
  const std::stop_token& stop_;
  const Cid& root_;
  Peers peers_;
  Importer importer_;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> pending_;  ///< the front is next: depth first
  std::deque<Cid> parts_;    ///< entries of the root directory that have not begun
  std::optional<Cid> part_;
  std::atomic<bool> is_last_part_ = true;
  std::unordered_set<std::string> seen_;
  unsigned busy_ = 0;
  FetchProgress progress_;
  std::optional<Failure> failure_;
};

}  // namespace

Result<FetchReport> fetch_dag(BlockStore& store, const Cid& root, std::span<const std::string> peers,
                              const FetchOptions& options, const std::stop_token& stop) {
  return Fetch(store, root, peers, options, stop).run();
}

}  // namespace substratee::worker::ipfs
