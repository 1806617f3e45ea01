#include "core/primitives/mnemonic.hpp"

#include "core/base/result.hpp"
#include "core/crypto/hash.hpp"
#include "core/crypto/pbkdf2.hpp"
#include "core/primitives/mnemonic_words.hpp"

namespace substratee::primitives {
namespace {

using crypto::Error;
using crypto::Result;
using crypto::WipedBytes;

constexpr std::size_t kWordBits = 11;
constexpr std::uint32_t kRounds = 2048;

std::array<std::string_view, kMnemonicWords> split_words() noexcept {
  std::array<std::string_view, kMnemonicWords> out;
  auto rest = mnemonic_words();
  for (auto& word : out) {
    word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(word.size() + 1);
  }
  return out;
}

const std::array<std::string_view, kMnemonicWords>& words() noexcept {
  static const auto list = split_words();
  return list;
}

bool is_entropy_size(std::size_t bytes) noexcept { return bytes >= 16 && bytes <= 32 && bytes % 4 == 0; }

/// Entropy with its checksum, one bit for every four bytes, behind it.
WipedBytes with_checksum(ByteView entropy) {
  Bytes bits;
  bits.reserve(entropy.size() + 1);  // so that no copy is left behind
  append(bits, entropy);
  bits.push_back(crypto::sha256(entropy)[0]);
  return WipedBytes(std::move(bits));
}

std::size_t word_at(ByteView bits, std::size_t index) noexcept {
  std::size_t out = 0;
  for (std::size_t bit = index * kWordBits; bit < (index + 1) * kWordBits; ++bit) {
    out = out << 1 | (bits[bit / 8] >> (7 - bit % 8) & 1);
  }
  return out;
}

void put_word(MutableByteView bits, std::size_t index, std::size_t word) noexcept {
  for (std::size_t i = 0; i < kWordBits; ++i) {
    const auto bit = index * kWordBits + i;
    const auto value = word >> (kWordBits - 1 - i) & 1;
    bits[bit / 8] = static_cast<std::uint8_t>(bits[bit / 8] | value << (7 - bit % 8));
  }
}

}  // namespace

Result<WipedBytes> phrase_of(ByteView entropy) {
  if (!is_entropy_size(entropy.size())) return std::unexpected(Error::kBadEncoding);
  const auto bits = with_checksum(entropy);
  const auto count = entropy.size() * 3 / 4;
  Bytes out;
  out.reserve(count * 10);  // so that no copy is left behind
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) out.push_back(' ');
    append(out, as_bytes(words()[word_at(bits.view(), i)]));
  }
  return WipedBytes(std::move(out));
}

Result<WipedBytes> entropy_of(std::string_view phrase) {
  const auto count = static_cast<std::size_t>(std::ranges::count(phrase, ' ')) + 1;
  const auto size = count * 4 / 3;
  if (count % 3 != 0 || !is_entropy_size(size)) return std::unexpected(Error::kBadEncoding);
  crypto::Wiped<34> bits;
  for (std::size_t i = 0; i < count; ++i) {
    const auto word = phrase.substr(0, phrase.find(' '));
    phrase.remove_prefix(std::min(phrase.size(), word.size() + 1));
    const auto found = std::ranges::lower_bound(words(), word);
    if (found == words().end() || *found != word) return std::unexpected(Error::kBadEncoding);
    put_word(bits.bytes, i, static_cast<std::size_t>(found - words().begin()));
  }
  WipedBytes entropy(to_bytes(ByteView(bits.bytes).first(size)));
  const auto unused = 8 - size / 4;
  const auto checksum = crypto::sha256(entropy.view())[0] >> unused;
  if (bits.bytes[size] >> unused != checksum) return std::unexpected(Error::kBadEncoding);
  return entropy;
}

Result<crypto::Secret<32>> mini_secret_of(std::string_view phrase, std::string_view password) {
  const auto entropy = SUBSTRATEE_TRY(entropy_of(phrase));
  const WipedBytes salt(concat(as_bytes("mnemonic"), as_bytes(password)));
  crypto::Wiped<64> derived;
  crypto::pbkdf2_hmac_sha512(entropy.view(), salt.view(), kRounds, derived.bytes);
  return *crypto::Secret<32>::from(ByteView(derived.bytes).first(32));
}

}  // namespace substratee::primitives
