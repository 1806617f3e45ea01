#include "net/memory_pot.hpp"

#include <gtest/gtest.h>

namespace substratee::net {
namespace {

TEST(memory_pot, pays_only_for_what_goes_beyond_the_own_share) {
  const auto pot = std::make_shared<MemoryPot>(100);
  MemoryShare one(pot, 10);
  MemoryShare other(pot, 10);
  EXPECT_TRUE(one.take(10));
  EXPECT_TRUE(one.take(100));
  EXPECT_FALSE(one.take(1));
  EXPECT_TRUE(other.take(10)) << "the own share is there although the pot is empty";
  EXPECT_FALSE(other.take(1));
  one.give(50);
  EXPECT_TRUE(other.take(50));
  EXPECT_FALSE(other.take(1));
}

TEST(memory_pot, gets_back_what_a_connection_held) {
  const auto pot = std::make_shared<MemoryPot>(100);
  {
    MemoryShare gone(pot, 10);
    EXPECT_TRUE(gone.take(110));
  }
  MemoryShare next(pot, 0);
  EXPECT_TRUE(next.take(100));
  next.give(1'000);
  EXPECT_TRUE(next.take(100));
  EXPECT_FALSE(next.take(1));
}

TEST(memory_pot, holds_for_one_thing_what_it_has_grown_to) {
  const auto pot = std::make_shared<MemoryPot>(100);
  MemoryShare share(pot, 0);
  {
    MemoryHeld held(share);
    EXPECT_TRUE(held.grow_to(60));
    EXPECT_TRUE(held.grow_to(60));
    EXPECT_TRUE(held.grow_to(100));
    EXPECT_FALSE(held.grow_to(101));
    EXPECT_FALSE(pot->take(1));
    held.give_back();
    EXPECT_TRUE(held.grow_to(100));
  }
  EXPECT_TRUE(pot->take(100)) << "given back at its end, once";
  EXPECT_FALSE(pot->take(1));
}

}  // namespace
}  // namespace substratee::net
