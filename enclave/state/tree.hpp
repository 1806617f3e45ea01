#pragma once

/// The public face of a state: a UnixFS directory {index, leaves, manifest} over the encrypted blocks, which any IPFS
/// tool can pin, export and fetch by one CID. `index` holds the pages from the top level down, `leaves` the leaves,
/// each with the pieces of its large values behind it, both in key order; inner file nodes end by content, so that a
/// changed leaf rewrites one small node a level and an inserted one not all that follow.

#include "core/ipld/unixfs.hpp"
#include "core/registry/types.hpp"
#include "enclave/state/error.hpp"
#include "enclave/state/recut.hpp"

#include <map>
#include <set>
#include <vector>

namespace substratee::enclave::state {

/// Where a block stands in its file.
struct Place {
  std::size_t depth = 0;  ///< of a page, counted from a level that no index reaches
  Bytes key;
  std::uint32_t ordinal = 0;  ///< 0, or of a piece, from 1

  [[nodiscard]] static Place of_leaf(std::size_t, Bytes first_key) { return {0, std::move(first_key), 0}; }
  [[nodiscard]] static Place of_piece(Bytes key, std::uint32_t ordinal) { return {0, std::move(key), ordinal + 1}; }
  [[nodiscard]] static Place of_page(std::size_t level, Bytes first_key) {
    return {255 - level, std::move(first_key), 0};
  }
  friend auto operator<=>(const Place&, const Place&) = default;
};

/// A file over encrypted blocks that is kept up with changes of them.
class PublicFile {
 public:
  void put(Place place, const Hash256& digest);
  void erase(const Place& place);
  /// The file as it is now; inner nodes that it had not before are appended to `blocks`, children first.
  [[nodiscard]] ipld::Child update(std::vector<ipld::Block>& blocks);

 private:
  struct Link {
    Hash256 digest;
    std::uint64_t content_size = 0;
    std::uint64_t dag_size = 0;
    friend bool operator==(const Link&, const Link&) = default;
  };
  using Links = std::map<Place, Link>;
  [[nodiscard]] ipld::Child child(std::size_t level, const Link& link) const;
  void cut(std::size_t level, std::vector<Changed<Place>>& changed, std::vector<ipld::Block>& blocks);

  std::vector<Links> levels_ = std::vector<Links>(1);  // the blocks, then inner nodes up to one that holds all
  std::set<Place> changed_;
  bool is_written_empty_ = false;
};

struct PublicTree {
  PublicFile index;
  PublicFile leaves;

  /// The directory; what it had not before is appended to `blocks`, the root last.
  [[nodiscard]] registry::StateCid update(const Hash256& manifest, std::vector<ipld::Block>& blocks);
};

/// The manifest's digest. kBadDirectory, or kBadSize if the block is larger than such a directory can be.
[[nodiscard]] Result<Hash256> read_root(ByteView block);

}  // namespace substratee::enclave::state
