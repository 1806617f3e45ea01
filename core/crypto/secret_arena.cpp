#include "core/crypto/secret_arena.hpp"

#include "core/base/check.hpp"
#include "core/crypto/secret.hpp"

#include <sys/mman.h>

#include <mutex>

#ifdef __has_feature
#if __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#endif
#endif
#ifndef ASAN_POISON_MEMORY_REGION
#define ASAN_POISON_MEMORY_REGION(address, size) (static_cast<void>(address), static_cast<void>(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) (static_cast<void>(address), static_cast<void>(size))
#endif

namespace substratee::crypto::detail {
namespace {

constexpr std::size_t kSlabSize = 64 * 1024;
constexpr std::size_t kSlotCount = kSlabSize / kSecretSlotSize;

// The free slots are listed apart from the secrets: an overrun of a slot cannot redirect the next allocation.
struct Slab {
  std::uint8_t* begin = nullptr;
  std::size_t free_count = kSlotCount;
  std::array<std::uint16_t, kSlotCount> free_slots{};
  Slab* next = nullptr;

  [[nodiscard]] bool owns(const std::uint8_t* bytes) const noexcept {
    return std::greater_equal<>{}(bytes, begin) && std::less<>{}(bytes, begin + kSlabSize);
  }
};

// Neither has a destructor: secrets with static storage may be freed after everything else.
constinit std::mutex mutex;
constinit Slab* first_slab = nullptr;
static_assert(std::is_trivially_destructible_v<std::mutex>);

// A guard as long as the slab itself stands on either side. Locking is best effort: the limit on locked memory is
// the platform's, and a secret in swap is no reason to stop.
std::uint8_t* map_pages() noexcept {
  void* mapping = mmap(nullptr, 3 * kSlabSize, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  SUBSTRATEE_CHECK(mapping != MAP_FAILED);
  std::uint8_t* begin = static_cast<std::uint8_t*>(mapping) + kSlabSize;
  SUBSTRATEE_CHECK(mprotect(begin, kSlabSize, PROT_READ | PROT_WRITE) == 0);
  static_cast<void>(madvise(begin, kSlabSize, MADV_DONTDUMP));
  static_cast<void>(mlock(begin, kSlabSize));
  ASAN_POISON_MEMORY_REGION(begin, kSlabSize);
  return begin;
}

Slab* add_slab() noexcept {
  auto* slab = new Slab;
  slab->begin = map_pages();
  for (std::size_t i = 0; i < kSlotCount; ++i) slab->free_slots[i] = static_cast<std::uint16_t>(kSlotCount - 1 - i);
  slab->next = first_slab;
  first_slab = slab;
  return slab;
}

Slab* slab_with_space() noexcept {
  for (Slab* slab = first_slab; slab != nullptr; slab = slab->next) {
    if (slab->free_count > 0) return slab;
  }
  return add_slab();
}

}  // namespace

std::uint8_t* take_secret_slot(std::size_t size) noexcept {
  SUBSTRATEE_CHECK(size <= kSecretSlotSize);
  const std::lock_guard lock(mutex);
  Slab* slab = slab_with_space();
  std::uint8_t* slot = slab->begin + slab->free_slots[--slab->free_count] * kSecretSlotSize;
  ASAN_UNPOISON_MEMORY_REGION(slot, size);
  return slot;
}

bool give_back_secret_slot(std::uint8_t* bytes) noexcept {
  const std::lock_guard lock(mutex);
  for (Slab* slab = first_slab; slab != nullptr; slab = slab->next) {
    if (!slab->owns(bytes)) continue;
    const auto offset = static_cast<std::size_t>(bytes - slab->begin);
    SUBSTRATEE_CHECK(offset % kSecretSlotSize == 0 && slab->free_count < kSlotCount);
    ASAN_UNPOISON_MEMORY_REGION(bytes, kSecretSlotSize);
    wipe({bytes, kSecretSlotSize});
    ASAN_POISON_MEMORY_REGION(bytes, kSecretSlotSize);
    slab->free_slots[slab->free_count++] = static_cast<std::uint16_t>(offset / kSecretSlotSize);
    return true;
  }
  return false;
}

}  // namespace substratee::crypto::detail
