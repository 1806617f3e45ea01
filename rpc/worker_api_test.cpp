#include "rpc/worker_api.hpp"

namespace substratee::rpc {
namespace {

WorkerHealth health() {
  return {.phase = "live",
          .head = 7,
          .is_ready = true,
          .member = "Active",
          .root = "bafy",
          .agreed = 6,
          .epoch = 1,
          .platform = "Intel TDX",
          .hardware = true,
          .collateral = CollateralHealth{"stale", 1'800'000'000, -1, "the service is away"}};
}

TEST(worker_api, health_says_what_protects_and_for_how_long) {
  const auto json = to_json(health());
  EXPECT_EQ(json.at("platform").as_string(), "Intel TDX");
  EXPECT_TRUE(json.at("hardware").as_bool());
  EXPECT_EQ(json.at("collateral").at("days_left").as_int64(), -1);
  const auto back = worker_health_from_json(json);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->platform, "Intel TDX");
  EXPECT_TRUE(back->hardware);
  EXPECT_EQ(back->collateral, health().collateral);
}

TEST(worker_api, without_a_source_collateral_is_null) {
  auto without = health();
  without.collateral.reset();
  const auto json = to_json(without);
  EXPECT_TRUE(json.at("collateral").is_null());
  EXPECT_EQ(worker_health_from_json(json)->collateral, std::nullopt);
  without.collateral = CollateralHealth{.state = "missing", .expires = {}, .days_left = {}, .error = {}};
  const auto missing = worker_health_from_json(to_json(without));
  EXPECT_EQ(missing->collateral, without.collateral);
}

TEST(worker_api, workers_that_do_not_name_their_platform_are_understood) {
  auto json = to_json(health()).as_object();
  for (const auto* name : {"platform", "hardware", "collateral"}) json.erase(name);
  const auto older = worker_health_from_json(json);
  ASSERT_TRUE(older);
  EXPECT_FALSE(older->hardware);
  EXPECT_EQ(older->platform, "");
  json.erase("phase");
  EXPECT_FALSE(worker_health_from_json(json));
}

}  // namespace
}  // namespace substratee::rpc
