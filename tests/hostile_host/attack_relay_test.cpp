#include "tests/hostile_host/play.hpp"

/// Hosts that carry the bytes of a join: they change, cut, drop, repeat, swap and keep them, message by message. No key
/// comes of it, and the next honest attempt succeeds.

namespace substratee::test {
namespace {

using namespace protocol;

enum class Damage : std::uint8_t { kFlipped, kCut, kDropped, kRepeated, kReflected, kGarbage };
constexpr std::array kDamages{Damage::kFlipped,  Damage::kCut,       Damage::kDropped,
                              Damage::kRepeated, Damage::kReflected, Damage::kGarbage};

Bytes damaged(const Bytes& bytes, Damage damage, const Bytes& own) {
  auto out = bytes;
  switch (damage) {
    case Damage::kFlipped: out[out.size() / 2] ^= 0x20; break;
    case Damage::kCut: out.resize(out.size() - 1); break;
    case Damage::kDropped: out.clear(); break;
    case Damage::kRepeated: append(out, bytes); break;
    case Damage::kReflected: out = own; break;
    case Damage::kGarbage: out.assign(bytes.size(), 0x5a); break;
  }
  return out;
}

class Relay : public Network {
 protected:
  /// The honest way first: a member joins.
  void SetUp() override {
    found(provider);
    increment(42, 0);
    rounds(3, {&provider});
    Host honest(world, ipfs, 3);
    join(honest, provider);
    ASSERT_EQ(counter(honest), "42");
    leave(honest);
    register_joiner(joiner, provider);
  }
  void leave(Host& host) {
    world.submit(host.expect<Extrinsic>(ComposeUnregistration{host.hints()}).wire);
    world.mine();
  }
  /// Where a session of two came to an end.
  struct End {
    std::size_t messages = 0;
    Reply reply;
    bool is_damaged = false;
    bool has_keys = false;  ///< at the joiner
  };
  /// Carries bytes and damages message `number`, to whomever it goes. Ends with a refusal, or when nobody says anything
  /// any more, or with the keys.
  End carry(std::size_t number, Damage damage) {
    joiner.follow();
    provider.follow();
    std::array<Host*, 2> hosts{&joiner, &provider};
    std::array<Tls, 2> at{joiner.expect<Tls>(JoinBegin{provider.identity().account}),
                          provider.expect<Tls>(ProvideBegin{})};
    End end;
    Bytes before{1, 2, 3};
    for (std::size_t from = 0, silent = 0; silent < 3 && end.messages < 64; from = 1 - from) {
      auto bytes = std::exchange(at[from].bytes.value, {});
      silent = bytes.empty() ? silent + 1 : 0;
      if (!bytes.empty() && end.messages++ == number) {
        bytes = damaged(bytes, damage, before);
        end.is_damaged = true;
      }
      if (!bytes.empty()) before = bytes;
      const auto to = 1 - from;
      end.reply = hosts[to]->ask(TlsInput{at[to].session, {bytes}});
      if (!std::holds_alternative<Tls>(end.reply)) break;
      at[to] = std::get<Tls>(end.reply);
      end.has_keys = at[0].phase == TlsPhase::kDone;
      if (end.has_keys) break;
      if (at[1].phase == TlsPhase::kReleaseDue) release(at[1].session);
    }
    for (std::size_t i = 0; i < hosts.size(); ++i) static_cast<void>(hosts[i]->expect<Done>(TlsClose{at[i].session}));
    return end;
  }
  void release(std::uint64_t session) {
    world.submit(provider.expect<Extrinsic>(ComposeRelease{session, provider.hints()}).wire);
    world.mine();
    provider.follow();
  }

  Host provider{world, ipfs, 1};
  Host joiner{world, ipfs, 2};
};

TEST_F(Relay, attack_damaged_bytes_of_a_join) {
  std::size_t attempts = 0;
  bool was_last = false;
  for (std::size_t number = 0; !was_last; ++number) {
    for (const auto damage : kDamages) {
      SCOPED_TRACE("message " + std::to_string(number) + ", damage " + std::to_string(static_cast<int>(damage)));
      const auto end = carry(number, damage);
      was_last = !end.is_damaged;
      if (was_last) break;
      ++attempts;
      if (const auto* refused = std::get_if<Refused>(&end.reply)) {
        EXPECT_EQ(refused->reason, Refusal::kTlsFailed) << refused->detail.value;
      } else {
        ASSERT_TRUE(std::holds_alternative<Tls>(end.reply)) << "reply " << end.reply.index();
        EXPECT_FALSE(end.has_keys);
      }
      EXPECT_FALSE(joiner.blobs.contains("shard"));
      ASSERT_EQ(joiner.follow().phase, Phase::kJoining);
    }
  }
  EXPECT_GE(attempts, 4 * kDamages.size()) << "a join has four messages";
  EXPECT_EQ(joiner.follow().phase, Phase::kLoading) << "undamaged, the last attempt succeeded";
}

/// The joiner's side goes silent at each message. The provider's places for sessions come back, and nobody has keys.
TEST_F(Relay, attack_joiner_offline_at_every_step_of_the_join) {
  std::size_t sessions = 0;
  for (std::size_t messages = 0; messages < 8; ++messages) {
    joiner.follow();
    provider.follow();
    auto at_joiner = joiner.expect<Tls>(JoinBegin{provider.identity().account});
    auto at_provider = provider.expect<Tls>(ProvideBegin{});
    for (std::size_t i = 0; i < messages && at_joiner.phase != TlsPhase::kDone; ++i) {
      const bool to_provider = i % 2 == 0;
      const auto bytes = to_provider ? at_joiner.bytes : at_provider.bytes;
      auto& host = to_provider ? provider : joiner;
      auto& at = to_provider ? at_provider : at_joiner;
      at = host.expect<Tls>(TlsInput{at.session, bytes});
      // The last thing that may happen without the joiner: its keys go on the record.
      if (at_provider.phase == TlsPhase::kReleaseDue) release(at_provider.session);
    }
    if (at_joiner.phase == TlsPhase::kDone) break;
    ++sessions;
    static_cast<void>(joiner.expect<Done>(TlsClose{at_joiner.session}));  // the provider is not told
    EXPECT_FALSE(joiner.blobs.contains("shard")) << messages;
    idle(kProvisioningSessionBlocks + 1);
    provider.follow();
    const auto late = provider.refused(TlsInput{at_provider.session, {}});
    EXPECT_TRUE(late == Refusal::kSessionExpired || late == Refusal::kReleaseMissing) << to_string(late);
  }
  EXPECT_GT(sessions, 3u);
  EXPECT_EQ(joiner.follow().phase, Phase::kLoading) << "the last one stayed to the end";
  rounds(4, {&provider, &joiner});
  EXPECT_EQ(counter(joiner), "42");
}

/// The provider takes the release to the chain and is never heard of again: the record alone gives nobody keys, another
/// provider needs one of its own.
TEST_F(Relay, attack_provider_offline_after_its_release) {
  Host other(world, ipfs, 4);
  join(other, provider);
  rounds(2, {&provider, &other});
  joiner.follow();
  provider.follow();
  auto at_joiner = joiner.expect<Tls>(JoinBegin{provider.identity().account});
  auto at_provider = provider.expect<Tls>(ProvideBegin{});
  static_cast<void>(relay(joiner, at_joiner, provider, at_provider));
  ASSERT_EQ(at_provider.phase, TlsPhase::kReleaseDue);
  release(at_provider.session);
  idle(2);
  EXPECT_EQ(joiner.follow().phase, Phase::kJoining);
  EXPECT_EQ(joiner.refused(GetShieldingKey{}), Refusal::kNoKey);
  static_cast<void>(joiner.expect<Done>(TlsClose{at_joiner.session}));
  EXPECT_EQ(joiner.refused(TlsInput{at_joiner.session, at_provider.bytes}), Refusal::kUnknownSession);
  const auto reply = provision(joiner, other);
  ASSERT_TRUE(std::holds_alternative<Tls>(reply));
  ASSERT_EQ(std::get<Tls>(reply).phase, TlsPhase::kDone);
  rounds(6, {&other, &joiner});
  EXPECT_EQ(counter(joiner), "42");
}

}  // namespace
}  // namespace substratee::test
