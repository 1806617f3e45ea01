#pragma once

/// Where a worker keeps its state and gets it from: what the rest of the worker knows about IPFS. Implementations keep
/// blocks in this process (EmbeddedStateStore) or in a Kubo daemon.

#include "core/ipld/cid.hpp"
#include "worker/ipfs/block_store.hpp"
#include "worker/ipfs/fetcher.hpp"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

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
  /// Keeps what `roots` reach and removes everything else, at once or in the background; says how much has gone.
  [[nodiscard]] virtual Result<Usage> retain(std::span<const ipld::Cid> roots) = 0;
  /// The roots that are retained now, in the order in which they came.
  [[nodiscard]] virtual Result<std::vector<ipld::Cid>> roots() { return std::vector<ipld::Cid>{}; }
  /// fetch() gives out blocks that are here already as fast as they can be read (FetchOptions::offer_present).
  [[nodiscard]] virtual bool is_local() const noexcept { return false; }
};

/// Garbage is collected by a thread of its own. A root that is served to others stays for a while.
class EmbeddedStateStore final : public StateStore {
 public:
  /// `blocks` must outlive this.
  explicit EmbeddedStateStore(BlockStore& blocks);
  ~EmbeddedStateStore() override;
  EmbeddedStateStore(const EmbeddedStateStore&) = delete;
  EmbeddedStateStore& operator=(const EmbeddedStateStore&) = delete;

  Result<void> put_all(std::span<const ipld::Block> blocks, const ipld::Cid& root) override;
  Result<Bytes> get(const ipld::Cid& cid) override;
  Result<bool> has(const ipld::Cid& cid) override;
  Result<FetchReport> fetch(const ipld::Cid& root, std::span<const std::string> peers, const FetchOptions& options,
                            const std::stop_token& stop) override;
  /// What the collections since the last call have removed.
  Result<Usage> retain(std::span<const ipld::Cid> roots) override;
  Result<std::vector<ipld::Cid>> roots() override;
  [[nodiscard]] bool is_local() const noexcept override { return true; }
  /// Waits until nothing is left to collect.
  void settle();

 private:
  void collect(const std::stop_token& stop);

  BlockStore& blocks_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool is_due_ = false;
  bool is_collecting_ = false;
  Usage removed_;
  std::optional<Failure> failure_;
  std::jthread collector_;
};

}  // namespace substratee::worker::ipfs
