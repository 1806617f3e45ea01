#pragma once

/// DER (X.690), the strict subset that certificates need. One value has one form: definite and minimal lengths,
/// low tag numbers, minimal integers, BOOLEAN 00 or FF, minimal object identifiers. All else is kBadDer.
/// The rules are our own because they decide block results: no two library versions may disagree.

#include "core/attestation/error.hpp"
#include "core/base/bytes.hpp"
#include "core/crypto/p256.hpp"
#include "core/crypto/p384.hpp"

namespace substratee::attestation::der {

/// Identifier octets.
inline constexpr std::uint8_t kBoolean = 0x01;
inline constexpr std::uint8_t kInteger = 0x02;
inline constexpr std::uint8_t kBitString = 0x03;
inline constexpr std::uint8_t kOctetString = 0x04;
inline constexpr std::uint8_t kObjectIdentifier = 0x06;
inline constexpr std::uint8_t kEnumerated = 0x0a;
inline constexpr std::uint8_t kUtf8String = 0x0c;
inline constexpr std::uint8_t kPrintableString = 0x13;
inline constexpr std::uint8_t kIa5String = 0x16;
inline constexpr std::uint8_t kUtcTime = 0x17;
inline constexpr std::uint8_t kGeneralizedTime = 0x18;
inline constexpr std::uint8_t kSequence = 0x30;
inline constexpr std::uint8_t kSet = 0x31;
/// [number], context-specific.
[[nodiscard]] constexpr std::uint8_t context(std::uint8_t number, bool constructed) noexcept {
  return static_cast<std::uint8_t>((constructed ? 0xa0 : 0x80) | number);
}

struct Element {
  std::uint8_t tag{};
  ByteView content;
  ByteView whole;  ///< with tag and length
};

/// Cursor over elements that stand side by side; views live as long as the input.
class Reader {
 public:
  explicit Reader(ByteView input) noexcept : rest_(input) {}

  [[nodiscard]] bool empty() const noexcept { return rest_.empty(); }
  /// The next element's tag is `tag`.
  [[nodiscard]] bool at(std::uint8_t tag) const noexcept { return !rest_.empty() && rest_[0] == tag; }
  [[nodiscard]] Result<Element> next() noexcept;
  /// The next element, which must have this tag.
  [[nodiscard]] Result<Element> next(std::uint8_t tag) noexcept;
  /// A reader inside the next element, which must have this tag.
  [[nodiscard]] Result<Reader> enter(std::uint8_t tag) noexcept;
  /// kBadDer unless everything was read.
  [[nodiscard]] Result<void> finish() const noexcept;

  [[nodiscard]] Result<bool> boolean() noexcept;
  /// Content octets of a minimal INTEGER of either sign.
  [[nodiscard]] Result<ByteView> integer() noexcept;
  /// An INTEGER (or, with that tag, ENUMERATED) from 0 to `max`.
  [[nodiscard]] Result<std::uint64_t> unsigned_integer(std::uint64_t max, std::uint8_t tag = kInteger) noexcept;
  [[nodiscard]] Result<ByteView> octet_string() noexcept;
  /// Content octets of an object identifier.
  [[nodiscard]] Result<ByteView> object_identifier() noexcept;
  /// A BIT STRING of whole octets.
  [[nodiscard]] Result<ByteView> bit_string() noexcept;

 private:
  ByteView rest_;
};

/// The only element of `input`.
[[nodiscard]] Result<Element> only(ByteView input, std::uint8_t tag) noexcept;

/// ECDSA-Sig-Value (RFC 3279) to r ‖ s and back.
[[nodiscard]] Result<crypto::p256::Signature> read_signature(ByteView der) noexcept;
[[nodiscard]] Result<crypto::p384::Signature> read_p384_signature(ByteView der) noexcept;
[[nodiscard]] Bytes write_signature(const crypto::p256::Signature& signature);

/// Writing: one element from its content.
[[nodiscard]] Bytes element(std::uint8_t tag, ByteView content);
template <class... Parts>
[[nodiscard]] Bytes sequence(const Parts&... parts) {
  return element(kSequence, concat(parts...));
}
[[nodiscard]] Bytes unsigned_integer(std::uint64_t value);
/// An INTEGER from a big-endian magnitude of any length.
[[nodiscard]] Bytes unsigned_integer(ByteView magnitude);
[[nodiscard]] Bytes boolean(bool value);
[[nodiscard]] Bytes octet_string(ByteView content);
[[nodiscard]] Bytes bit_string(ByteView octets);
[[nodiscard]] Bytes object_identifier(ByteView content);

}  // namespace substratee::attestation::der
