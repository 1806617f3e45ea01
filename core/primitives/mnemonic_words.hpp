#pragma once

/// The English word list of BIP-0039 (github.com/bitcoin/bips, bip-0039/english.txt): 2048 words in alphabetical order.

#include <cstddef>
#include <string_view>

namespace substratee::primitives {

inline constexpr std::size_t kMnemonicWords = 2048;

/// Each word with a space behind it.
[[nodiscard]] std::string_view mnemonic_words() noexcept;

}  // namespace substratee::primitives
