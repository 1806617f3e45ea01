#include "worker/collateral/service.hpp"

#include "core/attestation/dcap/pck_chain.hpp"
#include "core/base/hex.hpp"
#include "rpc/collateral/service_testing.hpp"
#include "tests/support/temporary_directory.hpp"

#include <fstream>

namespace substratee::worker::collateral {
namespace {

using attestation::CollateralKind;
using rpc::collateral::testing::FakeService;

constexpr UnixSeconds kStart = 1'800'000'000;
constexpr UnixSeconds kDay = 24 * 3600;
const CollateralId kTcb{attestation::dcap::kIntelRoot, CollateralKind::kTdxTcbInfo, *fixed_from_hex<6>("00806f050000")};
const CollateralId kQe{attestation::dcap::kIntelRoot, CollateralKind::kTdxQeIdentity, {}};

/// Takes every item as one of kStart that holds for 30 days.
attestation::Result<attestation::VerifiedCollateral> believe(const CollateralItem& item, const CollateralItem*,
                                                             UnixSeconds now) {
  attestation::VerifiedCollateral out;
  out.id = item.kind == kTcb.kind ? kTcb : CollateralId{kTcb.root, item.kind, {}};
  out.version.issued = kStart;
  out.expires = kStart + 30 * kDay;
  if (now > out.expires) return std::unexpected(attestation::Error::kExpired);
  return out;
}

struct Running : testing::Test {
  std::unique_ptr<Service> start(const Verify& verify = believe) {
    rpc::collateral::Config config;
    config.source = rpc::collateral::SourceKind::kPccs;
    config.url = server.url();
    return std::make_unique<Service>(Service::Ports{.source = *rpc::collateral::make_source(config),
                                                    .cache = *Cache::open(folder.path() / "collateral"),
                                                    .verify = verify,
                                                    .now = [this] { return now.load(); },
                                                    .info = [this](const std::string& text) { say(text); },
                                                    .warn = [this](const std::string& text) { say("WARN " + text); },
                                                    .on_new = [this] { ++news; }},
                                     RefreshOptions{});
  }
  void say(const std::string& text) {
    const std::lock_guard lock(mutex);
    log.push_back(text);
  }
  std::size_t lines_with(const std::string& part) {
    const std::lock_guard lock(mutex);
    return static_cast<std::size_t>(
        std::ranges::count_if(log, [&](const auto& line) { return line.find(part) != std::string::npos; }));
  }
  template <class Condition>
  static bool comes(const Condition& condition) {
    for (int i = 0; i < 500; ++i) {
      if (condition()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }

  test::TemporaryDirectory folder;
  FakeService server;
  std::atomic<UnixSeconds> now = kStart;
  std::atomic<int> news = 0;
  std::mutex mutex;
  std::vector<std::string> log;
};

TEST_F(Running, fetches_what_is_wanted_and_says_for_how_long_it_holds) {
  const auto service = start();
  EXPECT_EQ(service->health().state, "none");
  service->want({kTcb, kQe});
  ASSERT_TRUE(comes([&] { return news == 2; }));
  EXPECT_EQ(service->health(), (rpc::CollateralHealth{"fresh", kStart + 30 * kDay, 30, {}}));
  EXPECT_EQ(service->held().size(), 2U);
  EXPECT_EQ(lines_with("Collateral tdx-tcb-00806F050000: of 2027-01-15 08:00 UTC, holds until 2027-02-14 08:00 UTC (30 "
                       "days left)"),
            1U);
}

// Real collateral of a real platform, through the verifier that the chain uses.
TEST_F(Running, real_collateral_is_verified_before_it_is_held) {
  now = 1'749'669'835;
  const auto service = start(verify_under_known_roots);
  const auto& root = kTcb.root;
  service->want({kTcb, kQe, {root, CollateralKind::kIntelRootCrl, {}}, {root, CollateralKind::kPckPlatformCrl, {}}});
  ASSERT_TRUE(comes([&] { return news == 4; })) << service->health().error;
  EXPECT_EQ(service->health().state, "fresh");
  server.put("/tdx/certification/v4/qe/identity", server.text("tcb_info.json"), "SGX-Enclave-Identity-Issuer-Chain",
             server.text("tcb_signing_chain.pem"));
  now += 2 * kDay;
  service->want({kQe, {root, CollateralKind::kPckProcessorCrl, {}}});
  ASSERT_TRUE(comes([&] { return lines_with("WARN Collateral tdx-qe-identity") == 1; }));
  ASSERT_TRUE(comes([&] { return lines_with("WARN Collateral pck-processor-crl") == 1; })) << "it is the other CA's";
  EXPECT_EQ(service->held().size(), 4U);
}

TEST_F(Running, looking_for_an_item_is_wanting_it) {
  const auto service = start();
  EXPECT_EQ(service->find(kQe), std::nullopt);
  ASSERT_TRUE(comes([&] { return service->find(kQe).has_value(); }));
  EXPECT_EQ(service->find(kQe)->kind, kQe.kind);
}

TEST_F(Running, an_outage_is_said_once_and_what_is_held_stays) {
  server.status = 503;
  const auto service = start();
  service->want({kTcb});
  ASSERT_TRUE(comes([&] { return lines_with("WARN") == 1; }));
  EXPECT_EQ(lines_with("status 503; asking again later; nothing is held"), 1U);
  EXPECT_EQ(service->health().state, "missing");
  EXPECT_NE(service->health().error.find("503"), std::string::npos);
}

TEST_F(Running, a_restart_during_an_outage_goes_on_with_what_was_kept) {
  {
    const auto service = start();
    service->want({kTcb});
    ASSERT_TRUE(comes([&] { return news == 1; }));
  }
  std::ofstream(folder.path() / "collateral" / "broken.item") << "garbage";
  server.stop();
  now = kStart + 25 * kDay;
  const auto service = start();
  service->want({kTcb});
  ASSERT_TRUE(comes([&] { return service->health().state == "stale"; }));
  EXPECT_EQ(service->health().days_left, 5);
  EXPECT_EQ(service->held().size(), 1U);
  ASSERT_TRUE(comes([&] { return lines_with("(5 days left)") == 1; }));
  EXPECT_EQ(lines_with("WARN Collateral tdx-tcb-00806F050000 could not be refreshed (unreachable)"), 1U);
}

TEST_F(Running, what_has_ended_meanwhile_is_not_taken_from_the_cache) {
  {
    const auto service = start();
    service->want({kTcb});
    ASSERT_TRUE(comes([&] { return news == 1; }));
  }
  server.stop();
  now = kStart + 31 * kDay;
  const auto service = start();
  service->want({kTcb});
  ASSERT_TRUE(comes([&] { return lines_with("nothing is held") == 1; }));
  EXPECT_TRUE(service->held().empty());
}

TEST_F(Running, ends_while_nothing_is_wanted_and_while_a_fetch_is_under_way) {
  {
    const auto service = start();
  }
  server.delay_millis = 200;
  const auto service = start();
  service->want({kTcb});
  ASSERT_TRUE(comes([&] { return server.requests == 1; }));
}

}  // namespace
}  // namespace substratee::worker::collateral
