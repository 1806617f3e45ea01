#include "core/attestation/ias/authenticate.hpp"

#include "core/attestation/base64.hpp"
#include "core/attestation/ias/report.hpp"
#include "core/attestation/pem.hpp"
#include "core/base/hex.hpp"
#include "tests/support/effort.hpp"
#include "tests/support/vectors.hpp"

#include <gtest/gtest.h>

namespace substratee::attestation::ias {
namespace {

constexpr std::array<std::string_view, 7> kGenuine{"integritee-2019-group-out-of-date",
                                                   "integritee-test4-configuration-needed",
                                                   "oasis-2018-group-out-of-date",
                                                   "oasis-v4-sw-hardening",
                                                   "oasis-v5-sw-hardening",
                                                   "phala-group-out-of-date",
                                                   "phala-sw-hardening"};

TrustAnchors anchors() {
  TrustAnchors out;
  out.ias_roots = {kRoot};
  return out;
}

struct Sample {
  explicit Sample(std::string_view name) {
    const auto folder = "attestation/ias-epid/" + std::string(name) + "/";
    expect = test::load_json(folder + "expect.json");
    body.report.value = test::load_bytes(folder + "report.json");
    const auto base64 = test::load_bytes(folder + "signature.b64");
    auto text = as_text(base64);
    while (text.ends_with('\n')) text.remove_suffix(1);
    body.signature.value = from_base64(text).value();
    body.chain.value = test::load_bytes(folder + "signing_chain.pem");
    now = expect.at("verify_time").to_number<UnixSeconds>();
  }
  [[nodiscard]] Result<AuthenticEvidence> judge() const {
    return attestation::authenticate(Kind::kIas, scale::encode(body), {}, anchors(), now);
  }
  boost::json::value expect;
  Body body;
  UnixSeconds now{};
};

TcbStatus status_of(std::string_view word) {
  if (word == "GROUP_OUT_OF_DATE") return TcbStatus::kOutOfDate;
  if (word == "CONFIGURATION_NEEDED") return TcbStatus::kConfigurationNeeded;
  EXPECT_EQ(word, "SW_HARDENING_NEEDED");
  return TcbStatus::kSwHardeningNeeded;
}

TEST(ias, every_sample_is_what_it_is_known_to_be) {
  for (const auto name : kGenuine) {
    SCOPED_TRACE(name);
    const Sample sample(name);
    const auto verdict = sample.judge();
    ASSERT_TRUE(verdict) << to_string(verdict.error());
    EXPECT_EQ(to_hex(verdict->measurement.bytes), test::text(sample.expect, "mrenclave"));
    EXPECT_EQ(to_hex(verdict->signer.bytes), test::text(sample.expect, "mrsigner"));
    EXPECT_EQ(to_hex(verdict->report_data.bytes), test::text(sample.expect, "report_data"));
    EXPECT_EQ(verdict->debug, sample.expect.at("debug").as_bool());
    EXPECT_EQ(verdict->tcb_status, status_of(test::text(sample.expect, "status")));
    EXPECT_EQ(verdict->root, kRoot);
    std::vector<std::string> advisories;
    if (const auto* list = sample.expect.at("advisory_ids").if_array()) {
      for (const auto& id : *list) advisories.emplace_back(id.as_string());
    }
    EXPECT_EQ(verdict->advisories, advisories);
    const auto report = parse_report(sample.body.report.value).value();
    EXPECT_EQ(report.id, test::text(sample.expect, "id"));
    const auto* version = &sample.expect.at("avr_version");
    EXPECT_EQ(report.version, version->is_null() ? 0 : version->to_number<std::uint64_t>());
    EXPECT_EQ(report.enclave.isv_svn, sample.expect.at("isvsvn").to_number<int>());
  }
}

TEST(ias, forgeries_are_refused) {
  for (const auto* name : {"negative-body-changed", "negative-status-changed-to-ok"}) {
    EXPECT_EQ(Sample(name).judge().error(), Error::kBadIasSignature) << name;
  }
}

TEST(ias, it_is_off_unless_a_root_is_named) {
  const Sample sample(kGenuine[0]);
  const auto bytes = scale::encode(sample.body);
  EXPECT_EQ(attestation::authenticate(Kind::kIas, bytes, {}, {}, sample.now).error(), Error::kUnsupportedEvidence);
  TrustAnchors other;
  other.ias_roots = {Hash256{}};
  other.intel_roots = {kRoot};
  EXPECT_EQ(attestation::authenticate(Kind::kIas, bytes, {}, other, sample.now).error(), Error::kUnknownRoot);
}

/// The signer's certificate ended in 2026: that takes nothing from reports of its time.
TEST(ias, it_speaks_of_the_second_of_the_report) {
  Sample sample("phala-sw-hardening");
  const auto then = sample.judge()->valid_until;
  EXPECT_EQ(then, 1'631'469'980u);
  sample.now = 4'000'000'000;
  EXPECT_EQ(sample.judge()->valid_until, then);
  sample.now = then - 1;
  EXPECT_EQ(sample.judge().error(), Error::kNotYetValid);
}

TEST(ias, any_flipped_bit_is_refused) {
  Sample sample("oasis-v4-sw-hardening");
  const std::size_t step = test::effort(1) > 1 ? 1 : 97;
  const auto flip_all = [&](Bytes& bytes, std::span<const Error> expected) {
    for (std::size_t bit = 0; bit < bytes.size() * 8; bit += step) {
      const auto mask = static_cast<std::uint8_t>(1 << bit % 8);
      bytes[bit / 8] ^= mask;
      const auto verdict = sample.judge();
      bytes[bit / 8] ^= mask;
      ASSERT_FALSE(verdict) << bit;
      EXPECT_TRUE(std::ranges::find(expected, verdict.error()) != expected.end()) << to_string(verdict.error());
    }
  };
  const std::array signature{Error::kBadIasSignature};
  flip_all(sample.body.report.value, signature);
  flip_all(sample.body.signature.value, signature);
  auto certificates = pem::read_certificates(sample.body.chain.value).value();
  const std::vector<Error> form{Error::kBadDer,      Error::kBadCertificate, Error::kUnknownCriticalExtension,
                                Error::kBadChain,    Error::kUnknownRoot,    Error::kBadCertificateSignature,
                                Error::kNotYetValid, Error::kExpired};
  for (auto& der : certificates) {
    for (std::size_t bit = 0; bit < der.size() * 8; bit += step) {
      const auto mask = static_cast<std::uint8_t>(1 << bit % 8);
      der[bit / 8] ^= mask;
      const auto text = pem::write_certificate(certificates[0]) + pem::write_certificate(certificates[1]);
      der[bit / 8] ^= mask;
      auto changed = sample;
      changed.body.chain.value = to_bytes(as_bytes(text));
      const auto verdict = changed.judge();
      ASSERT_FALSE(verdict) << bit;
      EXPECT_TRUE(std::ranges::find(form, verdict.error()) != form.end()) << to_string(verdict.error());
    }
  }
}

TEST(ias, the_chain_is_signer_and_root_in_any_order) {
  Sample sample(kGenuine[0]);
  const auto certificates = pem::read_certificates(sample.body.chain.value).value();
  const auto with = [&](std::initializer_list<std::size_t> places) {
    std::string text;
    for (const auto place : places) text += pem::write_certificate(certificates[place]);
    auto changed = sample;
    changed.body.chain.value = to_bytes(as_bytes(text));
    return changed.judge();
  };
  EXPECT_TRUE(with({1, 0}));
  EXPECT_EQ(with({0}).error(), Error::kBadChain);
  EXPECT_EQ(with({0, 1, 1}).error(), Error::kBadChain);
  EXPECT_EQ(with({0, 0}).error(), Error::kBadChain);
  EXPECT_EQ(with({1, 1}).error(), Error::kBadChain);
}

TEST(ias, truncated_bodies_are_refused) {
  const Sample sample(kGenuine[0]);
  const auto bytes = scale::encode(sample.body);
  for (std::size_t size = 0; size < bytes.size(); size += 11) {
    EXPECT_EQ(attestation::authenticate(Kind::kIas, ByteView(bytes).first(size), {}, anchors(), sample.now).error(),
              Error::kBadIasReport);
  }
}

/// A report of the given members around a genuine quote.
std::string report_with(std::string_view status, std::string_view more = "",
                        std::string_view timestamp = "2020-01-02T03:04:05.678901") {
  const auto genuine = test::load_json("attestation/ias-epid/oasis-v4-sw-hardening/report.json");
  std::string out = R"({"id":"7","timestamp":")";
  out += timestamp;
  out += R"(","isvEnclaveQuoteStatus":")";
  out += status;
  out += R"(","isvEnclaveQuoteBody":")" + test::text(genuine, "isvEnclaveQuoteBody") + "\"";
  out += more;
  return out + "}";
}

Error error_of(const std::string& json) {
  const auto report = parse_report(as_bytes(json));
  return report ? Error::kUnsupportedEvidence : report.error();
}

TEST(ias, statuses_that_say_that_the_quote_is_worth_nothing) {
  EXPECT_EQ(parse_report(as_bytes(report_with("OK")))->status, TcbStatus::kUpToDate);
  EXPECT_EQ(parse_report(as_bytes(report_with("CONFIGURATION_AND_SW_HARDENING_NEEDED")))->status,
            TcbStatus::kConfigurationAndSwHardeningNeeded);
  for (const auto* status :
       {"SIGNATURE_INVALID", "GROUP_REVOKED", "SIGNATURE_REVOKED", "KEY_REVOKED", "SIGRL_VERSION_MISMATCH"}) {
    EXPECT_EQ(error_of(report_with(status)), Error::kIasQuoteRefused) << status;
  }
  EXPECT_EQ(error_of(report_with("ok")), Error::kBadIasReport);
}

TEST(ias, form_of_the_report) {
  EXPECT_EQ(parse_report(as_bytes(report_with("OK")))->timestamp, 1'577'934'245u);
  EXPECT_TRUE(parse_report(as_bytes(report_with("OK", R"(,"unknown":{"a":[1,true,null]})"))));
  EXPECT_EQ(error_of(report_with("OK", R"(,"version":4,"version":4)")), Error::kBadJson);
  EXPECT_EQ(error_of(report_with("OK") + " x"), Error::kBadJson);
  EXPECT_EQ(error_of(report_with("OK", R"(,"version":"4")")), Error::kBadJson);
  for (const auto* time : {"", "2020-01-02", "2020-01-02T03:04:05Z", "2020-01-02T03:04:05.", "2020-13-02T03:04:05",
                           "2020-01-02T03:04:05.1234567890", "2020-01-02T03:04:05.12a"}) {
    EXPECT_EQ(error_of(report_with("OK", "", time)), Error::kBadIasReport) << time;
  }
  EXPECT_TRUE(parse_report(as_bytes(report_with("OK", "", "2020-01-02T03:04:05"))));
  EXPECT_EQ(error_of("{}"), Error::kBadIasReport);
  EXPECT_EQ(error_of(R"({"id":"7","timestamp":"2020-01-02T03:04:05","isvEnclaveQuoteStatus":"OK",
                         "isvEnclaveQuoteBody":"AgAA"})"),
            Error::kBadIasReport);
  std::string many = R"(,"advisoryIDs":["x")";
  for (int i = 0; i < 64; ++i) many += R"(,"x")";
  EXPECT_EQ(error_of(report_with("OK", many + "]")), Error::kBadIasReport);
}

}  // namespace
}  // namespace substratee::attestation::ias
