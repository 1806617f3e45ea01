#pragma once

/// Storage keys: twox_128(pallet) ‖ twox_128(item) ‖ hashed map keys. Vectors: substrate/storage_keys.json.

#include "core/crypto/hash.hpp"
#include "core/scale/codec.hpp"

#include <string_view>

namespace substratee::primitives {

enum class Hasher : std::uint8_t {
  kBlake2_128,
  kBlake2_256,
  kBlake2_128Concat,
  kTwox128,
  kTwox256,
  kTwox64Concat,
  kIdentity
};

/// Appends hasher(encoded) to `key`.
void append_hashed(Bytes& key, Hasher hasher, ByteView encoded);

/// The prefix of every key of one storage item.
[[nodiscard]] Bytes storage_prefix(std::string_view pallet, std::string_view item);

/// storage_key("System", "Account", Hasher::kBlake2_128Concat, account)
template <class Key>
[[nodiscard]] Bytes storage_key(std::string_view pallet, std::string_view item, Hasher hasher, const Key& key) {
  auto out = storage_prefix(pallet, item);
  append_hashed(out, hasher, scale::encode(key));
  return out;
}

template <class Key1, class Key2>
[[nodiscard]] Bytes storage_key(std::string_view pallet, std::string_view item, Hasher hasher1, const Key1& key1,
                                Hasher hasher2, const Key2& key2) {
  auto out = storage_key(pallet, item, hasher1, key1);
  append_hashed(out, hasher2, scale::encode(key2));
  return out;
}

}  // namespace substratee::primitives
