#include "core/base/check.hpp"
#include "core/crypto/aead.hpp"
#include "core/crypto/openssl.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <limits>

namespace substratee::crypto {
namespace {

using CipherContext = detail::Owned<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;
using Mac = detail::Owned<EVP_MAC, EVP_MAC_free>;
using MacContext = detail::Owned<EVP_MAC_CTX, EVP_MAC_CTX_free>;
using Key = std::span<const std::uint8_t, 64>;
using Block = std::array<std::uint8_t, kSivTagSize>;

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

// OpenSSL takes a null pointer for "the end": an empty string needs an address, too.
const std::uint8_t* address_of(ByteView view) noexcept {
  static constexpr std::uint8_t kNothing = 0;
  return view.empty() ? &kNothing : view.data();
}

enum class Direction : std::uint8_t { kOpen, kSeal };

// A context serves one message: OpenSSL's SIV refuses a second one under the same initialisation.
CipherContext make_context(Direction direction, Key key, std::optional<ByteView> associated) noexcept {
  CipherContext context(EVP_CIPHER_CTX_new());
  SUBSTRATEE_CHECK(context != nullptr);
  SUBSTRATEE_CHECK(EVP_CipherInit_ex(context.get(), siv_cipher(), nullptr, key.data(), nullptr,
                                     direction == Direction::kSeal ? 1 : 0) == 1);
  if (associated) {
    int size = 0;
    SUBSTRATEE_CHECK(EVP_CipherUpdate(context.get(), nullptr, &size, address_of(*associated),
                                      static_cast<int>(associated->size())) == 1);
  }
  return context;
}

bool process(EVP_CIPHER_CTX* context, ByteView in, std::uint8_t* out) noexcept {
  int size = 0;
  std::uint8_t unused = 0;
  return EVP_CipherUpdate(context, out, &size, in.data(), static_cast<int>(in.size())) == 1 &&
         EVP_CipherFinal_ex(context, &unused, &size) == 1;
}

Block cmac(Key key, ByteView data) noexcept {
  detail::start_openssl();
  const Mac mac(EVP_MAC_fetch(nullptr, "CMAC", nullptr));
  SUBSTRATEE_CHECK(mac != nullptr);
  const MacContext context(EVP_MAC_CTX_new(mac.get()));
  char cipher[] = "AES-256-CBC";
  const std::array<OSSL_PARAM, 2> parameters{OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER, cipher, 0),
                                             OSSL_PARAM_construct_end()};
  SUBSTRATEE_CHECK(context != nullptr);
  SUBSTRATEE_CHECK(EVP_MAC_init(context.get(), key.data(), key.size() / 2, parameters.data()) == 1);
  SUBSTRATEE_CHECK(EVP_MAC_update(context.get(), data.data(), data.size()) == 1);
  Block out;
  std::size_t size = 0;
  SUBSTRATEE_CHECK(EVP_MAC_final(context.get(), out.data(), &size, out.size()) == 1 && size == out.size());
  return out;
}

// Multiplication by x in GF(2^128), RFC 5297, 2.3.
Block doubled(const Block& in) noexcept {
  Block out;
  for (std::size_t i = 0; i + 1 < in.size(); ++i) out[i] = static_cast<std::uint8_t>(in[i] << 1 | in[i + 1] >> 7);
  out.back() = static_cast<std::uint8_t>(in.back() << 1 ^ (0x87 & -(in.front() >> 7)));
  return out;
}

// S2V (RFC 5297, 2.4) of an empty plaintext, which OpenSSL 3.0 passes over in silence, without a tag.
Block tag_of_nothing(Key key, std::optional<ByteView> associated) noexcept {
  Block d = cmac(key, Block{});
  if (associated) {
    d = doubled(d);
    const Block mac = cmac(key, *associated);
    for (std::size_t i = 0; i < d.size(); ++i) d[i] ^= mac[i];
  }
  d = doubled(d);
  d[0] ^= 0x80;
  return cmac(key, d);
}

}  // namespace

Bytes aes_siv_seal(Key key, std::optional<ByteView> associated, ByteView plaintext) {
  SUBSTRATEE_CHECK(plaintext.size() <= kMaxSivSize && (!associated || associated->size() <= kMaxSivSize));
  if (plaintext.empty()) return to_bytes(tag_of_nothing(key, associated));
  const detail::QuietErrors quiet;
  const CipherContext context = make_context(Direction::kSeal, key, associated);
  Bytes out(kSivTagSize + plaintext.size());
  SUBSTRATEE_CHECK(process(context.get(), plaintext, out.data() + kSivTagSize));
  SUBSTRATEE_CHECK(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kSivTagSize, out.data()) == 1);
  return out;
}

Result<WipedBytes> aes_siv_open(Key key, std::optional<ByteView> associated, ByteView sealed) {
  if (sealed.size() < kSivTagSize || sealed.size() > kMaxSivSize) return std::unexpected(Error::kBadSize);
  SUBSTRATEE_CHECK(!associated || associated->size() <= kMaxSivSize);
  Block tag;
  std::copy_n(sealed.begin(), kSivTagSize, tag.begin());
  const ByteView ciphertext = sealed.subspan(kSivTagSize);
  if (ciphertext.empty()) {
    if (!equal_in_constant_time(tag, tag_of_nothing(key, associated))) return std::unexpected(Error::kBadCiphertext);
    return WipedBytes();
  }
  const detail::QuietErrors quiet;
  const CipherContext context = make_context(Direction::kOpen, key, associated);
  SUBSTRATEE_CHECK(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kSivTagSize, tag.data()) == 1);
  WipedBytes out(Bytes(ciphertext.size()));
  if (!process(context.get(), ciphertext, out.bytes().data())) return std::unexpected(Error::kBadCiphertext);
  return out;
}

}  // namespace substratee::crypto
