#include "tests/network/network.hpp"

/// Rules of sessions and outputs that no story shows.

namespace substratee::test {
namespace {

class SessionRules : public Network {
 protected:
  struct Ends {
    Tls joiner;
    Tls provider;
  };
  Ends open(Host& joiner, Host& provider) {
    return {joiner.expect<Tls>(JoinBegin{provider.identity().account}), provider.expect<Tls>(ProvideBegin{})};
  }
  Host first{world, ipfs, 1};
  Host second{world, ipfs, 2};
  Host third{world, ipfs, 3};
};

TEST_F(SessionRules, a_joiner_looks_at_its_provider_again_before_it_asks_for_keys) {
  found(first);
  join(second, first);
  register_joiner(third, first);
  first.follow();
  auto ends = open(third, first);
  increment(1, 0);
  rounds(6, {&second});
  ASSERT_EQ(member(first), registry::MemberStatus::kSilent);
  third.follow();
  // Newer proofs about the provider come with any other decision.
  EXPECT_EQ(third.refused(JoinBegin{first.identity().account}), Refusal::kPeerNotActive);
  const auto reply = relay(third, ends.joiner, first, ends.provider);
  ASSERT_TRUE(std::holds_alternative<Refused>(reply)) << reply.index();
  EXPECT_EQ(std::get<Refused>(reply).reason, Refusal::kPeerNotActive);
}

TEST_F(SessionRules, a_second_join_session_replaces_no_keys) {
  found(first);
  register_joiner(second, first);
  first.follow();
  std::array<Ends, 2> sessions{open(second, first), open(second, first)};
  auto hints = first.hints();
  for (auto& ends : sessions) {
    static_cast<void>(relay(second, ends.joiner, first, ends.provider));
    ASSERT_EQ(ends.provider.phase, TlsPhase::kReleaseDue);
    world.submit(first.expect<Extrinsic>(ComposeRelease{ends.provider.session, hints}).wire);
    ++hints.nonce;
  }
  world.mine();
  first.follow();
  second.follow();
  std::vector<Reply> replies;
  for (auto& ends : sessions) {
    const auto keys = first.expect<Tls>(TlsInput{ends.provider.session, {}});
    EXPECT_EQ(keys.phase, TlsPhase::kDone);
    replies.push_back(second.ask(TlsInput{ends.joiner.session, keys.bytes}));
  }
  ASSERT_TRUE(std::holds_alternative<Tls>(replies[0]));
  EXPECT_EQ(std::get<Tls>(replies[0]).phase, TlsPhase::kDone);
  EXPECT_EQ(second.blobs.at("shard").version, 1u);
  ASSERT_TRUE(std::holds_alternative<Refused>(replies[1]));
  EXPECT_EQ(std::get<Refused>(replies[1]).reason, Refusal::kWrongPhase);
  EXPECT_EQ(second.follow().phase, Phase::kLoading);
  EXPECT_EQ(second.blobs.at("shard").version, 1u);
}

class Outputting : public Network {
 protected:
  /// The status that importing a block with this call gives.
  Status process(const SignedCall& call) {
    submit(seal(call));
    return worker.expect<Status>(ImportBlocks{{{world.mine()}}});
  }
  Host worker{world, ipfs, 1};
};

TEST_F(Outputting, the_host_does_not_learn_how_calls_ended) {
  found(worker);
  const auto good = process(signed_increment(1, 0)).processed.value;
  const auto bad = process(signed_increment(1, 7)).processed.value;
  ASSERT_EQ(good.size(), 1u);
  ASSERT_EQ(bad.size(), 1u);
  EXPECT_EQ(good[0].calls, 1u);
  EXPECT_EQ(bad[0].calls, 1u);
  // Number, hash, receipts root, CID, how many calls: nothing else is there to tell them apart.
  EXPECT_EQ(scale::encode(good[0]).size(), 4u + 32 + 32 + 36 + 4);
  worker.follow();
}

TEST_F(Outputting, receipts_are_an_output_of_their_own) {
  found(worker);
  static_cast<void>(process(signed_increment(1, 0)));
  const auto receipts = worker.expect<Outputs>(TakeOutputs{});
  EXPECT_EQ(receipts.receipts.size(), 1u);
  EXPECT_TRUE(receipts.blocks.empty());
  EXPECT_FALSE(receipts.root.has_value());
  EXPECT_TRUE(receipts.more);
  const auto state = worker.expect<Outputs>(TakeOutputs{});
  EXPECT_TRUE(state.receipts.empty());
  EXPECT_FALSE(state.blocks.empty());
  EXPECT_TRUE(state.root.has_value());
  EXPECT_FALSE(state.more);
}

}  // namespace
}  // namespace substratee::test
