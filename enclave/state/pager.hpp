#pragma once

/// What a paged state has in place of its records: a bounded cache of leaves, and a list of those that the host has to
/// bring. Nothing here waits: what is not at hand is noted, and whoever asked gives up and asks again later.

#include "enclave/state/leaf_cache.hpp"

#include <map>
#include <set>
#include <span>

namespace substratee::enclave::state {

class Pager {
 public:
  /// Most leaves that are noted at once; a commit looks no farther ahead than a quarter of the cache.
  static constexpr std::size_t kMaxWanted = 512;

  explicit Pager(std::size_t cache_limit) : cache_(cache_limit) {}

  /// What `leaves` (in key order) hold under `key`: a view valid until the next call, or nothing. kNotHere: noted.
  [[nodiscard]] Result<std::optional<ByteView>> find(std::span<const NodeRef> leaves, ByteView key);
  /// Takes that leaf out of the cache. kNotHere: noted.
  [[nodiscard]] Result<Leaf> take(std::span<const NodeRef> leaves, std::size_t index);
  void put(const NodeRef& leaf, Leaf opened) { cache_.put(leaf.digest, std::move(opened)); }
  /// Notes those of `indices` that are not here.
  void want(std::span<const NodeRef> leaves, std::span<const std::size_t> indices);
  [[nodiscard]] std::size_t max_ahead() const noexcept;

  /// Whether something was not here since the last begin().
  [[nodiscard]] bool has_missed() const noexcept { return has_missed_; }
  void begin();
  /// The leaves that are waited for.
  [[nodiscard]] std::vector<ipld::Cid> wanted() const;
  /// One of them. kNotWanted, kHashMismatch, or why it does not open as the leaf that it has to be; then it is still
  /// wanted.
  [[nodiscard]] Result<void> provide(std::span<const NodeRef> leaves, const registry::ShardId& shard,
                                     const KeyRing& keys, const ipld::Cid& cid, ByteView block);

  /// Keeps the values that were missed until settled(): whoever reads more leaves than the cache holds gets ahead, too.
  void settled();

  [[nodiscard]] std::size_t cached_bytes() const noexcept { return cache_.bytes(); }

 private:
  using Keys = std::set<Bytes, KeyLess>;
  struct Wanted {
    std::size_t index = 0;
    Keys keys;
  };
  [[nodiscard]] Keys* note(std::span<const NodeRef> leaves, std::size_t index);

  LeafCache cache_;
  std::map<Hash256, Wanted> wanted_;
  std::map<Bytes, std::optional<crypto::WipedBytes>, KeyLess> missed_;  // what was there, once it came
  bool has_missed_ = false;
};

}  // namespace substratee::enclave::state
