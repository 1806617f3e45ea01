#include "enclave/platform/gramine/gramine_platform.hpp"

#include "enclave/platform/own_evidence.hpp"
#include "tests/support/random.hpp"
#include "tests/support/vectors.hpp"

#include <cerrno>
#include <map>

namespace substratee::enclave::platform::gramine {
namespace {

using attestation::Kind;

constexpr const char* kRoot = "/dev/attestation";
constexpr std::size_t kMeasurementAt = 48 + 64;
constexpr std::size_t kReportDataAt = 48 + 320;

/// Gramine's tree (libos/src/fs/dev/attestation.c): a write is complete at close, short ones are padded with zeros, the
/// quote is made when it is read, errors are EACCES.
class FakeGramine final : public Files {
 public:
  FakeGramine() {
    quote = test::load_bytes("attestation/sgx-dcap/automata-00606A000000/quote.bin");
    tree["attestation_type"] = to_bytes(as_bytes("dcap"));
    tree["keys/_sgx_mrenclave"] = Bytes(16, 0x5e);
    Bytes target(512);
    std::copy_n(quote.begin() + kMeasurementAt, 32, target.begin());
    tree["my_target_info"] = target;
  }
  FileResult<Bytes> read(const std::string& path, std::size_t max) override {
    const auto name = path.substr(std::string(kRoot).size() + 1);
    if (name == "quote" && tree["attestation_type"] != to_bytes(as_bytes("none"))) {
      if (quote_error != 0) return std::unexpected(quote_error);
      auto out = quote;
      if (!is_stuck && out.size() > kReportDataAt + 64) std::ranges::copy(report_data, out.begin() + kReportDataAt);
      return out;
    }
    const auto found = tree.find(name);
    if (found == tree.end()) return std::unexpected(ENOENT);
    if (found->second.size() > max) return std::unexpected(EFBIG);
    return found->second;
  }
  FileResult<void> write(const std::string& path, ByteView bytes) override {
    if (path != std::string(kRoot) + "/user_report_data") return std::unexpected(EACCES);
    if (write_error != 0) return std::unexpected(write_error);
    report_data.assign(64, 0);
    std::ranges::copy(bytes.first(std::min<std::size_t>(bytes.size(), 64)), report_data.begin());
    return {};
  }
  FileResult<void> make_directory(const std::string&) override { return std::unexpected(EACCES); }
  FileResult<void> remove_directory(const std::string&) override { return std::unexpected(EACCES); }

  std::map<std::string, Bytes> tree;
  Bytes quote;
  Bytes report_data = Bytes(64);
  int quote_error = 0;
  int write_error = 0;
  bool is_stuck = false;  ///< the quote does not follow user_report_data
};

struct Gramine : testing::Test {
  auto open() { return GraminePlatform::open(files, random, kRoot); }
  Error refusal() {
    const auto opened = open();
    EXPECT_FALSE(opened);
    return opened ? Error{} : opened.error();
  }
  FakeGramine files;
  test::SeededRandom random;
};

TEST_F(Gramine, evidence_is_the_quote_for_these_claims) {
  const auto platform = open();
  ASSERT_TRUE(platform) << to_string(platform.error());
  EXPECT_EQ((*platform)->kind(), Kind::kSgxDcap);
  EXPECT_TRUE((*platform)->hardware());
  EXPECT_EQ((*platform)->measurement(),
            *attestation::Measurement::from(ByteView(files.quote).subspan(kMeasurementAt, 32)));
  attestation::Claims claims;
  claims.pubkey_hash = random.draw<32>();
  const auto evidence = (*platform)->attest(claims);
  ASSERT_TRUE(evidence) << evidence.error().why;
  EXPECT_EQ(evidence->kind, Kind::kSgxDcap);
  const auto own = read_own_evidence(Kind::kSgxDcap, evidence->body.value);
  ASSERT_TRUE(own);
  EXPECT_EQ(own->report_data, attestation::report_data_for(evidence->claims.value));
  EXPECT_EQ(attestation::decode_claims(evidence->claims.value), claims);
}

TEST_F(Gramine, sealing_key_is_bound_to_cpu_measurement_and_chain) {
  const auto genesis = random.draw<32>();
  const auto key_of = [&](const Hash256& chain) { return to_bytes((*open())->sealing_key(chain)->view()); };
  const auto key = key_of(genesis);
  EXPECT_EQ(key_of(genesis), key);
  EXPECT_NE(key_of(random.draw<32>()), key);
  files.tree["keys/_sgx_mrenclave"][0] ^= 1;
  EXPECT_NE(key_of(genesis), key);
  files.tree["keys/_sgx_mrenclave"][0] ^= 1;
  files.tree["my_target_info"][0] ^= 1;
  files.quote[kMeasurementAt] ^= 1;
  EXPECT_NE(key_of(genesis), key);
}

TEST_F(Gramine, says_why_it_does_not_open) {
  files.tree["attestation_type"] = to_bytes(as_bytes("none"));
  EXPECT_EQ(refusal(), Error::kTypeNone);
  files.tree["attestation_type"] = to_bytes(as_bytes("epid\n"));
  EXPECT_EQ(refusal(), Error::kTypeUnknown);
  files.tree.erase("attestation_type");
  EXPECT_EQ(refusal(), Error::kNotInSgx);
  files.tree["attestation_type"] = to_bytes(as_bytes("dcap\n"));
  EXPECT_TRUE(open());

  const auto key = std::exchange(files.tree["keys/_sgx_mrenclave"], Bytes(15));
  EXPECT_EQ(refusal(), Error::kNoSealingKey);
  files.tree.erase("keys/_sgx_mrenclave");
  EXPECT_EQ(refusal(), Error::kNoSealingKey);
  files.tree["keys/_sgx_mrenclave"] = key;

  const auto target = std::exchange(files.tree["my_target_info"], Bytes(511));
  EXPECT_EQ(refusal(), Error::kNoTarget);
  files.tree["my_target_info"] = target;

  files.quote_error = EACCES;
  EXPECT_EQ(refusal(), Error::kNoQuote);
  files.quote_error = 0;
  files.write_error = EACCES;
  EXPECT_EQ(refusal(), Error::kNoQuote);
  files.write_error = 0;
  files.is_stuck = true;
  EXPECT_EQ(refusal(), Error::kForeignQuote);
  files.is_stuck = false;
  files.quote.resize(100);
  EXPECT_EQ(refusal(), Error::kForeignQuote);
}

TEST_F(Gramine, a_quote_of_another_enclave_is_refused) {
  files.quote[kMeasurementAt + 5] ^= 1;
  EXPECT_EQ(refusal(), Error::kForeignQuote);
}

TEST_F(Gramine, a_late_failure_names_its_reason_and_passes) {
  const auto platform = open();
  ASSERT_TRUE(platform);
  files.quote_error = EACCES;
  const auto refused = (*platform)->attest({});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().why.find("not permitted (errno 13)"), std::string::npos);
  files.quote_error = 0;
  EXPECT_TRUE((*platform)->attest({}));
}

TEST_F(Gramine, every_error_has_a_sentence) {
  for (int error = 0; error <= static_cast<int>(Error::kNoSealingKey); ++error) {
    EXPECT_GT(to_string(static_cast<Error>(error)).size(), 20);
  }
}

}  // namespace
}  // namespace substratee::enclave::platform::gramine
