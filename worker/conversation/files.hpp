#pragma once

/// What the host keeps for its enclave on disk, each file written whole: temporary name, fsync, rename, fsync of the
/// folder. Sealed blobs are 0600 though they are sealed: they are nobody else's business.

#include "core/finality/equivocation.hpp"
#include "worker/base/failure.hpp"
#include "worker/base/report.hpp"

#include <filesystem>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

namespace substratee::worker::conversation {

/// Durable and whole, or not at all. kDiskFull and kStorage name the file.
[[nodiscard]] Result<void> write_durably(const std::filesystem::path& file, ByteView bytes);
/// At most `max` bytes; nothing if there is no such file.
[[nodiscard]] Result<std::optional<Bytes>> read_file(const std::filesystem::path& file, std::size_t max);

/// Sealed blobs: <folder>/<name>, SCALE of protocol::Blob.
class BlobStore {
 public:
  /// Creates the folder (0700).
  [[nodiscard]] static Result<BlobStore> open(std::filesystem::path folder);
  [[nodiscard]] Result<void> put(const protocol::Blob& blob) const;
  /// All of them, in order of their names. kStorage for a file that is none.
  [[nodiscard]] Result<std::vector<protocol::Blob>> all() const;

 private:
  explicit BlobStore(std::filesystem::path folder) : folder_(std::move(folder)) {}
  std::filesystem::path folder_;
};

/// Public evidence that this host came to know of, for its operator and for whoever asks.
/// <folder>/equivocation: SCALE of finality::EquivocationFile. While it is there, the enclave is shown it at each start
/// and serves nothing.
/// <folder>/states/<CID>: an empty file for each state that is kept because workers differed about it.
class EvidenceStore {
 public:
  [[nodiscard]] static Result<EvidenceStore> open(std::filesystem::path folder);
  [[nodiscard]] Result<void> put_equivocation(ByteView file) const;
  [[nodiscard]] Result<std::optional<Bytes>> equivocation() const;
  [[nodiscard]] Result<void> hold_state(const std::string& cid) const;
  /// CIDs as text; what is none is the caller's to skip.
  [[nodiscard]] Result<std::vector<std::string>> held_states() const;
  [[nodiscard]] std::filesystem::path equivocation_path() const { return folder_ / "equivocation"; }

 private:
  explicit EvidenceStore(std::filesystem::path folder) : folder_(std::move(folder)) {}
  std::filesystem::path folder_;
};

/// Largest file of receipts: what an enclave gives for one block.
inline constexpr std::size_t kMaxReceiptFile = protocol::kMaxSealedReceiptsSize;

/// Sealed receipts: <folder>/<block number>, as the enclave gave them. Those of old blocks are removed. Copies share
/// one store.
class ReceiptStore {
 public:
  /// `kept`: receipts are there for so many blocks up to the newest that has some; 0 for all.
  [[nodiscard]] static Result<ReceiptStore> open(std::filesystem::path folder, BlockNumber kept = 0);
  [[nodiscard]] Result<void> put(BlockNumber block, ByteView sealed) const;
  [[nodiscard]] bool has(BlockNumber block) const;
  /// Empty if there is none.
  [[nodiscard]] Result<Bytes> get(BlockNumber block) const;

 private:
  /// The blocks that have a file.
  struct Index {
    std::mutex mutex;
    std::set<BlockNumber> blocks;
  };
  ReceiptStore(std::filesystem::path folder, BlockNumber kept) : folder_(std::move(folder)), kept_(kept) {}
  /// The caller holds the index.
  void remove_oldest() const;

  std::filesystem::path folder_;
  BlockNumber kept_;
  std::shared_ptr<Index> index_ = std::make_shared<Index>();
};

}  // namespace substratee::worker::conversation
