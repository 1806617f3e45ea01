#pragma once

/// Entropy that repeats: the same seed gives the same bytes.

#include "core/base/random.hpp"

#include <random>

namespace substratee::test {

class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed = 1) : engine_(seed) {}
  void fill(MutableByteView out) override {
    for (auto& byte : out) byte = static_cast<std::uint8_t>(engine_());
  }
  [[nodiscard]] std::uint64_t below(std::uint64_t bound) { return engine_() % bound; }

 private:
  std::mt19937_64 engine_;
};

}  // namespace substratee::test
