#include "tests/hostile_host/misdeeds.hpp"
#include "tests/hostile_host/play.hpp"

/// Two hosts play the whole story, join and restart included, and commit one kind of misdeed at every chance. Each is
/// refused for its reason or changes nothing, and the story ends as the honest one does.

namespace substratee::test {
namespace {

class HostileHost : public testing::Test {
 protected:
  /// The honest way first.
  void SetUp() override {
    Story story;
    Host first(story.world, story.ipfs, 1);
    Host second(story.world, story.ipfs, 2);
    story.play(first, second);
    ASSERT_FALSE(HasFailure()) << "the honest story";
  }
  /// Both hosts commit it, at every chance.
  void play(const Misdeed& misdeed) {
    Story story;
    Host first(story.world, story.ipfs, 1);
    Host second(story.world, story.ipfs, 2);
    first.page_state();  // after its restart it asks for every leaf
    std::size_t deeds = 0;
    corrupt(first, misdeed, deeds);
    corrupt(second, misdeed, deeds);
    story.play(first, second);
    EXPECT_GT(deeds, 0u) << "nobody did anything wrong";
  }
};

TEST_F(HostileHost, attack_host_says_stored_falsely) { play(misdeeds::false_stored); }
TEST_F(HostileHost, attack_host_says_stored_unasked) { play(misdeeds::unasked_stored); }
TEST_F(HostileHost, attack_host_brings_wrong_blobs) { play(misdeeds::wrong_blobs); }
TEST_F(HostileHost, attack_host_hides_a_block) { play(misdeeds::hidden_block); }
TEST_F(HostileHost, attack_host_reorders_blocks) { play(misdeeds::reordered_blocks); }
TEST_F(HostileHost, attack_host_forges_a_header) { play(misdeeds::forged_header); }
TEST_F(HostileHost, attack_host_brings_a_foreign_block) { play(misdeeds::foreign_block); }
TEST_F(HostileHost, attack_host_hides_any_journal_entry) { play(misdeeds::hidden_journal_entry); }
TEST_F(HostileHost, attack_host_invents_a_journal) { play(misdeeds::invented_journal); }
TEST_F(HostileHost, attack_host_brings_stale_proofs) { play(misdeeds::stale_proof); }
TEST_F(HostileHost, attack_host_brings_proofs_of_another_header) { play(misdeeds::proof_of_another_header); }
TEST_F(HostileHost, attack_host_brings_broken_proofs) { play(misdeeds::broken_proof); }
TEST_F(HostileHost, attack_host_brings_wrong_state_blocks) { play(misdeeds::wrong_state_block); }
TEST_F(HostileHost, attack_host_withholds_state_blocks) { play(misdeeds::withheld_state_block); }
TEST_F(HostileHost, attack_host_brings_wrong_receipts) { play(misdeeds::wrong_receipts); }
TEST_F(HostileHost, attack_host_loses_replies) { play(misdeeds::lost_reply); }
TEST_F(HostileHost, attack_host_replays_requests) { play(misdeeds::replayed_request); }
TEST_F(HostileHost, attack_host_asks_out_of_phase) { play(misdeeds::request_out_of_phase); }
TEST_F(HostileHost, attack_host_gives_wrong_hints) { play(misdeeds::wrong_hints); }
TEST_F(HostileHost, attack_host_names_foreign_sessions) { play(misdeeds::foreign_session); }
TEST_F(HostileHost, attack_host_interleaves_sessions) { play(misdeeds::interleaved_sessions); }

}  // namespace
}  // namespace substratee::test
