#include "worker/ipfs/kubo/fetch.hpp"

#include "core/base/result.hpp"
#include "core/ipld/walk.hpp"
#include "worker/ipfs/peers.hpp"

#include <fmt/format.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

namespace substratee::worker::ipfs::kubo {
namespace {

using ipld::Block;
using ipld::Cid;

/// Fetched blocks wait for one hand-over of about this size.
constexpr std::size_t kBatchBytes = std::size_t{4} << 20;

/// What a root says of all below it; 0 if it says nothing.
std::uint64_t claimed_size(ByteView root) {
  const auto node = ipld::decode_dag_pb(root);
  std::uint64_t out = root.size();
  if (node) {
    for (const auto& link : node->links) out += link.tsize.value_or(0);
  }
  return node ? out : 0;
}

/// The state that the threads of one fetch share.
class Fetch {
 public:
  Fetch(const Target& target, const Cid& root, std::span<const std::string> peers, const FetchOptions& options,
        const std::stop_token& stop)
      : target_(target), options_(options), stop_(stop), root_(root), peers_(peers) {}

  Result<FetchReport> run() {
    add_known({root_});
    {
      const std::stop_callback wake_all(stop_, [this] {
        const std::scoped_lock lock(mutex_);
        wake_.notify_all();
      });
      std::vector<std::jthread> threads;
      for (unsigned i = 0; i < std::max(1U, options_.in_flight); ++i) threads.emplace_back([this, i] { work(i); });
    }
    // What has arrived is kept, whatever happened to the rest.
    if (!arrived_.empty()) {
      if (auto given = target_.put(arrived_); !given && !failure_) failure_ = given.error();
    }
    if (failure_) return std::unexpected(*std::move(failure_));
    return FetchReport{.total = progress_, .dropped = peers_.dropped()};
  }

 private:
  void work(unsigned number) {
    BlockClient client(peers_, {.connect_timeout = options_.connect_timeout,
                                .total_timeout = options_.request_timeout,
                                .max_body = ipld::kMaxBlockSize});
    for (std::size_t turn = number; auto cid = next(); ++turn) {
      const auto done = handle(client, *cid, turn);
      const std::scoped_lock lock(mutex_);
      --busy_;
      if (!done && !failure_) failure_ = done.error();
      wake_.notify_all();
    }
  }

  /// The next block to look at; nothing when all is done or lost.
  std::optional<Cid> next() {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return failure_ || stop_.stop_requested() || !pending_.empty() || busy_ == 0; });
    if (stop_.stop_requested() && !failure_) {
      failure_ = Failure{FailureCode::kCancelled, fmt::format("fetch of {}", root_.to_text()), "start it again"};
    }
    if (failure_ || pending_.empty()) return std::nullopt;
    Cid out = std::move(pending_.front());
    pending_.pop_front();
    ++busy_;
    return out;
  }

  Result<void> handle(BlockClient& client, const Cid& cid, std::size_t turn) {
    if (auto links = SUBSTRATEE_TRY(links_if_present(cid))) {
      const std::scoped_lock lock(mutex_);
      ++progress_.present;
      add_known(*links);
      return over_limit();
    }
    auto bytes = SUBSTRATEE_TRY(client.get(cid, turn, stop_));
    const auto links = SUBSTRATEE_TRY(read_links(cid, bytes));
    return keep({.cid = cid, .bytes = std::move(bytes)}, links);
  }

  /// Nothing if the block has to be fetched.
  Result<std::optional<std::vector<Cid>>> links_if_present(const Cid& cid) {
    if (cid.codec == ipld::Codec::kRaw && !options_.check_present) {
      if (SUBSTRATEE_TRY(target_.has(cid))) return std::vector<Cid>{};
      return std::nullopt;
    }
    const auto block = target_.get(cid);
    if (block) return SUBSTRATEE_TRY(read_links(cid, *block));
    if (block.error().code == FailureCode::kNotFound) return std::nullopt;
    return std::unexpected(block.error());
  }

  Result<std::vector<Cid>> read_links(const Cid& cid, ByteView block) {
    auto links = ipld::links_of(cid, block);
    if (links && cid == root_) {
      const std::scoped_lock lock(mutex_);
      progress_.expected_bytes = claimed_size(block);
    }
    if (links) return *std::move(links);
    return fail(FailureCode::kBadDag,
                fmt::format("node {} of {}: {}", cid.to_text(), root_.to_text(), ipld::to_string(links.error())),
                "use a root that was made of raw and dag-pb blocks");
  }

  Result<void> keep(Block block, const std::vector<Cid>& links) {
    std::vector<Block> batch;
    {
      const std::scoped_lock lock(mutex_);
      ++progress_.blocks;
      progress_.bytes += block.bytes.size();
      arrived_bytes_ += block.bytes.size();
      arrived_.push_back(std::move(block));
      add_known(links);
      if (options_.progress) options_.progress(progress_);
      SUBSTRATEE_TRY(over_limit());
      if (arrived_bytes_ < kBatchBytes) return {};
      batch = std::exchange(arrived_, {});
      arrived_bytes_ = 0;
    }
    return target_.put(batch);
  }

  void add_known(const std::vector<Cid>& cids) {
    for (const auto& cid : cids) {
      if (!seen_.insert(cid.as_v1().to_bytes()).second) continue;
      pending_.push_back(cid);
      ++progress_.known;
    }
    wake_.notify_all();
  }

  Result<void> over_limit() const {
    if (progress_.known <= options_.max_blocks && progress_.bytes <= options_.max_bytes) return {};
    return fail(FailureCode::kLimit,
                fmt::format("DAG {} has more than {} blocks or {} bytes", root_.to_text(), options_.max_blocks,
                            options_.max_bytes),
                "raise the limit if this root is right");
  }

  const Target& target_;
  const FetchOptions& options_;
  const std::stop_token& stop_;
  const Cid& root_;
  Peers peers_;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Cid> pending_;
  std::set<Bytes> seen_;
  std::vector<Block> arrived_;
  std::size_t arrived_bytes_ = 0;
  unsigned busy_ = 0;
  FetchProgress progress_;
  std::optional<Failure> failure_;
};

}  // namespace

Result<FetchReport> fetch_into(const Target& target, const Cid& root, std::span<const std::string> peers,
                               const FetchOptions& options, const std::stop_token& stop) {
  return Fetch(target, root, peers, options, stop).run();
}

}  // namespace substratee::worker::ipfs::kubo
