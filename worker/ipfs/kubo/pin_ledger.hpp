#pragma once

/// Which roots this worker has pinned in a daemon that others may use too: a file beside the worker's other data, and
/// the node that is pinned in place of a root. Kubo has one pin per CID, whoever asked for it; so each worker pins a
/// directory of its own, {<worker's name>: root}, and nobody's unpinning hits somebody else.

#include "core/ipld/unixfs.hpp"
#include "worker/ipfs/failure.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace substratee::worker::ipfs::kubo {

class PinLedger {
 public:
  /// Reads the file, or begins one with a name drawn from the system. kStorage.
  [[nodiscard]] static Result<PinLedger> open(const std::filesystem::path& file);

  /// The directory that is pinned for `root`.
  [[nodiscard]] ipld::BuiltNode pin_node(const ipld::Cid& root) const;

  [[nodiscard]] const std::vector<ipld::Cid>& roots() const noexcept { return roots_; }
  [[nodiscard]] bool has(const ipld::Cid& root) const;

  /// Durable when it returns. Written before the daemon is asked to pin, so that no pin is forgotten.
  [[nodiscard]] Result<void> add(const ipld::Cid& root);
  /// Written after the daemon has unpinned.
  [[nodiscard]] Result<void> remove(const ipld::Cid& root);

 private:
  explicit PinLedger(std::filesystem::path file) : file_(std::move(file)) {}
  [[nodiscard]] Result<void> write() const;

  std::filesystem::path file_;
  std::string owner_;  ///< 32 hex digits
  std::vector<ipld::Cid> roots_;
};

}  // namespace substratee::worker::ipfs::kubo
