#include "core/crypto/merlin.hpp"

#include "core/base/check.hpp"

#include <limits>

namespace substratee::crypto::detail {
namespace {

/// Little-endian, as Merlin frames every message.
std::array<std::uint8_t, 4> size_of(ByteView data) noexcept {
  SUBSTRATEE_CHECK(data.size() <= std::numeric_limits<std::uint32_t>::max());
  const auto size = static_cast<std::uint32_t>(data.size());
  return {static_cast<std::uint8_t>(size), static_cast<std::uint8_t>(size >> 8), static_cast<std::uint8_t>(size >> 16),
          static_cast<std::uint8_t>(size >> 24)};
}

void frame(Strobe128& strobe, std::string_view label, ByteView data) noexcept {
  strobe.meta_ad(as_bytes(label), false);
  strobe.meta_ad(size_of(data), true);
}

}  // namespace

Transcript::Transcript(std::string_view label) noexcept : strobe_("Merlin v1.0") { append("dom-sep", as_bytes(label)); }

void Transcript::append(std::string_view label, ByteView message) noexcept {
  frame(strobe_, label, message);
  strobe_.ad(message, false);
}

void Transcript::challenge(std::string_view label, MutableByteView out) noexcept {
  frame(strobe_, label, out);
  strobe_.prf(out, false);
}

void Transcript::witness(std::string_view label, std::initializer_list<ByteView> seeds, Random& random,
                         MutableByteView out) const noexcept {
  Strobe128 generator = strobe_;
  for (const auto seed : seeds) {
    frame(generator, label, seed);
    generator.key(seed, false);
  }
  Wiped<32> entropy;
  random.fill(entropy.bytes);
  generator.meta_ad(as_bytes("rng"), false);
  generator.key(entropy.bytes, false);
  generator.meta_ad(size_of(out), false);
  generator.prf(out, false);
}

}  // namespace substratee::crypto::detail
