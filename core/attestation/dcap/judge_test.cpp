#include "core/attestation/dcap/judge.hpp"

#include "core/attestation/intel_forge_for_test.hpp"

namespace substratee::attestation::dcap {
namespace {

void expect_refused(const IntelForge& forge, Error error, std::string_view why = {}) {
  const auto result = forge.authenticate();
  ASSERT_FALSE(result) << "accepted, but expected " << to_code(error) << " " << why;
  EXPECT_EQ(result.error(), error) << to_code(result.error()) << " instead of " << to_code(error) << " " << why;
}

void expect_status(const IntelForge& forge, TcbStatus status) {
  const auto result = forge.authenticate();
  ASSERT_TRUE(result) << to_code(result.error());
  EXPECT_EQ(result->tcb_status, status) << to_string(result->tcb_status) << " instead of " << to_string(status);
}

TEST(judge, a_platform_that_is_up_to_date_is_said_to_be) {
  const IntelForge forge;
  const auto verdict = forge.authenticate();
  ASSERT_TRUE(verdict) << to_code(verdict.error());
  AuthenticEvidence expected;
  expected.kind = Kind::kSgxDcap;
  expected.hardware = true;
  expected.tcb_status = TcbStatus::kUpToDate;
  expected.root = forge.root_hash();
  expected.measurement = forge.report.mr_enclave;
  expected.signer = forge.report.mr_signer;
  expected.platform_id = forge.pck.ppid;
  expected.report_data = forge.report.report_data;
  expected.valid_until = kNextUpdate;
  expected.platform_status = expected.qe_status = TcbStatus::kUpToDate;
  expected.fmspc = forge.pck.fmspc;
  expected.evaluation_number = 17;
  expected.tcb_date = forge.tcb_info.levels[0].date;
  EXPECT_EQ(*verdict, expected);
}

TEST(judge, sgx_may_come_in_every_version_of_the_quote) {
  for (const auto version : {kVersion3, kVersion4, kVersion5}) {
    IntelForge forge;
    forge.header.version = version;
    expect_status(forge, TcbStatus::kUpToDate);
  }
}

TEST(judge, a_td_has_a_measurement_of_all_that_it_runs) {
  IntelForge forge(Kind::kTdx);
  const auto verdict = forge.authenticate();
  ASSERT_TRUE(verdict) << to_code(verdict.error());
  EXPECT_EQ(verdict->tcb_status, TcbStatus::kUpToDate);
  EXPECT_EQ(verdict->module_status, TcbStatus::kUpToDate);
  EXPECT_EQ(verdict->signer, Hash256{});
  EXPECT_FALSE(verdict->debug);
  EXPECT_EQ(verdict->measurement, tdx::measurement_of(*forge.td));
  const auto changes = std::to_array<void (*)(tdx::Report&)>(
      {[](tdx::Report& td) { td.mr_td[0] ^= 1; }, [](tdx::Report& td) { td.rtmr[0][0] ^= 1; },
       [](tdx::Report& td) { td.rtmr[3][47] ^= 1; }, [](tdx::Report& td) { td.mr_config_id[0] ^= 1; },
       [](tdx::Report& td) { td.mr_owner[0] ^= 1; }, [](tdx::Report& td) { td.mr_owner_config[0] ^= 1; },
       [](tdx::Report& td) { td.td_attributes[3] ^= 1; }});
  for (const auto change : changes) {
    auto other = *forge.td;
    change(other);
    EXPECT_NE(tdx::measurement_of(other), verdict->measurement);
  }
}

TEST(judge, tds_may_come_in_version_5) {
  IntelForge forge(Kind::kTdx);
  forge.header.version = kVersion5;
  expect_status(forge, TcbStatus::kUpToDate);
  forge.td->newer = tdx::Report15{forge.td->tee_tcb_svn, {}};
  expect_status(forge, TcbStatus::kUpToDate);
}

TEST(judge, a_quote_must_be_of_the_kind_that_it_is_handed_in_as) {
  IntelForge sgx;
  sgx.kind = Kind::kTdx;
  expect_refused(sgx, Error::kWrongTee);
  IntelForge tdx(Kind::kTdx);
  tdx.kind = Kind::kSgxDcap;
  expect_refused(tdx, Error::kWrongTee);
  tdx.kind = Kind::kSimulated;
  expect_refused(tdx, Error::kVendorMismatch);
}

TEST(judge, every_status_that_intel_publishes_comes_out) {
  for (const auto status : {TcbStatus::kUpToDate, TcbStatus::kSwHardeningNeeded, TcbStatus::kConfigurationNeeded,
                            TcbStatus::kConfigurationAndSwHardeningNeeded, TcbStatus::kOutOfDate,
                            TcbStatus::kOutOfDateConfigurationNeeded, TcbStatus::kRevoked}) {
    IntelForge forge;
    forge.tcb_info.levels[0].status = status;
    expect_status(forge, status);
  }
}

TEST(judge, the_first_level_that_all_components_reach_decides) {
  IntelForge forge;
  forge.pck.tcb_components[15] = forge.pck.cpu_svn[15] = 4;
  const auto verdict = forge.authenticate();
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->tcb_status, TcbStatus::kOutOfDate);
  EXPECT_EQ(verdict->tcb_date, forge.tcb_info.levels[1].date);
  EXPECT_EQ(verdict->advisories, (std::vector<std::string>{"INTEL-SA-00001", "INTEL-SA-00002"}));
  forge.pck.tcb_components[0] = forge.pck.cpu_svn[0] = 3;
  expect_refused(forge, Error::kTcbNotSupported);
}

TEST(judge, the_pce_counts_too) {
  IntelForge forge;
  forge.tcb_info.levels[1].pce_svn = 12;
  forge.pck.pce_svn = 12;
  expect_status(forge, TcbStatus::kOutOfDate);
  forge.pck.pce_svn = 11;
  expect_refused(forge, Error::kTcbNotSupported);
}

TEST(judge, the_order_of_levels_in_the_document_does_not_matter) {
  IntelForge forge(Kind::kTdx);
  std::ranges::reverse(forge.tcb_info.levels);
  std::ranges::reverse(forge.tcb_info.modules[0].levels);
  std::ranges::reverse(forge.qe_identity.levels);
  expect_status(forge, TcbStatus::kUpToDate);
}

TEST(judge, advisories_of_all_parts_come_once_and_in_order) {
  IntelForge forge(Kind::kTdx);
  forge.tcb_info.levels[0].advisories = {"INTEL-SA-00004", "INTEL-SA-00009"};
  forge.td->tee_tcb_svn[0] = 3;
  forge.qe_report.isv_svn = 7;
  const auto verdict = forge.authenticate();
  ASSERT_TRUE(verdict) << to_code(verdict.error());
  EXPECT_EQ(verdict->advisories, (std::vector<std::string>{"INTEL-SA-00004", "INTEL-SA-00009", "INTEL-SA-00002"}));
}

TEST(judge, statuses_of_two_parts_come_together_as_intel_says) {
  using enum TcbStatus;
  for (const auto status :
       {kUpToDate, kSwHardeningNeeded, kConfigurationNeeded, kConfigurationAndSwHardeningNeeded, kOutOfDate,
        kOutOfDateConfigurationNeeded, kRevoked, kTdRelaunchAdvised, kTdRelaunchAdvisedConfigurationNeeded}) {
    EXPECT_EQ(converge(status, kUpToDate), status);
    EXPECT_EQ(converge(status, kRevoked), kRevoked);
  }
  EXPECT_EQ(converge(kUpToDate, kOutOfDate), kOutOfDate);
  EXPECT_EQ(converge(kSwHardeningNeeded, kOutOfDate), kOutOfDate);
  EXPECT_EQ(converge(kConfigurationNeeded, kOutOfDate), kOutOfDateConfigurationNeeded);
  EXPECT_EQ(converge(kConfigurationAndSwHardeningNeeded, kOutOfDate), kOutOfDateConfigurationNeeded);
  for (const auto status : {kOutOfDate, kOutOfDateConfigurationNeeded, kRevoked, kTdRelaunchAdvised,
                            kTdRelaunchAdvisedConfigurationNeeded}) {
    EXPECT_EQ(converge(status, kOutOfDate), status);
  }
}

TEST(judge, an_old_quoting_enclave_makes_the_platform_old) {
  IntelForge forge;
  forge.qe_report.isv_svn = 7;
  expect_status(forge, TcbStatus::kOutOfDate);
  EXPECT_EQ(forge.authenticate()->qe_status, TcbStatus::kOutOfDate);
  EXPECT_EQ(forge.authenticate()->platform_status, TcbStatus::kUpToDate);
  forge.qe_report.isv_svn = 5;
  expect_status(forge, TcbStatus::kRevoked);
  forge.qe_report.isv_svn = 1;
  expect_refused(forge, Error::kQeTcbNotSupported);
}

TEST(judge, the_quoting_enclave_must_be_the_one_of_its_identity) {
  const auto changes = std::to_array<void (*)(Report&)>(
      {[](Report& qe) { qe.mr_signer[0] ^= 1; }, [](Report& qe) { qe.isv_prod_id ^= 1; },
       [](Report& qe) { qe.misc_select = 1; }, [](Report& qe) { qe.flags |= kProvisionKey; },
       [](Report& qe) { qe.flags &= ~kInit; }});
  for (const auto change : changes) {
    IntelForge forge;
    change(forge.qe_report);
    expect_refused(forge, Error::kQeIdentity);
  }
  IntelForge forge;
  forge.qe_report.flags ^= kMode64;  // masked out
  forge.qe_report.xfrm = 7;
  expect_status(forge, TcbStatus::kUpToDate);
  forge.qe_report.flags |= kDebug;
  expect_refused(forge, Error::kQeDebug);
}

TEST(judge, misc_select_is_written_as_it_lies_in_memory) {
  IntelForge forge;
  forge.qe_identity.misc_select = forge.qe_report.misc_select = 0x8cb182d1;
  EXPECT_NE(write_qe_identity(forge.qe_identity).find("\"miscselect\":\"d182b18c\""), std::string::npos);
  expect_status(forge, TcbStatus::kUpToDate);
}

TEST(judge, all_collateral_is_needed_for_hardware) {
  for (const auto kind : {Kind::kSgxDcap, Kind::kTdx}) {
    const IntelForge forge(kind);
    const auto all = forge.collateral();
    for (std::size_t i = 0; i < all.size(); ++i) {
      auto some = all;
      some.erase(some.begin() + static_cast<std::ptrdiff_t>(i));
      EXPECT_EQ(forge.authenticate(some).error(), Error::kMissingCollateral) << i;
    }
  }
}

TEST(judge, tcb_info_must_be_of_this_platform) {
  IntelForge forge;
  const auto id = forge.id(CollateralKind::kSgxTcbInfo);
  const auto with_info = [&](const IntelForge& other) {
    auto set = forge.collateral();
    set[0] = {id, other.tcb_info_item()};
    return forge.authenticate(set).error();
  };
  IntelForge other_model;
  other_model.tcb_info.fmspc[0] = 1;
  EXPECT_EQ(with_info(other_model), Error::kFmspcMismatch);
  IntelForge other_pce;
  other_pce.tcb_info.pce_id[1] = 1;
  EXPECT_EQ(with_info(other_pce), Error::kPceIdMismatch);
  const IntelForge tdx(Kind::kTdx);
  EXPECT_EQ(with_info(tdx), Error::kWrongTcbInfo);
  auto disguised = tdx.tcb_info_item();
  disguised.kind = CollateralKind::kSgxTcbInfo;
  auto set = forge.collateral();
  set[0].second = disguised;
  EXPECT_EQ(forge.authenticate(set).error(), Error::kWrongTcbInfo);
}

TEST(judge, a_td_is_not_judged_by_tcb_info_of_version_2) {
  IntelForge forge(Kind::kTdx);
  forge.tcb_info.version = 2;
  forge.tcb_info.tdx = false;
  expect_refused(forge, Error::kWrongTcbInfo);
  IntelForge sgx;
  sgx.tcb_info.version = 2;
  expect_status(sgx, TcbStatus::kUpToDate);
}

TEST(judge, the_identity_of_tdx_s_quoting_enclave_is_none_for_sgx) {
  const IntelForge forge;
  IntelForge tdx(Kind::kTdx);
  auto set = forge.collateral();
  set[1].second = tdx.qe_identity_item();
  EXPECT_EQ(forge.authenticate(set).error(), Error::kWrongQeIdentity);
  set[1].second.kind = CollateralKind::kSgxQeIdentity;
  EXPECT_EQ(forge.authenticate(set).error(), Error::kWrongQeIdentity);
  auto other = tdx.collateral();
  other[1].second = forge.qe_identity_item();
  EXPECT_EQ(tdx.authenticate(other).error(), Error::kWrongQeIdentity);
}

TEST(judge, revoked_is_revoked) {
  IntelForge forge;
  forge.ca_list.serials = {x509::serial_of(forge.leaf)};
  expect_refused(forge, Error::kPckRevoked);
  forge.ca_list.serials = {x509::Serial{{1}}, x509::serial_of(forge.ca)};
  expect_status(forge, TcbStatus::kUpToDate);
  forge.root_list.serials = {x509::serial_of(forge.ca)};
  expect_refused(forge, Error::kCaRevoked);
  forge.root_list.serials = {x509::serial_of(forge.tcb_signer)};
  expect_refused(forge, Error::kTcbSignerRevoked);
  forge.root_list.serials = {x509::serial_of(forge.leaf)};
  expect_status(forge, TcbStatus::kUpToDate);
}

TEST(judge, lists_must_be_of_the_issuers_in_the_quote) {
  IntelForge forge;
  forge.ca_list_signer = &forge.root_key;
  expect_refused(forge, Error::kBadCrlSignature);
  forge.ca_list_signer = &forge.ca_key;
  forge.ca_list.issuer = forge.root.subject;
  expect_refused(forge, Error::kCrlIssuerMismatch);
  forge.ca_list.issuer = forge.ca.subject;
  forge.root_list_signer = &forge.ca_key;
  expect_refused(forge, Error::kBadCrlSignature);
  forge.root_list_signer = &forge.root_key;
  forge.root_list.issuer = forge.ca.subject;
  expect_refused(forge, Error::kCrlIssuerMismatch);
}

TEST(judge, a_list_of_the_other_ca_is_none) {
  const IntelForge forge;
  IntelForge other;
  other.ca.subject = other.leaf.issuer = other.ca_list.issuer = x509::make_name(kProcessorCaName, kIntelCorporation);
  auto item = other.ca_list_item();
  auto set = forge.collateral();
  set[2].second = item;
  EXPECT_EQ(forge.authenticate(set).error(), Error::kCrlIssuerMismatch);
  item.kind = CollateralKind::kPckProcessorCrl;
  set[2].second = item;
  EXPECT_EQ(forge.authenticate(set).error(), Error::kCrlIssuerMismatch);
}

TEST(judge, a_ca_of_the_same_name_with_another_key_revokes_nothing_here) {
  const IntelForge forge;
  IntelForge other;
  other.ca.key = other.other_key.public_key();
  other.ca_list_signer = &other.other_key;
  auto set = forge.collateral();
  set[2].second = other.ca_list_item();
  EXPECT_EQ(forge.authenticate(set).error(), Error::kCrlIssuerMismatch);
}

TEST(judge, only_the_tcb_signer_under_the_root_signs_tcb_data) {
  const IntelForge forge;
  const auto with_chain = [&](const std::string& chain, const crypto::p256::KeyPair& signer) {
    auto set = forge.collateral();
    auto& item = set[0].second;
    item = IntelForge::item(item.kind, write_signed_document("tcbInfo", write_tcb_info(forge.tcb_info), signer), chain);
    return forge.authenticate(set).error();
  };
  const auto root = forge.root_der();
  EXPECT_EQ(with_chain(Forge::bundle({forge.ca_der(), root}), forge.ca_key), Error::kBadTcbSigner) << "the PCK CA";
  EXPECT_EQ(with_chain(Forge::bundle({root}), forge.root_key), Error::kBadTcbSigner) << "the root itself";
  EXPECT_EQ(with_chain(Forge::bundle(forge.certificates()), forge.pck_key), Error::kBadChain) << "three certificates";
  auto named = forge.tcb_signer;
  named.issuer = forge.ca.subject;
  EXPECT_EQ(with_chain(Forge::bundle({x509::write(named, forge.ca_key), root}), forge.tcb_key), Error::kBadChain)
      << "one that the PCK CA has made";
  named = forge.tcb_signer;
  EXPECT_EQ(with_chain(Forge::bundle({x509::write(named, forge.ca_key), root}), forge.tcb_key),
            Error::kBadCertificateSignature)
      << "one that the PCK CA has made in the name of the root";
  named.subject = x509::make_name("Intel SGX TCB Signing 2", kIntelCorporation);
  EXPECT_EQ(with_chain(Forge::bundle({x509::write(named, forge.root_key), root}), forge.tcb_key), Error::kBadTcbSigner)
      << "another name";
  named = forge.tcb_signer;
  named.extensions = forge.ca.extensions;
  EXPECT_EQ(with_chain(Forge::bundle({x509::write(named, forge.root_key), root}), forge.tcb_key), Error::kBadTcbSigner)
      << "a CA";
  EXPECT_EQ(with_chain({}, forge.tcb_key), Error::kBadPem) << "no chain";
  EXPECT_EQ(with_chain(forge.tcb_chain(), forge.ca_key), Error::kBadTcbInfoSignature) << "another key";
}

TEST(judge, the_same_holds_for_qe_identities) {
  IntelForge forge;
  forge.identity_signer = &forge.ca_key;
  expect_refused(forge, Error::kBadQeIdentitySignature);
  auto set = IntelForge().collateral();
  set[1].second.issuer_chain.value = to_bytes(as_bytes(Forge::bundle({forge.ca_der(), forge.root_der()})));
  EXPECT_EQ(IntelForge().authenticate(set).error(), Error::kBadTcbSigner);
}

TEST(judge, a_root_that_is_not_named_signs_nothing) {
  IntelForge forge;
  const auto anchors = forge.intel();
  forge.root.key = forge.other_key.public_key();
  forge.root_signer = forge.ca_signer = forge.tcb_signer_signer = forge.root_list_signer = &forge.other_key;
  const auto verdict = authenticate(forge.kind, forge.body(), forge.collateral(), anchors, kTestNow);
  EXPECT_EQ(verdict.error(), Error::kUnknownRoot) << "the same name, another key";
  const IntelForge good;
  auto set = good.collateral();
  set[0].second = forge.tcb_info_item();
  EXPECT_EQ(good.authenticate(set).error(), Error::kUnknownRoot) << "only the collateral's root";
}

TEST(judge, collateral_under_another_trusted_root_is_of_another_platform) {
  const IntelForge forge;
  IntelForge other;
  const auto hash = [](const IntelForge& of) { return hash_of_spki(to_spki(of.root.key)); };
  other.root.key = other.other_key.public_key();
  other.root_signer = other.ca_signer = other.tcb_signer_signer = other.root_list_signer = &other.other_key;
  const TrustAnchors both{.intel_roots = {hash(forge), hash(other)}, .simulation_roots = {}};
  auto set = forge.collateral();
  set[0].second = other.tcb_info_item();
  EXPECT_EQ(authenticate(forge.kind, forge.body(), set, both, kTestNow).error(), Error::kBadTcbSigner);
  set = forge.collateral();
  set[1].second = other.qe_identity_item();
  EXPECT_EQ(authenticate(forge.kind, forge.body(), set, both, kTestNow).error(), Error::kBadTcbSigner);
  set = forge.collateral();
  set[3].second = other.root_list_item();
  EXPECT_EQ(authenticate(forge.kind, forge.body(), set, both, kTestNow).error(), Error::kCrlIssuerMismatch);
}

TEST(judge, intel_s_certificates_have_intel_s_names) {
  IntelForge other_leaf;
  other_leaf.leaf.subject = x509::make_name("Intel SGX Certificate", kIntelCorporation);
  expect_refused(other_leaf, Error::kWrongCertificateName, "leaf");
  IntelForge forge;
  forge.ca.subject = forge.leaf.issuer = x509::make_name("Intel SGX PCK Platform", kIntelCorporation);
  EXPECT_EQ(forge.authenticate(IntelForge().collateral()).error(), Error::kWrongCertificateName) << "CA";
}

TEST(judge, dates_are_windows_with_both_ends) {
  using Change = void (*)(IntelForge&, UnixSeconds, UnixSeconds);
  const std::array<Change, 4> items{
      [](IntelForge& f, UnixSeconds from, UnixSeconds to) { f.tcb_info.issued = from, f.tcb_info.next_update = to; },
      [](IntelForge& f, UnixSeconds from, UnixSeconds to) {
        f.qe_identity.issued = from, f.qe_identity.next_update = to;
      },
      [](IntelForge& f, UnixSeconds from, UnixSeconds to) { f.ca_list.this_update = from, f.ca_list.next_update = to; },
      [](IntelForge& f, UnixSeconds from, UnixSeconds to) {
        f.root_list.this_update = from, f.root_list.next_update = to;
      }};
  for (const auto change : items) {
    IntelForge forge;
    change(forge, kTestNow, kTestNow);
    const auto set = forge.collateral();
    ASSERT_TRUE(forge.authenticate(set));
    EXPECT_EQ(forge.authenticate(set)->valid_until, kTestNow);
    EXPECT_EQ(forge.authenticate(set, kTestNow - 1).error(), Error::kCollateralNotYetValid);
    EXPECT_EQ(forge.authenticate(set, kTestNow + 1).error(), Error::kCollateralExpired);
    const auto late = forge.authenticate(set, kTestNow + 5, {.collateral_grace = 5});
    ASSERT_TRUE(late);
    EXPECT_TRUE(late->collateral_expired);
    EXPECT_EQ(late->valid_until, kTestNow + 5);
    EXPECT_EQ(forge.authenticate(set, kTestNow + 6, {.collateral_grace = 5}).error(), Error::kCollateralExpired);
    EXPECT_FALSE(forge.authenticate(set, kTestNow, {.collateral_grace = UINT64_MAX})->collateral_expired);
  }
}

TEST(judge, no_grace_is_given_to_certificates) {
  IntelForge forge;
  forge.tcb_signer.not_after = kTestNow;
  const auto set = forge.collateral();
  EXPECT_EQ(forge.authenticate(set)->valid_until, kTestNow);
  EXPECT_EQ(forge.authenticate(set, kTestNow + 1, {.collateral_grace = 100}).error(), Error::kExpired);
  forge.tcb_signer.not_before = kTestNow;
  EXPECT_TRUE(forge.authenticate());
  EXPECT_EQ(forge.authenticate(forge.collateral(), kTestNow - 1).error(), Error::kNotYetValid);
  IntelForge old_leaf;
  old_leaf.leaf.not_after = kTestNow;
  EXPECT_EQ(old_leaf.authenticate()->valid_until, kTestNow);
  EXPECT_EQ(old_leaf.authenticate(old_leaf.collateral(), kTestNow + 1).error(), Error::kExpired);
}

TEST(judge, debug_is_said_and_attributes_are_checked) {
  IntelForge sgx;
  sgx.report.flags |= kDebug;
  EXPECT_TRUE(sgx.authenticate()->debug);
  sgx.report.flags = kInit;
  expect_refused(sgx, Error::kForbiddenAttributes);
  for (int bit = 0; bit < 8; ++bit) {
    IntelForge td(Kind::kTdx);
    td.td->td_attributes[0] = static_cast<std::uint8_t>(1 << bit);
    EXPECT_TRUE(td.authenticate()->debug) << bit;
  }
  IntelForge td(Kind::kTdx);
  td.td->xfam.bytes.fill(0xff);
  EXPECT_FALSE(td.authenticate()->debug) << "features are no debugging";
}

TEST(judge, zeros_may_follow_a_quote_and_nothing_else) {
  const IntelForge forge;
  const auto verdict = [&](const Bytes& more) {
    return authenticate(forge.kind, concat(forge.body(), more), forge.collateral(), forge.intel(), kTestNow);
  };
  EXPECT_EQ(verdict(Bytes(1000, 0)), forge.authenticate());
  EXPECT_EQ(verdict({0, 0, 1}).error(), Error::kTrailingBytes);
  EXPECT_EQ(verdict(Bytes(16 * 1024, 0)).error(), Error::kTooLarge);
}

}  // namespace
}  // namespace substratee::attestation::dcap
