#pragma once

/// Opens a state from blocks that strangers hand over. The hash is checked before anything is parsed; then structure,
/// encryption, writer, key order, counts, the cut rule and at last the public tree: what is finished is exactly the
/// state that the root names, and its next commit is that of an enclave which never closed it. A stranger can only
/// withhold. For a paged state the leaves are checked as they come, and not kept.

#include "enclave/state/cut.hpp"
#include "enclave/state/error.hpp"
#include "enclave/state/key_range.hpp"
#include "enclave/state/key_ring.hpp"
#include "enclave/state/manifest.hpp"
#include "enclave/state/seal.hpp"
#include "enclave/state/state.hpp"

#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

namespace substratee::enclave::state {

class Loader {
 public:
  /// `root`: agreed on the chain. `height_limit`: number of the agreed block. The ring lives longer than the loader.
  [[nodiscard]] static Result<Loader> start(const registry::StateCid& root, const registry::ShardId& shard,
                                            registry::BlockNumber height_limit, const KeyRing& keys,
                                            crypto::Secret<32> cut_key, CacheLimit cache_limit = std::nullopt);

  /// At most `max` blocks to fetch next, index pages first; the inner nodes of the public tree are not needed. Asks
  /// again for what has not come.
  [[nodiscard]] std::vector<ipld::Cid> wanted(std::size_t max) const;

  /// A wanted block. On error nothing has changed and the block is still wanted; an error other than kNotWanted and
  /// kHashMismatch will not go away with another copy.
  [[nodiscard]] Result<void> provide(const ipld::Cid& cid, ByteView block);

  [[nodiscard]] bool is_complete() const noexcept { return wanted_.empty(); }
  /// The state, with everything checked that needs all of it.
  [[nodiscard]] Result<State> finish() &&;

 private:
  enum class Kind : std::uint8_t { kRoot, kManifest, kNode, kPiece };
  /// What its parent says of a wanted block.
  struct Expected {
    Kind kind = Kind::kNode;
    std::uint8_t level = 0;  // 0 for a leaf
    Writer writer;
    KeyRange range;             // of the top page: all keys; of a piece, `first` is its record's
    std::uint32_t ordinal = 0;  // of a piece
    std::size_t size = 0;       // of the value that it is a piece of
  };
  using Wanted = std::unordered_map<Hash256, Expected, DigestHash>;

  Loader(const registry::StateCid& root, const registry::ShardId& shard, registry::BlockNumber height_limit,
         const KeyRing& keys, crypto::Secret<32> cut_key, CacheLimit cache_limit);
  void want(const Hash256& digest, Expected expected);
  [[nodiscard]] bool is_wanted(const Hash256& digest) const;
  [[nodiscard]] Result<void> take(const Hash256& digest, const Expected& expected, ByteView block);
  [[nodiscard]] Result<void> take_root(ByteView block);
  [[nodiscard]] Result<void> take_manifest(ByteView block);
  [[nodiscard]] Result<void> read_manifest(registry::Epoch epoch, ByteView content);
  [[nodiscard]] Result<void> take_leaf(const Hash256& digest, const Expected& expected, ByteView block);
  [[nodiscard]] Result<void> take_padding(const Hash256& digest, const Expected& expected, ByteView block);
  [[nodiscard]] Result<void> take_piece(const Hash256& digest, const Expected& expected, ByteView block);
  [[nodiscard]] Result<void> check_pieces(const Expected& expected, const LeafRecords& records) const;
  void want_pieces(const LeafRecord& record);
  [[nodiscard]] Result<Frame> open(const Expected& expected, ByteView block) const;
  [[nodiscard]] Result<void> take_page(const Hash256& digest, const Expected& expected, ByteView block);
  /// The page's first key.
  [[nodiscard]] Result<Bytes> want_children(const Expected& expected, ByteView content);
  [[nodiscard]] bool are_leaves_cut() const;

  State state_;
  registry::BlockNumber height_limit_;
  const KeyRing* keys_;
  Hash256 manifest_digest_;
  Manifest manifest_;
  std::map<Bytes, LeafShape, KeyLess> shapes_;  // of leaves that have come
  std::set<Hash256> pieces_;                    // digests of all: a piece has one place
  std::map<int, Wanted> wanted_;                // by rank, high levels first; none of them is empty
};

}  // namespace substratee::enclave::state
