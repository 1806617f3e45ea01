#include "rpc/worker_api.hpp"

namespace substratee::rpc {
namespace {

WorkerHealth health() {
  WorkerHealth out;
  out.phase = "live";
  out.kind = "tdx";
  out.hardware = true;
  out.collateral = CollateralHealth{"stale", 1'800'000'000, -1, "the service is away"};
  return out;
}

TEST(worker_api, health_says_what_protects_and_for_how_long) {
  const auto json = to_json(health());
  EXPECT_EQ(json.at("kind").as_string(), "tdx");
  EXPECT_TRUE(json.at("hardware").as_bool());
  EXPECT_EQ(json.at("collateral").at("days_left").as_int64(), -1);
  const auto back = worker_health_from_json(json);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->kind, "tdx");
  EXPECT_TRUE(back->hardware);
  EXPECT_EQ(back->collateral, health().collateral);
}

TEST(worker_api, health_says_how_far_the_state_has_come_and_that_the_disk_is_full) {
  EXPECT_TRUE(to_json(health()).at("loading").is_null());
  EXPECT_TRUE(to_json(health()).at("store_error").is_null());
  EXPECT_EQ(worker_health_from_json(to_json(health()))->loading, std::nullopt);
  auto loading = health();
  loading.loading = LoadProgress{1, 4, 2, 3};
  loading.store_error = "no room";
  const auto back = worker_health_from_json(to_json(loading));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->loading, loading.loading);
  EXPECT_EQ(back->store_error, "no room");
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

}  // namespace
}  // namespace substratee::rpc
