#pragma once

/// SS58, Substrate's address text: base58(prefix ‖ account ‖ checksum[2]). Vectors: substrate/ss58.json.

#include "core/primitives/types.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace substratee::primitives {

inline constexpr std::uint16_t kGenericSs58Prefix = 42;

/// `prefix` < 16384.
[[nodiscard]] std::string to_ss58(const AccountId& account, std::uint16_t prefix = kGenericSs58Prefix);

struct Ss58Address {
  AccountId account;
  std::uint16_t prefix;
};

/// Nothing on a bad character, size, prefix or checksum.
[[nodiscard]] std::optional<Ss58Address> from_ss58(std::string_view text);

}  // namespace substratee::primitives
