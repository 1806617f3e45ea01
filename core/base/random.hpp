#pragma once

/// Entropy is an argument: trusted code draws it from whoever owns the platform.

#include "core/base/bytes.hpp"

namespace substratee {

/// A source of uniformly random bytes. One thread at a time.
class Random {
 public:
  virtual ~Random() = default;
  /// Fills all of `out`; never fails (a platform without entropy aborts).
  virtual void fill(MutableByteView out) = 0;

  template <std::size_t N>
  [[nodiscard]] FixedBytes<N> draw() {
    FixedBytes<N> out;
    fill(out.bytes);
    return out;
  }
};

}  // namespace substratee
