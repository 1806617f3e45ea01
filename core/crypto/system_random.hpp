#pragma once

/// The operating system's generator (getrandom through libsodium), the only source outside tests.

#include "core/base/random.hpp"

namespace substratee::crypto {

class SystemRandom final : public Random {
 public:
  void fill(MutableByteView out) override;
};

/// Call once before threads start: libsodium and OpenSSL without configuration files. Aborts if they cannot start.
void initialise();

}  // namespace substratee::crypto
