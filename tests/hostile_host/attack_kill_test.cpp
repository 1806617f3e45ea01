#include "tests/hostile_host/killed.hpp"
#include "tests/hostile_host/play.hpp"
#include "tests/support/effort.hpp"

/// kill -9 of an enclave at every step of its conversation, from its first start to the answer after a join. The host
/// starts it again with what it had stored, and the story ends well.

namespace substratee::test {
namespace {

constexpr int kMostRounds = 60;

/// The story with goals instead of a script, since a killed worker has to come back first.
class Survivors : public Story {
 public:
  void live() {
    running.push_back(&first);
    until("the founding is agreed", [&] { return shard().agreed.has_value(); });
    increment(42, 0);
    until("call 1 is agreed", [&] { return answers(first, "42"); });
    running.push_back(&second);
    until("the joiner is Active", [&] { return member(second) == registry::MemberStatus::kActive; });
    increment(1, 1);
    until("call 2 is agreed", [&] { return answers(first, "43") && answers(second, "43"); });
    until("both stand at the same root", [&] { return first.follow().root == second.follow().root; });
    EXPECT_FALSE(shard().disputed);
  }

  Host first{world, ipfs, 1};
  Host second{world, ipfs, 2};

 private:
  /// What `act` gives; false when an enclave was killed on the way. Its host starts it again in the next round.
  bool survives(const std::function<bool()>& act) {
    try {
      return act();
    } catch (const Killed& killed) {
      dead.insert(&killed.host);
      return false;
    }
  }
  void until(const char* goal, const std::function<bool()>& is_reached) {
    for (int i = 0; i < kMostRounds && !HasFailure(); ++i) {
      if (survives([&] { return act_once(), is_reached(); })) return;
      world.mine();
    }
    ADD_FAILURE() << "not within " << kMostRounds << " blocks: " << goal;
  }
  void act_once() {
    for (auto* host : running) {
      if (dead.contains(host) || !started.contains(host)) host->start_again();
      started.insert(host);
      dead.erase(host);
      host->step();
    }
    if (running.size() > 1 && second.follow().phase == Phase::kJoining && first.follow().phase == Phase::kLive) {
      static_cast<void>(provision(second, first));
    }
  }
  bool answers(Host& host, std::string_view value) {
    return host.follow().phase == Phase::kLive && shard().agreed && counter(host) == value;
  }

  std::vector<Host*> running;
  std::set<Host*> started;
  std::set<Host*> dead;
};

class Kill : public testing::Test {
 protected:
  /// The honest way first: how many steps there are.
  void SetUp() override {
    Survivors story;
    Steps at_first;
    Steps at_second;
    count_steps(story.first, at_first);
    count_steps(story.second, at_second);
    story.live();
    ASSERT_FALSE(HasFailure());
    steps_of_first = at_first.count;
    steps_of_second = at_second.count;
    ASSERT_GT(steps_of_second, 20u);
  }
  /// Both moments of every step; in a short run one of them each.
  void kill_at_every_step(bool is_first, std::size_t count) {
    const std::size_t stride = effort(1) > 1 ? 1 : 2;
    for (std::size_t i = 0; i < 2 * count && !HasFailure(); i += stride) {
      const auto step = i / 2;
      const auto moment = (i + (stride == 1 ? 0 : step)) % 2 == 0 ? Moment::kBeforeRequest : Moment::kAfterRequest;
      SCOPED_TRACE("step " + std::to_string(step) + (moment == Moment::kBeforeRequest ? ", before" : ", after"));
      Survivors story;
      Steps steps{0, step, moment, false};
      count_steps(is_first ? story.first : story.second, steps);
      story.live();
      EXPECT_TRUE(steps.is_killed);
    }
  }
  std::size_t steps_of_first = 0;
  std::size_t steps_of_second = 0;
};

TEST_F(Kill, attack_kill_9_of_the_founder_at_every_step) { kill_at_every_step(true, steps_of_first); }
TEST_F(Kill, attack_kill_9_of_the_joiner_at_every_step) { kill_at_every_step(false, steps_of_second); }

}  // namespace
}  // namespace substratee::test
