#pragma once

/// A file of blocks, as `export-blocks` writes and `import-blocks` reads it (docs/protocol.md, "Files of blocks"):
/// "substratee-blocks/1\n" ‖ frame(BlockFileHead) ‖ frame(genesis state), if there is one ‖ frame(SealedBlock)…
/// frame(x) = u32 LE size ‖ SCALE(x). A genesis state, Vec<(key, value)> in order, stands in a file that begins with
/// block 1: it alone makes the chain again. Whatever is read is bounded and hostile until it is checked.

#include "node/consensus/dev/importer.hpp"

#include <filesystem>
#include <fstream>

namespace substratee::node::service {

using consensus::dev::SealedBlock;

struct BlockFileHead {
  primitives::BlockHash genesis_hash;
  primitives::BlockNumber first = 1;
  primitives::BlockNumber last = 0;  ///< smaller than `first`: no block
  bool has_genesis = false;
  SUBSTRATEE_FIELDS(BlockFileHead, genesis_hash, first, last, has_genesis)
  friend bool operator==(const BlockFileHead&, const BlockFileHead&) = default;
};

/// Writes under another name; finish() gives the file its own, complete and on the disk.
class BlockFileWriter {
 public:
  /// kDisk.
  [[nodiscard]] static storage::Result<BlockFileWriter> create(const std::filesystem::path& file,
                                                               const BlockFileHead& head,
                                                               const runtime::StateView* genesis);
  BlockFileWriter(BlockFileWriter&& other) noexcept = default;
  BlockFileWriter& operator=(BlockFileWriter&&) = delete;
  ~BlockFileWriter();
  [[nodiscard]] storage::Result<void> write(const SealedBlock& block);
  [[nodiscard]] storage::Result<void> finish();

 private:
  BlockFileWriter(std::filesystem::path file, std::ofstream out) : file_(std::move(file)), out_(std::move(out)) {}
  [[nodiscard]] storage::Result<void> frame(ByteView content);
  [[nodiscard]] std::filesystem::path unfinished() const { return file_.string() + ".new"; }
  std::filesystem::path file_;
  std::ofstream out_;
};

class BlockFileReader {
 public:
  /// kForeign: not such a file; kCorrupt: damaged, cut, or a genesis state that is not the one of its hash; kDisk.
  [[nodiscard]] static storage::Result<BlockFileReader> open(const std::filesystem::path& file);
  [[nodiscard]] const BlockFileHead& head() const noexcept { return head_; }
  /// Empty if the file has none. Its header has the hash in head().
  [[nodiscard]] const std::map<Bytes, Bytes>& genesis() const noexcept { return genesis_; }
  /// The next block, numbered as expected; nothing after the last one.
  [[nodiscard]] storage::Result<std::optional<SealedBlock>> next();

 private:
  BlockFileReader(std::filesystem::path file, std::ifstream in) : file_(std::move(file)), in_(std::move(in)) {}
  [[nodiscard]] storage::Result<void> read_head();
  [[nodiscard]] storage::Result<Bytes> frame(std::size_t max, std::string_view what);
  [[nodiscard]] std::unexpected<storage::Error> damaged(std::string_view what) const;
  std::filesystem::path file_;
  std::ifstream in_;
  BlockFileHead head_;
  std::map<Bytes, Bytes> genesis_;
  std::uint64_t next_ = 1;
};

}  // namespace substratee::node::service
