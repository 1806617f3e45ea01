// Reports of real machines, with the facts that an independent program found in them (expect.json).
#include "tests/support/vectors.hpp"
#include "core/attestation/base64.hpp"
#include "core/attestation/pem.hpp"
#include "core/attestation/snp/authenticate.hpp"
#include "core/attestation/snp/certificate_table.hpp"
#include "core/attestation/snp/product.hpp"
#include "core/base/hex.hpp"
#include "tests/support/effort.hpp"

#include <gtest/gtest.h>

namespace substratee::attestation::snp {
namespace {

constexpr std::array<std::string_view, 10> kNames{
    "automata-milan-v2", "azure-genoa-v3",        "azure-milan-v2-hcl",
    "dstack-milan-v3",   "google-milan-debug-v2", "microsoft-turin",
    "trustee-milan-v2",  "trustee-milan-vlek-v3", "veraison-genoa-v3-configfs-tsm",
    "virtee-milan-v2"};

TrustAnchors amd() {
  TrustAnchors out;
  out.amd_roots = {kMilanRoot, kGenoaRoot, kTurinRoot};
  return out;
}

struct Sample {
  explicit Sample(std::string_view name) {
    const auto folder = "attestation/sev-snp/" + std::string(name) + "/";
    expect = test::load_json(folder + "expect.json");
    report = test::load_bytes(folder + "report.bin");
    auto chain = pem::read_certificates(test::load_bytes(folder + "chain.pem")).value();
    is_vlek = test::text(expect, "leaf") == "vlek";
    (is_vlek ? certificates.vlek : certificates.vcek) = test::load_bytes(folder + (is_vlek ? "vlek.der" : "vcek.der"));
    certificates.ask = chain.at(0);
    certificates.ark = chain.at(1);
    now = expect.at("verify_time").to_number<UnixSeconds>();
  }
  [[nodiscard]] Bytes body() const { return make_body(report, certificates); }
  [[nodiscard]] Result<AuthenticEvidence> judge(ByteView bytes) const {
    return attestation::authenticate(Kind::kSevSnp, bytes, {}, amd(), now, {.allow_vlek = true});
  }
  [[nodiscard]] Result<AuthenticEvidence> judge() const { return judge(body()); }
  [[nodiscard]] std::string hex(std::string_view name) const { return test::text(expect, name); }

  boost::json::value expect;
  Bytes report;
  CertificateTable certificates;
  bool is_vlek{};
  UnixSeconds now{};
};

TEST(snp_vectors, every_sample_is_what_it_is_known_to_be) {
  for (const auto name : kNames) {
    SCOPED_TRACE(name);
    const Sample sample(name);
    const auto verdict = sample.judge();
    ASSERT_TRUE(verdict) << to_string(verdict.error());
    EXPECT_TRUE(verdict->hardware);
    EXPECT_EQ(verdict->kind, Kind::kSevSnp);
    EXPECT_EQ(verdict->tcb_status, TcbStatus::kUpToDate);
    EXPECT_EQ(verdict->debug, sample.expect.at("debug").as_bool());
    EXPECT_EQ(to_hex(verdict->report_data.bytes), sample.hex("report_data"));
    EXPECT_EQ(verdict->signer, Hash256{});
    const auto report = parse_report(sample.report).value();
    EXPECT_EQ(report.version, sample.expect.at("version").to_number<std::uint32_t>());
    EXPECT_EQ(report.vmpl, sample.expect.at("vmpl").to_number<std::uint32_t>());
    EXPECT_EQ(report.guest_svn, sample.expect.at("guest_svn").to_number<std::uint32_t>());
    EXPECT_EQ(to_hex(report.measurement.bytes), sample.hex("measurement"));
    EXPECT_EQ(to_hex(report.host_data.bytes), sample.hex("host_data"));
    EXPECT_EQ(to_hex(report.chip_id.bytes), sample.hex("chip_id"));
    EXPECT_EQ(to_hex(report.id_key_digest.bytes), sample.hex("id_key_digest"));
    EXPECT_EQ(to_hex(report.author_key_digest.bytes), sample.hex("author_key_digest"));
    EXPECT_EQ(to_hex(report.report_id.bytes), sample.hex("report_id"));
    EXPECT_EQ(to_hex(report.family_id.bytes), sample.hex("family_id"));
    EXPECT_EQ(to_hex(report.image_id.bytes), sample.hex("image_id"));
    EXPECT_EQ(report.current_firmware.minor, sample.expect.at("fw_current").at(1).to_number<int>());
    EXPECT_EQ(verdict->measurement, measurement_of(report));
    EXPECT_EQ(report.signing_key, sample.is_vlek ? SigningKey::kVlek : SigningKey::kVcek);
  }
}

TEST(snp_vectors, it_holds_as_long_as_its_certificates) {
  for (const auto name : kNames) {
    SCOPED_TRACE(name);
    const Sample sample(name);
    const auto body = sample.body();
    const VerifyOptions options{.allow_vlek = true};
    const auto end = sample.judge()->valid_until;
    const auto at = [&](UnixSeconds now) {
      return attestation::authenticate(Kind::kSevSnp, body, {}, amd(), now, options);
    };
    EXPECT_TRUE(at(end));
    EXPECT_EQ(at(end + 1).error(), Error::kExpired);
    EXPECT_EQ(at(1'600'000'000).error(), Error::kNotYetValid);
  }
}

TEST(snp_vectors, evidence_fits_the_limit) {
  for (const auto name : kNames) EXPECT_LT(Sample(name).body().size(), kMaxEvidenceBodySize / 2) << name;
}

TEST(snp_vectors, a_vlek_needs_permission) {
  const Sample sample("trustee-milan-vlek-v3");
  EXPECT_EQ(attestation::authenticate(Kind::kSevSnp, sample.body(), {}, amd(), sample.now).error(),
            Error::kVlekNotAllowed);
}

TEST(snp_vectors, the_certificate_of_another_chip_is_refused) {
  Sample sample("trustee-milan-v2");
  sample.now = 1'735'000'000;
  for (const auto* other : {"virtee-milan-v2", "automata-milan-v2", "google-milan-debug-v2"}) {
    sample.certificates.vcek = Sample(other).certificates.vcek;
    const auto verdict = sample.judge();
    ASSERT_FALSE(verdict) << other;
    EXPECT_TRUE(verdict.error() == Error::kChipMismatch || verdict.error() == Error::kTcbMismatch) << other;
  }
}

TEST(snp_vectors, certificates_that_amd_did_not_sign_are_refused) {
  for (const auto* other : {"other-vcek-1.der", "other-vcek-2.der"}) {
    Sample sample("trustee-milan-v2");
    sample.now = 1'700'000'000;
    sample.certificates.vcek = test::load_bytes("attestation/sev-snp/trustee-milan-v2/" + std::string(other));
    EXPECT_EQ(sample.judge().error(), Error::kBadCertificateSignature) << other;
  }
}

TEST(snp_vectors, chains_of_other_products_are_refused) {
  Sample milan("virtee-milan-v2");
  const Sample genoa("azure-genoa-v3");
  milan.certificates.ark = genoa.certificates.ark;
  EXPECT_EQ(milan.judge().error(), Error::kProductMismatch);
  milan.certificates.ask = genoa.certificates.ask;
  EXPECT_EQ(milan.judge().error(), Error::kBadChain);
  milan.certificates.vcek = genoa.certificates.vcek;
  milan.now = genoa.now;
  EXPECT_EQ(milan.judge().error(), Error::kTcbMismatch);
  milan = Sample("virtee-milan-v2");
  milan.certificates.ask = Sample("trustee-milan-vlek-v3").certificates.ask;
  EXPECT_EQ(milan.judge().error(), Error::kWrongSigningKey);
}

TEST(snp_vectors, amd_roots_are_pinned_one_by_one) {
  const Sample sample("microsoft-turin");
  auto anchors = amd();
  std::erase(anchors.amd_roots, kTurinRoot);
  EXPECT_EQ(attestation::authenticate(Kind::kSevSnp, sample.body(), {}, anchors, sample.now).error(),
            Error::kUnknownRoot);
  EXPECT_EQ(attestation::authenticate(Kind::kSevSnp, sample.body(), {}, {}, sample.now).error(), Error::kUnknownRoot);
}

/// Every bit with --long.
std::size_t stride(std::size_t usual) { return test::effort(1) > 1 ? 1 : usual; }

TEST(snp_vectors, any_flipped_bit_of_a_report_is_refused) {
  const std::vector<Error> expected{Error::kBadSnpReport, Error::kWrongSigningKey,   Error::kMissingCertificate,
                                    Error::kTcbMismatch,  Error::kChipMismatch,      Error::kProductMismatch,
                                    Error::kMaskedChip,   Error::kBadReportSignature};
  const auto step = stride(41);
  for (const auto* name : {"microsoft-turin", "virtee-milan-v2", "dstack-milan-v3"}) {
    Sample sample(name);
    for (std::size_t bit = 0; bit < kReportSize * 8; bit += step) {
      const auto mask = static_cast<std::uint8_t>(1 << bit % 8);
      sample.report[bit / 8] ^= mask;
      const auto verdict = sample.judge();
      sample.report[bit / 8] ^= mask;
      ASSERT_FALSE(verdict) << name << " bit " << bit;
      EXPECT_TRUE(std::ranges::find(expected, verdict.error()) != expected.end())
          << name << " bit " << bit << ": " << to_string(verdict.error());
    }
  }
}

TEST(snp_vectors, any_flipped_bit_of_a_certificate_is_refused) {
  const std::vector<Error> expected{Error::kBadDer,
                                    Error::kBadCertificate,
                                    Error::kUnknownCriticalExtension,
                                    Error::kBadCertificateSignature,
                                    Error::kUnknownRoot,
                                    Error::kBadChain,
                                    Error::kProductMismatch,
                                    Error::kWrongSigningKey,
                                    Error::kNotYetValid,
                                    Error::kExpired,
                                    Error::kBadPem};
  const auto step = stride(101);
  for (const auto* name : {"microsoft-turin", "trustee-milan-vlek-v3"}) {
    Sample sample(name);
    auto& leaf = sample.is_vlek ? sample.certificates.vlek : sample.certificates.vcek;
    for (auto* certificate : {&leaf, &sample.certificates.ask, &sample.certificates.ark}) {
      for (std::size_t bit = 0; bit < certificate->size() * 8; bit += step) {
        const auto mask = static_cast<std::uint8_t>(1 << bit % 8);
        (*certificate)[bit / 8] ^= mask;
        const auto verdict = sample.judge();
        (*certificate)[bit / 8] ^= mask;
        ASSERT_FALSE(verdict) << name << " bit " << bit;
        EXPECT_TRUE(std::ranges::find(expected, verdict.error()) != expected.end())
            << name << " bit " << bit << ": " << to_string(verdict.error());
      }
    }
  }
}

TEST(snp_vectors, every_truncation_is_refused) {
  const Sample sample("veraison-genoa-v3-configfs-tsm");
  const auto body = sample.body();
  for (std::size_t size = 0; size < body.size(); size += size < kReportSize + 200 ? 1 : 7) {
    EXPECT_FALSE(sample.judge(ByteView(body).first(size))) << size;
  }
}

/// What a kernel gave: `outblob` is the report, `auxblob` the table, with ASK and ARK in PEM.
TEST(snp_vectors, a_table_as_a_kernel_hands_it_out) {
  Sample sample("veraison-genoa-v3-configfs-tsm");
  const auto json = test::load_json("attestation/sev-snp/veraison-genoa-v3-configfs-tsm/tsm-report.json");
  auto base64 = test::text(json, "auxblob");
  std::ranges::replace(base64, '-', '+');
  std::ranges::replace(base64, '_', '/');
  while (base64.size() % 4 != 0) base64 += '=';
  const auto table = from_base64(base64).value();
  const auto certificates = parse_table(table).value();
  EXPECT_EQ(certificates, sample.certificates);
  const auto body = concat(sample.report, table);
  EXPECT_LT(body.size(), kMaxEvidenceBodySize);
  const auto verdict = sample.judge(body);
  ASSERT_TRUE(verdict) << to_string(verdict.error());
  EXPECT_EQ(verdict, sample.judge());
  EXPECT_EQ(collateral_needs(body)->at(0).id.root, kGenoaRoot);
  EXPECT_TRUE(collateral_needs(body)->at(0).optional);
}

}  // namespace
}  // namespace substratee::attestation::snp
