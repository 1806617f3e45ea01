#pragma once

/// Internal to core/crypto. Slots for short secrets: slabs of locked pages between guard pages, left out of dumps.
/// A slot costs tens of nanoseconds, where a mapping of its own costs ten microseconds; requests of hot paths
/// (HPKE, key derivation) therefore come here. Slabs are kept for the life of the process.

#include "core/base/bytes.hpp"

namespace substratee::crypto::detail {

inline constexpr std::size_t kSecretSlotSize = 64;

/// `size` ≤ kSecretSlotSize bytes, zero. Any thread.
[[nodiscard]] std::uint8_t* take_secret_slot(std::size_t size) noexcept;

/// Wipes and takes back a slot; false when `bytes` is not one.
[[nodiscard]] bool give_back_secret_slot(std::uint8_t* bytes) noexcept;

}  // namespace substratee::crypto::detail
