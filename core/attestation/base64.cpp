#include "core/attestation/base64.hpp"

namespace substratee::attestation {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::optional<std::uint32_t> value_of(char c) noexcept {
  const auto position = kAlphabet.find(c);
  if (position == std::string_view::npos) return std::nullopt;
  return static_cast<std::uint32_t>(position);
}

/// Four characters to 1 to 3 octets; bits that padding leaves unused must be zero.
bool decode_quartet(std::string_view quartet, Bytes& out) {
  const std::size_t padding = quartet.ends_with("==") ? 2 : quartet.ends_with('=') ? 1 : 0;
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < 4 - padding; ++i) {
    const auto value = value_of(quartet[i]);
    if (!value) return false;
    bits |= *value << (18 - 6 * i);
  }
  if ((bits & ((1u << (8 * padding)) - 1)) != 0) return false;
  for (std::size_t i = 0; i < 3 - padding; ++i) out.push_back(static_cast<std::uint8_t>(bits >> (16 - 8 * i)));
  return true;
}

}  // namespace

std::optional<Bytes> from_base64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0) return std::nullopt;
  Bytes out;
  out.reserve(text.size() / 4 * 3);
  for (std::size_t i = 0; i < text.size(); i += 4) {
    const auto quartet = text.substr(i, 4);
    if (quartet.ends_with('=') && i + 4 != text.size()) return std::nullopt;
    if (!decode_quartet(quartet, out)) return std::nullopt;
  }
  return out;
}

std::string to_base64(ByteView bytes) {
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t bits = 0;
    for (std::size_t j = 0; j < count; ++j) bits |= static_cast<std::uint32_t>(bytes[i + j]) << (16 - 8 * j);
    for (std::size_t j = 0; j < 4; ++j) out += j <= count ? kAlphabet[bits >> (18 - 6 * j) & 63] : '=';
  }
  return out;
}

}  // namespace substratee::attestation
