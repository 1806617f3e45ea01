#include "tests/network/network.hpp"
#include "worker/driver/registrar.hpp"

/// Registrations last a day; workers attest anew in time. When that is due is the worker's own rule.

namespace substratee::test {
namespace {

using registry::MemberStatus;

constexpr std::uint64_t kHalfHour = 1'800'000;

class Renewal : public Network {
 protected:
  [[nodiscard]] registry::Enclave entry(const Host& host) const {
    const auto index = *world.read<std::uint64_t>(registry::key::enclave_index(host.identity().account));
    return *world.read<registry::Enclave>(registry::key::enclave(index));
  }
  void renew_if_due(Host& host) {
    const auto enclave = entry(host);
    const auto now = *world.read<std::uint64_t>(registry::key::timestamp_now());
    if (!worker::driver::is_renewal_due({enclave.attested_at, enclave.valid_until, now, {}})) return;
    host.submit_registration();
    ++renewals;
  }
  /// Half an hour, then everybody looks at the chain.
  void half_hour(const std::vector<Host*>& hosts) {
    world.mine(kHalfHour);
    rounds(1, hosts);
  }
  Host first{world, ipfs, 1};
  Host second{world, ipfs, 2};
  int renewals = 0;
};

TEST_F(Renewal, thirty_hours_pass_and_the_worker_stays_active) {
  found(first);
  primitives::Nonce nonce = 0;
  for (int i = 0; i < 60; ++i) {
    half_hour({&first});
    renew_if_due(first);
    if (i % 10 == 0) increment(1, nonce++);
    rounds(3, {&first});
    ASSERT_EQ(member(first), MemberStatus::kActive) << i;
    const auto now = *world.read<std::uint64_t>(registry::key::timestamp_now());
    ASSERT_LT(now, entry(first).valid_until) << "never lapsed, hour " << i / 2;
  }
  EXPECT_EQ(renewals, 1) << "after 16 hours, and not more often than needed";
  EXPECT_EQ(counter(first), "6");
}

TEST_F(Renewal, who_does_not_attest_anew_drops_and_who_does_stays) {
  found(first);
  join(second, first);
  bool has_dropped = false;
  for (int i = 0; i < 52; ++i) {
    world.mine(kHalfHour);
    if (i == 48) {
      EXPECT_EQ(member(second), MemberStatus::kActive) << "its grace";
    }
    has_dropped = has_dropped || member(second) == MemberStatus::kExpired;
    rounds(1, {&first, &second});
    renew_if_due(first);
    rounds(2, {&first, &second});
  }
  EXPECT_TRUE(has_dropped);
  EXPECT_EQ(member(first), MemberStatus::kActive);
  EXPECT_EQ(entry(first).kind, attestation::Kind::kSimulated);
  EXPECT_GE(renewals, 1);
  increment(5, 0);
  rounds(4, {&first, &second});
  EXPECT_EQ(counter(first), "5");
}

}  // namespace
}  // namespace substratee::test
