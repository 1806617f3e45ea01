#include "core/attestation/simulation/platform.hpp"

#include "core/attestation/dcap/pck.hpp"
#include "core/attestation/dcap/simulated_qe.hpp"
#include "core/attestation/pem.hpp"
#include "core/attestation/simulation/derive.hpp"
#include "core/attestation/x509_writer.hpp"
#include "core/crypto/hash.hpp"
#include "core/crypto/kdf.hpp"

namespace substratee::attestation::simulation {
namespace {

constexpr std::string_view kPckName = "SIMULATED SGX PCK Certificate - NOT SECURE";
constexpr std::string_view kOrganization = "substraTEE - SIMULATED, NOT SECURE";
constexpr std::string_view kPckKeyLabel = "substratee/simulated/pck-key/v1";
constexpr std::string_view kAttestationKeyLabel = "substratee/simulated/attestation-key/v1";
constexpr std::string_view kPpidLabel = "substratee/simulated/ppid/v1";
constexpr std::string_view kAuthDataLabel = "substratee/simulated/qe-auth/v1";
constexpr std::string_view kSealingLabel = "substratee/simulated/sealing/v1";

/// What a simulated CPU has: every security version 1, x87 and SSE state.
constexpr std::uint16_t kPceSvn = 1;
constexpr std::uint16_t kQeSvn = 1;
constexpr std::uint64_t kXfrm = 0x3;

FixedBytes<16> cpu_svn() noexcept {
  FixedBytes<16> out;
  out.bytes.fill(1);
  return out;
}

x509::CertificateToWrite make_pck_certificate(const crypto::p256::PublicKey& key, const PlatformId& ppid,
                                              const SimulationRoot& root) {
  const dcap::PckExtension sgx{.ppid = ppid,
                               .tcb_components = cpu_svn().bytes,
                               .pce_svn = kPceSvn,
                               .cpu_svn = cpu_svn(),
                               .pce_id = {},
                               .fmspc = kSimulatedFmspc,
                               .sgx_type = dcap::SgxType::kStandard};
  return {.issuer = SimulationRoot::ca_name(),
          .subject = x509::make_name(kPckName, kOrganization),
          .key = key,
          .extensions = {x509::make_subject_key_identifier(key),
                         x509::make_authority_key_identifier(root.ca_key().public_key()),
                         x509::make_key_usage(false),
                         x509::make_basic_constraints(false, std::nullopt),
                         {to_bytes(dcap::kOidSgxExtension), false, dcap::write_pck_extension(sgx)}}};
}

dcap::Report make_qe_report(const crypto::p256::PublicKey& attestation_key, ByteView auth_data) {
  dcap::Report report;
  report.cpu_svn = cpu_svn();
  report.flags = dcap::kInit | dcap::kMode64;
  report.xfrm = kXfrm;
  report.mr_enclave = dcap::simulated_qe_measurement();
  report.mr_signer = dcap::simulated_qe_signer();
  report.isv_prod_id = dcap::kSimulatedQeProductId;
  report.isv_svn = kQeSvn;
  report.report_data = report_data_for(concat(attestation_key.bytes, auth_data));
  return report;
}

dcap::Report make_report(const QuoteRequest& request) {
  dcap::Report report;
  report.cpu_svn = cpu_svn();
  report.flags = request.attributes;
  report.xfrm = kXfrm;
  report.mr_enclave = request.measurement;
  report.mr_signer = request.signer;
  report.report_data = request.report_data;
  return report;
}

dcap::Header make_header() {
  dcap::Header header;
  header.qe_svn = kQeSvn;
  header.pce_svn = kPceSvn;
  header.vendor = dcap::simulation_vendor();
  return header;
}

}  // namespace

Measurement measure(ByteView executable) {
  crypto::Sha256 hash;
  hash.update(as_bytes("substratee/simulated/v1"));
  hash.update(executable);
  return hash.finish();
}

Hash256 simulated_signer() noexcept { return crypto::sha256(as_bytes("substratee/simulated/signer/v1")); }

SimulatedPlatform SimulatedPlatform::make(crypto::Secret<32> platform_secret, const SimulationRoot& root) {
  auto pck_key = derive_key_pair(platform_secret.view(), kPckKeyLabel);
  auto attestation_key = derive_key_pair(platform_secret.view(), kAttestationKeyLabel);
  SimulatedPlatform platform(std::move(platform_secret), std::move(pck_key), std::move(attestation_key));
  const auto ppid = crypto::derive<16>(platform.secret_.view(), as_bytes(kPpidLabel));
  platform.platform_id_ = *PlatformId::from(ppid.view());
  const auto leaf = make_pck_certificate(platform.pck_key_.public_key(), platform.platform_id_, root);
  platform.pck_serial_ = x509::serial_of(leaf);
  platform.pck_chain_ = pem::write_certificate(x509::write(leaf, root.ca_key())) +
                        pem::write_certificate(root.ca_certificate()) + pem::write_certificate(root.certificate());
  return platform;
}

Bytes SimulatedPlatform::quote(const QuoteRequest& request) const {
  const auto auth_data = crypto::sha256(as_bytes(kAuthDataLabel));
  dcap::Quote quote;
  quote.header = make_header();
  quote.body = make_report(request);
  quote.attestation_key = attestation_key_.public_key();
  quote.signature = attestation_key_.sign(dcap::write_signed_part(quote));
  quote.qe_report = make_qe_report(quote.attestation_key, auth_data.bytes);
  quote.qe_signature = pck_key_.sign(dcap::write_report(quote.qe_report));
  quote.auth_data = auth_data.bytes;
  quote.pck_chain = as_bytes(pck_chain_);
  return dcap::write_quote(quote);
}

Evidence SimulatedPlatform::evidence(const Measurement& measurement, const Claims& claims) const {
  auto buffer = encode_claims(claims);
  QuoteRequest request;
  request.measurement = measurement;
  request.report_data = report_data_for(buffer);
  return {Kind::kSimulated, {quote(request)}, {std::move(buffer)}};
}

crypto::Secret<32> SimulatedPlatform::sealing_key(const Measurement& measurement, const Hash256& genesis_hash) const {
  const auto sealing_root = crypto::derive<32>(secret_.view(), as_bytes(kSealingLabel));
  return crypto::derive<32>(sealing_root.view(),
                            concat(as_bytes(kSealingLabel), measurement.bytes, genesis_hash.bytes));
}

}  // namespace substratee::attestation::simulation
