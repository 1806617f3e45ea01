#include "core/crypto/aead.hpp"

#include <sodium.h>

namespace substratee::crypto {

Bytes chacha20_poly1305_seal(std::span<const std::uint8_t, 32> key, std::span<const std::uint8_t, 12> nonce,
                             ByteView associated, ByteView plaintext) {
  Bytes out(plaintext.size() + kChachaTagSize);
  crypto_aead_chacha20poly1305_ietf_encrypt(out.data(), nullptr, plaintext.data(), plaintext.size(), associated.data(),
                                            associated.size(), nullptr, nonce.data(), key.data());
  return out;
}

Result<WipedBytes> chacha20_poly1305_open(std::span<const std::uint8_t, 32> key,
                                          std::span<const std::uint8_t, 12> nonce, ByteView associated,
                                          ByteView ciphertext) {
  if (ciphertext.size() < kChachaTagSize) return std::unexpected(Error::kBadSize);
  WipedBytes out(Bytes(ciphertext.size() - kChachaTagSize));
  if (crypto_aead_chacha20poly1305_ietf_decrypt(out.bytes().data(), nullptr, nullptr, ciphertext.data(),
                                                ciphertext.size(), associated.data(), associated.size(), nonce.data(),
                                                key.data()) != 0) {
    return std::unexpected(Error::kBadCiphertext);
  }
  return out;
}

}  // namespace substratee::crypto
