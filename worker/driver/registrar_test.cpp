#include "worker/driver/registrar.hpp"

#include "worker/driver/fake_world_test.hpp"

namespace substratee::worker::driver {
namespace {

constexpr std::uint64_t kHour = 3'600'000;
constexpr std::uint64_t kStart = 1'790'000'000'000;

TEST(renewal, is_due_after_two_thirds) {
  chain_follower::Registration registration{.attested_at = kStart, .valid_until = kStart + 24 * kHour, .now = kStart};
  EXPECT_FALSE(is_renewal_due(registration));
  registration.now = kStart + 16 * kHour - 1;
  EXPECT_FALSE(is_renewal_due(registration));
  registration.now = kStart + 16 * kHour;
  EXPECT_TRUE(is_renewal_due(registration));
  registration.now = kStart + 30 * kHour;
  EXPECT_TRUE(is_renewal_due(registration));
}

TEST(renewal, is_due_at_once_when_the_registration_was_cut_short) {
  EXPECT_TRUE(is_renewal_due({.attested_at = kStart, .valid_until = kStart + kHour, .now = kStart + kHour}));
  EXPECT_TRUE(is_renewal_due({.attested_at = kStart, .valid_until = kStart - kHour, .now = kStart}));
}

/// A live worker whose registration stands on the chain.
struct Live : World {
  Live() {
    found();
    chain.registered = {.attested_at = kStart, .valid_until = kStart + 24 * kHour, .now = kStart};
  }
  [[nodiscard]] auto registrations() const {
    return std::ranges::count_if(enclave.log,
                                 [](const auto& line) { return line.starts_with("compose registration"); });
  }
  void look() {
    now += Registrar::kLookEvery;
    block();
  }
};

TEST(registrar, renews_in_time_and_says_so) {
  Live world;
  const auto before = world.registrations();
  world.look();
  EXPECT_EQ(world.registrations(), before);
  world.chain.registered->now = kStart + 17 * kHour;
  world.look();
  EXPECT_EQ(world.registrations(), before + 1);
  EXPECT_TRUE(world.report.has("Attesting anew: the registration lasts 7.0 h more"));
  world.chain.registered->attested_at = world.chain.registered->now;
  world.chain.registered->valid_until = world.chain.registered->now + 24 * kHour;
  world.blocks(2);
  EXPECT_TRUE(world.report.has("Attested anew in block #"));
  world.look();
  EXPECT_EQ(world.registrations(), before + 1);
}

TEST(registrar, a_lapse_is_said_once_and_a_refused_renewal_waits) {
  Live world;
  const auto before = world.registrations();
  world.chain.registered->now = kStart + 25 * kHour;
  world.chain.errors["register"] = "SubstrateeRegistry.PolicyRefused";
  world.look();
  EXPECT_EQ(world.registrations(), before + 1);
  world.blocks(3);
  EXPECT_TRUE(world.report.has("register_enclave refused by the chain"));
  world.look();
  EXPECT_EQ(world.registrations(), before + 1) << "too early";
  world.now += Registrar::kRetryAfter;
  world.blocks(2);
  EXPECT_EQ(world.registrations(), before + 2);
  EXPECT_EQ(world.report.count("has lapsed"), 1u);
}

TEST(registrar, brings_collateral_that_the_chain_lacks_and_not_twice) {
  Live world;
  const attestation::CollateralId id{{}, attestation::CollateralKind::kIntelRootCrl, {}};
  world.chain.registered->collateral = {id};
  world.source[id] = {id.kind, {text_bytes("crl")}, {}};
  world.look();
  EXPECT_EQ(world.report.count("Bringing collateral"), 1u);
  EXPECT_EQ(world.chain.pool, std::vector<std::string>{"collateral crl"});
  world.block();
  world.chain.collateral_items[id].item = world.source[id];
  for (int i = 0; i < 10; ++i) world.look();
  EXPECT_EQ(world.report.count("Bringing collateral"), 1u);
  world.source[id].body.value = text_bytes("newer crl");
  for (int i = 0; i < 10; ++i) world.look();
  EXPECT_EQ(world.report.count("Bringing collateral"), 2u);
}

TEST(registrar, collateral_that_somebody_else_brought_is_no_trouble) {
  Live world;
  const attestation::CollateralId id{{}, attestation::CollateralKind::kIntelRootCrl, {}};
  world.chain.registered->collateral = {id};
  world.source[id] = {id.kind, {text_bytes("crl")}, {}};
  world.chain.errors["collateral crl"] = "SubstrateeRegistry.SameCollateral";
  world.look();
  world.blocks(2);
  EXPECT_FALSE(world.report.has("warn: Collateral"));
}

TEST(registrar, refused_collateral_is_said_and_lost_collateral_sent_again) {
  Live world;
  const attestation::CollateralId id{{}, attestation::CollateralKind::kIntelRootCrl, {}};
  world.chain.registered->collateral = {id};
  world.source[id] = {id.kind, {text_bytes("lost")}, {}};
  world.chain.loses_extrinsics = true;
  world.look();
  world.blocks(8);
  EXPECT_TRUE(world.report.has("was not included in time; sending it again"));
  world.chain.loses_extrinsics = false;
  world.chain.errors["collateral lost"] = "SubstrateeRegistry.CollateralRefused";
  for (int i = 0; i < 8; ++i) world.look();
  EXPECT_TRUE(world.report.has("refused by the chain: SubstrateeRegistry.CollateralRefused"));
  EXPECT_EQ(world.report.count("Bringing collateral"), 2u);
}

}  // namespace
}  // namespace substratee::worker::driver
