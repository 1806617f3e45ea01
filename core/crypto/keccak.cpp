#include "core/crypto/keccak.hpp"

#include <bit>
#include <cstddef>

namespace substratee::crypto::detail {
namespace {

constexpr std::array<std::uint64_t, 24> kRoundConstants = {
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b,
    0x0000000080000001, 0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088,
    0x0000000080008009, 0x000000008000000a, 0x000000008000808b, 0x800000000000008b, 0x8000000000008089,
    0x8000000000008003, 0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008};

// rho and pi walk the 24 lanes other than (0, 0) in one cycle: lane kPiLanes[i] receives its predecessor, rotated.
constexpr std::array<std::size_t, 24> kPiLanes = {10, 7,  11, 17, 18, 3, 5,  16, 8,  21, 24, 4,
                                                  15, 23, 19, 13, 12, 2, 20, 14, 22, 9,  6,  1};
constexpr std::array<int, 24> kRotations = {1,  3,  6,  10, 15, 21, 28, 36, 45, 55, 2,  14,
                                            27, 41, 56, 8,  25, 43, 62, 18, 39, 61, 20, 44};

void theta(KeccakState& lanes) noexcept {
  std::array<std::uint64_t, 5> column;
  for (std::size_t x = 0; x < 5; ++x) {
    column[x] = lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20];
  }
  for (std::size_t x = 0; x < 5; ++x) {
    const auto parity = column[(x + 4) % 5] ^ std::rotl(column[(x + 1) % 5], 1);
    for (std::size_t y = 0; y < 25; y += 5) lanes[x + y] ^= parity;
  }
}

void rho_and_pi(KeccakState& lanes) noexcept {
  auto carried = lanes[1];
  for (std::size_t i = 0; i < kPiLanes.size(); ++i) {
    const auto next = lanes[kPiLanes[i]];
    lanes[kPiLanes[i]] = std::rotl(carried, kRotations[i]);
    carried = next;
  }
}

void chi(KeccakState& lanes) noexcept {
  for (std::size_t y = 0; y < 25; y += 5) {
    const std::array<std::uint64_t, 5> row = {lanes[y], lanes[y + 1], lanes[y + 2], lanes[y + 3], lanes[y + 4]};
    for (std::size_t x = 0; x < 5; ++x) lanes[y + x] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5]);
  }
}

}  // namespace

void keccak_f1600(KeccakState& lanes) noexcept {
  for (const auto constant : kRoundConstants) {
    theta(lanes);
    rho_and_pi(lanes);
    chi(lanes);
    lanes[0] ^= constant;
  }
}

}  // namespace substratee::crypto::detail
