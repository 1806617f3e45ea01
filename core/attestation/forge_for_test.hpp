#pragma once

/// For tests: a whole platform of one's own in parts that can be bent, which are signed only when all of them stand.

#include "core/attestation/dcap/pck.hpp"
#include "core/attestation/dcap/simulated_qe.hpp"
#include "core/attestation/pem.hpp"
#include "core/attestation/spki.hpp"
#include "core/attestation/verify.hpp"
#include "core/attestation/x509_writer.hpp"
#include "tests/support/random.hpp"

namespace substratee::attestation {

inline constexpr UnixSeconds kTestNow = 1'800'000'000;  // 2027-01-15
inline constexpr UnixSeconds kNotBefore = 1'577'836'800;
inline constexpr UnixSeconds kNotAfter = 2'524'607'999;

inline Claims sample_claims() {
  Claims claims;
  claims.pubkey_hash.bytes.fill(0x11);
  claims.substratee = {.purpose = Purpose::kRegistration,
                       .genesis_hash = crypto::sha256(as_bytes("genesis")),
                       .account = {},
                       .encryption_key = {},
                       .instance = {},
                       .block_number = 1000,
                       .block_hash = crypto::sha256(as_bytes("block 1000"))};
  claims.substratee.account.bytes.fill(0x22);
  claims.substratee.encryption_key.bytes.fill(0x33);
  claims.substratee.instance.bytes.fill(0x44);
  return claims;
}

class Forge {
 public:
  Forge(const Forge&) = delete;  // it points into itself
  Forge& operator=(const Forge&) = delete;
  ~Forge() = default;
  Forge() {
    random_.fill(ppid_.bytes);
    const auto root_name = x509::make_name("test root", "test");
    const auto ca_name = x509::make_name("test CA", "test");
    root = {root_name,
            root_name,
            root_key.public_key(),
            {x509::make_basic_constraints(true, std::uint8_t{1}), x509::make_key_usage(true)}};
    ca = {root_name,
          ca_name,
          ca_key.public_key(),
          {x509::make_basic_constraints(true, std::uint8_t{0}), x509::make_key_usage(true)}};
    pck = {.ppid = ppid_, .tcb_components = {}, .pce_svn = 1, .cpu_svn = {}, .pce_id = {}, .fmspc = {}, .sgx_type = {}};
    leaf = {ca_name,
            x509::make_name("test PCK", "test"),
            pck_key.public_key(),
            {x509::make_basic_constraints(false, std::nullopt), x509::make_key_usage(false)}};
    leaf_has_pck = true;
    header.vendor = dcap::simulation_vendor();
    report.flags = qe_report.flags = dcap::kInit | dcap::kMode64;
    report.mr_enclave.bytes.fill(0x55);
    report.mr_signer.bytes.fill(0x66);
    qe_report.mr_enclave = dcap::simulated_qe_measurement();
    qe_report.mr_signer = dcap::simulated_qe_signer();
    qe_report.isv_prod_id = dcap::kSimulatedQeProductId;
    auth_data = Bytes(32, 7);
    claims = encode_claims(sample_claims());
    bind_report_data();
  }

  void bind_report_data() {
    report.report_data = report_data_for(claims);
    if (td) td->report_data = report.report_data;
    qe_report.report_data = report_data_for(concat(attestation_key.public_key().bytes, auth_data));
  }

  [[nodiscard]] Hash256 root_hash() const { return hash_of_spki(to_spki(root.key)); }
  [[nodiscard]] TrustAnchors anchors() const { return {.intel_roots = {}, .simulation_roots = {root_hash()}}; }

  /// Leaf, CA, root.
  [[nodiscard]] std::vector<Bytes> certificates() const {
    auto with_pck = leaf;
    if (leaf_has_pck) {
      with_pck.extensions.push_back({to_bytes(dcap::kOidSgxExtension), false, dcap::write_pck_extension(pck)});
    }
    return {x509::write(with_pck, *leaf_signer), x509::write(ca, *ca_signer), x509::write(root, *root_signer)};
  }

  [[nodiscard]] static std::string bundle(const std::vector<Bytes>& certificates) {
    std::string out;
    for (const auto& der : certificates) out += pem::write_certificate(der);
    return out;
  }

  [[nodiscard]] Bytes quote(std::string_view pck_chain) const {
    dcap::Quote quote;
    quote.header = header;
    if (td) {
      quote.body = *td;
    } else {
      quote.body = report;
    }
    quote.attestation_key = attestation_key.public_key();
    quote.signature = quote_signer->sign(dcap::write_signed_part(quote));
    quote.qe_report = qe_report;
    quote.qe_signature = qe_signer->sign(dcap::write_report(qe_report));
    quote.auth_data = auth_data;
    quote.pck_chain = as_bytes(pck_chain);
    return dcap::write_quote(quote);
  }

  [[nodiscard]] Evidence evidence(std::string_view pck_chain) const {
    return {Kind::kSimulated, {quote(pck_chain)}, {claims}};
  }
  [[nodiscard]] Evidence evidence() const { return evidence(bundle(certificates())); }

 private:
  test::SeededRandom random_{42};
  FixedBytes<16> ppid_;

 public:
  crypto::p256::KeyPair root_key = crypto::p256::KeyPair::draw(random_);
  crypto::p256::KeyPair ca_key = crypto::p256::KeyPair::draw(random_);
  crypto::p256::KeyPair pck_key = crypto::p256::KeyPair::draw(random_);
  crypto::p256::KeyPair attestation_key = crypto::p256::KeyPair::draw(random_);
  crypto::p256::KeyPair other_key = crypto::p256::KeyPair::draw(random_);
  const crypto::p256::KeyPair* root_signer = &root_key;
  const crypto::p256::KeyPair* ca_signer = &root_key;
  const crypto::p256::KeyPair* leaf_signer = &ca_key;
  const crypto::p256::KeyPair* qe_signer = &pck_key;
  const crypto::p256::KeyPair* quote_signer = &attestation_key;
  x509::CertificateToWrite root;
  x509::CertificateToWrite ca;
  x509::CertificateToWrite leaf;
  bool leaf_has_pck{};
  dcap::PckExtension pck;
  dcap::Header header;
  dcap::Report report;
  std::optional<tdx::Report> td;  ///< instead of report
  dcap::Report qe_report;
  Bytes auth_data;
  Bytes claims;
};

}  // namespace substratee::attestation
