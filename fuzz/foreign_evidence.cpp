/// Evidence of other makers than Intel's quotes: SNP reports with their certificate table, IAS reports, certificates of
/// other RA-TLS implementations. First byte: which.

#include "core/attestation/base64.hpp"
#include "core/attestation/ias/authenticate.hpp"
#include "core/attestation/ias/report.hpp"
#include "core/attestation/pem.hpp"
#include "core/attestation/ratls/foreign.hpp"
#include "core/attestation/snp/authenticate.hpp"
#include "core/attestation/snp/certificate_table.hpp"
#include "core/attestation/snp/product.hpp"
#include "core/base/check.hpp"
#include "fuzz/target.hpp"
#include "tests/support/vectors.hpp"

namespace {

using namespace substratee;
using namespace substratee::attestation;

constexpr UnixSeconds kNow = 1'772'845'473;
const std::string kSnp = "attestation/sev-snp/microsoft-turin/";
const std::string kIas = "attestation/ias-epid/oasis-v4-sw-hardening/";

struct Genuine {
  Bytes report = test::load_bytes(kSnp + "report.bin");
  Bytes snp = [this] {
    auto chain = pem::read_certificates(test::load_bytes(kSnp + "chain.pem")).value();
    return snp::make_body(report, {test::load_bytes(kSnp + "vcek.der"), {}, chain.at(0), chain.at(1)});
  }();
  Bytes json = test::load_bytes(kIas + "report.json");
  Bytes ias = [this] {
    const auto base64 = test::load_bytes(kIas + "signature.b64");
    const auto text = as_text(base64);
    return scale::encode(ias::Body{{json},
                                   {from_base64(text.substr(0, text.find('\n'))).value()},
                                   {test::load_bytes(kIas + "signing_chain.pem")}});
  }();
  Bytes certificate =
      pem::read_certificates(test::load_bytes("attestation/ra-tls/ccc-rats-tls/cert.pem")).value().at(0);
};

const Genuine& genuine() {
  static const Genuine the_genuine;
  return the_genuine;
}

const TrustAnchors& anchors() {
  static const TrustAnchors the_anchors{.intel_roots = {},
                                        .simulation_roots = {},
                                        .amd_roots = {snp::kMilanRoot, snp::kGenoaRoot, snp::kTurinRoot},
                                        .ias_roots = {ias::kRoot}};
  return the_anchors;
}

/// Nothing but the genuine facts may ever be believed: the fuzzer has no key.
void check(Kind kind, ByteView body) {
  const auto verdict = authenticate(kind, body, {}, anchors(), kNow, {.allow_vlek = true});
  if (!verdict) return;
  static const auto snp = authenticate(Kind::kSevSnp, genuine().snp, {}, anchors(), kNow).value();
  static const auto ias = authenticate(Kind::kIas, genuine().ias, {}, anchors(), kNow).value();
  SUBSTRATEE_CHECK(*verdict == (kind == Kind::kIas ? ias : snp));
}

void check_certificate(ByteView der) {
  const auto certificate = ratls::read_foreign_certificate(der);
  if (!certificate) return;
  SUBSTRATEE_CHECK(certificate->carrier == ratls::Carrier::kTaggedEvidence);
  SUBSTRATEE_CHECK(to_bytes(der) == genuine().certificate);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input({data, size});
  const auto form = input.byte() % 6;
  const auto rest = input.rest();
  switch (form) {
    case 0: check(Kind::kSevSnp, rest); break;
    case 1: check(Kind::kSevSnp, concat(genuine().report, rest)); break;
    case 2: check(Kind::kIas, rest); break;
    case 3: static_cast<void>(ias::parse_report(rest)); break;
    case 4: check_certificate(rest); break;
    default: {
      const auto table = snp::parse_table(rest);
      if (table) SUBSTRATEE_CHECK(snp::parse_table(snp::write_table(*table)) == *table);
      break;
    }
  }
  return 0;
}

std::vector<Bytes> fuzz::seeds() {
  const auto form = [](std::uint8_t which, ByteView bytes) { return concat(Bytes{which}, bytes); };
  const auto table = ByteView(genuine().snp).subspan(snp::kReportSize);
  return {form(0, genuine().snp),         form(1, table), form(2, genuine().ias), form(3, genuine().json),
          form(4, genuine().certificate), form(5, table)};
}
