#include "enclave/platform/simulation/simulated_platform.hpp"

#include "core/attestation/policy/development_root.hpp"
#include "tests/support/random.hpp"

namespace substratee::enclave::platform::simulation {
namespace {

using attestation::simulation::SimulationRoot;

constexpr attestation::UnixSeconds kNow = 1'800'000'000;

crypto::Secret<32> secret_of(std::uint64_t seed) {
  test::SeededRandom random(seed);
  return crypto::Secret<32>::draw(random);
}

struct Simulated : testing::Test {
  test::SeededRandom random;
  attestation::Measurement measurement = random.draw<32>();
  SimulatedPlatform platform{secret_of(1), SimulationRoot::development(), measurement, random};
};

TEST_F(Simulated, says_that_nothing_is_protected) {
  EXPECT_EQ(platform.kind(), attestation::Kind::kSimulated);
  EXPECT_FALSE(platform.hardware());
  EXPECT_EQ(platform.root(), attestation::development_root());
}

TEST_F(Simulated, evidence_verifies_and_names_this_enclave) {
  attestation::Claims claims;
  claims.pubkey_hash = random.draw<32>();
  claims.substratee.instance = random.draw<16>();
  const auto evidence = platform.attest(claims);
  ASSERT_TRUE(evidence);
  const auto verified = attestation::verify(*evidence, {}, {{}, {platform.root()}}, kNow);
  ASSERT_TRUE(verified) << attestation::to_string(verified.error());
  EXPECT_EQ(verified->measurement, measurement);
  EXPECT_EQ(verified->platform_id, platform.platform_id());
  EXPECT_EQ(verified->root, platform.root());
  EXPECT_EQ(verified->claims, claims.substratee);
  EXPECT_EQ(verified->pubkey_hash, claims.pubkey_hash);
  EXPECT_FALSE(verified->hardware);
  EXPECT_FALSE(verified->debug);
}

TEST_F(Simulated, sealing_key_is_bound_to_platform_measurement_and_chain) {
  const auto genesis = random.draw<32>();
  const auto key_of = [&](const Platform& of, const Hash256& chain) { return to_bytes(of.sealing_key(chain)->view()); };
  const auto key = key_of(platform, genesis);
  const SimulatedPlatform same(secret_of(1), SimulationRoot::development(), measurement, random);
  const SimulatedPlatform other_cpu(secret_of(2), SimulationRoot::development(), measurement, random);
  const SimulatedPlatform other_program(secret_of(1), SimulationRoot::development(), random.draw<32>(), random);
  EXPECT_EQ(key_of(same, genesis), key);
  EXPECT_NE(key_of(other_cpu, genesis), key);
  EXPECT_NE(key_of(other_program, genesis), key);
  EXPECT_NE(key_of(platform, random.draw<32>()), key);
}

}  // namespace
}  // namespace substratee::enclave::platform::simulation
