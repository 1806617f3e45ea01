#include "core/crypto/aead.hpp"

#include "core/base/check.hpp"
#include "core/crypto/openssl.hpp"

#include <openssl/evp.h>
#include <sodium.h>

#include <limits>

namespace substratee::crypto {
namespace {

using CipherContext = detail::Owned<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;

constexpr std::size_t kMaxSivSize = std::numeric_limits<int>::max() - kSivTagSize;

// Fetched once and kept: a fetch costs as much as a short message.
const EVP_CIPHER* siv_cipher() noexcept {
  static const EVP_CIPHER* const cipher = [] {
    detail::start_openssl();
    return EVP_CIPHER_fetch(nullptr, "AES-256-SIV", nullptr);
  }();
  SUBSTRATEE_CHECK(cipher != nullptr);
  return cipher;
}

// OpenSSL takes a null pointer for "the end" or "associated data": an empty string needs an address, too.
const std::uint8_t* address_of(ByteView view) noexcept {
  static constexpr std::uint8_t kNothing = 0;
  return view.empty() ? &kNothing : view.data();
}

enum class Direction : std::uint8_t { kOpen, kSeal };

// A context serves one message: OpenSSL's SIV refuses a second one under the same initialisation.
CipherContext siv_context(Direction direction, std::span<const std::uint8_t, 64> key,
                          std::optional<ByteView> associated) noexcept {
  CipherContext context(EVP_CIPHER_CTX_new());
  SUBSTRATEE_CHECK(context != nullptr);
  SUBSTRATEE_CHECK(EVP_CipherInit_ex(context.get(), siv_cipher(), nullptr, key.data(), nullptr,
                                     direction == Direction::kSeal ? 1 : 0) == 1);
  if (associated) {
    SUBSTRATEE_CHECK(associated->size() <= kMaxSivSize);
    int size = 0;
    SUBSTRATEE_CHECK(EVP_CipherUpdate(context.get(), nullptr, &size, address_of(*associated),
                                      static_cast<int>(associated->size())) == 1);
  }
  return context;
}

// OpenSSL reports an empty message as a failure of the update, though it has worked: only the end tells.
bool process(EVP_CIPHER_CTX* context, ByteView in, std::uint8_t* out) noexcept {
  int size = 0;
  const bool updated = EVP_CipherUpdate(context, out, &size, address_of(in), static_cast<int>(in.size())) == 1;
  std::uint8_t unused = 0;
  return (updated || in.empty()) && EVP_CipherFinal_ex(context, &unused, &size) == 1;
}

}  // namespace

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

Bytes aes_siv_seal(std::span<const std::uint8_t, 64> key, std::optional<ByteView> associated, ByteView plaintext) {
  SUBSTRATEE_CHECK(plaintext.size() <= kMaxSivSize);
  const detail::QuietErrors quiet;
  const CipherContext context = siv_context(Direction::kSeal, key, associated);
  Bytes out(kSivTagSize + plaintext.size() + (plaintext.empty() ? 1 : 0));
  SUBSTRATEE_CHECK(process(context.get(), plaintext, out.data() + kSivTagSize));
  out.resize(kSivTagSize + plaintext.size());
  SUBSTRATEE_CHECK(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kSivTagSize, out.data()) == 1);
  return out;
}

Result<WipedBytes> aes_siv_open(std::span<const std::uint8_t, 64> key, std::optional<ByteView> associated,
                                ByteView sealed) {
  if (sealed.size() < kSivTagSize || sealed.size() > kMaxSivSize) return std::unexpected(Error::kBadSize);
  const detail::QuietErrors quiet;
  const CipherContext context = siv_context(Direction::kOpen, key, associated);
  std::array<std::uint8_t, kSivTagSize> tag;
  std::copy_n(sealed.begin(), kSivTagSize, tag.begin());
  SUBSTRATEE_CHECK(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kSivTagSize, tag.data()) == 1);
  const ByteView ciphertext = sealed.subspan(kSivTagSize);
  WipedBytes out(Bytes(ciphertext.size() + (ciphertext.empty() ? 1 : 0)));
  if (!process(context.get(), ciphertext, out.bytes().data())) return std::unexpected(Error::kBadCiphertext);
  out.bytes().resize(ciphertext.size());
  return out;
}

}  // namespace substratee::crypto
