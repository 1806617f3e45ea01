#include "core/crypto/strobe.hpp"

#include "core/base/check.hpp"

#include <bit>

namespace substratee::crypto::detail {
namespace {

static_assert(std::endian::native == std::endian::little, "the state is read as bytes in place");

/// Rate in bytes: 200 - 2 * 128 / 8, less the two bytes that each run of F appends.
constexpr std::uint8_t kRate = 166;

constexpr std::uint8_t kInbound = 1;
constexpr std::uint8_t kApplication = 2;
constexpr std::uint8_t kCipher = 4;
constexpr std::uint8_t kMeta = 16;
constexpr std::uint8_t kKeyTree = 32;

constexpr std::array<std::uint8_t, 6> kDomain = {1, kRate + 2, 1, 0, 1, 96};

}  // namespace

Strobe128::Strobe128(std::string_view protocol) noexcept {
  constexpr std::string_view kVersion = "STROBEv1.0.2";
  std::copy(kDomain.begin(), kDomain.end(), bytes());
  std::copy(kVersion.begin(), kVersion.end(), bytes() + kDomain.size());
  keccak_f1600(lanes_);
  meta_ad(as_bytes(protocol), false);
}

Strobe128::~Strobe128() { wipe({bytes(), sizeof(lanes_)}); }

void Strobe128::meta_ad(ByteView data, bool more) noexcept {
  begin(kMeta | kApplication, more);
  absorb(data);
}

void Strobe128::ad(ByteView data, bool more) noexcept {
  begin(kApplication, more);
  absorb(data);
}

void Strobe128::key(ByteView data, bool more) noexcept {
  begin(kApplication | kCipher, more);
  for (const auto byte : data) {
    bytes()[position_] = byte;
    advance();
  }
}

void Strobe128::prf(MutableByteView out, bool more) noexcept {
  begin(kInbound | kApplication | kCipher, more);
  for (auto& byte : out) {
    byte = std::exchange(bytes()[position_], std::uint8_t{0});
    advance();
  }
}

void Strobe128::begin(std::uint8_t flags, bool more) noexcept {
  if (more) {
    SUBSTRATEE_CHECK(flags == flags_);
    return;
  }
  const std::array<std::uint8_t, 2> frame = {begin_, flags};
  begin_ = static_cast<std::uint8_t>(position_ + 1);
  flags_ = flags;
  absorb(frame);
  if ((flags & (kCipher | kKeyTree)) != 0 && position_ != 0) run_f();
}

void Strobe128::advance() noexcept {
  if (++position_ == kRate) run_f();
}

void Strobe128::absorb(ByteView data) noexcept {
  for (const auto byte : data) {
    bytes()[position_] ^= byte;
    advance();
  }
}

void Strobe128::run_f() noexcept {
  bytes()[position_] ^= begin_;
  bytes()[position_ + 1] ^= 0x04;
  bytes()[kRate + 1] ^= 0x80;
  keccak_f1600(lanes_);
  position_ = 0;
  begin_ = 0;
}

}  // namespace substratee::crypto::detail
