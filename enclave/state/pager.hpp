#pragma once

/// Where a state has its records: in opened leaves. Those of a paged state are a bounded cache, with a list of the
/// leaves that the host has to bring; those of a state in memory are all of them, and nothing is ever missed. Large
/// values are not cached beyond settled(). Nothing here waits: what is not at hand is noted, and whoever asked gives up
/// and asks again later.

#include "enclave/state/leaf_cache.hpp"

#include <map>
#include <set>
#include <span>

namespace substratee::enclave::state {

class Pager {
 public:
  /// Most leaves that are noted at once; a commit looks no farther ahead than a quarter of the cache.
  static constexpr std::size_t kMaxWanted = 512;

  explicit Pager(std::optional<std::size_t> cache_limit) : cache_(cache_limit) {}

  /// What `leaves` hold under `key`: a view valid until the next call, or nothing. kNotHere: noted.
  [[nodiscard]] Result<std::optional<ByteView>> find(const Level& leaves, ByteView key);
  /// Takes the leaf with that first key out of the cache. kNotHere: noted.
  [[nodiscard]] Result<Leaf> take(const Level& leaves, ByteView first_key);
  void put(const NodeRef& leaf, Leaf opened) { cache_.put(leaf.digest, std::move(opened)); }
  /// Notes those of the leaves with these first keys that are not here.
  void want(const Level& leaves, std::span<const Bytes> first_keys);
  [[nodiscard]] std::size_t max_ahead() const noexcept;

  /// Whether something was not here since the last begin().
  [[nodiscard]] bool has_missed() const noexcept { return has_missed_; }
  void begin();
  /// The leaves that are waited for.
  [[nodiscard]] std::vector<ipld::Cid> wanted() const;
  /// One of them. kNotWanted, kHashMismatch, or why it does not open as the leaf that it has to be; then it is still
  /// wanted.
  [[nodiscard]] Result<void> provide(const Level& leaves, const registry::ShardId& shard, const KeyRing& keys,
                                     const ipld::Cid& cid, ByteView block);

  /// Keeps the values that were missed until settled(): whoever reads more leaves than the cache holds gets ahead, too.
  void settled();

  [[nodiscard]] std::size_t cached_bytes() const noexcept { return cache_.bytes(); }

 private:
  using Keys = std::set<Bytes, KeyLess>;
  /// A leaf, or a piece of a large value.
  struct Wanted {
    Bytes key;  // first key of the leaf, or the record's
    Keys keys;  // what was asked of the leaf
    std::optional<std::uint32_t> ordinal;
    Writer writer;
  };
  /// A large value of which some pieces have come.
  struct Partial {
    crypto::WipedBytes value;
    std::set<std::uint32_t> missing;
  };
  [[nodiscard]] Wanted* note(const Hash256& digest);
  void note_leaf(const Level::value_type& leaf, std::optional<ByteView> key);
  void note_pieces(const LeafRecord& record);
  void found(const LeafRecord& record);
  [[nodiscard]] Result<void> take_leaf(const Level& leaves, const registry::ShardId& shard, const KeyRing& keys,
                                       const Hash256& digest, const Wanted& wanted, ByteView block);
  [[nodiscard]] Result<void> take_piece(const registry::ShardId& shard, const KeyRing& keys, const Wanted& wanted,
                                        ByteView block);

  LeafCache cache_;
  std::map<Hash256, Wanted> wanted_;
  std::map<Bytes, std::optional<crypto::WipedBytes>, KeyLess> missed_;  // what was there, once it came
  std::map<Bytes, Partial, KeyLess> partial_;
  bool has_missed_ = false;
};

}  // namespace substratee::enclave::state
