#pragma once

/// Where a worker keeps its state and gets it from: what the rest of the worker knows about IPFS. Implementations keep
/// blocks in this process (EmbeddedStateStore) or in a Kubo daemon.

#include "core/ipld/cid.hpp"
#include "worker/ipfs/block_store.hpp"
#include "worker/ipfs/fetcher.hpp"

#include <span>
#include <stop_token>
#include <string>

namespace substratee::worker::ipfs {

class StateStore {
 public:
  virtual ~StateStore() = default;

  /// Durable when it returns, all or nothing; `root` is retained from then on.
  [[nodiscard]] virtual Result<void> put_all(std::span<const ipld::Block> blocks, const ipld::Cid& root) = 0;
  [[nodiscard]] virtual Result<Bytes> get(const ipld::Cid& cid) = 0;
  [[nodiscard]] virtual Result<bool> has(const ipld::Cid& cid) = 0;
  /// See fetch_dag; `peers` are the base URLs of other workers.
  [[nodiscard]] virtual Result<FetchReport> fetch(const ipld::Cid& root, std::span<const std::string> peers,
                                                  const FetchOptions& options, const std::stop_token& stop) = 0;
  /// Keeps what `roots` reach and removes everything else.
  [[nodiscard]] virtual Result<Usage> retain(std::span<const ipld::Cid> roots) = 0;
};

class EmbeddedStateStore final : public StateStore {
 public:
  /// `blocks` must outlive this.
  explicit EmbeddedStateStore(BlockStore& blocks) : blocks_(blocks) {}

  Result<void> put_all(std::span<const ipld::Block> blocks, const ipld::Cid& root) override;
  Result<Bytes> get(const ipld::Cid& cid) override;
  Result<bool> has(const ipld::Cid& cid) override;
  Result<FetchReport> fetch(const ipld::Cid& root, std::span<const std::string> peers, const FetchOptions& options,
                            const std::stop_token& stop) override;
  Result<Usage> retain(std::span<const ipld::Cid> roots) override;

 private:
  BlockStore& blocks_;
};

}  // namespace substratee::worker::ipfs
