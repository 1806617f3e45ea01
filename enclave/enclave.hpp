#pragma once

/// The trusted half of a worker as one object: requests in, replies out (core/protocol/enclave_messages.hpp).
/// Single-threaded, without I/O; whatever it needs it says in a Need. All that a request carries is hostile.

#include "core/protocol/enclave_messages.hpp"
#include "enclave/platform/platform.hpp"

#include <memory>

namespace substratee::enclave {

class Enclave {
 public:
  /// `platform` outlives the enclave.
  explicit Enclave(platform::Platform& platform);
  ~Enclave();

  [[nodiscard]] protocol::Reply handle(const protocol::Request& request);

 private:
  class Core;
  platform::Platform& platform_;
  std::unique_ptr<Core> core_;
};

}  // namespace substratee::enclave
