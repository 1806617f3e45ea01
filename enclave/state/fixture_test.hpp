#pragma once

/// What the tests of enclave/state share: a shard with keys, a store of blocks that checks what it is given, and
/// loading.

#include "core/base/result.hpp"
#include "enclave/state/loader.hpp"
#include "enclave/state/page.hpp"
#include "enclave/state/seal.hpp"
#include "enclave/state/state.hpp"
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
