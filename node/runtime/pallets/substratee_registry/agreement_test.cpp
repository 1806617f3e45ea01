#include "node/runtime/pallets/substratee_registry/agreement.hpp"

#include <deque>
#include <set>

namespace substratee::node::runtime::substratee_registry {
namespace {

constexpr auto kJoining = MemberStatus::kJoining;
constexpr auto kActive = MemberStatus::kActive;
constexpr auto kSilent = MemberStatus::kSilent;
constexpr auto kQuarantined = MemberStatus::kQuarantined;

AccountId account(std::uint8_t number) {
  AccountId id;
  id.bytes.fill(number);
  return id;
}
BlockHash hash_of_block(BlockNumber block) {
  BlockHash hash;
  hash[0] = static_cast<std::uint8_t>(block);
  return hash;
}
Pair result(char name) {
  Pair pair;
  pair.receipts_root[0] = pair.state_cid[0] = static_cast<std::uint8_t>(name);
  return pair;
}

/// One shard over time; accounts 1, 2, … with the given statuses, some pending blocks.
struct Scenario {
  ShardState state;
  Moment now{.block = 10, .time = 10'000};
  std::vector<Effect> effects;

  explicit Scenario(const std::vector<MemberStatus>& statuses, std::vector<BlockNumber> pending = {1},
                    std::uint8_t minimum = 1) {
    for (const auto status : statuses) {
      state.members[account(static_cast<std::uint8_t>(state.members.size() + 1))].status = status;
    }
    state.pending = std::move(pending);
    state.minimum_confirmations = minimum;
  }
  /// Block 0 counts as agreed: the shard is past its founding.
  void skip_founding() { state.agreed = Agreed{}; }
  auto run(auto action) {
    Agreement agreement(state, now);
    if constexpr (std::is_void_v<decltype(action(agreement))>) {
      action(agreement);
      keep(agreement);
    } else {
      auto out = action(agreement);
      keep(agreement);
      return out;
    }
  }
  std::expected<void, ConfirmRefusal> confirm(std::uint8_t who, BlockNumber block, char name = 'A') {
    return run([&](Agreement& a) { return a.confirm(account(who), block, hash_of_block(block), result(name)); });
  }
  void pass(BlockNumber blocks, std::uint64_t milliseconds) {
    now.block += blocks;
    now.time += milliseconds;
    run([](Agreement& a) { a.pass_time(); });
  }
  void quarantine(std::uint8_t who) {
    run([&](Agreement& a) { a.quarantine(account(who)); });
  }
  MemberStatus status(std::uint8_t who) const { return state.members.at(account(who)).status; }
  BlockNumber agreed() const { return state.agreed ? state.agreed->block_number : 0; }
  template <class E>
  std::size_t count() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(effects, [](const auto& effect) { return std::holds_alternative<E>(effect); }));
  }

 private:
  void keep(const Agreement& agreement) {
    state = agreement.state();
    effects = agreement.effects();
  }
};

TEST(agreement, one_active_member_agrees_alone) {
  Scenario s({kActive});
  ASSERT_TRUE(s.confirm(1, 1));
  EXPECT_EQ(s.state.agreed, (Agreed{1, hash_of_block(1), result('A').state_cid, result('A').receipts_root}));
  EXPECT_TRUE(s.state.pending.empty());
  const auto& reached = std::get<AgreementReached>(s.effects.at(0));
  EXPECT_EQ(reached.active, 1u);
  EXPECT_EQ(reached.confirmed_by, std::vector{account(1)});
}

TEST(agreement, half_of_the_active_members_is_not_enough) {
  Scenario s({kActive, kActive});
  ASSERT_TRUE(s.confirm(1, 1));
  EXPECT_EQ(s.agreed(), 0u);
  ASSERT_TRUE(s.confirm(2, 1));
  EXPECT_EQ(s.agreed(), 1u);
}

TEST(agreement, two_of_three_are_enough) {
  Scenario s({kActive, kActive, kActive});
  ASSERT_TRUE(s.confirm(1, 1));
  ASSERT_TRUE(s.confirm(2, 1));
  EXPECT_EQ(s.agreed(), 1u);
  EXPECT_EQ(std::get<AgreementReached>(s.effects.at(0)).active, 3u);
}

TEST(agreement, the_charter_may_ask_for_more_than_one) {
  Scenario s({kActive, kJoining}, {1}, 2);
  s.skip_founding();
  ASSERT_TRUE(s.confirm(1, 1));
  EXPECT_EQ(s.agreed(), 0u);
}

TEST(agreement, the_founder_agrees_alone_on_its_founding_whatever_the_charter_asks) {
  Scenario s({kActive, kJoining}, {1, 2}, 2);
  ASSERT_TRUE(s.confirm(1, 1));
  EXPECT_EQ(s.agreed(), 1u);
  ASSERT_TRUE(s.confirm(1, 2));
  EXPECT_EQ(s.agreed(), 1u);
  ASSERT_TRUE(s.confirm(2, 1));
  EXPECT_EQ(s.status(2), kActive);
  ASSERT_TRUE(s.confirm(2, 2));
  EXPECT_EQ(s.agreed(), 2u);
}

TEST(agreement, joining_and_silent_members_count_nothing_and_start_no_clock) {
  Scenario s({kActive, kJoining, kSilent});
  ASSERT_TRUE(s.confirm(2, 1));
  ASSERT_TRUE(s.confirm(3, 1));
  EXPECT_EQ(s.agreed(), 0u);
  s.pass(100, 100'000);
  EXPECT_EQ(s.status(1), kActive);
  EXPECT_EQ(s.state.ballots.at(1).first_counted, 0u);
}

TEST(agreement, an_early_confirmation_activates_when_the_agreement_comes) {
  Scenario s({kActive, kJoining, kSilent});
  ASSERT_TRUE(s.confirm(2, 1));
  ASSERT_TRUE(s.confirm(3, 1));
  ASSERT_TRUE(s.confirm(1, 1));
  EXPECT_EQ(s.status(2), kActive);
  EXPECT_EQ(s.status(3), kActive);
  EXPECT_EQ(s.state.members.at(account(2)).active_since, s.now.block);
}

TEST(agreement, silence_takes_two_blocks_and_a_second_and_a_half) {
  Scenario s({kActive, kActive});
  ASSERT_TRUE(s.confirm(1, 1));
  s.pass(1, 1500);
  EXPECT_EQ(s.status(2), kActive);
  s.pass(1, 0);
  EXPECT_EQ(s.status(2), kSilent);
  EXPECT_EQ(s.agreed(), 1u);
}

TEST(agreement, two_quick_blocks_are_no_silence) {
  Scenario s({kActive, kActive});
  ASSERT_TRUE(s.confirm(1, 1));
  s.pass(5, 1499);
  EXPECT_EQ(s.status(2), kActive);
  s.pass(0, 1);
  EXPECT_EQ(s.status(2), kSilent);
}

TEST(agreement, silence_counts_from_a_members_own_activation) {
  Scenario s({kActive, kJoining}, {1}, 2);
  s.skip_founding();
  ASSERT_TRUE(s.confirm(1, 1));
  s.pass(1, 1000);
  s.run([](Agreement& a) { a.change_member(account(2), kActive); });
  s.pass(1, 1000);
  EXPECT_EQ(s.status(2), kActive);
  s.pass(1, 1000);
  EXPECT_EQ(s.status(2), kSilent);
}

TEST(agreement, nobody_is_silent_while_nobody_confirms) {
  Scenario s({kActive, kActive});
  s.pass(1000, 1'000'000);
  EXPECT_EQ(s.status(1), kActive);
  EXPECT_EQ(s.status(2), kActive);
}

TEST(agreement, the_clock_stops_when_who_started_it_is_out) {
  Scenario s({kActive, kActive, kActive});
  ASSERT_TRUE(s.confirm(1, 1));
  s.quarantine(1);
  s.pass(100, 100'000);
  EXPECT_EQ(s.status(2), kActive);
  EXPECT_EQ(s.status(3), kActive);
}

TEST(agreement, a_silent_member_returns_by_the_newest_agreed_block) {
  Scenario s({kActive, kSilent});
  ASSERT_TRUE(s.confirm(1, 1));
  s.pass(100, 100'000);
  ASSERT_TRUE(s.confirm(2, 1));
  EXPECT_EQ(s.status(2), kActive);
}

TEST(agreement, a_silent_member_returns_by_a_block_agreed_at_most_two_blocks_ago) {
  for (const BlockNumber passed : {2u, 3u}) {
    Scenario s({kActive, kSilent}, {1, 2});
    ASSERT_TRUE(s.confirm(1, 1));
    s.pass(passed, 1000);
    ASSERT_TRUE(s.confirm(1, 2));
    ASSERT_TRUE(s.confirm(2, 1));
    EXPECT_EQ(s.status(2), passed == 2 ? kActive : kSilent);
    ASSERT_TRUE(s.confirm(2, 2).has_value());
    EXPECT_EQ(s.status(2), kActive);
  }
}

TEST(agreement, active_members_confirm_once_and_others_may_repeat) {
  Scenario s({kActive, kActive, kSilent});
  ASSERT_TRUE(s.confirm(1, 1));
  EXPECT_EQ(s.confirm(1, 1), std::unexpected(ConfirmRefusal::kAlreadyConfirmed));
  ASSERT_TRUE(s.confirm(3, 1));
  EXPECT_TRUE(s.confirm(3, 1));
  EXPECT_EQ(s.confirm(3, 1, 'B'), std::unexpected(ConfirmRefusal::kAlreadyConfirmed));
  EXPECT_EQ(s.state.ballots.at(1).confirmations.value.size(), 2u);
}

TEST(agreement, pending_blocks_are_confirmed_in_order) {
  Scenario s({kActive, kActive}, {1, 2, 3});
  EXPECT_EQ(s.confirm(1, 2), std::unexpected(ConfirmRefusal::kOutOfOrder));
  ASSERT_TRUE(s.confirm(1, 1));
  EXPECT_EQ(s.confirm(1, 3), std::unexpected(ConfirmRefusal::kOutOfOrder));
  ASSERT_TRUE(s.confirm(1, 2));
  ASSERT_TRUE(s.confirm(1, 3));
  ASSERT_TRUE(s.confirm(2, 1));
  EXPECT_EQ(s.agreed(), 1u);
  ASSERT_TRUE(s.confirm(2, 2));
  EXPECT_EQ(s.agreed(), 2u);
}

TEST(agreement, one_silence_agrees_on_everything_that_the_other_confirmed) {
  Scenario s({kActive, kActive}, {1, 2, 3});
  for (const BlockNumber block : {1u, 2u, 3u}) ASSERT_TRUE(s.confirm(1, block));
  s.pass(2, 2000);
  EXPECT_EQ(s.agreed(), 3u);
  EXPECT_EQ(s.count<AgreementReached>(), 3u);
}

TEST(agreement, who_differs_from_two_is_quarantined_in_that_block) {
  Scenario s({kActive, kActive, kActive});
  ASSERT_TRUE(s.confirm(3, 1, 'B'));
  ASSERT_TRUE(s.confirm(1, 1));
  EXPECT_EQ(s.status(3), kActive);
  ASSERT_TRUE(s.confirm(2, 1));
  EXPECT_EQ(s.status(3), kQuarantined);
  EXPECT_EQ(s.count<Diverged>(), 1u);
  EXPECT_FALSE(s.state.dispute);
}

TEST(agreement, who_differs_from_two_afterwards_is_quarantined_too) {
  for (const auto status : {kActive, kSilent, kJoining}) {
    Scenario s({kActive, kActive, kActive});
    s.state.members.at(account(3)).status = status;
    ASSERT_TRUE(s.confirm(1, 1));
    ASSERT_TRUE(s.confirm(2, 1));
    ASSERT_EQ(s.agreed(), 1u);
    ASSERT_TRUE(s.confirm(3, 1, 'B'));
    EXPECT_EQ(s.status(3), kQuarantined);
  }
}

TEST(agreement, who_differed_and_left_is_quarantined_all_the_same) {
  Scenario s({kActive, kActive, kActive});
  ASSERT_TRUE(s.confirm(3, 1, 'B'));
  s.run([](Agreement& a) { a.change_member(account(3), std::nullopt); });
  ASSERT_TRUE(s.confirm(1, 1));
  ASSERT_TRUE(s.confirm(2, 1));
  EXPECT_EQ(s.status(3), kQuarantined);
}

TEST(agreement, two_that_differ_dispute_until_root_decides) {
  Scenario s({kActive, kActive});
  ASSERT_TRUE(s.confirm(1, 1, 'A'));
  ASSERT_TRUE(s.confirm(2, 1, 'B'));
  EXPECT_EQ(s.state.dispute, 1u);
  EXPECT_EQ(s.count<DisputeBegan>(), 1u);
  s.pass(100, 100'000);
  EXPECT_EQ(s.agreed(), 0u);
  s.quarantine(2);
  EXPECT_FALSE(s.state.dispute);
  EXPECT_EQ(s.agreed(), 1u);
  EXPECT_EQ(s.state.agreed->state_cid, result('A').state_cid);
}

TEST(agreement, a_bystander_in_quarantine_ends_no_dispute) {
  Scenario s({kActive, kActive, kJoining});
  ASSERT_TRUE(s.confirm(1, 1, 'A'));
  ASSERT_TRUE(s.confirm(2, 1, 'B'));
  s.quarantine(3);
  EXPECT_EQ(s.state.dispute, 1u);
}

TEST(agreement, three_that_differ_need_two_quarantines) {
  Scenario s({kActive, kActive, kActive});
  ASSERT_TRUE(s.confirm(1, 1, 'A'));
  ASSERT_TRUE(s.confirm(2, 1, 'B'));
  EXPECT_FALSE(s.state.dispute);
  ASSERT_TRUE(s.confirm(3, 1, 'C'));
  EXPECT_EQ(s.state.dispute, 1u);
  s.quarantine(3);
  EXPECT_EQ(s.state.dispute, 1u);
  s.quarantine(2);
  EXPECT_FALSE(s.state.dispute);
  EXPECT_EQ(s.agreed(), 1u);
}

TEST(agreement, a_difference_waits_for_a_third_voice) {
  Scenario s({kActive, kActive, kActive});
  ASSERT_TRUE(s.confirm(1, 1, 'A'));
  ASSERT_TRUE(s.confirm(2, 1, 'B'));
  EXPECT_FALSE(s.state.dispute);
  s.pass(2, 2000);
  EXPECT_EQ(s.status(3), kSilent);
  EXPECT_EQ(s.state.dispute, 1u);
}

TEST(agreement, a_silent_member_that_differs_from_one_disputes) {
  Scenario s({kActive, kSilent}, {1, 2});
  ASSERT_TRUE(s.confirm(1, 1, 'A'));
  ASSERT_TRUE(s.confirm(2, 1, 'B'));
  EXPECT_EQ(s.state.dispute, 1u);
  EXPECT_EQ(s.status(2), kSilent);
  ASSERT_TRUE(s.confirm(1, 2));
  EXPECT_EQ(s.agreed(), 1u);
  s.quarantine(2);
  EXPECT_EQ(s.agreed(), 2u);
}

TEST(agreement, a_silent_member_that_differed_before_one_agreed_disputes) {
  Scenario s({kActive, kSilent});
  ASSERT_TRUE(s.confirm(2, 1, 'B'));
  ASSERT_TRUE(s.confirm(1, 1, 'A'));
  EXPECT_EQ(s.agreed(), 1u);
  EXPECT_EQ(s.state.dispute, 1u);
}

TEST(agreement, a_dispute_whose_ballot_is_gone_ends_with_roots_decision) {
  Scenario s({kActive, kSilent}, {1, 2});
  ASSERT_TRUE(s.confirm(1, 1, 'A'));
  ASSERT_TRUE(s.confirm(2, 1, 'B'));
  ASSERT_EQ(s.state.dispute, 1u);
  s.state.ballots.erase(1);
  s.quarantine(2);
  EXPECT_FALSE(s.state.dispute);
}

TEST(agreement, a_joining_member_that_differs_from_one_stays_outside) {
  Scenario s({kActive, kJoining});
  ASSERT_TRUE(s.confirm(1, 1, 'A'));
  ASSERT_TRUE(s.confirm(2, 1, 'B'));
  EXPECT_EQ(s.status(2), kJoining);
  EXPECT_FALSE(s.state.dispute);
}

TEST(agreement, who_goes_may_complete_a_majority) {
  Scenario s({kActive, kActive});
  ASSERT_TRUE(s.confirm(1, 1));
  s.run([](Agreement& a) { a.change_member(account(2), std::nullopt); });
  EXPECT_EQ(s.agreed(), 1u);
}

TEST(agreement, who_goes_together_with_the_others_agrees_on_nothing_alone) {
  Scenario s({kActive, kActive, kActive});
  ASSERT_TRUE(s.confirm(3, 1, 'B'));
  const std::vector out{account(1), account(2), account(3)};
  s.run([&](Agreement& a) { a.change_members(out, MemberStatus::kExpired); });
  EXPECT_EQ(s.agreed(), 0u);
  EXPECT_EQ(s.count<AgreementReached>(), 0u);
  EXPECT_EQ(s.count<StatusChanged>(), 3u);
}

TEST(agreement, several_that_go_together_may_leave_a_majority) {
  Scenario s({kActive, kActive, kActive});
  ASSERT_TRUE(s.confirm(3, 1));
  const std::vector out{account(1), account(2)};
  s.run([&](Agreement& a) { a.change_members(out, MemberStatus::kExpired); });
  EXPECT_EQ(s.agreed(), 1u);
}

TEST(agreement, who_has_lost_its_place_makes_room_in_a_full_ballot) {
  for (const auto lost : {MemberStatus::kExpired, kQuarantined}) {
    Scenario s(std::vector(registry::kMaxMembers, kJoining));
    for (std::uint8_t who = 1; who <= registry::kMaxMembers; ++who) ASSERT_TRUE(s.confirm(who, 1));
    s.state.members[account(100)].status = kJoining;
    EXPECT_EQ(s.confirm(100, 1), std::unexpected(ConfirmRefusal::kTooManyAuthors));
    s.state.members.at(account(5)).status = lost;
    ASSERT_TRUE(s.confirm(100, 1));
    EXPECT_EQ(s.state.ballots.at(1).confirmations.value.size(), registry::kMaxMembers);
    EXPECT_TRUE(std::ranges::none_of(s.state.ballots.at(1).confirmations.value,
                                     [](const auto& entry) { return entry.account == account(5); }));
  }
}

// The rules explored exhaustively: three workers, two blocks, every order of events. Worker 2 may be broken: it
// computes 'B' where the others compute 'A'. A worker that has not processed a block is one that has not confirmed it
// yet.
class Exploration {
 public:
  struct World {
    ShardState shard;
    std::array<bool, 3> has_key{true, false, false};
    BlockNumber height = 0;
  };

  Exploration(bool is_broken, std::uint8_t minimum) : is_broken_(is_broken) {
    World start;
    start.shard.minimum_confirmations = minimum;
    for (std::uint8_t w = 0; w < 3; ++w) start.shard.members[account(w)].status = w == 0 ? kActive : kJoining;
    const auto pair = result('0');
    start.shard.agreed = Agreed{0, hash_of_block(0), pair.state_cid, pair.receipts_root};
    auto& genesis = start.shard.ballots[0];
    genesis.block_hash = hash_of_block(0);
    genesis.is_agreed = true;
    genesis.agreed_receipts_root = pair.receipts_root;
    genesis.agreed_state_cid = pair.state_cid;
    genesis.agreed_by = 1;
    visit(start);
    for (std::size_t at = 0; at < worlds.size(); ++at) expand(at);
  }

  std::vector<World> worlds;
  std::vector<std::vector<std::size_t>> before;  ///< from which worlds each is reached

  /// Worlds from which `is_goal` cannot be reached.
  std::size_t stuck(auto is_goal) const {
    std::vector<bool> can(worlds.size());
    std::deque<std::size_t> queue;
    for (std::size_t i = 0; i < worlds.size(); ++i) {
      if (is_goal(worlds[i])) can[i] = true, queue.push_back(i);
    }
    for (; !queue.empty(); queue.pop_front()) {
      for (const auto from : before[queue.front()]) {
        if (!can[from]) can[from] = true, queue.push_back(from);
      }
    }
    return static_cast<std::size_t>(std::ranges::count(can, false));
  }
  std::size_t count(auto predicate) const { return static_cast<std::size_t>(std::ranges::count_if(worlds, predicate)); }

 private:
  static constexpr BlockNumber kBlocks = 2;
  static constexpr Moment kNow{.block = 1000, .time = 1'000'000};

  Pair result_of(std::uint8_t worker, BlockNumber block) const {
    return block == 0 ? result('0') : result(is_broken_ && worker == 2 ? 'B' : 'A');
  }

  /// Clocks are not part of a world: silence comes when it comes.
  static void forget_clocks(ShardState& shard) {
    for (auto& [id, member] : shard.members) member.active_since = 0, member.active_since_time = 0;
    for (auto& [block, ballot] : shard.ballots) {
      ballot.agreed_in = 0;
      if (ballot.first_counted != 0) ballot.first_counted = 1, ballot.first_counted_time = 1;
    }
  }

  std::size_t visit(World world) {
    forget_clocks(world.shard);
    scale::Encoder key;
    scale::encode_to(key, std::tuple{world.has_key, world.height, world.shard.agreed, world.shard.dispute});
    for (const auto& [id, member] : world.shard.members) scale::encode_to(key, member.status);
    for (auto [block, ballot] : world.shard.ballots) {
      std::ranges::sort(ballot.confirmations.value, {}, &registry::Confirmation::account);
      scale::encode_to(key, ballot);
    }
    const auto [found, is_new] = index_.emplace(key.bytes(), worlds.size());
    if (is_new) {
      worlds.push_back(std::move(world));
      before.emplace_back();
    }
    return found->second;
  }

  void reach(std::size_t from, World world) { before[visit(std::move(world))].push_back(from); }

  void run(std::size_t from, World world, auto action) {
    Agreement agreement(std::move(world.shard), kNow);
    action(agreement);
    world.shard = agreement.state();
    reach(from, std::move(world));
  }

  void expand(std::size_t at) {
    const World world = worlds[at];
    if (world.height < kBlocks) {
      World next = world;
      next.shard.pending.push_back(++next.height);
      reach(at, next);
    }
    for (std::uint8_t w = 0; w < 3; ++w) expand_worker(at, world, w);
  }

  void expand_worker(std::size_t at, const World& world, std::uint8_t w) {
    const auto& shard = world.shard;
    const auto status = shard.members.at(account(w)).status;
    if (!world.has_key[w]) return join(at, world, w);
    if (status != kQuarantined) {
      confirm(at, world, w, shard.agreed->block_number);
      for (const auto block : shard.pending) confirm(at, world, w, block);
    }
    if (status == kActive) silence(at, world, w);
  }

  void join(std::size_t at, const World& world, std::uint8_t w) {
    for (std::uint8_t from = 0; from < 3; ++from) {
      if (!world.has_key[from] || world.shard.members.at(account(from)).status != kActive) continue;
      World next = world;
      next.has_key[w] = true;
      return reach(at, next);
    }
  }

  void confirm(std::size_t at, const World& world, std::uint8_t w, BlockNumber block) {
    run(at, world, [&](Agreement& a) {
      static_cast<void>(a.confirm(account(w), block, hash_of_block(block), result_of(w, block)));
    });
  }

  /// Long enough for w alone.
  void silence(std::size_t at, World world, std::uint8_t w) {
    for (auto& [id, member] : world.shard.members) {
      if (id != account(w)) member.active_since = kNow.block;
    }
    run(at, std::move(world), [](Agreement& a) { a.pass_time(); });
  }

  bool is_broken_;
  std::map<Bytes, std::size_t> index_;
};

bool is_wrong(const Exploration::World& world) { return world.shard.agreed->state_cid == result('B').state_cid; }
bool is_leaderless(const Exploration::World& world) {
  return std::ranges::none_of(world.shard.members, [](const auto& entry) { return entry.second.status == kActive; });
}
bool is_convicted(const Exploration::World& world) { return world.shard.members.at(account(2)).status == kQuarantined; }
bool is_done(const Exploration::World& world) { return world.shard.dispute || world.shard.agreed->block_number == 2; }

TEST(agreement_exploration, honest_workers_never_disagree_never_stop_and_never_all_fall_silent) {
  for (const auto minimum : std::to_array<std::uint8_t>({1, 2})) {
    const Exploration all(false, minimum);
    EXPECT_GT(all.worlds.size(), 100u);
    EXPECT_EQ(all.count([](const auto& world) { return world.shard.dispute.has_value(); }), 0u);
    EXPECT_EQ(all.count(is_leaderless), 0u);
    EXPECT_EQ(all.stuck(is_done), 0u);
  }
}

TEST(agreement_exploration, a_broken_worker_gets_a_wrong_state_agreed_only_alone_and_only_with_a_minimum_of_one) {
  const Exploration one(true, 1);
  EXPECT_EQ(one.count([](const auto& world) { return is_leaderless(world) && !is_convicted(world); }), 0u);
  EXPECT_EQ(one.stuck(is_done), 0u);
  EXPECT_EQ(one.count([](const auto& world) {
    return is_wrong(world) && world.shard.ballots.at(world.shard.agreed->block_number).agreed_by > 1;
  }),
            0u);
  EXPECT_GT(one.count(is_wrong), 0u);

  const Exploration two(true, 2);
  EXPECT_EQ(two.count(is_wrong), 0u);
  // When the only Active member is convicted over an older block, the others return with their next confirmation.
  EXPECT_EQ(two.count([](const auto& world) { return is_leaderless(world) && !is_convicted(world); }), 0u);
  EXPECT_EQ(two.stuck(is_done), 0u);
}

}  // namespace
}  // namespace substratee::node::runtime::substratee_registry
