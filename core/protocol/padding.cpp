#include "core/protocol/padding.hpp"

#include "core/protocol/limits.hpp"

namespace substratee::protocol {

void pad(Bytes& plaintext) {
  plaintext.push_back(0x80);
  const auto multiples = (plaintext.size() + kPaddingMultiple - 1) / kPaddingMultiple;
  plaintext.resize(multiples * kPaddingMultiple, 0);
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
