/// What a service of collateral (or who stands in its place) answers, and the platform's own evidence before anything
/// in it is verified. First byte: which.

#include "core/attestation/pem.hpp"
#include "core/base/check.hpp"
#include "enclave/platform/own_evidence.hpp"
#include "enclave/platform/tsm/tsm_platform.hpp"
#include "fuzz/target.hpp"
#include "rpc/collateral/answer.hpp"
#include "rpc/collateral/config.hpp"
#include "rpc/collateral/document.hpp"
#include "tests/support/vectors.hpp"

namespace {

using namespace substratee;
using attestation::CollateralKind;

constexpr const char* kVector = "attestation/tdx/azure-v4-00806F050000/";

const std::string& chain() {
  static const std::string the_chain(as_text(test::load_bytes(std::string(kVector) + "tcb_signing_chain.pem")));
  return the_chain;
}

void check_item(const rpc::collateral::Result<attestation::CollateralItem>& item) {
  if (!item) return;
  SUBSTRATEE_CHECK(item->body.value.size() <= attestation::kMaxCollateralSize && !item->body.value.empty());
  SUBSTRATEE_CHECK(item->issuer_chain.value.size() <= attestation::kMaxIssuerChainSize);
  SUBSTRATEE_CHECK(attestation::pem::read_certificates(item->issuer_chain.value).has_value());
  static_cast<void>(rpc::collateral::to_document({*item}));
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input({data, size});
  const auto form = input.byte() % 5;
  const auto kind = static_cast<CollateralKind>(input.byte() % 8);
  const auto rest = input.rest();
  const auto text = as_text(rest);
  switch (form) {
    case 0: check_item(rpc::collateral::read_item(kind, text, chain(), "it")); break;
    case 1: {
      const auto decoded = rpc::collateral::decode_chain_header(text, "it");
      if (decoded) check_item(rpc::collateral::read_item(kind, "00", *decoded, "it"));
      break;
    }
    case 2: {
      const auto config = rpc::collateral::parse_config(text, "/");
      if (config) SUBSTRATEE_CHECK(config->refresh_hours >= 1 && config->refresh_hours <= 720);
      break;
    }
    case 3: {
      const enclave::platform::tsm::Report report{"tdx_guest", to_bytes(rest), {}};
      const auto body = enclave::platform::tsm::body_of(attestation::Kind::kTdx, report);
      SUBSTRATEE_CHECK(body.size() <= rest.size());
      break;
    }
    default: {
      for (const auto evidence : {attestation::Kind::kSgxDcap, attestation::Kind::kTdx, attestation::Kind::kSevSnp}) {
        static_cast<void>(enclave::platform::read_own_evidence(evidence, rest));
      }
    }
  }
  return 0;
}

std::vector<Bytes> fuzz::seeds() {
  const auto vector = [](const std::string& name) { return test::load_bytes(std::string(kVector) + name); };
  const auto form = [](std::uint8_t which, CollateralKind kind, ByteView bytes) {
    return concat(Bytes{which, static_cast<std::uint8_t>(kind)}, bytes);
  };
  return {
      form(0, CollateralKind::kTdxTcbInfo, vector("tcb_info.json")),
      form(0, CollateralKind::kTdxQeIdentity, vector("qe_identity.json")),
      form(0, CollateralKind::kPckPlatformCrl, vector("pck_crl.der")),
      form(1, CollateralKind::kIntelRootCrl, as_bytes("-----BEGIN%20CERTIFICATE-----%0AMIIC%2Bw%3D%3D")),
      form(2, {}, as_bytes("source = \"pccs\"\nurl = \"https://h:8081/sgx/certification/v4\" # it\nrefresh_hours = 2")),
      form(3, {}, vector("quote.bin")),
      form(4, {}, vector("quote.bin"))};
}
