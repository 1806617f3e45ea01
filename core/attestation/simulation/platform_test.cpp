#include "core/attestation/simulation/platform.hpp"

#include "core/attestation/dcap/authenticate.hpp"
#include "core/attestation/forge_for_test.hpp"
#include "core/attestation/policy/appraise.hpp"
#include "core/attestation/policy/development_root.hpp"
#include "core/attestation/x509.hpp"

#include <openssl/x509.h>

namespace substratee::attestation::simulation {
namespace {

crypto::Secret<32> secret_of(std::string_view label) {
  return *crypto::Secret<32>::from(crypto::sha256(as_bytes(label)).bytes);
}

SimulatedPlatform platform_of(std::string_view label, const SimulationRoot& root = SimulationRoot::development()) {
  return SimulatedPlatform::make(secret_of(label), root);
}

const TrustAnchors& development_anchors() {
  static const auto anchors = trust_anchors_of(development_policy());
  return anchors;
}

TEST(simulation, the_development_root_is_the_constant_of_the_policy) {
  const auto root = SimulationRoot::development();
  EXPECT_EQ(root.hash(), development_root());
  const auto certificate = x509::parse(development_root_certificate());
  ASSERT_TRUE(certificate);
  EXPECT_EQ(hash_of_spki(certificate->spki), development_root());
  EXPECT_TRUE(x509::verify_signature(*certificate, certificate->key));
  EXPECT_NE(as_text(certificate->subject).find(kDevelopmentRootName), std::string_view::npos);
}

TEST(simulation, evidence_goes_from_platform_to_appraisal) {
  const auto platform = platform_of("a");
  const auto measurement = measure(as_bytes("program"));
  const auto evidence = platform.evidence(measurement, sample_claims());
  const auto wire = scale::encode(evidence);
  EXPECT_LE(wire.size(), kMaxEvidenceSize);
  const auto verified = verify(scale::decode<Evidence>(wire).value(), {}, development_anchors(), kTestNow);
  ASSERT_TRUE(verified) << to_string(verified.error());
  EXPECT_FALSE(verified->hardware);
  EXPECT_EQ(verified->tcb_status, TcbStatus::kSimulated);
  EXPECT_EQ(verified->measurement, measurement);
  EXPECT_EQ(verified->signer, simulated_signer());
  EXPECT_EQ(verified->platform_id, platform.platform_id());
  EXPECT_FALSE(verified->debug);
  const auto claims = sample_claims().substratee;
  const Expectation expectation{.purpose = claims.purpose,
                                .genesis_hash = claims.genesis_hash,
                                .pubkey_hash = sample_claims().pubkey_hash,
                                .account = claims.account,
                                .encryption_key = {},
                                .instance = {},
                                .platform_id = {},
                                .head = claims.block_number,
                                .named_block = claims.block_hash,
                                .now = kTestNow};
  EXPECT_TRUE(appraise(*verified, development_policy(), {&measurement, 1}, expectation));
}

TEST(simulation, debug_shows_when_it_is_asked_for) {
  const auto platform = platform_of("a");
  const auto claims = encode_claims(sample_claims());
  QuoteRequest request;
  request.report_data = report_data_for(claims);
  request.attributes |= dcap::kDebug;
  const Evidence evidence{Kind::kSimulated, {platform.quote(request)}, {claims}};
  EXPECT_TRUE(verify(evidence, {}, development_anchors(), kTestNow)->debug);
}

TEST(simulation, a_root_counts_only_where_it_is_named) {
  const auto root = SimulationRoot::from_secret(secret_of("own root").view(), "my network");
  const auto evidence = platform_of("a", root).evidence({}, sample_claims());
  EXPECT_EQ(verify(evidence, {}, development_anchors(), kTestNow).error(), Error::kUnknownRoot);
  EXPECT_TRUE(verify(evidence, {}, {.intel_roots = {}, .simulation_roots = {root.hash()}}, kTestNow));
  EXPECT_NE(root.hash(), development_root());
}

TEST(simulation, a_platform_is_its_secret) {
  const auto a = platform_of("a");
  const auto again = platform_of("a");
  const auto b = platform_of("b");
  EXPECT_EQ(a.platform_id(), again.platform_id());
  EXPECT_NE(a.platform_id(), b.platform_id());
  const auto key_of = [](const SimulatedPlatform& platform) {
    const auto certificates = pem::read_certificates(as_bytes(platform.pck_chain())).value();
    return x509::parse(certificates.front())->key;
  };
  EXPECT_EQ(key_of(a), key_of(again));
  EXPECT_NE(key_of(a), key_of(b));
}

TEST(simulation, sealing_keys_are_bound_to_platform_program_and_chain) {
  const auto key = [](std::string_view platform, std::string_view program, std::string_view genesis) {
    const auto secret =
        platform_of(platform).sealing_key(measure(as_bytes(program)), crypto::sha256(as_bytes(genesis)));
    return to_bytes(secret.view());
  };
  const auto base = key("a", "p", "g");
  EXPECT_EQ(base, key("a", "p", "g"));
  EXPECT_NE(base, key("b", "p", "g"));
  EXPECT_NE(base, key("a", "q", "g"));
  EXPECT_NE(base, key("a", "p", "h"));
}

TEST(simulation, a_measurement_is_labelled) {
  EXPECT_EQ(measure(as_bytes("x")), crypto::sha256(as_bytes("substratee/simulated/v1x")));
}

TEST(simulation, every_name_says_not_secure) {
  const auto platform = platform_of("a");
  const auto certificates = pem::read_certificates(as_bytes(platform.pck_chain())).value();
  ASSERT_EQ(certificates.size(), 3u);
  for (const auto& der : certificates) {
    const auto certificate = x509::parse(der).value();
    EXPECT_NE(as_text(certificate.subject).find("SIMULATED"), std::string_view::npos);
    EXPECT_NE(as_text(certificate.subject).find("NOT SECURE"), std::string_view::npos);
    EXPECT_EQ(as_text(certificate.subject).find("Intel"), std::string_view::npos);
  }
}

/// The oracle: OpenSSL's own chain building, strict, with only our root as anchor.
class OpenSsl {
 public:
  explicit OpenSsl(std::string_view bundle) {
    for (const auto& der : pem::read_certificates(as_bytes(bundle)).value()) {
      const auto* input = der.data();
      certificates_.push_back({d2i_X509(nullptr, &input, static_cast<long>(der.size())), X509_free});
    }
  }
  [[nodiscard]] int verify(std::time_t now) const {
    const std::unique_ptr<X509_STORE, decltype(&X509_STORE_free)> store(X509_STORE_new(), X509_STORE_free);
    X509_STORE_add_cert(store.get(), certificates_[2].get());
    STACK_OF(X509)* between = sk_X509_new_null();
    sk_X509_push(between, certificates_[1].get());
    const std::unique_ptr<X509_STORE_CTX, decltype(&X509_STORE_CTX_free)> context(X509_STORE_CTX_new(),
                                                                                  X509_STORE_CTX_free);
    X509_STORE_CTX_init(context.get(), store.get(), certificates_[0].get(), between);
    X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context.get());
    X509_VERIFY_PARAM_set_time(parameters, now);
    X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_X509_STRICT | X509_V_FLAG_CHECK_SS_SIGNATURE);
    X509_verify_cert(context.get());
    const int error = X509_STORE_CTX_get_error(context.get());
    sk_X509_free(between);
    return error;
  }

 private:
  std::vector<std::unique_ptr<X509, decltype(&X509_free)>> certificates_;
};

TEST(simulation, openssl_accepts_the_chain_and_its_time) {
  const auto own = SimulationRoot::from_secret(secret_of("own root").view(), std::string(40, 'x'));
  for (const auto* root : {static_cast<const SimulationRoot*>(nullptr), &own}) {
    const auto platform = root == nullptr ? platform_of("a") : platform_of("a", *root);
    const OpenSsl oracle(platform.pck_chain());
    const auto now = static_cast<std::time_t>(kTestNow);
    EXPECT_EQ(oracle.verify(now), X509_V_OK) << X509_verify_cert_error_string(oracle.verify(now));
    EXPECT_EQ(oracle.verify(static_cast<std::time_t>(kNotBefore) - 1), X509_V_ERR_CERT_NOT_YET_VALID);
    EXPECT_EQ(oracle.verify(static_cast<std::time_t>(kNotAfter) + 2), X509_V_ERR_CERT_HAS_EXPIRED);
  }
}

}  // namespace
}  // namespace substratee::attestation::simulation
