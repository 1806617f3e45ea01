#pragma once

/// Authenticated encryption: ChaCha20-Poly1305 (RFC 8439) and AES-SIV (RFC 5297, AEAD_AES_SIV_CMAC_512).

#include "core/crypto/error.hpp"
#include "core/crypto/secret.hpp"

namespace substratee::crypto {

inline constexpr std::size_t kChachaTagSize = 16;
inline constexpr std::size_t kSivTagSize = 16;

/// ciphertext ‖ tag[16]. A (key, nonce) pair is used once.
[[nodiscard]] Bytes chacha20_poly1305_seal(std::span<const std::uint8_t, 32> key,
                                           std::span<const std::uint8_t, 12> nonce, ByteView associated,
                                           ByteView plaintext);
[[nodiscard]] Result<WipedBytes> chacha20_poly1305_open(std::span<const std::uint8_t, 32> key,
                                                        std::span<const std::uint8_t, 12> nonce, ByteView associated,
                                                        ByteView ciphertext);

/// Deterministic: V[16] ‖ C of the plaintext's size. `associated` is the one associated-data string; an empty one
/// still counts as a component (S2V over one empty string), absent (nullopt) does not.
[[nodiscard]] Bytes aes_siv_seal(std::span<const std::uint8_t, 64> key, std::optional<ByteView> associated,
                                 ByteView plaintext);
[[nodiscard]] Result<WipedBytes> aes_siv_open(std::span<const std::uint8_t, 64> key, std::optional<ByteView> associated,
                                              ByteView sealed);

}  // namespace substratee::crypto
