#include "node/runtime/scenario_test.hpp"

namespace substratee::node::runtime::test {
namespace {

using registry::Error;

struct Pair {
  Chain chain;
  Worker from{1};
  Worker to{2};
  Pair() {
    found_with(chain, from);
    chain.block({{to, to.registers(chain)}});
  }
  std::optional<DispatchError> failure(const registry::RecordKeyRelease& call) {
    return chain.failure(from, registry::encode_call(call));
  }
};

TEST(releases, an_active_member_may_release_to_a_joining_one) {
  Pair p;
  EXPECT_FALSE(p.failure(p.from.release(p.to)));
  const std::vector expected{
      registry::KeyReleased{kShard, 1, p.from.account(), p.to.account(), p.to.instance, hash_of("session")}};
  EXPECT_EQ(p.chain.journal_of<registry::KeyReleased>(), expected);
  const auto stored = substratee_registry::kKeyReleases.find(p.chain.state(), kShard, hash_of("session"));
  EXPECT_EQ(stored, (registry::KeyRelease{1, p.from.account(), p.to.account(), p.to.instance, hash_of("session"),
                                          p.chain.best()}));
}

TEST(releases, a_session_is_recorded_once) {
  Pair p;
  EXPECT_FALSE(p.failure(p.from.release(p.to)));
  EXPECT_EQ(p.failure(p.from.release(p.to)), refused(Error::kAlreadyExists));
  EXPECT_FALSE(p.failure(p.from.release(p.to, "another session")));
}

TEST(releases, refuses_who_is_not_active) {
  Pair p;
  EXPECT_EQ(p.chain.failure(p.to, p.to.releases(p.from)), refused(Error::kNotActive));
}

TEST(releases, refuses_another_instance_of_the_giver) {
  Pair p;
  auto call = p.from.release(p.to);
  call.instance.bytes.fill(9);
  EXPECT_EQ(p.failure(call), refused(Error::kWrongInstance));
}

TEST(releases, refuses_another_instance_of_the_receiver) {
  Pair p;
  auto call = p.from.release(p.to);
  call.to_instance.bytes.fill(9);
  EXPECT_EQ(p.failure(call), refused(Error::kReleaseRefused));
}

TEST(releases, refuses_a_stranger_as_receiver_and_oneself) {
  Pair p;
  auto call = p.from.release(p.to);
  call.to = client().account();
  EXPECT_EQ(p.failure(call), refused(Error::kReleaseRefused));
  EXPECT_EQ(p.failure(p.from.release(p.from)), refused(Error::kReleaseRefused));
}

TEST(releases, refuses_an_epoch_that_does_not_exist) {
  Pair p;
  for (const registry::Epoch epoch : {0u, 2u}) {
    auto call = p.from.release(p.to);
    call.epoch = epoch;
    EXPECT_EQ(p.failure(call), refused(Error::kUnknownEpoch));
  }
}

TEST(releases, refuses_a_receiver_in_quarantine) {
  Pair p;
  p.chain.block({{root(), as_root(registry::encode_call(registry::Quarantine{kShard, p.to.account()}))}});
  EXPECT_EQ(p.failure(p.from.release(p.to)), refused(Error::kReleaseRefused));
}

TEST(releases, refuses_an_expired_receiver) {
  Pair p;
  p.chain.wait(substratee_registry::kRegistrationMilliseconds - 10'000);
  p.chain.block({{p.from, p.from.registers(p.chain)}});
  p.chain.wait(20'000);
  p.chain.block();
  EXPECT_EQ(status_of(p.chain, p.from), MemberStatus::kActive);
  EXPECT_EQ(status_of(p.chain, p.to), MemberStatus::kExpired);
  EXPECT_EQ(p.failure(p.from.release(p.to)), refused(Error::kReleaseRefused));
}

TEST(releases, refuses_a_giver_in_quarantine) {
  Pair p;
  p.chain.block({{root(), as_root(registry::encode_call(registry::Quarantine{kShard, p.from.account()}))}});
  EXPECT_EQ(p.failure(p.from.release(p.to)), refused(Error::kQuarantined));
}

}  // namespace
}  // namespace substratee::node::runtime::test
