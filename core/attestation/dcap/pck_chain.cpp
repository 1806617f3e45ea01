#include "core/attestation/dcap/pck_chain.hpp"

#include "core/attestation/dcap/collateral.hpp"
#include "core/attestation/pem.hpp"

namespace substratee::attestation::dcap {
namespace {

constexpr std::string_view kLeafPhrase = "SGX PCK Certificate";

}  // namespace

Result<PckChain> read_pck_chain(ByteView pem) {
  PckChain out;
  out.der = SUBSTRATEE_TRY(pem::read_certificates(pem));
  std::vector<x509::Certificate> certificates;
  for (const auto& der : out.der) certificates.push_back(SUBSTRATEE_TRY(x509::parse(der)));
  out.chain = SUBSTRATEE_TRY(x509::order_chain(certificates));
  out.pck = SUBSTRATEE_TRY(pck_extension_of(out.chain.leaf));
  return out;
}

Result<CollateralKind> crl_kind_of(const PckChain& chain, bool hardware) noexcept {
  if (!hardware) return CollateralKind::kPckProcessorCrl;
  const auto name = x509::common_name(chain.chain.ca.subject);
  if (name == kProcessorCaName) return CollateralKind::kPckProcessorCrl;
  if (name == kPlatformCaName) return CollateralKind::kPckPlatformCrl;
  return std::unexpected(Error::kWrongCertificateName);
}

Result<void> verify_pck_chain(const PckChain& chain, bool hardware, UnixSeconds now, x509::KnownCertificates& known) {
  const auto& leaf = chain.chain.leaf;
  const auto& ca = chain.chain.ca;
  const auto& root = chain.chain.root;
  SUBSTRATEE_TRY(crl_kind_of(chain, hardware));
  if (hardware && x509::common_name(leaf.subject).find(kLeafPhrase) == std::string_view::npos) {
    return std::unexpected(Error::kWrongCertificateName);
  }
  for (const auto* certificate : {&root, &ca, &leaf}) SUBSTRATEE_TRY(x509::verify_validity(*certificate, now));
  SUBSTRATEE_TRY(known.verify(root, root.key));
  SUBSTRATEE_TRY(known.verify(ca, root.key));
  return x509::verify_signature(leaf, ca.key);
}

}  // namespace substratee::attestation::dcap
