#include "core/attestation/tdx/module.hpp"

#include "core/attestation/intel_forge_for_test.hpp"

namespace substratee::attestation::tdx {
namespace {

Error refusal(const IntelForge& forge) {
  const auto verdict = forge.authenticate();
  EXPECT_FALSE(verdict);
  return verdict ? Error{} : verdict.error();
}

TEST(module, its_level_decides_with_the_platform_s) {
  IntelForge forge(Kind::kTdx);
  forge.td->tee_tcb_svn[0] = 3;
  auto verdict = forge.authenticate();
  ASSERT_TRUE(verdict) << to_code(verdict.error());
  EXPECT_EQ(verdict->platform_status, TcbStatus::kUpToDate);
  EXPECT_EQ(verdict->module_status, TcbStatus::kOutOfDate);
  EXPECT_EQ(verdict->tcb_status, TcbStatus::kOutOfDate);
  forge.tcb_info.levels[0].status = TcbStatus::kConfigurationNeeded;
  EXPECT_EQ(forge.authenticate()->tcb_status, TcbStatus::kOutOfDateConfigurationNeeded);
  forge.td->tee_tcb_svn[0] = 2;
  EXPECT_EQ(forge.authenticate()->tcb_status, TcbStatus::kRevoked);
  forge.td->tee_tcb_svn[0] = 0;
  EXPECT_EQ(refusal(forge), Error::kModuleTcbNotSupported);
}

TEST(module, components_0_and_1_are_compared_only_without_an_identity) {
  IntelForge forge(Kind::kTdx);
  forge.tcb_info.levels[0].tdx[0] = 200;
  EXPECT_EQ(forge.authenticate()->tcb_status, TcbStatus::kUpToDate) << "the identity speaks of it";
  forge.td->tee_tcb_svn[1] = 0;
  auto verdict = forge.authenticate();
  ASSERT_TRUE(verdict) << to_code(verdict.error());
  EXPECT_EQ(verdict->tcb_status, TcbStatus::kOutOfDate) << "the second level wants 3 of component 0";
  EXPECT_FALSE(verdict->module_status);
  forge.td->tee_tcb_svn[0] = 2;
  EXPECT_EQ(refusal(forge), Error::kTcbNotSupported);
}

TEST(module, the_other_components_always_count) {
  IntelForge forge(Kind::kTdx);
  forge.td->tee_tcb_svn[2] = 4;
  EXPECT_EQ(forge.authenticate()->tcb_status, TcbStatus::kOutOfDate);
  forge.td->tee_tcb_svn[2] = 2;
  EXPECT_EQ(refusal(forge), Error::kTcbNotSupported);
  forge.td->tee_tcb_svn[2] = 5;
  forge.tcb_info.levels[0].tdx[15] = forge.tcb_info.levels[1].tdx[15] = 1;
  EXPECT_EQ(refusal(forge), Error::kTcbNotSupported);
}

TEST(module, it_must_be_one_that_tcb_info_knows) {
  const auto changes = std::to_array<void (*)(IntelForge&)>(
      {[](IntelForge& f) { f.td->mr_signer_seam[0] = 1; }, [](IntelForge& f) { f.td->seam_attributes[0] = 1; },
       [](IntelForge& f) { f.td->tee_tcb_svn[1] = 2; }, [](IntelForge& f) { f.tcb_info.modules.clear(); },
       [](IntelForge& f) { f.tcb_info.modules[0].mr_signer[47] = 1; },
       [](IntelForge& f) { f.tcb_info.modules[0].attributes[0] = f.td->seam_attributes[0] = 1; }});
  for (const auto change : changes) {
    IntelForge forge(Kind::kTdx);
    change(forge);
    EXPECT_EQ(refusal(forge), Error::kTdxModuleMismatch);
  }
  IntelForge forge(Kind::kTdx);
  forge.td->tee_tcb_svn = {{5, 0, 5}};
  forge.tcb_info.module->mr_signer[0] = 1;
  EXPECT_EQ(refusal(forge), Error::kTdxModuleMismatch) << "version 0 goes by tdxModule";
}

TEST(module, versions_are_hexadecimal_in_either_case) {
  for (const auto* id : {"TDX_0a", "TDX_0A"}) {
    IntelForge forge(Kind::kTdx);
    forge.td->tee_tcb_svn[1] = forge.tcb_info.modules[0].version = 10;
    auto text = dcap::write_tcb_info(forge.tcb_info);
    text.replace(text.find("TDX_0a"), 6, id);
    forge.tcb_info_text = text;
    EXPECT_TRUE(forge.authenticate());
  }
}

/// Launched under an old module on a platform that has the newest now.
struct Relaunchable : IntelForge {
  Relaunchable() : IntelForge(Kind::kTdx) {
    header.version = dcap::kVersion5;
    td->tee_tcb_svn[0] = 3;
    td->newer = Report15{{{4, 1, 5}}, {}};
  }
};

TEST(relaunch, is_advised_when_only_the_module_was_old) {
  Relaunchable forge;
  auto verdict = forge.authenticate();
  ASSERT_TRUE(verdict) << to_code(verdict.error());
  EXPECT_EQ(verdict->tcb_status, TcbStatus::kTdRelaunchAdvised);
  EXPECT_EQ(verdict->module_status, TcbStatus::kOutOfDate);
  forge.tcb_info.levels[0].status = TcbStatus::kSwHardeningNeeded;
  EXPECT_EQ(forge.authenticate()->tcb_status, TcbStatus::kTdRelaunchAdvised);
  for (const auto status : {TcbStatus::kConfigurationNeeded, TcbStatus::kConfigurationAndSwHardeningNeeded}) {
    forge.tcb_info.levels[0].status = status;
    EXPECT_EQ(forge.authenticate()->tcb_status, TcbStatus::kTdRelaunchAdvisedConfigurationNeeded);
  }
}

TEST(relaunch, is_advised_when_microcode_was_old_with_the_module) {
  Relaunchable forge;
  forge.td->tee_tcb_svn[2] = 3;
  EXPECT_EQ(forge.authenticate()->tcb_status, TcbStatus::kTdRelaunchAdvised)
      << "the level of SGX alone, which decides whether the platform is good, does not look at TDX";
}

TEST(relaunch, helps_nothing_when_the_platform_has_nothing_newer) {
  Relaunchable forge;
  forge.td->newer->tee_tcb_svn = {{3, 1, 5}};
  EXPECT_EQ(forge.authenticate()->tcb_status, TcbStatus::kOutOfDate) << "module";
  forge.td->newer->tee_tcb_svn = {{4, 1, 4}};
  EXPECT_EQ(forge.authenticate()->tcb_status, TcbStatus::kOutOfDate) << "microcode";
  forge.td->newer->tee_tcb_svn = {{4, 0, 5}};
  EXPECT_EQ(forge.authenticate()->tcb_status, TcbStatus::kOutOfDate) << "a module of major version 0";
  forge.td->newer->tee_tcb_svn = {{5, 0, 5}};
  EXPECT_EQ(forge.authenticate()->tcb_status, TcbStatus::kTdRelaunchAdvised);
  forge.td->newer->tee_tcb_svn = {{9, 7, 9}};
  EXPECT_EQ(refusal(forge), Error::kTdxModuleMismatch) << "a module that nobody knows";
}

TEST(relaunch, helps_nothing_when_something_else_is_old_or_revoked) {
  Relaunchable old_qe;
  old_qe.qe_report.isv_svn = 7;
  EXPECT_EQ(old_qe.authenticate()->tcb_status, TcbStatus::kOutOfDate);
  old_qe.qe_report.isv_svn = 3;
  EXPECT_EQ(old_qe.authenticate()->tcb_status, TcbStatus::kRevoked);
  Relaunchable old_platform;
  old_platform.pck.tcb_components[0] = old_platform.pck.cpu_svn[0] = 4;
  EXPECT_EQ(old_platform.authenticate()->tcb_status, TcbStatus::kOutOfDate);
  Relaunchable revoked_module;
  revoked_module.td->tee_tcb_svn[0] = 2;
  EXPECT_EQ(revoked_module.authenticate()->tcb_status, TcbStatus::kRevoked);
  Relaunchable silent;
  silent.td->newer.reset();
  silent.header.version = dcap::kVersion4;
  EXPECT_EQ(silent.authenticate()->tcb_status, TcbStatus::kOutOfDate) << "report 1.0 says nothing of now";
}

}  // namespace
}  // namespace substratee::attestation::tdx
