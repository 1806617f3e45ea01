#include "core/attestation/ratls/foreign.hpp"

#include "core/attestation/dcap/quote.hpp"
#include "core/attestation/der.hpp"
#include "core/attestation/forge_for_test.hpp"
#include "core/attestation/pem.hpp"
#include "core/attestation/ratls/certificate.hpp"
#include "core/base/hex.hpp"
#include "core/cbor/cbor.hpp"
#include "core/crypto/hash.hpp"
#include "tests/support/effort.hpp"
#include "tests/support/vectors.hpp"

#include <gtest/gtest.h>

namespace substratee::attestation::ratls {
namespace {

constexpr std::array<std::string_view, 3> kForeign{"ccc-gramine", "ccc-intel-sgxsdk", "ccc-rats-tls"};

Bytes certificate_of(std::string_view name) {
  return pem::read_certificates(test::load_bytes("attestation/ra-tls/" + std::string(name) + "/cert.pem"))
      .value()
      .at(0);
}

TEST(ratls_foreign, certificates_of_three_implementations_are_read) {
  for (const auto name : kForeign) {
    SCOPED_TRACE(name);
    const auto folder = "attestation/ra-tls/" + std::string(name) + "/";
    const auto expect = test::load_json(folder + "expect.json");
    const auto certificate = read_foreign_certificate(certificate_of(name));
    ASSERT_TRUE(certificate) << to_string(certificate.error());
    EXPECT_EQ(certificate->carrier, Carrier::kTaggedEvidence);
    EXPECT_EQ(certificate->kind, Kind::kSgxDcap);
    EXPECT_EQ(certificate->body, test::load_bytes(folder + "quote.bin"));
    EXPECT_FALSE(certificate->claims.empty());
    const auto quote = dcap::parse_quote(certificate->body).value();
    const auto& report = std::get<dcap::Report>(quote.body);
    EXPECT_EQ(to_hex(report.mr_enclave.bytes), test::text(expect, "mrenclave"));
    EXPECT_EQ(to_hex(report.mr_signer.bytes), test::text(expect, "mrsigner"));
    EXPECT_EQ(report.report_data, certificate->bound);
  }
}

/// No collateral came with them: that is what is missing, after all that can be judged without.
TEST(ratls_foreign, certificates_of_three_implementations_are_judged) {
  TrustAnchors anchors;
  anchors.intel_roots = {Hash256{}};
  for (const auto name : kForeign) {
    const UnixSeconds now = name == "ccc-rats-tls" ? 1'690'000'000 : 1'710'000'000;
    const auto der = certificate_of(name);
    EXPECT_EQ(judge_foreign_certificate(der, {}, {}, now).error(), Error::kUnknownRoot) << name;
    EXPECT_EQ(judge_foreign_certificate(der, {}, anchors, 4'000'000'000).error(), Error::kExpired) << name;
    EXPECT_EQ(judge_foreign_certificate(der, {}, anchors, 900'000'000).error(), Error::kNotYetValid) << name;
  }
}

TEST(ratls_foreign, any_flipped_bit_is_refused) {
  const std::size_t step = test::effort(1) > 1 ? 7 : 307;
  for (const auto name : kForeign) {
    auto der = certificate_of(name);
    for (std::size_t bit = 0; bit < der.size() * 8; bit += step) {
      const auto mask = static_cast<std::uint8_t>(1 << bit % 8);
      der[bit / 8] ^= mask;
      EXPECT_FALSE(read_foreign_certificate(der)) << name << " bit " << bit;
      der[bit / 8] ^= mask;
    }
    for (std::size_t size = 0; size < der.size(); size += 97) {
      EXPECT_FALSE(read_foreign_certificate(ByteView(der).first(size)));
    }
  }
}

/// Certificates of our own making in the forms of others, around a simulated quote.
class ForeignTest : public ::testing::Test {
 protected:
  using Oid = std::vector<std::uint8_t>;
  static inline const Oid kGramine{0x2a, 0x86, 0x48, 0x86, 0xf8, 0x4d, 0x8a, 0x39, 0x06};
  static inline const Oid kGramineOnWire{0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf8, 0x4d, 0x8a, 0x39, 0x06};
  static inline const Oid kIntelSdk{0x2a, 0x86, 0x48, 0x86, 0xf8, 0x4d, 0x01, 0x0d, 0x01};

  [[nodiscard]] Bytes spki() const { return to_spki(key_.public_key()); }
  [[nodiscard]] static Bytes entry(std::uint64_t algorithm, ByteView hash) {
    return cbor::byte_string(concat(cbor::array_head(2), cbor::unsigned_integer(algorithm), cbor::byte_string(hash)));
  }
  [[nodiscard]] static Bytes claims(const Bytes& pubkey_hash) {
    return concat(cbor::map_head(1), cbor::text_string("pubkey-hash"), pubkey_hash);
  }
  /// The value of the extension for these claims.
  [[nodiscard]] Bytes tagged(const Bytes& buffer, std::uint64_t tag = kQuoteTag) {
    forge_.claims = buffer;
    forge_.bind_report_data();
    return concat(cbor::tag_head(tag), cbor::array_head(2), cbor::byte_string(forge_.evidence().body.value),
                  cbor::byte_string(buffer));
  }
  /// A quote whose report_data names the key itself.
  [[nodiscard]] Bytes legacy_quote() {
    forge_.report.report_data = report_data_for(spki());
    return forge_.evidence().body.value;
  }
  [[nodiscard]] Bytes with(std::vector<std::pair<Oid, Bytes>> extensions) const {
    const auto name = x509::make_name("x", "y");
    x509::CertificateToWrite certificate{name, name, key_.public_key(), {}};
    for (auto& [oid, value] : extensions) certificate.extensions.push_back({oid, false, value});
    return x509::write(certificate, key_);
  }
  [[nodiscard]] Result<AuthenticEvidence> judge(const Bytes& der) const {
    return judge_foreign_certificate(der, {}, forge_.anchors(), kTestNow);
  }
  void expect(Error error, const Bytes& der) const {
    const auto verdict = judge(der);
    ASSERT_FALSE(verdict) << to_string(error);
    EXPECT_EQ(verdict.error(), error) << to_string(verdict.error());
  }

  static inline const Oid kTagged = to_bytes(kOidTaggedEvidence);
  test::SeededRandom random_{8};
  crypto::p256::KeyPair key_ = crypto::p256::KeyPair::draw(random_);
  Forge forge_;
};

TEST_F(ForeignTest, the_key_may_be_named_by_three_hashes) {
  EXPECT_TRUE(judge(with({{kTagged, tagged(claims(entry(1, crypto::sha256(spki()).bytes)))}})));
  EXPECT_TRUE(judge(with({{kTagged, tagged(claims(entry(7, crypto::sha384(spki()).bytes)))}})));
  EXPECT_TRUE(judge(with({{kTagged, tagged(claims(entry(8, crypto::sha512(spki()).bytes)))}})));
  expect(Error::kBadClaims, with({{kTagged, tagged(claims(entry(2, crypto::sha256(spki()).bytes)))}}));
  expect(Error::kBadClaims, with({{kTagged, tagged(claims(entry(7, crypto::sha256(spki()).bytes)))}}));
}

TEST_F(ForeignTest, the_key_must_be_this_one) {
  expect(Error::kKeyMismatch, with({{kTagged, tagged(claims(entry(1, crypto::sha256({}).bytes)))}}));
  expect(Error::kKeyMismatch, with({{kTagged, tagged(claims(entry(8, crypto::sha512({}).bytes)))}}));
}

TEST_F(ForeignTest, claims_are_those_that_the_quote_names) {
  const auto good = claims(entry(1, crypto::sha256(spki()).bytes));
  static_cast<void>(tagged(good));
  const auto quote = forge_.evidence().body.value;
  auto other = concat(cbor::map_head(2), cbor::text_string("pubkey-hash"), entry(1, crypto::sha256(spki()).bytes),
                      cbor::text_string("more"), cbor::unsigned_integer(1));
  const auto value =
      concat(cbor::tag_head(kQuoteTag), cbor::array_head(2), cbor::byte_string(quote), cbor::byte_string(other));
  expect(Error::kReportDataMismatch, with({{kTagged, value}}));
}

TEST_F(ForeignTest, claims_are_strict_about_the_key_and_pass_over_the_rest) {
  const auto name = cbor::text_string("pubkey-hash");
  const auto hash = entry(1, crypto::sha256(spki()).bytes);
  const auto nonce = concat(cbor::text_string("nonce"), cbor::byte_string(Bytes(8, 5)));
  const auto more = with({{kTagged, tagged(concat(cbor::map_head(2), name, hash, nonce))}});
  EXPECT_TRUE(judge(more));
  EXPECT_EQ(read_foreign_certificate(more)->nonce, Bytes(8, 5));
  const auto refused = [&](const Bytes& buffer) { expect(Error::kBadClaims, with({{kTagged, tagged(buffer)}})); };
  refused(cbor::map_head(0));
  refused(concat(cbor::map_head(1), nonce));
  refused(concat(cbor::map_head(2), name, hash, name, hash));
  refused(concat(cbor::map_head(1), name, hash, Bytes{0}));
  refused(concat(cbor::map_head(17), name, hash));
  refused(concat(cbor::map_head(1), name, cbor::byte_string(concat(cbor::array_head(1), cbor::unsigned_integer(1)))));
  refused(concat(cbor::map_head(1), name, cbor::text_string("x")));
}

TEST_F(ForeignTest, older_forms_name_the_key_in_the_quote) {
  for (const auto& oid : {kGramine, kGramineOnWire, kIntelSdk}) {
    const auto der = with({{oid, legacy_quote()}});
    EXPECT_TRUE(judge(der)) << to_string(judge(der).error());
    EXPECT_EQ(read_foreign_certificate(der)->carrier,
              oid == kIntelSdk ? Carrier::kIntelSdkLegacy : Carrier::kGramineLegacy);
  }
  forge_.report.report_data = report_data_for(as_bytes("another key"));
  expect(Error::kReportDataMismatch, with({{kGramine, forge_.evidence().body.value}}));
  auto tail = report_data_for(spki());
  tail[63] = 1;
  forge_.report.report_data = tail;
  expect(Error::kReportDataMismatch, with({{kGramine, forge_.evidence().body.value}}));
}

TEST_F(ForeignTest, what_is_present_and_bad_is_not_passed_over_for_an_older_form) {
  const auto legacy = legacy_quote();
  EXPECT_TRUE(judge(with({{kGramineOnWire, legacy}})));
  expect(Error::kBadCbor, with({{kGramineOnWire, legacy}, {kTagged, Bytes{0}}}));
  expect(Error::kUnsupportedEvidence, with({{kGramineOnWire, legacy}, {kTagged, tagged(claims({}), 60001)}}));
  expect(Error::kUnsupportedEvidence, with({{kTagged, tagged(claims({}), 60002)}}));
  expect(Error::kNoEvidence, with({{{0x55, 0x1d, 0x0e}, legacy}}));
}

TEST_F(ForeignTest, it_is_signed_by_its_own_key) {
  auto der = with({{kGramine, legacy_quote()}});
  der.back() ^= 1;
  expect(Error::kBadSelfSignature, der);
}

}  // namespace
}  // namespace substratee::attestation::ratls
