#include "core/attestation/dcap/judge.hpp"

#include "core/attestation/tdx/module.hpp"
#include "core/crypto/hash.hpp"

namespace substratee::attestation::dcap {
namespace {

/// Both kinds of root are looked at before any signature, so that the reason is the same whatever else is wrong.
Result<void> check_root(const Hash256& root, const Circumstances& circumstances) {
  const auto& anchors = circumstances.anchors;
  const auto& roots = circumstances.hardware ? anchors.intel_roots : anchors.simulation_roots;
  const auto& others = circumstances.hardware ? anchors.simulation_roots : anchors.intel_roots;
  if (std::ranges::find(others, root) != others.end()) return std::unexpected(Error::kVendorMismatch);
  if (std::ranges::find(roots, root) == roots.end()) return std::unexpected(Error::kUnknownRoot);
  return {};
}

/// The items at hand; for hardware all of them.
struct Items {
  const OpenedCollateral* tcb_info = nullptr;
  const OpenedCollateral* qe_identity = nullptr;
  const OpenedCollateral* ca_list = nullptr;
  const OpenedCollateral* root_list = nullptr;
};

/// Passes judgement on one quote; the steps in their order.
class Judge {
 public:
  Judge(const Quote& quote, const Circumstances& circumstances, CollateralSource& source,
        x509::KnownCertificates& known) noexcept
      : quote_(quote), circumstances_(circumstances), source_(source), known_(known) {}

  Result<Verdict> run() {
    SUBSTRATEE_TRY(check_chain());
    SUBSTRATEE_TRY(find_items());
    SUBSTRATEE_TRY(check_lists());
    SUBSTRATEE_TRY(check_tcb_data());
    SUBSTRATEE_TRY(check_module());
    SUBSTRATEE_TRY(check_quoting_enclave());
    SUBSTRATEE_TRY(check_quote_signature());
    SUBSTRATEE_TRY(find_platform_level());
    SUBSTRATEE_TRY(conclude());
    return std::move(verdict_);
  }

 private:
  [[nodiscard]] const tdx::Report* td_report() const noexcept { return std::get_if<tdx::Report>(&quote_.body); }

  Result<void> check_chain() {
    chain_ = SUBSTRATEE_TRY(read_pck_chain(quote_.pck_chain));
    SUBSTRATEE_TRY(check_root(chain_.chain.root_hash, circumstances_));
    SUBSTRATEE_TRY(verify_pck_chain(chain_, circumstances_.hardware, circumstances_.now, known_));
    verdict_.root = chain_.chain.root_hash;
    verdict_.pck = chain_.pck;
    verdict_.valid_until = chain_.chain.valid_until;
    return {};
  }

  /// One item, its dates looked at.
  Result<const OpenedCollateral*> find_item(const CollateralId& id) {
    const auto* item = SUBSTRATEE_TRY(source_.find(id));
    if (item == nullptr) {
      if (circumstances_.hardware) return std::unexpected(Error::kMissingCollateral);
      return nullptr;
    }
    SUBSTRATEE_TRY(check_dates(*item, circumstances_.now, circumstances_.collateral_grace));
    verdict_.valid_until = std::min(verdict_.valid_until, end_of(*item, circumstances_.collateral_grace));
    verdict_.collateral_expired = verdict_.collateral_expired || circumstances_.now > item->next_update;
    return item;
  }

  Result<void> find_items() {
    const auto kind = SUBSTRATEE_TRY(crl_kind_of(chain_, circumstances_.hardware));
    const auto needs = needs_of(chain_, td_report() != nullptr, kind);
    items_.root_list = SUBSTRATEE_TRY(find_item(needs[3]));
    items_.ca_list = SUBSTRATEE_TRY(find_item(needs[2]));
    items_.tcb_info = SUBSTRATEE_TRY(find_item(needs[0]));
    items_.qe_identity = SUBSTRATEE_TRY(find_item(needs[1]));
    return {};
  }

  /// Each list is of the issuer in this very chain; neither leaf nor any signer is revoked.
  Result<void> check_lists() {
    const auto& chain = chain_.chain;
    const auto mismatch = std::unexpected(Error::kCrlIssuerMismatch);
    if (const auto* list = items_.root_list) {
      if (list->id.root != chain.root_hash || !std::ranges::equal(list->signer_name, chain.root.subject)) {
        return mismatch;
      }
      if (list->list().lists(x509::to_serial(chain.ca.serial))) return std::unexpected(Error::kCaRevoked);
      for (const auto* item : {items_.ca_list, items_.tcb_info, items_.qe_identity}) {
        if (item != nullptr) SUBSTRATEE_TRY(check_signer(*item, list->list()));
      }
    }
    if (const auto* list = items_.ca_list) {
      if (list->signer_key != chain.ca.key || !std::ranges::equal(list->signer_name, chain.leaf.issuer)) {
        return mismatch;
      }
      if (list->list().lists(x509::to_serial(chain.leaf.serial))) return std::unexpected(Error::kPckRevoked);
    }
    return {};
  }

  /// TCB info and QE identity stand under the same root and speak of this platform.
  Result<void> check_tcb_data() {
    for (const auto* item : {items_.tcb_info, items_.qe_identity}) {
      if (item != nullptr && item->id.root != chain_.chain.root_hash) return std::unexpected(Error::kBadTcbSigner);
    }
    if (items_.tcb_info != nullptr) {
      const auto& info = tcb_info();
      if (info.tdx != (td_report() != nullptr)) return std::unexpected(Error::kWrongTcbInfo);
      if (info.fmspc != chain_.pck.fmspc) return std::unexpected(Error::kFmspcMismatch);
      if (info.pce_id != chain_.pck.pce_id) return std::unexpected(Error::kPceIdMismatch);
      verdict_.evaluation_number = info.evaluation_number;
    }
    if (items_.qe_identity != nullptr) {
      const auto& identity = qe_identity();
      if (identity.tdx != (td_report() != nullptr)) return std::unexpected(Error::kWrongQeIdentity);
      verdict_.evaluation_number = items_.tcb_info == nullptr
                                       ? identity.evaluation_number
                                       : std::min(verdict_.evaluation_number, identity.evaluation_number);
    }
    return {};
  }

  Result<void> check_module() {
    if (td_report() == nullptr || items_.tcb_info == nullptr) return {};
    module_level_ = SUBSTRATEE_TRY(tdx::check_module(*td_report(), tcb_info()));
    if (module_level_ != nullptr) verdict_.module_status = module_level_->status;
    return {};
  }

  /// Intel compares only the first half of report_data; the zero half is required here too.
  Result<void> check_quoting_enclave() {
    if (!crypto::p256::verify(chain_.chain.leaf.key, quote_.signed_qe_report, quote_.qe_signature)) {
      return std::unexpected(Error::kBadQeSignature);
    }
    if (quote_.qe_report.report_data != report_data_for(concat(quote_.attestation_key.bytes, quote_.auth_data))) {
      return std::unexpected(Error::kBadQeBinding);
    }
    if ((quote_.qe_report.flags & kDebug) != 0) return std::unexpected(Error::kQeDebug);
    if (items_.qe_identity == nullptr) return {};
    qe_level_ = SUBSTRATEE_TRY(dcap::check_quoting_enclave(quote_.qe_report, qe_identity()));
    verdict_.qe_status = qe_level_->status;
    return {};
  }

  Result<void> check_quote_signature() const {
    if (!crypto::p256::verify(quote_.attestation_key, quote_.signed_part, quote_.signature)) {
      return std::unexpected(Error::kBadQuoteSignature);
    }
    return {};
  }

  [[nodiscard]] bool reaches_sgx(const PlatformLevel& level) const noexcept {
    for (std::size_t i = 0; i < level.sgx.size(); ++i) {
      if (chain_.pck.tcb_components[i] < level.sgx[i]) return false;
    }
    return chain_.pck.pce_svn >= level.pce_svn;
  }
  /// A module of major version 1 and up has levels of its own: components 0 and 1 are not compared here.
  [[nodiscard]] static bool reaches_tdx(const tdx::TeeTcbSvn& svn, const PlatformLevel& level) noexcept {
    for (std::size_t i = svn[1] > 0 ? 2 : 0; i < level.tdx.size(); ++i) {
      if (svn[i] < level.tdx[i]) return false;
    }
    return true;
  }

  Result<void> find_platform_level() {
    if (items_.tcb_info == nullptr) return {};
    const auto& levels = tcb_info().levels;
    const auto* td = td_report();
    const auto sgx = std::ranges::find_if(levels, [&](const auto& level) { return reaches_sgx(level); });
    const auto found = std::find_if(sgx, levels.end(), [&](const auto& level) {
      return reaches_sgx(level) && (td == nullptr || reaches_tdx(td->tee_tcb_svn, level));
    });
    if (found == levels.end()) return std::unexpected(Error::kTcbNotSupported);
    sgx_level_ = &*sgx;
    platform_level_ = &*found;
    verdict_.platform_status = platform_level_->status;
    verdict_.tcb_date = platform_level_->date;
    return {};
  }

  Result<void> conclude() {
    if (platform_level_ != nullptr) verdict_.converged = platform_level_->status;
    if (module_level_ != nullptr) verdict_.converged = converge(*verdict_.converged, module_level_->status);
    SUBSTRATEE_TRY(consider_relaunch());
    if (qe_level_ != nullptr) {
      verdict_.converged = verdict_.converged ? converge(*verdict_.converged, qe_level_->status) : qe_level_->status;
    }
    for (const Level* level : {static_cast<const Level*>(platform_level_), static_cast<const Level*>(module_level_),
                               static_cast<const Level*>(qe_level_)}) {
      if (level != nullptr) add_advisories(*level);
    }
    return {};
  }

  Result<void> consider_relaunch() {
    const auto* td = td_report();
    if (td == nullptr || !td->newer || platform_level_ == nullptr || qe_level_ == nullptr) return {};
    verdict_.converged =
        SUBSTRATEE_TRY(tdx::advise_relaunch({.sgx_status = sgx_level_->status,
                                             .status = *verdict_.converged,
                                             .module_status = verdict_.module_status.value_or(TcbStatus::kUpToDate),
                                             .qe_status = qe_level_->status},
                                            td->newer->tee_tcb_svn, tcb_info()));
    return {};
  }

  void add_advisories(const Level& level) {
    auto& all = verdict_.advisories;
    for (const auto& id : level.advisories) {
      if (std::ranges::find(all, id) == all.end()) all.push_back(id);
    }
  }

  [[nodiscard]] const TcbInfo& tcb_info() const { return std::get<TcbInfo>(items_.tcb_info->content); }
  [[nodiscard]] const QeIdentity& qe_identity() const { return std::get<QeIdentity>(items_.qe_identity->content); }

  const Quote& quote_;
  const Circumstances& circumstances_;
  CollateralSource& source_;
  x509::KnownCertificates& known_;
  PckChain chain_;
  Items items_;
  const PlatformLevel* sgx_level_ = nullptr;
  const PlatformLevel* platform_level_ = nullptr;
  const IsvLevel* module_level_ = nullptr;
  const IsvLevel* qe_level_ = nullptr;
  Verdict verdict_;
};

}  // namespace

Result<Verdict> judge(const Quote& quote, const Circumstances& circumstances, CollateralSource& source,
                      x509::KnownCertificates& known) {
  return Judge(quote, circumstances, source, known).run();
}

std::array<CollateralId, 4> needs_of(const PckChain& chain, bool tdx, CollateralKind crl_kind) noexcept {
  const auto& root = chain.chain.root_hash;
  return {CollateralId{root, tdx ? CollateralKind::kTdxTcbInfo : CollateralKind::kSgxTcbInfo, chain.pck.fmspc},
          CollateralId{root, tdx ? CollateralKind::kTdxQeIdentity : CollateralKind::kSgxQeIdentity, {}},
          CollateralId{root, crl_kind, {}}, CollateralId{root, CollateralKind::kIntelRootCrl, {}}};
}

TcbStatus converge(TcbStatus level, TcbStatus other) noexcept {
  if (other == TcbStatus::kRevoked) return TcbStatus::kRevoked;
  if (other != TcbStatus::kOutOfDate) return level;
  switch (level) {
    case TcbStatus::kUpToDate:
    case TcbStatus::kSwHardeningNeeded: return TcbStatus::kOutOfDate;
    case TcbStatus::kConfigurationNeeded:
    case TcbStatus::kConfigurationAndSwHardeningNeeded: return TcbStatus::kOutOfDateConfigurationNeeded;
    case TcbStatus::kOutOfDate:
    case TcbStatus::kOutOfDateConfigurationNeeded:
    case TcbStatus::kRevoked:
    case TcbStatus::kSimulated:
    case TcbStatus::kTdRelaunchAdvised:
    case TcbStatus::kTdRelaunchAdvisedConfigurationNeeded: break;
  }
  return level;
}

}  // namespace substratee::attestation::dcap
