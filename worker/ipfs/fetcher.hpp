#pragma once

/// Fetches a DAG from peers that nobody trusts into the store, over the IPFS Trustless Gateway protocol. Only blocks
/// that the store lacks are asked for, one by one (?format=raw), or, where most leaves below a node are lacking, as a
/// CAR of that node (?format=car); each is hashed before it is kept.

#include "core/ipld/cid.hpp"
#include "core/ipld/dag_pb.hpp"
#include "net/http_client.hpp"
#include "worker/ipfs/block_store.hpp"
#include "worker/ipfs/failure.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace substratee::worker::ipfs {

struct FetchProgress {
  std::uint64_t blocks = 0;   ///< fetched so far
  std::uint64_t bytes = 0;    ///< fetched so far
  std::uint64_t present = 0;  ///< blocks that the store had already
  std::uint64_t known = 0;    ///< blocks of the DAG found so far
  std::uint64_t present_bytes = 0;
  std::uint64_t expected_bytes = 0;  ///< of the whole DAG, as its root says: a hint for people, 0 if it says nothing
};

struct FetchOptions {
  unsigned in_flight = 8;                            ///< requests at once, at least 1
  std::uint64_t max_blocks = 8'000'000;              ///< of the whole DAG, present ones included
  std::uint64_t max_bytes = std::uint64_t{1} << 36;  ///< to be fetched
  /// Also read the leaves that are present, and fetch those that have gone bad. Inner nodes are always read.
  bool check_present = false;
  /// Give `on_block` the leaves that are present as well; they are read for it, and those gone bad are fetched.
  bool offer_present = false;
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds request_timeout{30'000};  ///< of one block, connecting included
  /// Called by one thread at a time, whenever blocks have come; must return quickly and not throw.
  std::function<void(const FetchProgress&)> progress;
  /// Given the root and the raw blocks while they come, for whoever works on them at once. The smaller entries of a
  /// root directory come whole and in their order, those that were present too; of its largest entry what is fetched,
  /// and with `offer_present` the rest, as it comes and by several threads. May block: the fetch waits then.
  std::function<void(const ipld::Block&)> on_block;
};

struct FetchReport {
  FetchProgress total;
  std::vector<std::string> dropped;  ///< peers that were given up, each with the reason
};

/// When it returns without failure, the whole DAG is in the store. `root` is pinned from the start, also if it fails,
/// so that the next attempt continues; unpin it to give up. `peers` are base URLs ("http://host:port", also https, ws
/// and wss: any worker_url); one that cannot be used, cannot be reached or sends wrong bytes is given up by name. After
/// a stop request it returns kCancelled within one request_timeout. kNotFound (names the CID and the peers asked),
/// kBadDag, kLimit, or what the store reports.
[[nodiscard]] Result<FetchReport> fetch_dag(BlockStore& store, const ipld::Cid& root,
                                            std::span<const std::string> peers, const FetchOptions& options = {},
                                            const std::stop_token& stop = {});

}  // namespace substratee::worker::ipfs
