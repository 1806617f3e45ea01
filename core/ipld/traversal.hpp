#pragma once

/// Which blocks of a DAG a reader needs, in depth-first order: those that resolve a path, then those of what the path
/// leads to, as far as a scope and a range of bytes say (dag-scope and entity-bytes of the Trustless Gateway). Knows no
/// storage: it names a block, takes its bytes and names the next. For whoever sends such blocks and whoever checks
/// them.

#include "core/base/bytes.hpp"
#include "core/ipld/cid.hpp"
#include "core/ipld/error.hpp"
#include "core/ipld/hamt.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace substratee::ipld {

enum class DagScope : std::uint8_t {
  kBlock,   ///< the block at the end of the path alone
  kEntity,  ///< a UnixFS file whole, the shards of a directory, else as kBlock
  kAll,     ///< everything below the end of the path
};

/// First and last byte; negative ones count from the end of the file (-1 is its last byte).
struct ByteRange {
  std::int64_t first = 0;
  std::optional<std::int64_t> last{};  ///< nothing: to the end
  friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

struct Selection {
  std::vector<std::string> path{};  ///< names of directory entries, keys and indices of dag-cbor
  DagScope scope = DagScope::kAll;
  std::optional<ByteRange> range{};  ///< with kEntity and a file; disregarded otherwise
  bool has_repeats = false;          ///< a block that is met again is named again, with all below it
};

class Traversal {
 public:
  /// Levels below the end of the path.
  static constexpr std::uint32_t kMaxDepth = 256;
  /// Links that wait to be followed.
  static constexpr std::size_t kMaxPending = std::size_t{1} << 18;

  /// As give(), for a root that is an identity CID and is read at once.
  [[nodiscard]] static Result<Traversal> begin(const Cid& root, Selection selection);

  /// The block to give next; nothing at the end. The same until it is given. Identity CIDs hold their block themselves
  /// and are not named.
  [[nodiscard]] const std::optional<Cid>& wanted() const noexcept { return wanted_; }

  /// The wanted block was named before and is only needed again: not to be sent where repeats are left out. (A node of
  /// a file that occurs at both ends of a range.)
  [[nodiscard]] bool is_repeat() const noexcept { return is_repeat_; }

  /// The block that is wanted; the caller has checked its hash. kNotFound if the path leads nowhere; kTooDeep beyond
  /// the bounds above; kBadUnixFs if a file contradicts itself; or why the block cannot be read. Nothing is wanted
  /// after a failure.
  [[nodiscard]] Result<void> give(ByteView block);

  /// True once the block at the end of the path is given (or held by its identity CID).
  [[nodiscard]] bool is_resolved() const noexcept { return is_resolved_; }
  /// The range asked for lies wholly outside the file. Known once the path is resolved.
  [[nodiscard]] bool is_out_of_range() const noexcept { return is_out_of_range_; }
  /// Root and what each segment of the path led to, as far as that is a block of its own.
  [[nodiscard]] const std::vector<Cid>& resolved() const noexcept { return resolved_; }

 private:
  /// How the links of a block are followed.
  enum class Follow : std::uint8_t { kAll, kFile, kShards };

  struct Pending {
    Cid cid;
    Follow follow = Follow::kAll;
    std::uint32_t depth = 0;
    std::uint64_t offset = 0;  ///< kFile: of its first byte in the whole file
    std::uint64_t size = 0;    ///< kFile: as its parent says
  };

  /// Bytes of a file; empty if first > last.
  struct Interval {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
  };

  using Key = FixedBytes<33>;  ///< codec and digest
  struct KeyHash {
    std::size_t operator()(const Key& key) const noexcept;
  };

  explicit Traversal(Selection selection) : selection_(std::move(selection)) {}
  [[nodiscard]] Result<void> settle();
  [[nodiscard]] bool pick();
  [[nodiscard]] bool is_done_with(const Pending& next);
  [[nodiscard]] Result<void> take(const Cid& cid, ByteView block);
  [[nodiscard]] Result<void> resolve(const Cid& cid, ByteView block);
  [[nodiscard]] Result<std::optional<Cid>> step(const Cid& cid, ByteView block);
  [[nodiscard]] Result<std::optional<Cid>> step_cbor(ByteView block);
  [[nodiscard]] Result<std::optional<Cid>> step_unixfs(ByteView block);
  [[nodiscard]] Result<std::optional<Cid>> step_shard(ByteView block);
  [[nodiscard]] Cid end_segment(Cid target);
  [[nodiscard]] Result<void> end_path(const Cid& cid, ByteView block);
  [[nodiscard]] Result<void> begin_entity(const Cid& cid, ByteView block);
  void select(std::uint64_t file_size);
  [[nodiscard]] bool overlaps(std::uint64_t offset, std::uint64_t size) const;
  [[nodiscard]] bool covers(const Pending& part) const;
  [[nodiscard]] Result<void> expand(const Pending& from, ByteView block);
  [[nodiscard]] Result<void> expand_file(const Pending& from, ByteView block);
  [[nodiscard]] Result<void> expand_shard(const Pending& from, ByteView block);
  [[nodiscard]] Result<void> expand_all(const Pending& from, std::vector<Cid> links);
  [[nodiscard]] Result<void> push(std::vector<Pending> found);

  Selection selection_;
  std::optional<Cid> wanted_;
  bool is_repeat_ = false;

  std::size_t segment_ = 0;        ///< of the path, to be looked up in the wanted block
  std::optional<HamtPath> shard_;  ///< while the segment is looked up in a sharded directory
  std::vector<Cid> resolved_;
  std::optional<std::vector<Cid>> inner_links_;  ///< the path ended inside a dag-cbor block, above these
  bool is_resolved_ = false;

  bool is_out_of_range_ = false;
  std::optional<Interval> interval_;             ///< the range, in bytes of the file
  Pending current_;                              ///< what is wanted, once the path is resolved
  std::vector<Pending> pending_;                 ///< the next one at the back
  std::unordered_map<Key, bool, KeyHash> seen_;  ///< unless repeats are named; true: with all below it
};

}  // namespace substratee::ipld
