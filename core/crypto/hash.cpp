// The streaming SHA functions of OpenSSL are deprecated in favour of EVP, which allocates and looks the algorithm up by
// name for every digest. They use the same SHA-NI code and cannot fail.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "core/crypto/hash.hpp"

#include <new>

#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <sodium/crypto_generichash_blake2b.h>
#include <xxhash.h>

namespace substratee::crypto {
namespace {

SHA256_CTX* context_in(std::array<std::uint8_t, 128>& state) noexcept {
  static_assert(sizeof(SHA256_CTX) <= sizeof(state) && alignof(SHA256_CTX) <= 16);
  return std::launder(reinterpret_cast<SHA256_CTX*>(state.data()));
}

/// libsodium takes 1 to 64 bytes of digest and, unlike OpenSSL's BLAKE2b, hashes the length in.
template <std::size_t N>
FixedBytes<N> blake2b(ByteView data) noexcept {
  FixedBytes<N> out;
  crypto_generichash_blake2b(out.data(), N, data.data(), data.size(), nullptr, 0);
  return out;
}

void store_xxh64(ByteView data, XXH64_hash_t seed, MutableByteView out) noexcept {
  auto hash = XXH64(data.data(), data.size(), seed);
  for (auto& byte : out.first<8>()) {
    byte = static_cast<std::uint8_t>(hash);
    hash >>= 8;
  }
}

}  // namespace

Hash256 sha256(ByteView data) noexcept {
  Sha256 hasher;
  hasher.update(data);
  return hasher.finish();
}

FixedBytes<48> sha384(ByteView data) noexcept {
  FixedBytes<48> out;
  SHA512_CTX context;
  SHA384_Init(&context);
  SHA384_Update(&context, data.data(), data.size());
  SHA384_Final(out.data(), &context);
  return out;
}

FixedBytes<64> sha512(ByteView data) noexcept {
  FixedBytes<64> out;
  SHA512_CTX context;
  SHA512_Init(&context);
  SHA512_Update(&context, data.data(), data.size());
  SHA512_Final(out.data(), &context);
  return out;
}

Sha256::Sha256() noexcept { SHA256_Init(new (state_.data()) SHA256_CTX); }

void Sha256::update(ByteView data) noexcept { SHA256_Update(context_in(state_), data.data(), data.size()); }

Hash256 Sha256::finish() noexcept {
  Hash256 out;
  SHA256_Final(out.data(), context_in(state_));
  // HMAC feeds keys through here.
  OPENSSL_cleanse(state_.data(), state_.size());
  return out;
}

FixedBytes<8> blake2_64(ByteView data) noexcept { return blake2b<8>(data); }
FixedBytes<16> blake2_128(ByteView data) noexcept { return blake2b<16>(data); }
Hash256 blake2_256(ByteView data) noexcept { return blake2b<32>(data); }
FixedBytes<64> blake2_512(ByteView data) noexcept { return blake2b<64>(data); }

FixedBytes<8> twox_64(ByteView data) noexcept {
  FixedBytes<8> out;
  store_xxh64(data, 0, out.bytes);
  return out;
}

FixedBytes<16> twox_128(ByteView data) noexcept {
  FixedBytes<16> out;
  store_xxh64(data, 0, MutableByteView(out.bytes).first<8>());
  store_xxh64(data, 1, MutableByteView(out.bytes).last<8>());
  return out;
}

Hash256 twox_256(ByteView data) noexcept {
  Hash256 out;
  for (XXH64_hash_t seed = 0; seed < 4; ++seed)
    store_xxh64(data, seed, MutableByteView(out.bytes).subspan(8 * seed, 8));
  return out;
}

}  // namespace substratee::crypto
