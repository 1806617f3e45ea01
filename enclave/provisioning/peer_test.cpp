#include "enclave/provisioning/peer.hpp"

namespace substratee::enclave::provisioning {
namespace {

registry::Charter charter() {
  registry::Charter out;
  out.measurements.value = {Hash256{{1}}, Hash256{{2}}};
  out.trust_anchors.value = {Hash256{{3}}};
  return out;
}

TEST(peer, charter_allows_its_programs_under_its_roots) {
  EXPECT_TRUE(charter_allows(charter(), Hash256{{1}}, false, Hash256{{3}}));
  EXPECT_TRUE(charter_allows(charter(), Hash256{{2}}, true, Hash256{{3}}));
}

TEST(peer, charter_refuses_another_program_and_another_root) {
  EXPECT_FALSE(charter_allows(charter(), Hash256{{9}}, true, Hash256{{3}}));
  EXPECT_FALSE(charter_allows(charter(), Hash256{{1}}, true, Hash256{{9}}));
}

TEST(peer, charter_that_demands_hardware_refuses_simulation) {
  auto strict = charter();
  strict.hardware_required = true;
  EXPECT_FALSE(charter_allows(strict, Hash256{{1}}, false, Hash256{{3}}));
  EXPECT_TRUE(charter_allows(strict, Hash256{{1}}, true, Hash256{{3}}));
}

TEST(peer, empty_charter_allows_nothing) { EXPECT_FALSE(charter_allows({}, Hash256{}, true, Hash256{})); }

}  // namespace
}  // namespace substratee::enclave::provisioning
