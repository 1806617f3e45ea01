#include "core/crypto/secret.hpp"

#include "core/base/check.hpp"
#include "core/crypto/secret_arena.hpp"

#include <sodium.h>

namespace substratee::crypto {

void wipe(MutableByteView bytes) noexcept {
  if (!bytes.empty()) sodium_memzero(bytes.data(), bytes.size());
}

bool equal_in_constant_time(ByteView a, ByteView b) noexcept {
  return a.size() == b.size() && (a.empty() || sodium_memcmp(a.data(), b.data(), a.size()) == 0);
}

namespace detail {

std::uint8_t* allocate_secret(std::size_t size) noexcept {
  if (size <= kSecretSlotSize) return take_secret_slot(size);
  // sodium_malloc learns the page size here; an allocation before it could not be freed after it.
  SUBSTRATEE_CHECK(sodium_init() >= 0);
  auto* bytes = static_cast<std::uint8_t*>(sodium_malloc(size));
  SUBSTRATEE_CHECK(bytes != nullptr);
  wipe({bytes, size});
  return bytes;
}

void free_secret(std::uint8_t* bytes) noexcept {
  if (bytes == nullptr || give_back_secret_slot(bytes)) return;
  sodium_free(bytes);
}

}  // namespace detail
}  // namespace substratee::crypto
