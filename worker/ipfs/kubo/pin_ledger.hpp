#pragma once

/// Which roots this worker has pinned in a daemon that others may use too: a file beside the worker's other data, and
/// the node that is pinned in place of a root. Kubo has one pin per CID, whoever asked for it; so each worker pins a
/// directory of its own, {<worker's name>: root}, and nobody's unpinning hits somebody else.
///
/// Blocks that come before their root is complete are held meanwhile: a node of this worker's own links to each of them
/// under the codec raw, so that its pin asks for these blocks alone and not for what is below them.

#include "core/ipld/unixfs.hpp"
#include "worker/ipfs/failure.hpp"

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace substratee::worker::ipfs::kubo {

class PinLedger {
 public:
  /// Reads the file, or begins one with a name drawn from the system. kStorage.
  [[nodiscard]] static Result<PinLedger> open(const std::filesystem::path& file);

  /// The directory that is pinned for `root`.
  [[nodiscard]] ipld::BuiltNode pin_node(const ipld::Cid& root) const;

  /// Most blocks of one hold.
  static constexpr std::size_t kMaxHeld = 4096;
  /// The node whose pin holds these blocks, at most kMaxHeld.
  [[nodiscard]] ipld::Block hold_node(std::span<const ipld::Block> blocks) const;

  [[nodiscard]] const std::vector<ipld::Cid>& roots() const noexcept { return roots_; }
  [[nodiscard]] bool has(const ipld::Cid& root) const;

  /// Durable when it returns. Written before the daemon is asked to pin, so that no pin is forgotten.
  [[nodiscard]] Result<void> add(const ipld::Cid& root);
  /// Written after the daemon has unpinned.
  [[nodiscard]] Result<void> remove(const ipld::Cid& root);

  /// Hold nodes, those of an earlier run too; written as roots are.
  [[nodiscard]] const std::vector<ipld::Cid>& holds() const noexcept { return holds_; }
  [[nodiscard]] Result<void> add_hold(const ipld::Cid& node);
  [[nodiscard]] Result<void> remove_holds();

 private:
  explicit PinLedger(std::filesystem::path file) : file_(std::move(file)) {}
  /// False if it is neither a root nor a hold.
  [[nodiscard]] bool read_line(std::string_view line);
  [[nodiscard]] Result<void> write() const;

  std::filesystem::path file_;
  std::string owner_;  ///< 32 hex digits
  std::vector<ipld::Cid> roots_;
  std::vector<ipld::Cid> holds_;
};

}  // namespace substratee::worker::ipfs::kubo
