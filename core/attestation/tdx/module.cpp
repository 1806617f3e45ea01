#include "core/attestation/tdx/module.hpp"

#include "core/attestation/dcap/qe_identity.hpp"

namespace substratee::attestation::tdx {
namespace {

constexpr std::size_t kModuleSvn = 0;
constexpr std::size_t kModuleVersion = 1;
constexpr std::size_t kMicrocodeSvn = 2;

bool needs_configuration(TcbStatus status) noexcept {
  return status == TcbStatus::kConfigurationNeeded || status == TcbStatus::kConfigurationAndSwHardeningNeeded ||
         status == TcbStatus::kOutOfDateConfigurationNeeded;
}

/// Only the module is out of date: neither platform nor quoting enclave is.
bool only_module_is_old(const RelaunchQuestion& question) noexcept {
  const auto sgx = question.sgx_status;
  const bool sgx_good = sgx == TcbStatus::kUpToDate || sgx == TcbStatus::kSwHardeningNeeded ||
                        sgx == TcbStatus::kConfigurationNeeded || sgx == TcbStatus::kConfigurationAndSwHardeningNeeded;
  const bool out_of_date =
      question.status == TcbStatus::kOutOfDate || question.status == TcbStatus::kOutOfDateConfigurationNeeded;
  return question.qe_status == TcbStatus::kUpToDate && sgx_good && out_of_date &&
         question.module_status == TcbStatus::kOutOfDate;
}

/// What the platform has now is the newest that there is.
Result<bool> is_newest(const TeeTcbSvn& now, const dcap::TcbInfo& info) {
  const auto& newest = info.levels.front().tdx;
  if (now[kModuleVersion] == 0) {
    return now[kModuleSvn] >= newest[kModuleSvn] && now[kMicrocodeSvn] >= newest[kMicrocodeSvn];
  }
  const auto* module = info.find_module(now[kModuleVersion]);
  if (module == nullptr) return std::unexpected(Error::kTdxModuleMismatch);
  return now[kModuleSvn] >= module->levels.front().isv_svn && now[kMicrocodeSvn] >= newest[kMicrocodeSvn];
}

}  // namespace

Result<const dcap::IsvLevel*> check_module(const Report& report, const dcap::TcbInfo& info) {
  const auto mismatch = std::unexpected(Error::kTdxModuleMismatch);
  const auto version = report.tee_tcb_svn[kModuleVersion];
  const auto* identity = version == 0 ? nullptr : info.find_module(version);
  if (version != 0 && identity == nullptr) return mismatch;
  const dcap::TdxModule& module = identity != nullptr ? *identity : *info.module;
  // Intel ignores the mask and wants zeros besides.
  if (report.mr_signer_seam != module.mr_signer || report.seam_attributes != module.attributes ||
      report.seam_attributes != FixedBytes<8>{}) {
    return mismatch;
  }
  if (identity == nullptr) return nullptr;
  const auto* level = dcap::find_level(identity->levels, report.tee_tcb_svn[kModuleSvn]);
  if (level == nullptr) return std::unexpected(Error::kModuleTcbNotSupported);
  return level;
}

Result<TcbStatus> advise_relaunch(const RelaunchQuestion& question, const TeeTcbSvn& now, const dcap::TcbInfo& info) {
  if (!only_module_is_old(question)) return question.status;
  if (!SUBSTRATEE_TRY(is_newest(now, info))) return question.status;
  return needs_configuration(question.sgx_status) || needs_configuration(question.status)
             ? TcbStatus::kTdRelaunchAdvisedConfigurationNeeded
             : TcbStatus::kTdRelaunchAdvised;
}

}  // namespace substratee::attestation::tdx
