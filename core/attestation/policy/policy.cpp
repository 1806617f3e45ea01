#include "core/attestation/policy/policy.hpp"

#include "core/attestation/dcap/authenticate.hpp"
#include "core/attestation/policy/development_root.hpp"

namespace substratee::attestation {

Policy development_policy() {
  return {.require_hardware = false,
          .simulation_roots = {{development_root()}},
          .allowed_statuses = {{TcbStatus::kSimulated}}};
}

TrustAnchors trust_anchors_of(const Policy& policy) {
  return {.intel_roots = {dcap::kIntelRoot}, .simulation_roots = policy.simulation_roots.value};
}

}  // namespace substratee::attestation
