#pragma once

/// Secret phrases (BIP-0039, English) as Substrate uses them: the mini secret comes from the phrase's entropy, not from
/// its letters. All of it is secret. Vectors: substrate/bip39.json.

#include "core/crypto/error.hpp"
#include "core/crypto/secret.hpp"

#include <string_view>

namespace substratee::primitives {

/// 12, 15, 18, 21 or 24 words for 16, 20, 24, 28 or 32 bytes; kBadEncoding for another size.
[[nodiscard]] crypto::Result<crypto::WipedBytes> phrase_of(ByteView entropy);

/// The entropy of a phrase, words separated by one space. kBadEncoding: another number of words, a word that is not in
/// the list, a wrong checksum.
[[nodiscard]] crypto::Result<crypto::WipedBytes> entropy_of(std::string_view phrase);

/// The seed of the account without junctions: PBKDF2-HMAC-SHA512 of the entropy, salt "mnemonic" ‖ password, 2048
/// rounds, the first 32 bytes.
[[nodiscard]] crypto::Result<crypto::Secret<32>> mini_secret_of(std::string_view phrase, std::string_view password);

}  // namespace substratee::primitives
