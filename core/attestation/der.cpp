#include "core/attestation/der.hpp"

#include "core/base/check.hpp"

namespace substratee::attestation::der {
namespace {

constexpr std::size_t kMaxLengthOctets = 3;  // no certificate here comes near 16 MiB

std::unexpected<Error> bad() { return std::unexpected(Error::kBadDer); }

struct Length {
  std::size_t octets{};  ///< taken by the length itself
  std::size_t value{};
};

/// X.690, 8.1.3 and 10.1: definite, shortest.
Result<Length> read_length(ByteView input) noexcept {
  if (input.empty()) return bad();
  if (input[0] < 0x80) return Length{1, input[0]};
  const std::size_t count = input[0] & 0x7f;
  if (count == 0 || count > kMaxLengthOctets || input.size() < 1 + count || input[1] == 0) return bad();
  std::size_t value = 0;
  for (std::size_t i = 1; i <= count; ++i) value = value << 8 | input[i];
  if (value < 0x80) return bad();
  return Length{1 + count, value};
}

bool is_minimal_integer(ByteView content) noexcept {
  if (content.empty()) return false;
  if (content.size() == 1) return true;
  if (content[0] == 0x00) return content[1] >= 0x80;
  if (content[0] == 0xff) return content[1] < 0x80;
  return true;
}

/// Each component in base 128 without leading zero groups, the last one complete.
bool is_object_identifier(ByteView content) noexcept {
  bool at_start = true;
  for (const auto octet : content) {
    if (at_start && octet == 0x80) return false;
    at_start = octet < 0x80;
  }
  return !content.empty() && at_start;
}

/// A positive INTEGER of at most the octets of `out`, right-aligned.
Result<void> read_scalar(Reader& in, MutableByteView out) noexcept {
  auto content = SUBSTRATEE_TRY(in.integer());
  if (content[0] >= 0x80) return bad();
  if (content[0] == 0 && content.size() > 1) content = content.subspan(1);
  if (content.size() > out.size()) return bad();
  std::ranges::fill(out, std::uint8_t{0});
  std::ranges::copy(content, out.end() - static_cast<std::ptrdiff_t>(content.size()));
  return {};
}

/// ECDSA-Sig-Value: two halves.
template <class Signature>
Result<Signature> read_halves(ByteView der) noexcept {
  Reader in(SUBSTRATEE_TRY(only(der, kSequence)).content);
  Signature signature;
  const MutableByteView out(signature.bytes);
  SUBSTRATEE_TRY(read_scalar(in, out.first(Signature::kSize / 2)));
  SUBSTRATEE_TRY(read_scalar(in, out.last(Signature::kSize / 2)));
  SUBSTRATEE_TRY(in.finish());
  return signature;
}

}  // namespace

Result<Element> Reader::next() noexcept {
  if (rest_.empty() || (rest_[0] & 0x1f) == 0x1f) return bad();
  const auto length = SUBSTRATEE_TRY(read_length(rest_.subspan(1)));
  const std::size_t head = 1 + length.octets;
  if (length.value > rest_.size() - head) return bad();
  const Element element{rest_[0], rest_.subspan(head, length.value), rest_.first(head + length.value)};
  rest_ = rest_.subspan(element.whole.size());
  return element;
}

Result<Element> Reader::next(std::uint8_t tag) noexcept {
  if (!at(tag)) return bad();
  return next();
}

Result<Reader> Reader::enter(std::uint8_t tag) noexcept { return Reader(SUBSTRATEE_TRY(next(tag)).content); }

Result<void> Reader::finish() const noexcept {
  if (!rest_.empty()) return bad();
  return {};
}

Result<bool> Reader::boolean() noexcept {
  const auto content = SUBSTRATEE_TRY(next(kBoolean)).content;
  if (content.size() != 1 || (content[0] != 0x00 && content[0] != 0xff)) return bad();
  return content[0] == 0xff;
}

Result<ByteView> Reader::integer() noexcept {
  const auto content = SUBSTRATEE_TRY(next(kInteger)).content;
  if (!is_minimal_integer(content)) return bad();
  return content;
}

Result<std::uint64_t> Reader::unsigned_integer(std::uint64_t max, std::uint8_t tag) noexcept {
  const auto content = SUBSTRATEE_TRY(next(tag)).content;
  if (!is_minimal_integer(content) || content[0] >= 0x80 || content.size() > 9) return bad();
  if (content.size() == 9 && content[0] != 0) return bad();
  std::uint64_t value = 0;
  for (const auto octet : content) value = value << 8 | octet;
  if (value > max) return bad();
  return value;
}

Result<ByteView> Reader::octet_string() noexcept { return SUBSTRATEE_TRY(next(kOctetString)).content; }

Result<ByteView> Reader::object_identifier() noexcept {
  const auto content = SUBSTRATEE_TRY(next(kObjectIdentifier)).content;
  if (!is_object_identifier(content)) return bad();
  return content;
}

Result<ByteView> Reader::bit_string() noexcept {
  const auto content = SUBSTRATEE_TRY(next(kBitString)).content;
  if (content.empty() || content[0] != 0) return bad();
  return content.subspan(1);
}

Result<Element> only(ByteView input, std::uint8_t tag) noexcept {
  Reader in(input);
  const auto found = SUBSTRATEE_TRY(in.next(tag));
  SUBSTRATEE_TRY(in.finish());
  return found;
}

Result<crypto::p256::Signature> read_signature(ByteView der) noexcept {
  return read_halves<crypto::p256::Signature>(der);
}

Result<crypto::p384::Signature> read_p384_signature(ByteView der) noexcept {
  return read_halves<crypto::p384::Signature>(der);
}

Bytes write_signature(const crypto::p256::Signature& signature) {
  const ByteView raw(signature.bytes);
  return sequence(unsigned_integer(raw.first(32)), unsigned_integer(raw.last(32)));
}

Bytes element(std::uint8_t tag, ByteView content) {
  Bytes out{tag};
  const std::size_t size = content.size();
  SUBSTRATEE_CHECK(size < 1u << 24);
  if (size < 0x80) {
    out.push_back(static_cast<std::uint8_t>(size));
  } else {
    const int octets = size < 1u << 8 ? 1 : size < 1u << 16 ? 2 : 3;
    out.push_back(static_cast<std::uint8_t>(0x80 | octets));
    for (int i = octets - 1; i >= 0; --i) out.push_back(static_cast<std::uint8_t>(size >> (8 * i)));
  }
  append(out, content);
  return out;
}

Bytes unsigned_integer(std::uint64_t value) {
  std::array<std::uint8_t, 8> magnitude{};
  for (std::size_t i = 0; i < 8; ++i) magnitude[7 - i] = static_cast<std::uint8_t>(value >> (8 * i));
  return unsigned_integer(ByteView(magnitude));
}

Bytes unsigned_integer(ByteView magnitude) {
  while (magnitude.size() > 1 && magnitude[0] == 0) magnitude = magnitude.subspan(1);
  Bytes content;
  if (magnitude.empty() || magnitude[0] >= 0x80) content.push_back(0);
  append(content, magnitude);
  return element(kInteger, content);
}

Bytes boolean(bool value) {
  const std::uint8_t octet = value ? 0xff : 0x00;
  return element(kBoolean, {&octet, 1});
}

Bytes octet_string(ByteView content) { return element(kOctetString, content); }

Bytes bit_string(ByteView octets) {
  Bytes content{0};
  append(content, octets);
  return element(kBitString, content);
}

Bytes object_identifier(ByteView content) { return element(kObjectIdentifier, content); }

}  // namespace substratee::attestation::der
