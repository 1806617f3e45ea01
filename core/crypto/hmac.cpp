// SHA256_Init and its kin are deprecated in favour of an interface that allocates for each hash: for the eight
// short HMACs of one HPKE message that would cost more than the hashing.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "core/crypto/hmac.hpp"

#include "core/base/check.hpp"
#include "core/crypto/secret.hpp"

#include <openssl/sha.h>

#include <new>

namespace substratee::crypto::detail {
namespace {

constexpr std::size_t kBlockSize = 64;
constexpr std::size_t kHashSize = 32;

template <std::size_t N>
SHA256_CTX* state_of(std::array<std::uint8_t, N>& storage) noexcept {
  static_assert(sizeof(SHA256_CTX) <= N && alignof(SHA256_CTX) <= 16 && std::is_trivial_v<SHA256_CTX>);
  return std::launder(reinterpret_cast<SHA256_CTX*>(storage.data()));
}

template <std::size_t N>
void start(std::array<std::uint8_t, N>& storage, std::span<const std::uint8_t, kBlockSize> key,
           std::uint8_t pad) noexcept {
  Wiped<kBlockSize> block;
  for (std::size_t i = 0; i < kBlockSize; ++i) block.bytes[i] = key[i] ^ pad;
  SHA256_CTX* state = new (storage.data()) SHA256_CTX;
  SHA256_Init(state);
  SHA256_Update(state, block.bytes.data(), kBlockSize);
}

}  // namespace

HmacSha256::HmacSha256(ByteView key) noexcept {
  Wiped<kBlockSize> block;
  if (key.size() > kBlockSize) {
    SHA256_CTX* state = new (inner_.data()) SHA256_CTX;
    SHA256_Init(state);
    SHA256_Update(state, key.data(), key.size());
    SHA256_Final(block.bytes.data(), state);
  } else {
    std::copy(key.begin(), key.end(), block.bytes.begin());
  }
  start(inner_, block.bytes, 0x36);
  start(outer_, block.bytes, 0x5c);
}

HmacSha256::~HmacSha256() {
  wipe(inner_);
  wipe(outer_);
}

void HmacSha256::update(ByteView data) noexcept {
  if (!data.empty()) SHA256_Update(state_of(inner_), data.data(), data.size());
}

void HmacSha256::finish(std::span<std::uint8_t, 32> out) noexcept {
  Wiped<kHashSize> digest;
  SHA256_Final(digest.bytes.data(), state_of(inner_));
  SHA256_Update(state_of(outer_), digest.bytes.data(), kHashSize);
  SHA256_Final(out.data(), state_of(outer_));
}

void hkdf_extract_parts(ByteView salt, Parts input_key, std::span<std::uint8_t, 32> out) noexcept {
  HmacSha256 mac(salt);
  for (const ByteView part : input_key) mac.update(part);
  mac.finish(out);
}

void hkdf_expand_parts(ByteView pseudo_random_key, Parts info, MutableByteView out) noexcept {
  SUBSTRATEE_CHECK(out.size() <= 255 * kHashSize);
  Wiped<kHashSize> block;
  for (std::uint8_t counter = 1; !out.empty(); ++counter) {
    HmacSha256 mac(pseudo_random_key);
    if (counter > 1) mac.update(block.bytes);
    for (const ByteView part : info) mac.update(part);
    mac.update({&counter, 1});
    mac.finish(block.bytes);
    const std::size_t size = std::min(out.size(), kHashSize);
    std::copy_n(block.bytes.begin(), size, out.begin());
    out = out.subspan(size);
  }
}

}  // namespace substratee::crypto::detail
