#pragma once

/// The tables of the database: one per first byte of the key, numbers big-endian, so that they lie in order.

#include "core/base/bytes.hpp"

#include <string_view>

namespace substratee::node::storage::table {

inline constexpr char kMeta = 'M';      ///< name → what the name says
inline constexpr char kHeaders = 'H';   ///< block → Header
inline constexpr char kBodies = 'B';    ///< block → Vec<Bytes>, the extrinsics
inline constexpr char kJournals = 'J';  ///< block → Vec<JournalEntry>
inline constexpr char kNumbers = 'N';   ///< block hash → u32
inline constexpr char kRoots = 'R';     ///< block → u64 root node ‖ u64 first node number that is still free
inline constexpr char kNodes = 'T';     ///< node number → node (trie_node.hpp)
inline constexpr char kDied = 'D';      ///< block → Vec<u64>, the nodes of its parent's state that its own lacks

[[nodiscard]] inline Bytes key(char table, ByteView key) {
  Bytes out{static_cast<std::uint8_t>(table)};
  append(out, key);
  return out;
}

template <std::unsigned_integral Number>
[[nodiscard]] Bytes key(char table, Number number) {
  Bytes out{static_cast<std::uint8_t>(table)};
  for (auto i = sizeof(number); i-- > 0;) out.push_back(static_cast<std::uint8_t>(number >> 8 * i));
  return out;
}

[[nodiscard]] inline Bytes meta(std::string_view name) { return key(kMeta, as_bytes(name)); }

}  // namespace substratee::node::storage::table
