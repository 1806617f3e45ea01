#pragma once

/// For tests: a platform and its collateral with Intel's names under a root of one's own, in parts that can be bent.

#include "core/attestation/dcap/collateral.hpp"
#include "core/attestation/dcap/collateral_writer.hpp"
#include "core/attestation/forge_for_test.hpp"

namespace substratee::attestation {

inline constexpr UnixSeconds kDay = 86400;
inline constexpr UnixSeconds kIssued = kTestNow - 10 * kDay;
inline constexpr UnixSeconds kNextUpdate = kTestNow + 20 * kDay;
inline constexpr std::string_view kIntelCorporation = "Intel Corporation";

class IntelForge : public Forge {
 public:
  explicit IntelForge(Kind kind_of_evidence = Kind::kSgxDcap) : kind(kind_of_evidence) {
    name_certificates();
    header.vendor = dcap::kIntelVendor;
    pck.fmspc = {{0x00, 0x90, 0x6e, 0xd5, 0x00, 0x00}};
    pck.tcb_components.fill(5);
    pck.cpu_svn.bytes.fill(5);
    pck.pce_svn = 13;
    qe_report.isv_svn = 8;
    qe_report.isv_prod_id = 1;
    make_tcb_info();
    make_qe_identity();
    if (kind == Kind::kTdx) make_td();
    ca_list = {.issuer = ca.subject, .this_update = kIssued, .next_update = kNextUpdate, .number = 1, .serials = {}};
    root_list = ca_list;
    root_list.issuer = root.subject;
  }

  [[nodiscard]] TrustAnchors intel() const { return {.intel_roots = {root_hash()}, .simulation_roots = {}}; }
  [[nodiscard]] bool is_tdx() const { return kind == Kind::kTdx; }
  [[nodiscard]] CollateralId id(CollateralKind item) const {
    const bool info = item == CollateralKind::kSgxTcbInfo || item == CollateralKind::kTdxTcbInfo;
    return {root_hash(), item, info ? pck.fmspc : Fmspc{}};
  }
  [[nodiscard]] CollateralKind info_kind() const {
    return is_tdx() ? CollateralKind::kTdxTcbInfo : CollateralKind::kSgxTcbInfo;
  }
  [[nodiscard]] CollateralKind identity_kind() const {
    return is_tdx() ? CollateralKind::kTdxQeIdentity : CollateralKind::kSgxQeIdentity;
  }

  [[nodiscard]] Bytes root_der() const { return x509::write(root, *root_signer); }
  [[nodiscard]] Bytes ca_der() const { return x509::write(ca, *ca_signer); }
  [[nodiscard]] std::string tcb_chain() const {
    return bundle({x509::write(tcb_signer, *tcb_signer_signer), root_der()});
  }
  [[nodiscard]] CollateralItem tcb_info_item() const {
    return item(info_kind(), dcap::write_signed_document("tcbInfo", info_text(), *info_signer), tcb_chain());
  }
  [[nodiscard]] CollateralItem qe_identity_item() const {
    return item(identity_kind(),
                dcap::write_signed_document("enclaveIdentity", dcap::write_qe_identity(qe_identity), *identity_signer),
                tcb_chain());
  }
  [[nodiscard]] CollateralItem ca_list_item() const {
    return item(CollateralKind::kPckPlatformCrl, x509::write_crl(ca_list, *ca_list_signer),
                bundle({ca_der(), root_der()}));
  }
  [[nodiscard]] CollateralItem root_list_item() const {
    return item(CollateralKind::kIntelRootCrl, x509::write_crl(root_list, *root_list_signer), bundle({root_der()}));
  }
  [[nodiscard]] CollateralSet collateral() const {
    return {{id(info_kind()), tcb_info_item()},
            {id(identity_kind()), qe_identity_item()},
            {id(CollateralKind::kPckPlatformCrl), ca_list_item()},
            {id(CollateralKind::kIntelRootCrl), root_list_item()}};
  }
  [[nodiscard]] static CollateralItem item(CollateralKind kind, Bytes body, std::string_view chain) {
    return {kind, {std::move(body)}, {to_bytes(as_bytes(chain))}};
  }

  [[nodiscard]] Bytes body() const { return quote(bundle(certificates())); }
  [[nodiscard]] Result<AuthenticEvidence> authenticate(const CollateralSet& set, UnixSeconds now = kTestNow,
                                                       const VerifyOptions& options = {}) const {
    return attestation::authenticate(kind, body(), set, intel(), now, options);
  }
  [[nodiscard]] Result<AuthenticEvidence> authenticate() const { return authenticate(collateral()); }

  Kind kind;

 private:
  test::SeededRandom more_random_{43};

 public:
  crypto::p256::KeyPair tcb_key = crypto::p256::KeyPair::draw(more_random_);
  x509::CertificateToWrite tcb_signer;
  const crypto::p256::KeyPair* tcb_signer_signer = &root_key;
  dcap::TcbInfo tcb_info;
  std::string tcb_info_text;  ///< instead of tcb_info, when not empty
  dcap::QeIdentity qe_identity;
  const crypto::p256::KeyPair* info_signer = &tcb_key;
  const crypto::p256::KeyPair* identity_signer = &tcb_key;
  x509::CrlToWrite ca_list;
  x509::CrlToWrite root_list;
  const crypto::p256::KeyPair* ca_list_signer = &ca_key;
  const crypto::p256::KeyPair* root_list_signer = &root_key;

 private:
  void name_certificates() {
    root.issuer = root.subject = ca.issuer = x509::make_name("Intel SGX Root CA", kIntelCorporation);
    ca.subject = leaf.issuer = x509::make_name(dcap::kPlatformCaName, kIntelCorporation);
    leaf.subject = x509::make_name("Intel SGX PCK Certificate", kIntelCorporation);
    tcb_signer = {root.subject,
                  x509::make_name(dcap::kTcbSignerName, kIntelCorporation),
                  tcb_key.public_key(),
                  {x509::make_basic_constraints(false, std::nullopt), x509::make_key_usage(false)}};
  }
  [[nodiscard]] std::string info_text() const {
    return tcb_info_text.empty() ? dcap::write_tcb_info(tcb_info) : tcb_info_text;
  }
  void make_tcb_info() {
    tcb_info.version = 3;
    tcb_info.issued = kIssued;
    tcb_info.next_update = kNextUpdate;
    tcb_info.fmspc = pck.fmspc;
    tcb_info.evaluation_number = 17;
    add_level(5, TcbStatus::kUpToDate);
    add_level(4, TcbStatus::kOutOfDate);
    tcb_info.levels[1].advisories = {"INTEL-SA-00001", "INTEL-SA-00002"};
  }
  void add_level(std::uint8_t svn, TcbStatus status) {
    dcap::PlatformLevel level;
    level.date = kIssued - 100 * kDay * (6u - svn);
    level.status = status;
    level.sgx.fill(svn);
    level.pce_svn = 13;
    tcb_info.levels.push_back(level);
  }
  void make_qe_identity() {
    qe_identity.tdx = is_tdx();
    qe_identity.issued = kIssued;
    qe_identity.next_update = kNextUpdate;
    qe_identity.evaluation_number = 18;
    qe_identity.misc_select_mask = 0xffffffff;
    qe_identity.attributes[0] = 0x01;
    qe_identity.attributes_mask[0] = 0xfb;
    qe_identity.mr_signer = qe_report.mr_signer;
    qe_identity.isv_prod_id = 1;
    qe_identity.levels = {{dcap::Level{kIssued, TcbStatus::kUpToDate, {}}, 8},
                          {dcap::Level{kIssued - 200 * kDay, TcbStatus::kOutOfDate, {"INTEL-SA-00002"}}, 6},
                          {dcap::Level{kIssued - 900 * kDay, TcbStatus::kRevoked, {"INTEL-SA-00003"}}, 2}};
  }
  /// A module of major version 1 at 4; levels demand 3 and 5 of microcode.
  void make_td() {
    header.version = dcap::kVersion4;
    header.tee_type = dcap::kTeeTdx;
    td.emplace();
    td->tee_tcb_svn = {{4, 1, 5}};
    td->td_attributes = {{0, 0, 0, 0x10}};
    td->mr_td.bytes.fill(0x77);
    td->report_data = report.report_data;
    tcb_info.tdx = true;
    tcb_info.module.emplace();
    dcap::TdxModuleIdentity identity;
    identity.version = 1;
    identity.levels = {{dcap::Level{kIssued, TcbStatus::kUpToDate, {}}, 4},
                       {dcap::Level{kIssued - 300 * kDay, TcbStatus::kOutOfDate, {"INTEL-SA-00004"}}, 3},
                       {dcap::Level{kIssued - 900 * kDay, TcbStatus::kRevoked, {}}, 1}};
    tcb_info.modules = {identity};
    tcb_info.levels[0].tdx = {5, 0, 5};
    tcb_info.levels[1].tdx = {3, 0, 3};
  }
};

}  // namespace substratee::attestation
