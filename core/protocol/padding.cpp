#include "core/protocol/padding.hpp"

#include "core/crypto/secret.hpp"
#include "core/protocol/limits.hpp"

namespace substratee::protocol {

void pad(Bytes& plaintext) {
  const auto size = (plaintext.size() / kPaddingMultiple + 1) * kPaddingMultiple;
  if (plaintext.capacity() < size) {
    // Growing by itself the vector would leave a copy behind that nobody wipes.
    Bytes larger;
    larger.reserve(size);
    append(larger, plaintext);
    crypto::wipe(plaintext);
    plaintext.swap(larger);
  }
  plaintext.push_back(0x80);
  plaintext.resize(size, 0);
}

std::optional<ByteView> unpad(ByteView padded) noexcept {
  if (padded.empty() || padded.size() % kPaddingMultiple != 0) return std::nullopt;
  std::size_t end = padded.size();
  while (end > 0 && padded[end - 1] == 0) --end;
  if (end == 0 || padded[end - 1] != 0x80) return std::nullopt;
  if (padded.size() - (end - 1) > kPaddingMultiple) return std::nullopt;
  return padded.first(end - 1);
}

}  // namespace substratee::protocol
