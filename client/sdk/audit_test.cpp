#include "client/sdk/audit.hpp"

#include <gtest/gtest.h>

namespace substratee::client {
namespace {

using registry::MemberStatus;

template <std::size_t N = 32>
FixedBytes<N> filled(std::uint8_t byte) {
  FixedBytes<N> out;
  out.bytes.fill(byte);
  return out;
}

const registry::ShardId kShard = registry::shard_id("counter", "default");

/// A chain of journals; each call is a block.
struct Story {
  Audit audit{kShard};
  BlockNumber number = 0;

  void block(registry::Journal journal) {
    ++number;
    audit.apply({number, filled(static_cast<std::uint8_t>(number)), {}, std::move(journal)});
  }
  void member(std::uint8_t who, std::optional<MemberStatus> status, std::uint8_t instance = 1) {
    block({registry::MemberChanged{kShard, filled(who), filled<16>(instance), status}});
  }
  void found(std::uint8_t who, registry::Epoch epoch = 1) {
    block({registry::ShardFounded{kShard, epoch, filled(who), filled<16>(1), filled(0xee)},
           registry::MemberChanged{kShard, filled(who), filled<16>(1), MemberStatus::kActive}});
  }
  void release(std::uint8_t from, std::uint8_t to, std::uint8_t instance = 1, registry::Epoch epoch = 1) {
    block({registry::KeyReleased{kShard, epoch, filled(from), filled(to), filled<16>(instance), filled(0x55)}});
  }
  void agree(std::vector<AccountId> by) {
    block({registry::StateAgreed{kShard, {number, {}, {}, {}}, 1, {std::move(by)}}});
  }
  /// One joins, founds; another joins and gets the key.
  void usual() {
    member(1, MemberStatus::kJoining);
    found(1);
    member(2, MemberStatus::kJoining);
    release(1, 2);
    member(2, MemberStatus::kActive);
    agree({filled(1), filled(2)});
  }
  [[nodiscard]] std::vector<std::string> words() const {
    std::vector<std::string> out;
    for (const auto& finding : audit.findings()) out.push_back(finding.word);
    return out;
  }
};
using Words = std::vector<std::string>;

TEST(audit, lists_who_holds_the_key_and_from_whom) {
  Story story;
  story.usual();
  EXPECT_EQ(story.words(), Words{});
  ASSERT_EQ(story.audit.epochs().size(), 1);
  const auto& epoch = story.audit.epochs()[0];
  EXPECT_EQ(epoch.founded_in, 2);
  ASSERT_EQ(epoch.holders.size(), 2);
  EXPECT_EQ(epoch.holders[0].account, filled(1));
  EXPECT_EQ(epoch.holders[0].from, std::nullopt);
  EXPECT_EQ(epoch.holders[1].account, filled(2));
  EXPECT_EQ(epoch.holders[1].from, filled(1));
  EXPECT_EQ(epoch.holders[1].session, filled(0x55));
  EXPECT_EQ(epoch.holders[1].block, 4);
  EXPECT_EQ(story.audit.agreements(), 1);
  ASSERT_EQ(story.audit.instances().size(), 2);
  EXPECT_EQ(story.audit.instances()[1].block_hash, filled(3));
}

TEST(audit, knows_each_process_of_an_enclave) {
  Story story;
  story.usual();
  story.member(2, MemberStatus::kSilent);
  story.member(2, MemberStatus::kSilent, 7);
  EXPECT_EQ(story.audit.instances().size(), 3) << "a restart is an instance, a change of status is none";
  story.release(1, 2, 1);
  EXPECT_EQ(story.words(), Words{"release_to_non_member"}) << "the old process";
  story.release(1, 2, 7);
  EXPECT_EQ(story.words().size(), 1);
}

TEST(audit, names_releases_without_membership) {
  Story story;
  story.usual();
  story.release(1, 3);
  EXPECT_EQ(story.words(), Words{"release_to_non_member"});
  story.member(3, MemberStatus::kQuarantined);
  story.release(1, 3);
  EXPECT_EQ(story.words(), (Words{"release_to_non_member", "release_to_non_member"}));
}

TEST(audit, names_releases_by_those_who_may_not_or_do_not_have_it) {
  Story story;
  story.usual();
  story.member(3, MemberStatus::kJoining);
  story.member(4, MemberStatus::kActive);
  story.release(4, 3);
  EXPECT_EQ(story.words(), Words{"release_by_non_holder"});
  story.member(1, MemberStatus::kSilent);
  story.release(1, 3);
  EXPECT_EQ(story.words().back(), "release_by_non_member");
}

TEST(audit, names_releases_of_epochs_that_are_none) {
  Story story;
  story.usual();
  story.release(1, 2, 1, 2);
  EXPECT_EQ(story.words(), Words{"release_of_unknown_epoch"});
}

TEST(audit, names_foundings_by_strangers_and_out_of_turn) {
  Story story;
  story.found(1);
  EXPECT_EQ(story.words(), Words{"founded_by_stranger"});
  Story again;
  again.usual();
  again.member(3, MemberStatus::kJoining);
  again.found(3, 2);
  EXPECT_EQ(again.words(), Words{"epoch_out_of_order"}) << "while the first epoch is in force";
  Story skipped;
  skipped.member(1, MemberStatus::kJoining);
  skipped.found(1, 2);
  EXPECT_EQ(skipped.words(), Words{"epoch_out_of_order"});
}

TEST(audit, follows_a_founding_that_was_reopened) {
  Story story;
  story.member(1, MemberStatus::kJoining);
  story.found(1);
  story.member(1, std::nullopt);
  story.block({registry::FoundingReopened{kShard, 1}});
  story.member(2, MemberStatus::kJoining);
  story.found(2, 2);
  EXPECT_EQ(story.words(), Words{});
  ASSERT_EQ(story.audit.epochs().size(), 2);
  EXPECT_TRUE(story.audit.epochs()[0].is_void);
  story.release(2, 2, 1, 1);
  EXPECT_EQ(story.words(), Words{"release_of_unknown_epoch"}) << "the void one";
  story.block({registry::FoundingReopened{kShard, 9}});
  EXPECT_EQ(story.words().back(), "reopened_unknown_epoch");
}

TEST(audit, names_confirmations_and_calls_without_a_key) {
  Story story;
  story.block({registry::CallForwarded{kShard, filled(9), {}}});
  EXPECT_EQ(story.words(), Words{"call_without_key"});
  story.usual();
  story.agree({filled(1), filled(8)});
  EXPECT_EQ(story.words(), (Words{"call_without_key", "confirmed_by_non_holder"}));
}

TEST(audit, leaves_other_shards_alone) {
  Story story;
  const auto other = registry::shard_id("counter", "other");
  story.block({registry::KeyReleased{other, 1, filled(1), filled(2), {}, {}}, registry::CallForwarded{other, {}, {}},
               registry::ShardFounded{other, 1, {}, {}, {}}});
  EXPECT_EQ(story.words(), Words{});
  EXPECT_TRUE(story.audit.epochs().empty());
}

}  // namespace
}  // namespace substratee::client
