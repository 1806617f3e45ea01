#pragma once

/// What the tests of enclave/state share: a shard with keys, a store of blocks that checks what it is given, and
/// loading.

#include "core/base/result.hpp"
#include "enclave/state/loader.hpp"
#include "enclave/state/page.hpp"
#include "enclave/state/seal.hpp"
#include "enclave/state/state.hpp"
#include "enclave/state/testing.hpp"
#include "enclave/state/tree.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace substratee::enclave::state::test {

inline Hash256 filled(std::uint8_t byte) {
  Hash256 out;
  out.bytes.fill(byte);
  return out;
}

inline crypto::Secret<32> secret(std::uint8_t byte) { return *crypto::Secret<32>::from(filled(byte).bytes); }

inline const registry::ShardId kShard = filled(0x5a);
inline crypto::Secret<32> test_cut_key() { return secret(0xc7); }

/// Epochs 1..count with the keys secret(1)..secret(count).
inline KeyRing ring(std::uint8_t count = 1) {
  KeyRing out;
  for (std::uint8_t epoch = 1; epoch <= count; ++epoch) out.add(epoch, secret(epoch));
  return out;
}

inline Writer writer_at(registry::BlockNumber height, registry::Epoch epoch = 1) {
  return {.epoch = epoch, .height = height, .block_hash = filled(static_cast<std::uint8_t>(height))};
}

inline Bytes key_of(std::uint32_t number) {
  Bytes out(33);
  for (std::size_t i = 0; i < 4; ++i) out[i] = static_cast<std::uint8_t>(number >> (24 - 8 * i));
  out[32] = 16;
  return out;
}

inline Bytes value_of(std::uint32_t number, std::size_t size = 107) {
  Bytes out(size, static_cast<std::uint8_t>(number));
  for (std::size_t i = 0; i < std::min<std::size_t>(4, size); ++i)
    out[i] = static_cast<std::uint8_t>(number >> (8 * i));
  return out;
}

inline State new_state() { return State::empty(kShard, test_cut_key()); }

/// `count` records, not committed.
inline State filled_state(std::uint32_t count) {
  State out = new_state();
  for (std::uint32_t i = 0; i < count; ++i) out.put(key_of(i), value_of(i));
  return out;
}

struct Store {
  std::map<Bytes, Bytes> blocks;  // by CID

  void add(const std::vector<ipld::Block>& more) {
    for (const auto& block : more) {
      ASSERT_TRUE(block.cid.verify(block.bytes));
      blocks[block.cid.to_bytes()] = block.bytes;
    }
  }
};

/// The CIDs of the blocks below one node of a file, in order.
inline void add_blocks_below(const Store& store, const ipld::Cid& cid, std::vector<Bytes>& out) {
  if (cid.codec == ipld::Codec::kRaw) return out.push_back(cid.to_bytes());
  const auto node = ipld::read_file_node(store.blocks.at(cid.to_bytes()));
  ASSERT_TRUE(node.has_value());
  for (const auto& child : node->children) add_blocks_below(store, child.cid, out);
}

/// The CIDs that the file `leaves` is made of: what an observer sees.
inline std::vector<Bytes> leaf_blocks(const Store& store, const registry::StateCid& root) {
  std::vector<Bytes> out;
  const auto entries = ipld::read_directory(store.blocks.at(to_bytes(root.bytes)));
  EXPECT_TRUE(entries.has_value());
  if (entries) add_blocks_below(store, (*entries)[1].child.cid, out);
  return out;
}

/// Serves everything the loader wants, a few blocks at a time.
inline Result<State> load(const Store& store, const registry::StateCid& root, registry::BlockNumber limit,
                          const KeyRing& keys, const registry::ShardId& shard = kShard,
                          crypto::Secret<32> cut_key = test_cut_key(), CacheLimit cache_limit = std::nullopt) {
  auto loader = SUBSTRATEE_TRY(Loader::start(root, shard, limit, keys, std::move(cut_key), cache_limit));
  while (!loader.is_complete()) {
    for (const auto& cid : loader.wanted(3)) {
      const auto found = store.blocks.find(cid.to_bytes());
      if (found == store.blocks.end()) return std::unexpected(Error::kIncomplete);
      SUBSTRATEE_TRY(loader.provide(cid, found->second));
    }
  }
  return std::move(loader).finish();
}

inline Commit commit(State& state, const Writer& writer, const KeyRing& keys) {
  auto out = state.commit(writer, keys);
  EXPECT_TRUE(out.has_value());
  return *std::move(out);
}

}  // namespace substratee::enclave::state::test
