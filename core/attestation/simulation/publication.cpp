#include "core/attestation/simulation/publication.hpp"

#include "core/attestation/dcap/collateral_writer.hpp"
#include "core/attestation/dcap/simulated_qe.hpp"
#include "core/attestation/pem.hpp"
#include "core/attestation/x509_writer.hpp"

namespace substratee::attestation::simulation {
namespace {

/// A level that every simulated platform and quoting enclave reaches.
dcap::Level level_of(const Publication& publication, TcbStatus status) {
  return {.date = publication.issued, .status = status, .advisories = publication.advisories};
}

dcap::TcbInfo tcb_info(const Publication& publication) {
  dcap::TcbInfo info;
  info.version = 3;
  info.issued = publication.issued;
  info.next_update = publication.next_update;
  info.fmspc = kSimulatedFmspc;
  info.evaluation_number = publication.evaluation_number;
  info.levels.push_back({level_of(publication, publication.platform_status), {}, 0, {}});
  return info;
}

dcap::QeIdentity qe_identity(const Publication& publication) {
  dcap::QeIdentity identity;
  identity.issued = publication.issued;
  identity.next_update = publication.next_update;
  identity.evaluation_number = publication.evaluation_number;
  identity.mr_signer = dcap::simulated_qe_signer();
  identity.isv_prod_id = dcap::kSimulatedQeProductId;
  auto level = level_of(publication, publication.qe_status);
  level.advisories.clear();
  identity.levels.push_back({std::move(level), 0});
  return identity;
}

std::string chain(const Bytes& signer, const SimulationRoot& root) {
  return pem::write_certificate(signer) + pem::write_certificate(root.certificate());
}

}  // namespace

CollateralSet publish(const SimulationRoot& root, const Publication& publication) {
  CollateralSet out;
  const auto add = [&](CollateralKind kind, const Fmspc& fmspc, Bytes body, std::string_view issuer_chain) {
    out.emplace_back(CollateralId{root.hash(), kind, fmspc},
                     CollateralItem{kind, {std::move(body)}, {to_bytes(as_bytes(issuer_chain))}});
  };
  const auto tcb_chain = chain(root.tcb_signer_certificate(), root);
  add(CollateralKind::kSgxTcbInfo, kSimulatedFmspc,
      dcap::write_signed_document("tcbInfo", dcap::write_tcb_info(tcb_info(publication)), root.tcb_signer_key()),
      tcb_chain);
  add(CollateralKind::kSgxQeIdentity, {},
      dcap::write_signed_document("enclaveIdentity", dcap::write_qe_identity(qe_identity(publication)),
                                  root.tcb_signer_key()),
      tcb_chain);
  x509::CrlToWrite list{.issuer = SimulationRoot::ca_name(),
                        .this_update = publication.issued,
                        .next_update = publication.next_update,
                        .number = publication.crl_number,
                        .serials = publication.revoked_platforms};
  add(CollateralKind::kPckProcessorCrl, {}, x509::write_crl(list, root.ca_key()), chain(root.ca_certificate(), root));
  list.issuer = root.name();
  list.serials.clear();
  add(CollateralKind::kIntelRootCrl, {}, x509::write_crl(list, root.key()), pem::write_certificate(root.certificate()));
  return out;
}

}  // namespace substratee::attestation::simulation
