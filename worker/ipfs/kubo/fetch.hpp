#pragma once

/// As fetch_dag, for a store that is elsewhere: walks a DAG, asks peers for the blocks that the store lacks, hands over
/// what it has checked.

#include "worker/ipfs/fetcher.hpp"

namespace substratee::worker::ipfs::kubo {

/// Called by several threads.
struct Target {
  std::function<Result<bool>(const ipld::Cid&)> has;
  std::function<Result<Bytes>(const ipld::Cid&)> get;
  std::function<Result<void>(std::span<const ipld::Block>)> put;
};

/// When it returns without failure, the target has been seen to have, or been given, every block. See fetch_dag.
[[nodiscard]] Result<FetchReport> fetch_into(const Target& target, const ipld::Cid& root,
                                             std::span<const std::string> peers, const FetchOptions& options,
                                             const std::stop_token& stop);

}  // namespace substratee::worker::ipfs::kubo
