#pragma once

/// Proofs of agreements on this host's disk, so that receipts can be proved when the node has long forgotten the state
/// of their time: <folder>/<block number>, SCALE of proof::AgreementProof, all public. The newest kKept blocks with
/// work are kept (4 to 8 KiB each with a few workers: at most some 128 MiB), older ones removed. Any thread.

#include "worker/base/failure.hpp"
#include "worker/base/report.hpp"

#include <filesystem>
#include <memory>
#include <mutex>
#include <set>

namespace substratee::worker::proofs {

class AgreementStore {
 public:
  static constexpr std::size_t kKept = 16'384;

  /// Creates the folder. `kept` > 0.
  [[nodiscard]] static Result<std::unique_ptr<AgreementStore>> open(std::filesystem::path folder,
                                                                    std::size_t kept = kKept);
  /// Durable when it returns.
  [[nodiscard]] Result<void> put(BlockNumber block, ByteView proof);
  [[nodiscard]] bool has(BlockNumber block) const;
  /// Empty if there is none, or it cannot be read.
  [[nodiscard]] Bytes get(BlockNumber block) const;

 private:
  AgreementStore(std::filesystem::path folder, std::size_t kept, std::set<BlockNumber> blocks)
      : folder_(std::move(folder)), kept_(kept), blocks_(std::move(blocks)) {}
  void remove_oldest();

  const std::filesystem::path folder_;
  const std::size_t kept_;
  mutable std::mutex mutex_;
  std::set<BlockNumber> blocks_;
};

}  // namespace substratee::worker::proofs
