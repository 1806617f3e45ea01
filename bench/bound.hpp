#pragma once

/// The most sealed calls a second that this machine could carry if nothing but cryptography cost time.

namespace substratee::bench {

struct Bound {
  double verify_seconds = 0;  ///< the node: the extrinsic's signature (sr25519)
  double open_seconds = 0;    ///< a worker: HPKE open
  double inner_seconds = 0;   ///< a worker: the call's own signature (sr25519)
  double state_seconds = 0;   ///< a worker: one state block of 16 KiB, AES-SIV and SHA-256
  unsigned cores = 1;

  /// One node and two workers, over all cores.
  [[nodiscard]] double calls_per_second() const {
    return cores / (verify_seconds + 2 * (open_seconds + inner_seconds + state_seconds));
  }
};

/// Measures each step on one core, about half a second in all.
[[nodiscard]] Bound measure_bound();

}  // namespace substratee::bench
