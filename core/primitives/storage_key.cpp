#include "core/primitives/storage_key.hpp"

namespace substratee::primitives {

void append_hashed(Bytes& key, Hasher hasher, ByteView encoded) {
  switch (hasher) {
    case Hasher::kBlake2_128: return append(key, crypto::blake2_128(encoded).bytes);
    case Hasher::kBlake2_256: return append(key, crypto::blake2_256(encoded).bytes);
    case Hasher::kBlake2_128Concat: append(key, crypto::blake2_128(encoded).bytes); break;
    case Hasher::kTwox128: return append(key, crypto::twox_128(encoded).bytes);
    case Hasher::kTwox256: return append(key, crypto::twox_256(encoded).bytes);
    case Hasher::kTwox64Concat: append(key, crypto::twox_64(encoded).bytes); break;
    case Hasher::kIdentity: break;
  }
  append(key, encoded);
}

Bytes storage_prefix(std::string_view pallet, std::string_view item) {
  return concat(crypto::twox_128(as_bytes(pallet)).bytes, crypto::twox_128(as_bytes(item)).bytes);
}

}  // namespace substratee::primitives
