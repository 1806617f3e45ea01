#pragma once

/// What lies between a host and its enclave: a request in, a reply out. One enclave start each.

#include "enclave/enclave.hpp"

namespace substratee::test {

class Boundary {
 public:
  virtual ~Boundary() = default;
  virtual protocol::Reply handle(const protocol::Request& request) = 0;
};

/// The enclave as an object of this process. `platform` outlives it.
class EnclaveObject final : public Boundary {
 public:
  explicit EnclaveObject(enclave::platform::Platform& platform) : enclave_(platform) {}
  protocol::Reply handle(const protocol::Request& request) override { return enclave_.handle(request); }

 private:
  enclave::Enclave enclave_;
};

}  // namespace substratee::test
