#pragma once

/// How the host speaks with its enclave: one request, one reply, in order (core/protocol/enclave_messages.hpp).

#include "worker/base/failure.hpp"

namespace substratee::worker::enclave_process {

class EnclaveChannel {
 public:
  virtual ~EnclaveChannel() = default;
  /// Waits for the reply. kEnclave when the enclave stopped, hangs or speaks nonsense: then every later call fails too.
  [[nodiscard]] virtual Result<protocol::Reply> call(const protocol::Request& request) = 0;
};

}  // namespace substratee::worker::enclave_process
