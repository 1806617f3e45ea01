#pragma once

/// Substrate's state trie: base-16 Patricia, nodes hashed with blake2_256.
/// Layout V1 hashes values of 33 bytes and more (the state); layout V0 never does (extrinsics and journals).
/// Vectors: substrate/{trie,state_root_real}.json. Not its job: storage; the map is an argument.

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"

#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace substratee::trie {

enum class Layout : std::uint8_t { kV0, kV1 };

/// The whole content, in key order.
using Content = std::map<Bytes, Bytes>;

/// Root over all keys.
[[nodiscard]] Hash256 root(const Content& content, Layout layout);
/// Root of a list: key = compact(i), as extrinsicsRoot and the journal are computed.
[[nodiscard]] Hash256 ordered_root(std::span<const Bytes> items, Layout layout = Layout::kV0);

/// The root of the empty trie.
[[nodiscard]] Hash256 empty_root();

/// The nodes on the paths to `keys` (present or not), deduplicated, as state_getReadProof gives them.
[[nodiscard]] std::vector<Bytes> prove(const Content& content, std::span<const Bytes> keys,
                                       Layout layout = Layout::kV1);

enum class Error {
  kMissingNode,   ///< the proof lacks a node on the path
  kBadNode,       ///< a node that does not parse or is not canonical
  kTooManyNodes,  ///< more nodes or bytes than the caller's limit
};
[[nodiscard]] std::string_view to_string(Error error) noexcept;
template <class T>
using Result = std::expected<T, Error>;

/// A proof of some keys under one root. Reads only what is proved: absent and unproved are told apart.
class ReadProof {
 public:
  /// At most `max_nodes` nodes and `max_bytes` in all.
  [[nodiscard]] static Result<ReadProof> from(Hash256 root, std::vector<Bytes> nodes, std::size_t max_nodes = 4096,
                                              std::size_t max_bytes = 4 * 1024 * 1024);
  /// The value, or nothing when the proof shows that the key is absent. kMissingNode when the proof does not tell.
  [[nodiscard]] Result<std::optional<Bytes>> get(ByteView key) const;

 private:
  ReadProof() = default;
  Hash256 root_;
  std::map<Hash256, Bytes> nodes_;
};

}  // namespace substratee::trie
