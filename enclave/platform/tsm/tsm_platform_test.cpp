#include "enclave/platform/tsm/tsm_platform.hpp"

#include "core/attestation/snp/product.hpp"
#include "enclave/platform/own_evidence.hpp"
#include "enclave/platform/tsm/fake_kernel_testing.hpp"
#include "tests/support/random.hpp"
#include "tests/support/vectors.hpp"

namespace substratee::enclave::platform::tsm {
namespace {

using attestation::Kind;

constexpr std::size_t kTdxReportData4 = 48 + 520;
constexpr std::size_t kTdxReportData5 = 48 + 6 + 520;
constexpr std::size_t kSnpReportData = 0x50;

Bytes base64url(std::string_view text) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  Bytes out;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    bits = bits << 6 | static_cast<std::uint32_t>(kDigits.find(c));
    count += 6;
    if (count >= 8) out.push_back(static_cast<std::uint8_t>(bits >> (count -= 8)));
  }
  return out;
}

/// What a real machine gave through configfs-tsm, whole.
Report real_snp() {
  const auto json = test::load_json("attestation/sev-snp/veraison-genoa-v3-configfs-tsm/tsm-report.json");
  return {test::text(json, "provider"), base64url(test::text(json, "outblob")), base64url(test::text(json, "auxblob"))};
}
Bytes real_tdx4() { return test::load_bytes("attestation/tdx/azure-v4-00806F050000/quote.bin"); }
Bytes real_tdx5() { return test::load_bytes("attestation/tdx/alibaba-v5-90C06F000000/quote.bin"); }

/// A driver that gives this machine's report for every question, as hardware would.
FakeKernel::Driver machine(Bytes report, std::size_t report_data_at) {
  return [report = std::move(report), report_data_at](ByteView inblob) -> FileResult<Bytes> {
    auto out = report;
    std::ranges::copy(inblob, out.begin() + static_cast<std::ptrdiff_t>(report_data_at));
    return out;
  };
}

struct Tsm : testing::Test {
  ~Tsm() override { EXPECT_EQ(kernel.open_requests(), 0); }
  auto open() { return TsmPlatform::open(kernel, random, FakeKernel::kRoot); }
  std::string refusal() {
    const auto opened = open();
    EXPECT_FALSE(opened);
    return opened ? std::string() : opened.error();
  }
  void be_tdx() { kernel.driver = machine(real_tdx4(), kTdxReportData4); }
  void be_snp() {
    kernel.provider = "sev_guest";
    kernel.auxblob = real_snp().auxblob;
    kernel.driver = machine(real_snp().outblob, kSnpReportData);
  }
  attestation::Claims claims() {
    attestation::Claims out;
    out.pubkey_hash = random.draw<32>();
    return out;
  }

  FakeKernel kernel;
  test::SeededRandom random;
};

TEST_F(Tsm, tdx_evidence_is_the_quote_for_these_claims) {
  be_tdx();
  const auto platform = open();
  ASSERT_TRUE(platform) << platform.error();
  EXPECT_EQ((*platform)->kind(), Kind::kTdx);
  EXPECT_TRUE((*platform)->hardware());
  const auto mine = claims();
  const auto evidence = (*platform)->attest(mine);
  ASSERT_TRUE(evidence) << evidence.error().why;
  EXPECT_EQ(evidence->kind, Kind::kTdx);
  EXPECT_EQ(attestation::decode_claims(evidence->claims.value), mine);
  const auto own = read_own_evidence(Kind::kTdx, evidence->body.value);
  ASSERT_TRUE(own);
  EXPECT_EQ(own->report_data, attestation::report_data_for(evidence->claims.value));
  EXPECT_EQ(own->measurement, (*platform)->measurement());
}

TEST_F(Tsm, snp_evidence_carries_the_certificates) {
  be_snp();
  const auto platform = open();
  ASSERT_TRUE(platform) << platform.error();
  EXPECT_EQ((*platform)->kind(), Kind::kSevSnp);
  EXPECT_EQ((*platform)->root(), attestation::snp::kGenoaRoot);
  const auto evidence = (*platform)->attest(claims());
  ASSERT_TRUE(evidence) << evidence.error().why;
  EXPECT_EQ(evidence->kind, Kind::kSevSnp);
  EXPECT_EQ(evidence->body.value.size(), real_snp().outblob.size() + real_snp().auxblob.size());
}

TEST_F(Tsm, has_no_sealing_key) {
  be_tdx();
  EXPECT_FALSE((*open())->sealing_key(random.draw<32>()));
}

TEST_F(Tsm, real_blobs_become_bodies) {
  const auto snp = real_snp();
  EXPECT_EQ(snp.provider, "sev_guest\n");
  EXPECT_EQ(snp.outblob, test::load_bytes("attestation/sev-snp/veraison-genoa-v3-configfs-tsm/report.bin"));
  EXPECT_EQ(body_of(Kind::kSevSnp, snp), concat(snp.outblob, snp.auxblob));
  EXPECT_TRUE(read_own_evidence(Kind::kSevSnp, body_of(Kind::kSevSnp, snp)));
  EXPECT_LT(body_of(Kind::kTdx, {"tdx_guest", real_tdx4(), {}}).size(), real_tdx4().size()) << "the kernel's padding";
  for (const auto& quote : {real_tdx4(), real_tdx5()}) {
    const auto body = body_of(Kind::kTdx, {"tdx_guest", quote, {}});
    EXPECT_LE(body.size(), quote.size());
    EXPECT_TRUE(std::ranges::equal(body, ByteView(quote).first(body.size())));
    EXPECT_EQ(body_of(Kind::kTdx, {"tdx_guest", body, {}}), body);
    EXPECT_TRUE(read_own_evidence(Kind::kTdx, body));
  }
}

TEST_F(Tsm, version_5_quotes_are_known) {
  kernel.driver = machine(real_tdx5(), kTdxReportData5);
  const auto platform = open();
  ASSERT_TRUE(platform) << platform.error();
  EXPECT_TRUE((*platform)->attest(claims()));
}

TEST_F(Tsm, only_padding_is_cut_and_lengths_are_not_trusted) {
  auto quote = body_of(Kind::kTdx, {"tdx_guest", real_tdx4(), {}});
  const auto exact = quote;
  quote.push_back(0);
  EXPECT_EQ(body_of(Kind::kTdx, {"tdx_guest", quote, {}}), exact);
  quote.push_back(1);
  EXPECT_EQ(body_of(Kind::kTdx, {"tdx_guest", quote, {}}), quote);
  for (const std::size_t size : {0, 1, 48, 631, 632, 635, 636, 2000}) {
    const auto cut = to_bytes(ByteView(exact).first(size));
    EXPECT_EQ(body_of(Kind::kTdx, {"tdx_guest", cut, {}}), cut) << size;
  }
  auto v5 = real_tdx5();
  for (std::size_t i = 50; i < 54; ++i) v5[i] = 0xff;
  EXPECT_EQ(body_of(Kind::kTdx, {"tdx_guest", v5, {}}), v5);
}

TEST_F(Tsm, says_why_it_does_not_open) {
  kernel.provider.clear();
  EXPECT_NE(refusal().find("no TEE has registered"), std::string::npos);
  kernel.provider = "arm_cca_guest";
  be_tdx();
  EXPECT_NE(refusal().find("neither tdx_guest nor sev_guest"), std::string::npos);
  be_snp();
  kernel.auxblob = Bytes{};
  EXPECT_NE(refusal().find("gives no certificates"), std::string::npos);
  kernel.provider = "tdx_guest";
  kernel.driver = [](ByteView) -> FileResult<Bytes> { return Bytes(100, 1); };
  EXPECT_NE(refusal().find("a form that this build does not know"), std::string::npos);
  kernel.driver = [](ByteView) -> FileResult<Bytes> { return real_tdx4(); };
  EXPECT_NE(refusal().find("another question"), std::string::npos);
}

TEST_F(Tsm, evidence_of_another_question_program_or_provider_is_not_handed_on) {
  be_tdx();
  const auto platform = open();
  ASSERT_TRUE(platform);
  const auto reason = [&] {
    const auto evidence = (*platform)->attest(claims());
    return evidence ? std::string("evidence") : evidence.error().why;
  };
  kernel.driver = [](ByteView) -> FileResult<Bytes> { return real_tdx4(); };
  EXPECT_NE(reason().find("answers another question"), std::string::npos);
  auto other_program = real_tdx4();
  other_program[48 + 136] ^= 1;
  kernel.driver = machine(other_program, kTdxReportData4);
  EXPECT_NE(reason().find("of another program"), std::string::npos);
  be_snp();
  EXPECT_NE(reason().find("another than at start"), std::string::npos);
  kernel.provider = "tdx_guest";
  kernel.driver = [](ByteView) -> FileResult<Bytes> { return std::unexpected(ETIMEDOUT); };
  EXPECT_NE(reason().find("timed out (errno 110)"), std::string::npos);
  auto huge = real_tdx4();
  huge.resize(attestation::kMaxEvidenceBodySize + 1, 1);
  kernel.driver = machine(huge, kTdxReportData4);
  EXPECT_NE(reason().find("larger than a chain takes"), std::string::npos);
  be_tdx();
  EXPECT_EQ(reason(), "evidence");
}

}  // namespace
}  // namespace substratee::enclave::platform::tsm
