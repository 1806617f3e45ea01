#pragma once

/// Storage items, declared once: pallet, name, hashers, key and value types, what they are for. Reading, writing,
/// iterating and the metadata come from the declaration. What stands in the state was written by us: a value that does
/// not decode is a bug.

#include "core/primitives/storage_key.hpp"
#include "node/runtime/frame/declaration.hpp"
#include "node/runtime/frame/overlay.hpp"

#include <string_view>

namespace substratee::node::runtime {

using primitives::Hasher;

/// Whether an absent value means "nothing" or the default of its type.
enum class Modifier : std::uint8_t { kOptional, kDefault };

namespace detail {

template <class T>
[[nodiscard]] T decode_stored(ByteView bytes) {
  auto value = scale::decode<T>(bytes);
  SUBSTRATEE_CHECK(value.has_value());
  return *std::move(value);
}

template <class T>
[[nodiscard]] std::optional<T> read_stored(const StateView& state, ByteView key) {
  const auto bytes = state.get(key);
  if (!bytes) return std::nullopt;
  return decode_stored<T>(*bytes);
}

/// Bytes that a hasher puts before the key that it leaves readable.
[[nodiscard]] constexpr std::size_t hash_size(Hasher hasher) {
  return hasher == Hasher::kTwox64Concat ? 8 : hasher == Hasher::kBlake2_128Concat ? 16 : 0;
}

/// All entries below `prefix`, in the order of their hashed keys; K is the last key.
template <class K, class V>
[[nodiscard]] std::vector<std::pair<K, V>> entries_below(const StateView& state, const Bytes& prefix, Hasher hasher) {
  std::vector<std::pair<K, V>> out;
  for (auto at = state.next(prefix); at; at = state.next(at->first)) {
    if (at->first.size() < prefix.size() || !std::equal(prefix.begin(), prefix.end(), at->first.begin())) break;
    const auto readable = ByteView(at->first).subspan(prefix.size() + hash_size(hasher));
    out.emplace_back(decode_stored<K>(readable), decode_stored<V>(at->second));
  }
  return out;
}

}  // namespace detail

template <class T>
struct StorageValue {
  using Value = T;
  std::string_view pallet;
  std::string_view name;
  std::string_view docs;
  Modifier modifier = Modifier::kDefault;
  Meaning meaning = Meaning::kHash;  ///< of the value

  [[nodiscard]] Bytes key() const { return primitives::storage_prefix(pallet, name); }
  [[nodiscard]] std::optional<T> find(const StateView& state) const { return detail::read_stored<T>(state, key()); }
  [[nodiscard]] T get(const StateView& state) const { return find(state).value_or(T{}); }
  void put(Overlay& state, const T& value) const { state.put(key(), scale::encode(value)); }
  void erase(Overlay& state) const { state.erase(key()); }
};

template <class K, class T>
struct StorageMap {
  using Key = K;
  using Value = T;
  std::string_view pallet;
  std::string_view name;
  Hasher hasher;
  std::string_view docs;
  Modifier modifier = Modifier::kOptional;
  Meaning meaning = Meaning::kHash;  ///< of the key

  [[nodiscard]] Bytes prefix() const { return primitives::storage_prefix(pallet, name); }
  [[nodiscard]] Bytes key(const K& k) const { return primitives::storage_key(pallet, name, hasher, k); }
  [[nodiscard]] std::optional<T> find(const StateView& state, const K& k) const {
    return detail::read_stored<T>(state, key(k));
  }
  [[nodiscard]] T get(const StateView& state, const K& k) const { return find(state, k).value_or(T{}); }
  [[nodiscard]] bool contains(const StateView& state, const K& k) const { return state.get(key(k)).has_value(); }
  [[nodiscard]] std::vector<std::pair<K, T>> entries(const StateView& state) const {
    return detail::entries_below<K, T>(state, prefix(), hasher);
  }
  void put(Overlay& state, const K& k, const T& value) const { state.put(key(k), scale::encode(value)); }
  void erase(Overlay& state, const K& k) const { state.erase(key(k)); }
};

template <class K1, class K2, class T>
struct StorageDoubleMap {
  using Key1 = K1;
  using Key2 = K2;
  using Value = T;
  std::string_view pallet;
  std::string_view name;
  Hasher hasher1;
  Hasher hasher2;
  std::string_view docs;
  Modifier modifier = Modifier::kOptional;
  Meaning meaning1 = Meaning::kHash;
  Meaning meaning2 = Meaning::kHash;

  [[nodiscard]] Bytes prefix(const K1& k1) const { return primitives::storage_key(pallet, name, hasher1, k1); }
  [[nodiscard]] Bytes key(const K1& k1, const K2& k2) const {
    return primitives::storage_key(pallet, name, hasher1, k1, hasher2, k2);
  }
  [[nodiscard]] std::optional<T> find(const StateView& state, const K1& k1, const K2& k2) const {
    return detail::read_stored<T>(state, key(k1, k2));
  }
  [[nodiscard]] bool contains(const StateView& state, const K1& k1, const K2& k2) const {
    return state.get(key(k1, k2)).has_value();
  }
  [[nodiscard]] std::vector<std::pair<K2, T>> entries(const StateView& state, const K1& k1) const {
    return detail::entries_below<K2, T>(state, prefix(k1), hasher2);
  }
  void put(Overlay& state, const K1& k1, const K2& k2, const T& value) const {
    state.put(key(k1, k2), scale::encode(value));
  }
  void erase(Overlay& state, const K1& k1, const K2& k2) const { state.erase(key(k1, k2)); }
};

/// A value without content: the key's presence is the information.
struct Unit {
  SUBSTRATEE_FIELDS(Unit)
  friend bool operator==(const Unit&, const Unit&) = default;
};

}  // namespace substratee::node::runtime
