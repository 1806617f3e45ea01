#include "core/attestation/ratls/certificate.hpp"

#include "core/attestation/forge_for_test.hpp"
#include "core/cbor/cbor.hpp"

#include <openssl/x509.h>

namespace substratee::attestation::ratls {
namespace {

class RatlsTest : public ::testing::Test {
 protected:
  RatlsTest() { bind(tls_key_); }

  void bind(const crypto::p256::KeyPair& key) {
    auto claims = sample_claims();
    claims.pubkey_hash = hash_of_spki(to_spki(key.public_key()));
    claims.substratee.purpose = Purpose::kProvisioning;
    forge_.claims = encode_claims(claims);
    forge_.bind_report_data();
  }
  [[nodiscard]] Bytes certificate() const { return make_certificate(tls_key_, forge_.evidence()).value(); }
  /// A self-signed certificate with this evidence extension value.
  [[nodiscard]] Bytes with_value(const Bytes& value) const {
    const auto name = x509::make_name("x", "y");
    return x509::write({name, name, tls_key_.public_key(), {{to_bytes(kOidTaggedEvidence), false, value}}}, tls_key_);
  }
  void expect(Error error, const Bytes& der, UnixSeconds now = kTestNow) {
    const auto result = verify_certificate(der, {}, forge_.anchors(), now);
    ASSERT_FALSE(result) << to_string(error);
    EXPECT_EQ(result.error(), error) << to_string(result.error());
  }

  test::SeededRandom random_{7};
  crypto::p256::KeyPair tls_key_ = crypto::p256::KeyPair::draw(random_);
  Forge forge_;
};

TEST_F(RatlsTest, carries_evidence_for_its_own_key) {
  const auto der = certificate();
  const auto presented = parse_certificate(der);
  ASSERT_TRUE(presented) << to_string(presented.error());
  EXPECT_EQ(presented->spki, to_spki(tls_key_.public_key()));
  EXPECT_EQ(presented->evidence.kind, Kind::kSimulated);
  EXPECT_EQ(presented->evidence.claims.value, forge_.claims);
  const auto verified = verify_certificate(der, {}, forge_.anchors(), kTestNow);
  ASSERT_TRUE(verified) << to_string(verified.error());
  EXPECT_EQ(verified->claims.purpose, Purpose::kProvisioning);
  EXPECT_EQ(verified->pubkey_hash, hash_of_spki(to_spki(tls_key_.public_key())));
}

TEST_F(RatlsTest, openssl_reads_and_verifies_it) {
  const auto der = certificate();
  const auto* input = der.data();
  const std::unique_ptr<X509, decltype(&X509_free)> theirs(d2i_X509(nullptr, &input, static_cast<long>(der.size())),
                                                           X509_free);
  ASSERT_NE(theirs, nullptr);
  EXPECT_EQ(X509_verify(theirs.get(), X509_get0_pubkey(theirs.get())), 1);
  EXPECT_EQ(X509_get_version(theirs.get()), 2);
}

TEST_F(RatlsTest, evidence_for_another_key_is_refused) {
  bind(forge_.other_key);
  expect(Error::kKeyMismatch, certificate());
}

TEST_F(RatlsTest, the_certificate_must_be_signed_by_its_own_key) {
  auto der = certificate();
  der.back() ^= 1;
  expect(Error::kBadSelfSignature, der);
}

TEST_F(RatlsTest, a_certificate_without_evidence_is_refused) {
  const auto name = x509::make_name("x", "y");
  const auto der = x509::write({name, name, tls_key_.public_key(), {x509::make_key_usage(false)}}, tls_key_);
  expect(Error::kNoEvidence, der);
}

TEST_F(RatlsTest, has_a_validity) {
  expect(Error::kNotYetValid, certificate(), kNotBefore - 1);
  expect(Error::kExpired, certificate(), kNotAfter + 1);
}

TEST_F(RatlsTest, the_vendor_decides_the_kind) {
  const auto intel = [&] {
    forge_.header.vendor = dcap::kIntelVendor;
    return certificate();
  }();
  EXPECT_EQ(parse_certificate(intel)->evidence.kind, Kind::kSgxDcap);
  expect(Error::kVendorMismatch, intel);
  forge_.header.vendor = {};
  expect(Error::kUnsupportedEvidence, certificate());
}

TEST_F(RatlsTest, the_extension_is_one_tagged_pair) {
  const auto quote = cbor::byte_string(forge_.evidence().body.value);
  const auto claims = cbor::byte_string(forge_.claims);
  const auto tag = cbor::tag_head(kQuoteTag);
  EXPECT_TRUE(parse_certificate(with_value(concat(tag, cbor::array_head(2), quote, claims))));
  expect(Error::kUnsupportedEvidence, with_value(concat(cbor::tag_head(60001), cbor::array_head(2), quote, claims)));
  expect(Error::kBadCbor, with_value(concat(cbor::array_head(2), quote, claims)));
  expect(Error::kBadCbor, with_value(concat(tag, cbor::array_head(1), quote)));
  expect(Error::kBadCbor, with_value(concat(tag, cbor::array_head(3), quote, claims, claims)));
  expect(Error::kBadCbor, with_value(concat(tag, cbor::array_head(2), quote)));
  expect(Error::kBadCbor, with_value(concat(tag, cbor::array_head(2), quote, claims, Bytes{0})));
  expect(Error::kTruncatedQuote, with_value(concat(tag, cbor::array_head(2), cbor::byte_string(Bytes{3, 0}), claims)));
  expect(Error::kBadClaims, with_value(concat(tag, cbor::array_head(2), quote, cbor::byte_string(Bytes(1025, 0)))));
}

TEST_F(RatlsTest, snp_has_a_tag_of_its_own) {
  auto evidence = forge_.evidence();
  evidence.kind = Kind::kSevSnp;
  const auto der = make_certificate(tls_key_, evidence).value();
  EXPECT_EQ(parse_certificate(der)->evidence.kind, Kind::kSevSnp);
  EXPECT_EQ(parse_certificate(der)->evidence.body.value, evidence.body.value);
  expect(Error::kBadSnpReport, der);
}

TEST_F(RatlsTest, ias_has_no_such_form) {
  auto evidence = forge_.evidence();
  evidence.kind = Kind::kIas;
  EXPECT_EQ(make_certificate(tls_key_, evidence).error(), Error::kUnsupportedEvidence);
}

TEST_F(RatlsTest, truncated_changed_or_oversized_certificates_are_refused) {
  const auto der = certificate();
  for (std::size_t size = 0; size < der.size(); size += 3) {
    EXPECT_FALSE(verify_certificate(ByteView(der).first(size), {}, forge_.anchors(), kTestNow));
  }
  for (std::size_t bit = 0; bit < der.size() * 8; bit += 37) {
    auto changed = der;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ 1 << bit % 8);
    EXPECT_FALSE(verify_certificate(changed, {}, forge_.anchors(), kTestNow)) << "bit " << bit;
  }
  expect(Error::kBadCertificate, Bytes(kMaxCertificateSize + 1, 0x30));
}

}  // namespace
}  // namespace substratee::attestation::ratls
