#pragma once

/// What a call costs to execute, declared before it runs: a block has room for so much. Substrate's unit: picoseconds
/// of one core (of the machine in docs/benchmarks.md). The size of proofs is not limited on this chain.

#include "core/scale/codec.hpp"

namespace substratee::node::runtime {

using RefTime = std::uint64_t;

inline constexpr RefTime kMicrosecond = 1'000'000;
inline constexpr RefTime kMillisecond = 1000 * kMicrosecond;

/// Sum over a block's extrinsics.
inline constexpr RefTime kMaxBlockWeight = 2000 * kMillisecond;
/// Of every signed extrinsic before its call: decoding, the signature, nonce, fee, events.
inline constexpr RefTime kBaseExtrinsicWeight = 120 * kMicrosecond;
/// Of every byte on the wire: copying, hashing, the extrinsics' root.
inline constexpr RefTime kWeightPerByte = 10'000;

/// Saturates: what a sender says may be anything.
[[nodiscard]] constexpr RefTime plus(RefTime a, RefTime b) {
  constexpr auto kMost = ~RefTime{0};
  return a > kMost - b ? kMost : a + b;
}

/// sp_weights::Weight.
struct Weight {
  static constexpr std::string_view kTypePath = "sp_weights::weight_v2::Weight";
  scale::Compact<std::uint64_t> ref_time;
  scale::Compact<std::uint64_t> proof_size;
  SUBSTRATEE_FIELDS(Weight, ref_time, proof_size)
  friend bool operator==(const Weight&, const Weight&) = default;
};
[[nodiscard]] constexpr Weight to_weight(RefTime time) { return {{time}, {0}}; }

}  // namespace substratee::node::runtime
