/// Every genuine quote in tests/vectors/attestation against its expect.json.

#include "tests/support/vectors.hpp"
#include "core/attestation/collateral_store.hpp"
#include "core/attestation/dcap/vectors_for_test.hpp"
#include "core/attestation/pem.hpp"
#include "core/attestation/spki.hpp"
#include "core/attestation/time.hpp"
#include "core/base/hex.hpp"

namespace substratee::attestation::dcap {
namespace {

namespace json = boost::json;

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

void expect_verdict(const Vector& vector, const VectorSet& set, const AuthenticEvidence& verdict) {
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
      SCOPED_TRACE(set.folder);
      const auto verdict = authenticate(vector.kind(), vector.quote, set.collateral, kIntelOnly, set.now);
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

TEST(vectors, a_store_gives_the_same_verdicts_as_a_set) {
  for (const auto& vector : all_vectors()) {
    for (const auto& set : sets_of(vector)) {
      CollateralStore store(kIntelOnly);
      for (const auto& [id, item] : set.collateral) EXPECT_EQ(store.add(item), id);
      EXPECT_EQ(authenticate(vector.kind(), vector.quote, store, set.now),
                authenticate(vector.kind(), vector.quote, set.collateral, kIntelOnly, set.now));
    }
  }
}

TEST(vectors, the_files_beside_the_collateral_are_the_same_collateral) {
  for (const auto& vector : all_vectors()) {
    for (const auto& set : sets_of(vector)) {
      SCOPED_TRACE(set.folder);
      ASSERT_EQ(set.collateral.size(), 4u);
      const auto body = [&](std::size_t index) { return set.collateral[index].second.body.value; };
      EXPECT_EQ(body(0), test::load_bytes(set.folder + "/tcb_info.json"));
      EXPECT_EQ(body(1), test::load_bytes(set.folder + "/qe_identity.json"));
      EXPECT_EQ(body(2), test::load_bytes(set.folder + "/pck_crl.der"));
      EXPECT_EQ(body(3), test::load_bytes(set.folder + "/root_ca_crl.der"));
    }
  }
}

TEST(vectors, the_list_of_needs_is_that_of_the_collateral) {
  for (const auto& vector : all_vectors()) {
    const auto sets = sets_of(vector);
    const auto needs = collateral_needs({vector.kind(), {vector.quote}, {}});
    for (const auto& set : sets) {
      SCOPED_TRACE(set.folder);
      ASSERT_TRUE(needs) << to_code(needs.error());
      for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ((*needs)[i].id, set.collateral[i].first);
    }
  }
}

TEST(vectors, without_collateral_a_verdict_is_refused) {
  std::size_t missing = 0;
  for (const auto& vector : all_vectors()) {
    const auto quote = parse_quote(vector.quote);
    const auto chain = quote ? read_pck_chain(quote->pck_chain) : std::unexpected(quote.error());
    const auto now = chain ? chain->chain.leaf.not_before : 0;
    const auto verdict = authenticate(vector.kind(), vector.quote, CollateralSet{}, kIntelOnly, now);
    ASSERT_FALSE(verdict) << vector.name;
    if (verdict.error() == Error::kMissingCollateral) ++missing;
  }
  EXPECT_EQ(missing, 24u) << "all but two synthetic ones and one without PCK chain";
}

/// Intel's own sample data: a root with Intel's name and another key, the PCK certificate beside the quote.
struct Synthetic {
  explicit Synthetic(const Vector& of) : vector(of) {
    const auto folder = "attestation/" + vector.name + "/";
    const auto load = [&](std::string_view name) { return test::load_bytes(folder + std::string(name)); };
    const auto text = [&](std::string_view name) { return std::string(as_text(load(name))) + "\n"; };
    const auto root = text("trusted_root.pem");
    root_hash = [&] {
      const auto der = pem::read_certificates(as_bytes(root)).value();
      return hash_of_spki(x509::parse(der.front())->spki);
    }();
    chain = text("pck_cert.pem") + text("pck_sign_chain.pem");
    const auto add = [&](CollateralKind kind, Bytes body, const std::string& issuers) {
      CollateralItem item{kind, {std::move(body)}, {to_bytes(as_bytes(issuers))}};
      const auto id = read_collateral_id(item);
      EXPECT_TRUE(id) << to_string(kind) << to_code(id.error());
      collateral.emplace_back(id.value_or(CollateralId{}), std::move(item));
    };
    add(CollateralKind::kSgxTcbInfo, load("tcb_info.json"), text("tcb_signing_chain.pem"));
    add(CollateralKind::kSgxQeIdentity, load("qe_identity.json"), text("tcb_signing_chain.pem"));
    add(CollateralKind::kPckProcessorCrl, load("pck_crl.der"), text("pck_sign_chain.pem"));
    add(CollateralKind::kIntelRootCrl, load("root_ca_crl.der"), root);
  }
  /// Certification data is not signed: put the chain into it.
  [[nodiscard]] Bytes quote_with_chain() const {
    constexpr std::size_t kTypeOffset = kSignedSize + 4 + 576 + 2;
    auto out = to_bytes(ByteView(vector.quote).first(kTypeOffset));
    const auto put = [](MutableByteView place, std::size_t value) {
      for (auto& octet : place) octet = static_cast<std::uint8_t>(value), value >>= 8;
    };
    put(MutableByteView(out).subspan(kSignedSize, 4), 576 + 2 + 6 + chain.size());
    out.resize(out.size() + 6);
    put(MutableByteView(out).last(6).first(2), kPckChain);
    put(MutableByteView(out).last(4), chain.size());
    append(out, as_bytes(chain));
    return out;
  }

  const Vector& vector;
  Hash256 root_hash;
  std::string chain;
  CollateralSet collateral;
};

/// A set as a source, for steps below authenticate().
class Opened final : public CollateralSource {
 public:
  Opened(const CollateralSet& set, const TrustAnchors& anchors) {
    x509::KnownCertificates known;
    for (const auto& [id, item] : set) items_.push_back(open_collateral(item, anchors, known).value());
  }
  Result<const OpenedCollateral*> find(const CollateralId& id) override {
    const auto found = std::ranges::find(items_, id, &OpenedCollateral::id);
    return found == items_.end() ? nullptr : &*found;
  }

 private:
  std::vector<OpenedCollateral> items_;
};

TEST(vectors, intel_s_synthetic_platform_is_up_to_date_under_its_own_root) {
  const auto vector = load_vector("sgx-dcap/intel-qvl-synthetic-v3");
  const Synthetic synthetic(vector);
  const TrustAnchors own{.intel_roots = {synthetic.root_hash}, .simulation_roots = {}};
  const auto now = static_cast<UnixSeconds>(vector.number("custom_root_verify_time"));
  const auto bytes = synthetic.quote_with_chain();
  const auto quote = parse_quote(bytes);
  ASSERT_TRUE(quote) << to_code(quote.error());
  Opened source(synthetic.collateral, own);
  x509::KnownCertificates known;
  const auto verdict = judge(*quote, {true, own, now, 0}, source, known);
  ASSERT_TRUE(verdict) << to_code(verdict.error());
  const auto& expected = vector.expect.at("custom_root_expected").as_object();
  EXPECT_EQ(status_text(verdict->platform_status), text_or_null(expected.at("platform_tcb_status")));
  EXPECT_EQ(status_text(verdict->qe_status), text_or_null(expected.at("qe_tcb_status")));
  EXPECT_EQ(status_text(verdict->converged), text_or_null(expected.at("converged")));
  EXPECT_EQ(verdict->tcb_date, seconds(test::text(expected, "tcb_date")));
  EXPECT_TRUE(verdict->advisories.empty());
  EXPECT_EQ(authenticate(Kind::kSgxDcap, bytes, synthetic.collateral, own, now).error(), Error::kForbiddenAttributes)
      << "its enclave is all zeros, so not even initialised";
  EXPECT_EQ(authenticate(Kind::kSgxDcap, bytes, synthetic.collateral, kIntelOnly, now).error(), Error::kUnknownRoot)
      << "Intel's name, another key";
}

}  // namespace
}  // namespace substratee::attestation::dcap
