#pragma once

/// The worker's state in a Kubo daemon. New blocks go there as one CAR per commit, whose root is pinned; where they are
/// more, or come from peers, each CAR is held by a pin until the root has its own. So nobody's garbage collection takes
/// them, in a daemon that several workers use. What is read is hashed. A daemon that is away is waited for, a while.

#include "worker/ipfs/kubo/pin_ledger.hpp"
#include "worker/ipfs/kubo/rpc.hpp"
#include "worker/ipfs/state_store.hpp"

#include <filesystem>
#include <memory>
#include <mutex>

namespace substratee::worker::ipfs::kubo {

class KuboStateStore final : public StateStore {
 public:
  /// Asks the daemon for its version, and whether it names a known file as we do. `ledger` is the file of PinLedger.
  /// What is under way ends at a stop request.
  [[nodiscard]] static Result<std::unique_ptr<KuboStateStore>> open(const net::Url& daemon,
                                                                    const std::filesystem::path& ledger,
                                                                    std::stop_token stop = {},
                                                                    const RpcOptions& options = {});

  /// What a gateway of this worker serves: the daemon's blocks, those of other users too.
  [[nodiscard]] const BlockSource& source() const noexcept { return source_; }

  [[nodiscard]] const std::string& description() const noexcept { return description_; }

  /// kRefused if the daemon lacks a block below `root`.
  Result<void> put_all(std::span<const ipld::Block> blocks, const ipld::Cid& root) override;
  Result<Bytes> get(const ipld::Cid& cid) override;
  Result<bool> has(const ipld::Cid& cid) override;
  /// From the peers' gateways into the daemon; what it has already is not fetched, unless it goes meanwhile. What has
  /// come stays held after a failure, also over a restart, until another root is pinned or the next retain().
  Result<FetchReport> fetch(const ipld::Cid& root, std::span<const std::string> peers, const FetchOptions& options,
                            const std::stop_token& stop) override;
  /// Unpins this worker's other roots, and has the daemon collect its garbage: also what others left there unpinned.
  /// The amount is not known.
  Result<Usage> retain(std::span<const ipld::Cid> roots) override;
  Result<std::vector<ipld::Cid>> roots() override;

 private:
  class Source final : public BlockSource {
   public:
    explicit Source(KuboStateStore& store) : store_(store) {}
    [[nodiscard]] Result<Bytes> get(const ipld::Cid& cid) const override;

   private:
    KuboStateStore& store_;
  };

  KuboStateStore(const net::Url& daemon, PinLedger ledger, std::stop_token stop, const RpcOptions& options)
      : stop_(stop), rpc_(daemon, options, std::move(stop)), ledger_(std::move(ledger)) {}

  [[nodiscard]] Result<void> check_daemon();
  /// Blocks in CARs of bounded size, each held by a pin.
  [[nodiscard]] Result<void> import_held(std::span<const ipld::Block> blocks);
  [[nodiscard]] Result<void> import_and_pin(std::span<const ipld::Block> blocks, const ipld::Cid& root);
  /// Unless others still import. The caller holds the lock.
  [[nodiscard]] Result<void> release_holds(unsigned own);

  const std::stop_token stop_;
  Rpc rpc_;
  std::string description_;
  std::mutex mutex_;  ///< guards the ledger and the count
  PinLedger ledger_;
  unsigned imports_ = 0;  ///< fetches and commits under way, whose holds must stay
  const Source source_{*this};
};

}  // namespace substratee::worker::ipfs::kubo
