#include "core/attestation/verify.hpp"

#include "core/attestation/dcap/authenticate.hpp"
#include "core/attestation/der.hpp"
#include "core/attestation/forge_for_test.hpp"

namespace substratee::attestation {
namespace {

class VerifyTest : public ::testing::Test {
 protected:
  void expect(Error error, const Evidence& evidence, const TrustAnchors& anchors, UnixSeconds now = kTestNow) {
    const auto result = verify(evidence, {}, anchors, now);
    ASSERT_FALSE(result) << "accepted, but expected: " << to_string(error);
    EXPECT_EQ(result.error(), error) << to_string(result.error());
  }
  void expect(Error error, const Evidence& evidence) { expect(error, evidence, forge_.anchors()); }
  void expect(Error error) { expect(error, forge_.evidence()); }

  Forge forge_;
};

TEST_F(VerifyTest, good_evidence_says_all_that_is_true) {
  const auto verified = verify(forge_.evidence(), {}, forge_.anchors(), kTestNow);
  ASSERT_TRUE(verified) << to_string(verified.error());
  const auto claims = sample_claims();
  AuthenticEvidence expected;
  expected.kind = Kind::kSimulated;
  expected.tcb_status = TcbStatus::kSimulated;
  expected.root = forge_.root_hash();
  expected.measurement = forge_.report.mr_enclave;
  expected.signer = forge_.report.mr_signer;
  expected.platform_id = forge_.pck.ppid;
  expected.report_data = report_data_for(forge_.evidence().claims.value);
  expected.fmspc = forge_.pck.fmspc;
  expected.valid_until = kNotAfter;
  EXPECT_EQ(*verified, (VerifiedEvidence{expected, claims.pubkey_hash, claims.substratee}));
}

TEST_F(VerifyTest, a_simulated_quote_is_of_no_other_kind) {
  for (const auto kind : {Kind::kSgxDcap, Kind::kTdx}) {
    auto evidence = forge_.evidence();
    evidence.kind = kind;
    expect(Error::kVendorMismatch, evidence);
  }
}

TEST_F(VerifyTest, the_certificates_may_come_in_any_order) {
  auto certificates = forge_.certificates();
  std::ranges::reverse(certificates);
  EXPECT_TRUE(verify(forge_.evidence(Forge::bundle(certificates)), {}, forge_.anchors(), kTestNow));
}

TEST_F(VerifyTest, vendor_and_root_must_be_of_one_kind) {
  auto anchors = forge_.anchors();
  anchors.intel_roots = anchors.simulation_roots;
  expect(Error::kVendorMismatch, forge_.evidence(), anchors);
  anchors.simulation_roots.clear();
  expect(Error::kVendorMismatch, forge_.evidence(), anchors);
  forge_.header.vendor = dcap::kIntelVendor;
  expect(Error::kVendorMismatch);
}

TEST_F(VerifyTest, an_unknown_root_is_refused) {
  expect(Error::kUnknownRoot, forge_.evidence(), {.intel_roots = {dcap::kIntelRoot}, .simulation_roots = {}});
  expect(Error::kUnknownRoot, forge_.evidence(), {.intel_roots = {}, .simulation_roots = {Hash256{}}});
}

TEST_F(VerifyTest, a_root_of_the_same_name_with_another_key_is_refused) {
  const auto anchors = forge_.anchors();
  forge_.root.key = forge_.other_key.public_key();
  forge_.root_signer = forge_.ca_signer = &forge_.other_key;
  expect(Error::kUnknownRoot, forge_.evidence(), anchors);
}

TEST_F(VerifyTest, time_is_an_argument) {
  expect(Error::kNotYetValid, forge_.evidence(), forge_.anchors(), kNotBefore - 1);
  expect(Error::kExpired, forge_.evidence(), forge_.anchors(), kNotAfter + 1);
}

TEST_F(VerifyTest, every_signer_must_be_the_right_one) {
  forge_.leaf_signer = &forge_.other_key;
  expect(Error::kBadCertificateSignature);
  forge_.leaf_signer = &forge_.ca_key;
  forge_.qe_signer = &forge_.other_key;
  expect(Error::kBadQeSignature);
  forge_.qe_signer = &forge_.pck_key;
  forge_.quote_signer = &forge_.other_key;
  expect(Error::kBadQuoteSignature);
}

TEST_F(VerifyTest, the_quoting_enclave_must_name_the_attestation_key) {
  forge_.auth_data[0] ^= 1;
  expect(Error::kBadQeBinding);
  forge_.bind_report_data();
  EXPECT_TRUE(verify(forge_.evidence(), {}, forge_.anchors(), kTestNow));
  forge_.qe_report.report_data[63] = 1;
  expect(Error::kBadQeBinding);
}

TEST_F(VerifyTest, the_quoting_enclave_must_be_the_known_one_and_not_debug) {
  forge_.qe_report.flags |= dcap::kDebug;
  expect(Error::kQeDebug);
  forge_.qe_report.flags &= ~dcap::kDebug;
  forge_.qe_report.mr_signer[0] ^= 1;
  expect(Error::kQeIdentity);
  forge_.qe_report.mr_signer[0] ^= 1;
  forge_.qe_report.isv_prod_id = 2;
  expect(Error::kQeIdentity);
}

TEST_F(VerifyTest, attributes_are_checked_and_debug_is_reported) {
  for (const auto flags :
       {std::uint64_t{0}, dcap::kInit, dcap::kMode64, dcap::kInit | dcap::kMode64 | dcap::kProvisionKey,
        dcap::kInit | dcap::kMode64 | dcap::kEinitTokenKey}) {
    forge_.report.flags = flags;
    expect(Error::kForbiddenAttributes);
  }
  forge_.report.flags = dcap::kInit | dcap::kMode64 | dcap::kDebug;
  EXPECT_TRUE(verify(forge_.evidence(), {}, forge_.anchors(), kTestNow)->debug);
}

TEST_F(VerifyTest, report_data_binds_the_claims) {
  auto evidence = forge_.evidence();
  evidence.claims.value.back() ^= 1;
  expect(Error::kReportDataMismatch, evidence);
  forge_.report.report_data[63] = 1;
  expect(Error::kReportDataMismatch);
}

TEST_F(VerifyTest, authentic_rubbish_is_still_rubbish) {
  forge_.claims = to_bytes(as_bytes("hello"));
  forge_.bind_report_data();
  expect(Error::kBadClaims);
}

TEST_F(VerifyTest, the_platform_certificate_must_say_which_platform) {
  forge_.leaf_has_pck = false;
  expect(Error::kBadPckExtension);
}

TEST_F(VerifyTest, the_chain_must_be_three_certificates_of_the_profile) {
  auto certificates = forge_.certificates();
  expect(Error::kBadPem, forge_.evidence("not PEM"));
  expect(Error::kBadDer, forge_.evidence(Forge::bundle({certificates[0], certificates[1], Bytes{0x30, 0x80}})));
  expect(Error::kBadCertificate,
         forge_.evidence(Forge::bundle({der::sequence(der::sequence(Bytes{0xa0, 3, 2, 1, 1}))})));
  expect(Error::kBadChain, forge_.evidence(Forge::bundle({certificates[0], certificates[1]})));
  expect(Error::kBadChain, forge_.evidence(Forge::bundle({certificates[0], certificates[0], certificates[2]})));
  forge_.leaf.extensions.push_back({Bytes{0x2a, 0x03}, true, Bytes{}});
  expect(Error::kUnknownCriticalExtension);
}

TEST_F(VerifyTest, the_form_of_the_quote_is_checked_first) {
  auto evidence = forge_.evidence();
  evidence.body.value.push_back(0);
  expect(Error::kTrailingBytes, evidence);
  evidence.body.value.resize(100);
  expect(Error::kTruncatedQuote, evidence);
  evidence = forge_.evidence();
  evidence.body.value[0] = 6;
  expect(Error::kBadHeader, evidence);
  evidence = forge_.evidence();
  evidence.body.value[dcap::kHeaderSize + 21] = 1;
  expect(Error::kBadReport, evidence);
  const auto chain = Forge::bundle(forge_.certificates());
  evidence = forge_.evidence(chain);
  evidence.body.value[evidence.body.value.size() - chain.size() - 6] = 1;
  expect(Error::kUnsupportedCertification, evidence);
}

TEST_F(VerifyTest, every_text_of_an_error_is_its_own) {
  std::vector<std::string_view> texts;
  EXPECT_EQ(to_code(Error::kBadQuoteSignature), "BadQuoteSignature");
  for (int i = 0; i <= static_cast<int>(kLastError); ++i) {
    const auto text = to_string(static_cast<Error>(i));
    EXPECT_NE(text, "unknown error");
    EXPECT_EQ(std::ranges::find(texts, text), texts.end()) << text;
    texts.push_back(text);
  }
}

TEST_F(VerifyTest, a_flipped_bit_anywhere_is_refused) {
  const auto wire = scale::encode(forge_.evidence());
  ASSERT_LE(wire.size(), kMaxEvidenceSize);
  std::size_t refused = 0;
  // Steps are prime to 8, so that every place in a byte is met; the quote's own fields lie in front and are met closer.
  const std::size_t fields = (3 + dcap::kSignedSize + 4 + 576 + 40) * 8;
  for (std::size_t bit = 0; bit < wire.size() * 8; bit += bit < fields ? 9 : 29) {
    auto changed = wire;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ 1 << bit % 8);
    const auto evidence = scale::decode<Evidence>(changed);
    if (evidence) EXPECT_FALSE(verify(*evidence, {}, forge_.anchors(), kTestNow)) << "bit " << bit;
    ++refused;
  }
  EXPECT_GT(refused, 1500u);
}

TEST_F(VerifyTest, a_flipped_bit_in_any_certificate_is_refused) {
  const auto certificates = forge_.certificates();
  for (std::size_t which = 0; which < certificates.size(); ++which) {
    for (std::size_t bit = which; bit < certificates[which].size() * 8; bit += 13) {
      auto changed = certificates;
      changed[which][bit / 8] = static_cast<std::uint8_t>(changed[which][bit / 8] ^ 1 << bit % 8);
      EXPECT_FALSE(verify(forge_.evidence(Forge::bundle(changed)), {}, forge_.anchors(), kTestNow))
          << which << " bit " << bit;
    }
  }
}

TEST_F(VerifyTest, every_truncation_of_the_wire_form_is_refused) {
  const auto evidence = forge_.evidence();
  auto wire = scale::encode(evidence);
  EXPECT_EQ(scale::decode<Evidence>(wire), evidence);
  for (std::size_t size = 0; size < wire.size(); ++size) {
    EXPECT_FALSE(scale::decode<Evidence>(ByteView(wire).first(size)));
  }
  wire.push_back(0);
  EXPECT_FALSE(scale::decode<Evidence>(wire));
}

}  // namespace
}  // namespace substratee::attestation
