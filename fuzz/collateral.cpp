/// What strangers bring along to have evidence believed: quotes of every version, JSON, TCB info, QE identities,
/// revocation lists, files of collateral. First byte: which.

#include "core/attestation/collateral_file.hpp"
#include "core/attestation/collateral_store.hpp"
#include "core/attestation/dcap/authenticate.hpp"
#include "core/attestation/dcap/collateral_writer.hpp"
#include "core/base/check.hpp"
#include "fuzz/target.hpp"
#include "tests/support/vectors.hpp"

namespace {

using namespace substratee;
using namespace substratee::attestation;

const TrustAnchors kAnchors{.intel_roots = {dcap::kIntelRoot}, .simulation_roots = {}};

/// A genuine quote with its collateral.
struct Genuine {
  explicit Genuine(const std::string& name, Kind of, UnixSeconds at)
      : kind(of),
        now(at),
        quote(test::load_bytes("attestation/" + name + "/quote.bin")),
        file(test::load_bytes("attestation/" + name + "/collateral.json")),
        collateral(parse_collateral_file(file).value()),
        verdict(authenticate(kind, quote, collateral, kAnchors, now).value()) {
    for (const auto& [id, item] : collateral) SUBSTRATEE_CHECK(store.add(item) == id);
  }
  Kind kind;
  UnixSeconds now;
  Bytes quote;
  Bytes file;
  CollateralSet collateral;
  CollateralStore store{kAnchors};
  AuthenticEvidence verdict;
};

const std::vector<Genuine>& genuine() {
  static const std::vector<Genuine> the_genuine{
      Genuine("sgx-dcap/automata-00606A000000", Kind::kSgxDcap, 1'756'530'546),
      Genuine("tdx/phala-v4-20A06F000000", Kind::kTdx, 1'758'093'775),
      Genuine("tdx/alibaba-v5-90C06F000000", Kind::kTdx, 1'750'768'918)};
  return the_genuine;
}

/// Nothing but a genuine verdict may ever come out: the fuzzer has no key.
void check(const Result<AuthenticEvidence>& verdict, const Genuine& of) {
  if (verdict) SUBSTRATEE_CHECK(*verdict == of.verdict);
}

void fuzz_json(ByteView bytes) {
  json::Reader in(bytes);
  const auto value = in.skip();
  if (!value) return;
  json::Reader again(*value);
  SUBSTRATEE_CHECK(again.skip() == *value && again.finish());
}

void fuzz_tcb_info(ByteView bytes) {
  const auto info = dcap::parse_tcb_info(as_text(bytes));
  if (info) SUBSTRATEE_CHECK(dcap::parse_tcb_info(dcap::write_tcb_info(*info)) == *info);
}

void fuzz_qe_identity(ByteView bytes) {
  const auto identity = dcap::parse_qe_identity(as_text(bytes));
  if (identity) SUBSTRATEE_CHECK(dcap::parse_qe_identity(dcap::write_qe_identity(*identity)) == *identity);
}

void fuzz_list(ByteView bytes) {
  const auto crl = x509::parse_crl(bytes);
  if (!crl) return;
  const auto serials = x509::serials_of(*crl);
  SUBSTRATEE_CHECK(std::ranges::is_sorted(serials) && serials.size() <= bytes.size());
}

void fuzz_quote(ByteView bytes) {
  const auto quote = dcap::parse_quote(bytes);
  if (quote) {
    SUBSTRATEE_CHECK(dcap::write_quote(*quote) == to_bytes(bytes.first(bytes.size() - quote->trailing.size())));
    static_cast<void>(dcap::read_pck_chain(quote->pck_chain));
  }
  for (const auto& one : genuine()) check(authenticate(one.kind, bytes, one.store, one.now), one);
}

void fuzz_file(ByteView bytes) {
  const auto set = parse_collateral_file(bytes);
  if (!set) return;
  for (const auto& one : genuine()) check(authenticate(one.kind, one.quote, *set, kAnchors, one.now), one);
}

/// Two bytes say which item of which quote the rest takes the place of.
void fuzz_item(ByteView bytes) {
  fuzz::Input input(bytes);
  const auto& one = genuine()[input.byte() % genuine().size()];
  auto set = one.collateral;
  auto& item = set[input.byte() % set.size()].second;
  const auto body = input.rest();
  item.body.value = to_bytes(body.first(std::min(body.size(), kMaxCollateralSize)));
  static_cast<void>(verify_collateral(item, kAnchors, nullptr, one.now));
  check(authenticate(one.kind, one.quote, set, kAnchors, one.now), one);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input({data, size});
  const auto form = input.byte() % 7;
  const auto rest = input.rest();
  switch (form) {
    case 0: fuzz_json(rest); break;
    case 1: fuzz_tcb_info(rest); break;
    case 2: fuzz_qe_identity(rest); break;
    case 3: fuzz_list(rest); break;
    case 4: fuzz_quote(rest); break;
    case 5: fuzz_file(rest); break;
    default: fuzz_item(rest); break;
  }
  return 0;
}

std::vector<Bytes> fuzz::seeds() {
  std::vector<Bytes> out;
  const auto add = [&](std::uint8_t form, ByteView bytes) { out.push_back(concat(Bytes{form}, bytes)); };
  for (std::size_t i = 0; i < genuine().size(); ++i) {
    const auto& one = genuine()[i];
    add(0, one.file);
    add(4, one.quote);
    add(5, one.file);
    for (std::size_t j = 0; j < one.collateral.size(); ++j) {
      add(6, concat(Bytes{static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(j)},
                    one.collateral[j].second.body.value));
    }
    const auto value = [](ByteView document) {
      const auto text = as_text(document);
      const auto begin = text.find(':') + 1;
      return as_bytes(text.substr(begin, text.rfind(",\"signature\"") - begin));
    };
    add(1, value(one.collateral[0].second.body.value));
    add(2, value(one.collateral[1].second.body.value));
    add(3, one.collateral[2].second.body.value);
    add(3, one.collateral[3].second.body.value);
  }
  return out;
}
