#include "core/attestation/policy/policy.hpp"

#include "core/attestation/dcap/authenticate.hpp"
#include "core/attestation/policy/development_root.hpp"
#include "core/attestation/snp/product.hpp"

namespace substratee::attestation {

Policy development_policy() {
  return {.require_hardware = false,
          .simulation_roots = {{development_root()}},
          .allowed_statuses = {{TcbStatus::kSimulated}}};
}

TrustAnchors trust_anchors_of(const Policy& policy) {
  return {.intel_roots = {dcap::kIntelRoot},
          .simulation_roots = policy.simulation_roots.value,
          .amd_roots = {snp::kMilanRoot, snp::kGenoaRoot, snp::kTurinRoot}};
}

}  // namespace substratee::attestation
