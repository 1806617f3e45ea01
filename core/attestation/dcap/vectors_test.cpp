/// Every genuine quote in tests/vectors/attestation against its expect.json.

#include "tests/support/vectors.hpp"
#include "core/attestation/collateral_file.hpp"
#include "core/attestation/collateral_store.hpp"
#include "core/attestation/dcap/authenticate.hpp"
#include "core/attestation/time.hpp"
#include "core/base/hex.hpp"

#include <filesystem>

namespace substratee::attestation::dcap {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

const TrustAnchors kIntel{.intel_roots = {kIntelRoot}, .simulation_roots = {}};

struct Vector {
  std::string name;  ///< "tdx/azure-v4-00806F050000"
  json::object expect;
  Bytes quote;

  [[nodiscard]] bool has(std::string_view member) const { return expect.contains(member); }
  [[nodiscard]] std::string text(std::string_view member) const { return test::text(expect, member); }
  [[nodiscard]] std::int64_t number(std::string_view member) const { return expect.at(member).as_int64(); }
  [[nodiscard]] Kind kind() const { return text("kind") == "tdx" ? Kind::kTdx : Kind::kSgxDcap; }
};

std::vector<Vector> all_vectors() {
  std::vector<Vector> out;
  for (const auto* folder : {"sgx-dcap", "tdx"}) {
    for (const auto& entry : fs::directory_iterator(std::string(SUBSTRATEE_VECTORS) + "/attestation/" + folder)) {
      const auto name = std::string(folder) + "/" + entry.path().filename().string();
      out.push_back({name, test::load_json("attestation/" + name + "/expect.json").as_object(),
                     test::load_bytes("attestation/" + name + "/quote.bin")});
    }
  }
  std::ranges::sort(out, {}, &Vector::name);
  return out;
}

/// A set of collateral of a vector, by the name of its folder.
struct Set {
  std::string name;
  json::object facts;
  CollateralSet collateral;
  UnixSeconds now{};
};

std::vector<Set> sets_of(const Vector& vector) {
  std::vector<Set> out;
  if (!vector.has("collateral")) return out;
  for (const auto& [name, facts] : vector.expect.at("collateral").as_object()) {
    const auto folder = "attestation/" + vector.name + (name == "." ? "" : "/" + std::string(name));
    auto collateral = parse_collateral_file(test::load_bytes(folder + "/collateral.json"));
    EXPECT_TRUE(collateral) << folder;
    out.push_back({folder, facts.as_object(), std::move(collateral).value_or(CollateralSet{}),
                   static_cast<UnixSeconds>(facts.at("verify_time").as_int64())});
  }
  return out;
}

std::string status_text(const std::optional<TcbStatus>& status) {
  return status ? std::string(to_string(*status)) : "null";
}
std::string text_or_null(const json::value& value) { return value.is_null() ? "null" : std::string(value.as_string()); }
UnixSeconds seconds(std::string_view text) { return x509::read_rfc3339(text).value(); }

void expect_facts_of_body(const Vector& vector, const Quote& quote) {
  EXPECT_EQ(quote.header.version, vector.number("quote_version"));
  EXPECT_EQ(quote.trailing.size(), vector.number("trailing_bytes"));
  if (const auto* report = std::get_if<Report>(&quote.body)) {
    EXPECT_EQ(vector.text("body"), "sgx");
    EXPECT_EQ(to_hex(report->mr_enclave.bytes), vector.text("mrenclave"));
    EXPECT_EQ(to_hex(report->mr_signer.bytes), vector.text("mrsigner"));
    EXPECT_EQ(report->isv_prod_id, vector.number("isvprodid"));
    EXPECT_EQ(report->isv_svn, vector.number("isvsvn"));
    EXPECT_EQ(to_hex(report->report_data.bytes), vector.text("report_data"));
    EXPECT_EQ((report->flags & kDebug) != 0, vector.expect.at("debug").as_bool());
    return;
  }
  const auto& td = std::get<tdx::Report>(quote.body);
  EXPECT_EQ(vector.text("body"), td.newer ? "tdx15" : "tdx10");
  const std::vector<std::pair<std::string_view, ByteView>> fields{{"tee_tcb_svn", td.tee_tcb_svn.bytes},
                                                                  {"mrseam", td.mr_seam.bytes},
                                                                  {"mrsignerseam", td.mr_signer_seam.bytes},
                                                                  {"tdattributes", td.td_attributes.bytes},
                                                                  {"xfam", td.xfam.bytes},
                                                                  {"mrtd", td.mr_td.bytes},
                                                                  {"mrconfigid", td.mr_config_id.bytes},
                                                                  {"mrowner", td.mr_owner.bytes},
                                                                  {"mrownerconfig", td.mr_owner_config.bytes},
                                                                  {"rtmr0", td.rtmr[0].bytes},
                                                                  {"rtmr1", td.rtmr[1].bytes},
                                                                  {"rtmr2", td.rtmr[2].bytes},
                                                                  {"rtmr3", td.rtmr[3].bytes},
                                                                  {"report_data", td.report_data.bytes}};
  for (const auto& [name, bytes] : fields) EXPECT_EQ(to_hex(bytes), vector.text(name)) << name;
  if (td.newer) {
    EXPECT_EQ(to_hex(td.newer->tee_tcb_svn.bytes), vector.text("tee_tcb_svn_2"));
    EXPECT_EQ(to_hex(td.newer->mr_service_td.bytes), vector.text("mrservicetd"));
  }
  EXPECT_EQ(tdx::is_debug(td), vector.expect.at("debug").as_bool());
}

void expect_facts_of_platform(const Vector& vector, const PckChain& chain) {
  EXPECT_EQ(to_hex(chain.pck.fmspc.bytes), to_hex(test::hex(vector.text("fmspc"))));
  EXPECT_EQ(to_hex(chain.pck.pce_id.bytes), vector.text("pceid"));
  EXPECT_EQ(to_hex(chain.pck.ppid.bytes), vector.text("ppid"));
  EXPECT_EQ(chain.pck.pce_svn, vector.number("pck_pcesvn"));
  const auto kind = crl_kind_of(chain, true);
  EXPECT_EQ(kind,
            vector.text("pck_ca") == "platform" ? CollateralKind::kPckPlatformCrl : CollateralKind::kPckProcessorCrl);
  const auto& components = vector.expect.at("pck_tcb_components").as_array();
  for (std::size_t i = 0; i < 16; ++i) EXPECT_EQ(chain.pck.tcb_components[i], components.at(i).as_int64());
}

TEST(vectors, every_quote_says_what_expect_json_says) {
  std::size_t chains = 0;
  for (const auto& vector : all_vectors()) {
    SCOPED_TRACE(vector.name);
    const auto quote = parse_quote(vector.quote);
    if (vector.number("cert_data_type") != kPckChain) {
      EXPECT_EQ(quote.error(), Error::kUnsupportedCertification);
      continue;
    }
    ASSERT_TRUE(quote) << to_string(quote.error());
    if (vector.number("trailing_bytes") == 0) EXPECT_EQ(write_quote(*quote), vector.quote);
    EXPECT_EQ(write_signed_part(*quote), to_bytes(quote->signed_part));
    expect_facts_of_body(vector, *quote);
    if (!vector.has("ppid")) continue;
    const auto chain = read_pck_chain(quote->pck_chain);
    ASSERT_TRUE(chain) << to_string(chain.error());
    expect_facts_of_platform(vector, *chain);
    ++chains;
  }
  EXPECT_EQ(chains, 24u);
}

void expect_verdict(const Vector& vector, const Set& set, const AuthenticEvidence& verdict) {
  const auto& expected = set.facts.at("expected").as_object();
  EXPECT_TRUE(verdict.hardware);
  EXPECT_EQ(verdict.kind, vector.kind());
  EXPECT_EQ(verdict.root, kIntelRoot);
  EXPECT_EQ(to_string(verdict.tcb_status), test::text(expected, "converged"));
  EXPECT_EQ(status_text(verdict.platform_status), text_or_null(expected.at("platform_tcb_status")));
  EXPECT_EQ(status_text(verdict.qe_status), text_or_null(expected.at("qe_tcb_status")));
  EXPECT_EQ(status_text(verdict.module_status), text_or_null(expected.at("module_status")));
  EXPECT_EQ(verdict.tcb_date, seconds(test::text(expected, "tcb_date")));
  EXPECT_EQ(verdict.debug, vector.expect.at("debug").as_bool());
  EXPECT_FALSE(verdict.collateral_expired);
  EXPECT_EQ(to_hex(verdict.report_data.bytes), vector.text("report_data"));
  EXPECT_EQ(to_hex(verdict.platform_id.bytes), vector.text("ppid"));
  std::vector<std::string> advisories;
  for (const auto& id : expected.at("advisory_ids").as_array()) advisories.emplace_back(id.as_string());
  EXPECT_EQ(verdict.advisories, advisories);
  const auto evaluation = [&](std::string_view item) {
    return set.facts.at(item).as_object().at("tcbEvaluationDataNumber").as_int64();
  };
  EXPECT_EQ(verdict.evaluation_number, std::min(evaluation("tcb_info"), evaluation("qe_identity")));
  EXPECT_EQ(verdict.valid_until, seconds(test::text(set.facts, "valid_to")));
}

TEST(vectors, every_verdict_is_that_of_expect_json) {
  std::size_t accepted = 0;
  std::size_t unsupported = 0;
  for (const auto& vector : all_vectors()) {
    for (const auto& set : sets_of(vector)) {
      SCOPED_TRACE(set.name);
      const auto verdict = authenticate(vector.kind(), vector.quote, set.collateral, kIntel, set.now);
      if (test::text(set.facts.at("expected"), "converged") == "TcbNotSupported") {
        EXPECT_EQ(verdict.error(), Error::kTcbNotSupported) << to_string(verdict.error());
        ++unsupported;
        continue;
      }
      ASSERT_TRUE(verdict) << to_string(verdict.error());
      expect_verdict(vector, set, *verdict);
      ++accepted;
    }
  }
  EXPECT_EQ(accepted, 25u);
  EXPECT_EQ(unsupported, 2u);
}

}  // namespace
}  // namespace substratee::attestation::dcap
