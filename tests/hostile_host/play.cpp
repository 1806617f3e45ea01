#include "tests/hostile_host/play.hpp"

namespace substratee::test {

void Story::play(Host& first, Host& second) {
  found(first);
  if (HasFatalFailure()) return;
  increment(42, 0);
  first.step();
  world.mine();
  const auto block = world.height();
  rounds(3, {&first});
  join(second, first);
  if (HasFatalFailure()) return;
  increment(1, 1);
  rounds(4, {&first, &second});
  EXPECT_EQ(outcome(first, block, 0), Outcome::kApplied);
  EXPECT_EQ(counter(second, Mode::kLatest), "43");
  first.start_again();
  rounds(8, {&second, &first});
  expect_end(first, second);
}

void Story::expect_end(Host& first, Host& second) {
  for (auto* host : {&first, &second}) {
    EXPECT_EQ(member(*host), registry::MemberStatus::kActive);
    EXPECT_EQ(counter(*host), "43");
    EXPECT_EQ(next_nonce(*host), 2u);
    EXPECT_EQ(host->follow().root, shard().agreed->state_cid);
  }
  EXPECT_FALSE(shard().disputed);
  EXPECT_EQ(releases(), 1u) << "one joiner, one key on the record";
}

std::size_t Story::releases() const {
  std::size_t count = 0;
  for (primitives::BlockNumber number = 1; number <= world.height(); ++number) {
    for (const auto& entry : *scale::decode<registry::Journal>(world.block(number).journal)) {
      count += std::holds_alternative<registry::KeyReleased>(entry) ? 1 : 0;
    }
  }
  return count;
}

}  // namespace substratee::test
