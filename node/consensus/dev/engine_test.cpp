#include "node/consensus/dev/engine.hpp"

#include <gtest/gtest.h>

namespace substratee::node::consensus::dev {
namespace {

constexpr Moment at(std::uint64_t t) { return {t, 1'000'000 + t}; }
using Actions = std::vector<Action>;

TEST(dev_engine, seals_once_each_block_time) {
  Engine engine({}, 0, at(0));
  EXPECT_EQ(engine.wake_at(), 1'000U);
  EXPECT_EQ(engine.due(at(999)), Actions{});
  EXPECT_EQ(engine.due(at(1'000)), Actions{Seal{1'001'000}});
  engine.sealed(1, 1'001'000, false, at(1'010));
  EXPECT_EQ(engine.due(at(1'100)), Actions{});
  EXPECT_EQ(engine.due(at(2'000)), (Actions{TellFinal{1}, Seal{1'002'000}}));
}

TEST(dev_engine, repeats_the_seal_until_it_is_done) {
  Engine engine({}, 0, at(0));
  EXPECT_EQ(engine.due(at(1'000)).size(), 1U);
  EXPECT_EQ(engine.due(at(1'001)).size(), 1U);
}

TEST(dev_engine, does_not_make_up_for_missed_beats) {
  Engine engine({}, 0, at(0));
  static_cast<void>(engine.due(at(10'500)));
  engine.sealed(1, 1'010'500, false, at(10'500));
  EXPECT_EQ(engine.due(at(10'500)), Actions{Seal{1'010'501}});
  engine.sealed(2, 1'010'501, false, at(10'500));
  EXPECT_EQ(engine.wake_at(), 10'750U);
  EXPECT_EQ(engine.due(at(11'499)).size(), 2U);  // finality of both, no third block
}

TEST(dev_engine, tells_finality_a_quarter_second_after_best) {
  Engine engine({}, 0, at(0));
  engine.sealed(1, 1'001'000, false, at(1'000));
  EXPECT_EQ(engine.wake_at(), 1'250U);
  EXPECT_EQ(engine.due(at(1'249)), Actions{});
  EXPECT_EQ(engine.due(at(1'250)), Actions{TellFinal{1}});
  EXPECT_EQ(engine.due(at(1'251)), Actions{});
}

TEST(dev_engine, instant_sealing_waits_for_a_transaction) {
  Engine engine({.sealing = Sealing::kInstant}, 0, at(0));
  EXPECT_EQ(engine.wake_at(), std::nullopt);
  EXPECT_EQ(engine.due(at(50'000)), Actions{});
  engine.transaction_ready(at(60'000));
  EXPECT_EQ(engine.due(at(60'000)), Actions{Seal{1'060'000}});
  engine.sealed(1, 1'060'000, true, at(60'000));
  EXPECT_EQ(engine.due(at(60'000)), Actions{Seal{1'060'001}});
  engine.sealed(2, 1'060'001, false, at(60'000));
  EXPECT_EQ(engine.due(at(60'250)), (Actions{TellFinal{1}, TellFinal{2}}));
  EXPECT_EQ(engine.wake_at(), std::nullopt);
}

TEST(dev_engine, timestamps_rise_although_the_clock_was_set_back) {
  Engine engine({}, 5'000'000, at(0));
  EXPECT_EQ(engine.due(at(1'000)), Actions{Seal{5'000'001}});
}

}  // namespace
}  // namespace substratee::node::consensus::dev
