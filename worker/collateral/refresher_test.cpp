#include "worker/collateral/refresher.hpp"

#include "core/attestation/dcap/pck_chain.hpp"
#include "core/base/hex.hpp"
#include "tests/support/random.hpp"

namespace substratee::worker::collateral {
namespace {

using attestation::CollateralKind;
using rpc::collateral::Failure;
using rpc::collateral::FailureCode;

constexpr UnixSeconds kStart = 1'800'000'000;
constexpr UnixSeconds kHour = 3600;
constexpr UnixSeconds kDay = 24 * kHour;

const CollateralId kRootList{attestation::dcap::kIntelRoot, CollateralKind::kIntelRootCrl, {}};
const CollateralId kTcb{attestation::dcap::kIntelRoot, CollateralKind::kTdxTcbInfo, *fixed_from_hex<6>("00806f050000")};
const CollateralId kQe{attestation::dcap::kIntelRoot, CollateralKind::kTdxQeIdentity, {}};

/// The test's items: kind as is; body = issue date, end, and for TCB info the last byte of the FMSPC.
CollateralItem item_of(const CollateralId& id, UnixSeconds issued, UnixSeconds expires) {
  struct Content {
    UnixSeconds issued;
    UnixSeconds expires;
    attestation::Fmspc fmspc;
    SUBSTRATEE_FIELDS(Content, issued, expires, fmspc)
  };
  return {id.kind, {scale::encode(Content{issued, expires, id.fmspc})}, {Bytes{1}}};
}

struct Refreshing : testing::Test {
  attestation::Result<attestation::VerifiedCollateral> verify(const CollateralItem& item, const CollateralItem* list,
                                                              UnixSeconds at) {
    was_list_given = list != nullptr;
    if (item.body.value.size() != 22) return std::unexpected(attestation::Error::kBadDer);
    scale::Decoder in(item.body.value);
    attestation::VerifiedCollateral out;
    out.id = {attestation::dcap::kIntelRoot, item.kind, {}};
    out.version.issued = static_cast<UnixSeconds>(*in.little_endian(8));
    out.expires = static_cast<UnixSeconds>(*in.little_endian(8));
    out.id.fmspc = *attestation::Fmspc::from(in.rest());
    if (at > out.expires) return std::unexpected(attestation::Error::kExpired);
    return out;
  }
  Failure away(FailureCode code = FailureCode::kUnreachable, std::optional<std::uint32_t> retry_after = {}) {
    return {code, "the service", "later", retry_after};
  }
  /// Seconds from now to the next fetch.
  UnixSeconds pause() const { return refresher.next_due() - now; }

  test::SeededRandom random;
  UnixSeconds now = kStart;
  bool was_list_given = false;
  Refresher refresher{
      {},
      [this](const CollateralItem& item, const CollateralItem* list, UnixSeconds at) { return verify(item, list, at); },
      random};
};

TEST_F(Refreshing, nothing_is_wanted_at_first) {
  EXPECT_EQ(refresher.next_due(), Refresher::kNever);
  EXPECT_EQ(refresher.due(now), std::nullopt);
  EXPECT_EQ(refresher.health(now).state, "none");
}

TEST_F(Refreshing, nobody_publishes_for_a_simulation) {
  refresher.want({{}, CollateralKind::kIntelRootCrl, {}});
  refresher.want({{}, CollateralKind::kSnpCrl, {}});
  EXPECT_EQ(refresher.next_due(), Refresher::kNever);
  EXPECT_EQ(refresher.health(now).state, "none");
}

TEST_F(Refreshing, what_is_wanted_is_due_at_once_the_roots_list_first) {
  for (const auto& id : {kTcb, kQe, kRootList, kTcb}) refresher.want(id);
  EXPECT_EQ(refresher.due(now), kRootList);
  EXPECT_EQ(refresher.health(now).state, "missing");
  ASSERT_TRUE(refresher.take(kRootList, item_of(kRootList, now, now + 30 * kDay), now));
  EXPECT_FALSE(was_list_given);
  EXPECT_NE(refresher.due(now), kRootList);
  EXPECT_EQ(refresher.take(kTcb, item_of(kTcb, now, now + 30 * kDay), now), true);
  EXPECT_TRUE(was_list_given) << "signers are checked against the list that is held";
  EXPECT_EQ(refresher.due(now), kQe);
}

TEST_F(Refreshing, fresh_items_are_fetched_again_after_the_interval) {
  refresher.want(kTcb);
  ASSERT_EQ(refresher.take(kTcb, item_of(kTcb, now, now + 30 * kDay), now), true);
  EXPECT_GE(pause(), 18 * kHour);
  EXPECT_LE(pause(), 30 * kHour);
  now = refresher.next_due();
  EXPECT_EQ(refresher.due(now), kTcb);
  EXPECT_EQ(refresher.take(kTcb, item_of(kTcb, kStart, kStart + 30 * kDay), now), false) << "the same again is no news";
  EXPECT_EQ(refresher.take(kTcb, item_of(kTcb, now, now + 30 * kDay), now), true);
  EXPECT_EQ(refresher.find(kTcb)->verified.version.issued, now);
  EXPECT_EQ(refresher.held().size(), 1U);
}

TEST_F(Refreshing, before_the_end_it_is_fetched_more_often) {
  refresher.want(kTcb);
  ASSERT_TRUE(refresher.take(kTcb, item_of(kTcb, now, now + 4 * kHour), now));
  EXPECT_LE(pause(), 5 * kHour / 2);
  ASSERT_TRUE(refresher.take(kTcb, item_of(kTcb, now, now + 10), now));
  EXPECT_GE(pause(), 45U) << "but never without a pause";
}

TEST_F(Refreshing, an_outage_leaves_what_is_held_and_counts_the_days) {
  refresher.want(kTcb);
  ASSERT_TRUE(refresher.take(kTcb, item_of(kTcb, now, now + 30 * kDay), now));
  EXPECT_EQ(refresher.health(now), (rpc::CollateralHealth{"fresh", now + 30 * kDay, 30, {}}));
  for (int day = 1; day <= 30; ++day) {
    now = kStart + static_cast<UnixSeconds>(day) * kDay;
    refresher.fail(kTcb, away(), now);
    ASSERT_NE(refresher.find(kTcb), nullptr);
    const auto health = refresher.health(now);
    EXPECT_EQ(health.state, "stale");
    EXPECT_EQ(health.days_left, 30 - day);
    EXPECT_EQ(health.error, "the service; later");
  }
  now += 1;
  EXPECT_EQ(refresher.health(now).state, "expired");
  EXPECT_EQ(refresher.health(now).days_left, -1);
  EXPECT_EQ(refresher.held().size(), 1U);
  EXPECT_EQ(refresher.take(kTcb, item_of(kTcb, now, now + 30 * kDay), now), true);
  EXPECT_EQ(refresher.health(now).state, "fresh");
}

TEST_F(Refreshing, failures_are_retried_with_growing_pauses) {
  refresher.want(kTcb);
  UnixSeconds expected = 60;
  for (int i = 0; i < 12; ++i) {
    refresher.fail(kTcb, away(), now);
    EXPECT_GE(pause(), expected * 3 / 4) << i;
    EXPECT_LE(pause(), expected * 5 / 4) << i;
    expected = std::min<UnixSeconds>(2 * expected, kHour);
    now = refresher.next_due();
  }
  ASSERT_TRUE(refresher.take(kTcb, item_of(kTcb, now, now + 30 * kDay), now));
  refresher.fail(kTcb, away(), now);
  EXPECT_LE(pause(), 75U) << "a success begins anew";
}

TEST_F(Refreshing, many_workers_do_not_ask_at_once) {
  std::set<UnixSeconds> pauses;
  for (int i = 0; i < 50; ++i) {
    refresher.want(kTcb);
    ASSERT_TRUE(refresher.take(kTcb, item_of(kTcb, now, now + 30 * kDay), now));
    pauses.insert(pause());
  }
  EXPECT_GT(pauses.size(), 40U);
}

TEST_F(Refreshing, the_service_may_ask_for_a_longer_pause) {
  refresher.want(kTcb);
  refresher.fail(kTcb, away(FailureCode::kBusy, 7200), now);
  EXPECT_EQ(pause(), 7200U);
  refresher.fail(kTcb, away(FailureCode::kBusy, 0), now);
  EXPECT_GE(pause(), 90U) << "never a shorter one";
}

TEST_F(Refreshing, what_only_an_operator_can_repair_is_not_hammered) {
  refresher.want(kTcb);
  for (const auto code : {FailureCode::kUnauthorized, FailureCode::kNotFound, FailureCode::kGone,
                          FailureCode::kBadRequest, FailureCode::kConfig}) {
    refresher.fail(kTcb, away(code), now);
    EXPECT_GE(pause(), 45 * 60U);
  }
}

TEST_F(Refreshing, older_ended_foreign_and_broken_answers_change_nothing) {
  refresher.want(kTcb);
  const auto good = item_of(kTcb, now, now + 30 * kDay);
  ASSERT_TRUE(refresher.take(kTcb, good, now));
  auto other_platform = kTcb;
  other_platform.fmspc.bytes[5] = 9;
  const std::pair<CollateralItem, std::string> cases[] = {
      {item_of(kTcb, now - 1, now + 40 * kDay), "an older one than is held"},
      {item_of(kTcb, now + 1, now - 1), "expired"},
      {item_of(other_platform, now + 1, now + 30 * kDay), "another platform"},
      {item_of(kQe, now + 1, now + 30 * kDay), "another platform or kind"},
      {{kTcb.kind, {Bytes{1, 2, 3}}, {Bytes{1}}}, "DER"},
  };
  for (const auto& [item, why] : cases) {
    const auto taken = refresher.take(kTcb, item, now);
    ASSERT_FALSE(taken) << why;
    EXPECT_NE(taken.error().thing.find(why), std::string::npos) << taken.error().thing;
    EXPECT_EQ(refresher.find(kTcb)->item, good);
    EXPECT_EQ(refresher.health(now).state, "stale");
  }
  EXPECT_EQ(refresher.find(other_platform), nullptr);
}

TEST_F(Refreshing, what_an_earlier_run_kept_serves_until_it_is_replaced) {
  EXPECT_TRUE(refresher.restore(item_of(kTcb, now - kDay, now + 10 * kDay), now));
  EXPECT_TRUE(refresher.restore(item_of(kTcb, now - 2 * kDay, now + 9 * kDay), now));
  EXPECT_FALSE(refresher.restore(item_of(kQe, now - 40 * kDay, now - kDay), now)) << "it has ended";
  EXPECT_TRUE(refresher.held().empty()) << "nobody wants it";
  refresher.want(kTcb);
  EXPECT_EQ(refresher.find(kTcb)->verified.version.issued, now - kDay);
  EXPECT_EQ(refresher.due(now), kTcb) << "but a newer one is asked for";
  refresher.fail(kTcb, away(), now);
  EXPECT_EQ(refresher.health(now).days_left, 10);
}

TEST_F(Refreshing, each_platform_wants_what_is_the_same_for_all_of_its_kind) {
  EXPECT_EQ(ids_for(attestation::Kind::kTdx), (std::vector<CollateralId>{kRootList, kQe}));
  EXPECT_EQ(ids_for(attestation::Kind::kSgxDcap).size(), 2U);
  EXPECT_TRUE(ids_for(attestation::Kind::kSimulated).empty());
  EXPECT_TRUE(ids_for(attestation::Kind::kSevSnp).empty());
}

}  // namespace
}  // namespace substratee::worker::collateral
