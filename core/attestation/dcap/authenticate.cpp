#include "core/attestation/dcap/authenticate.hpp"

#include "core/attestation/pem.hpp"
#include "core/crypto/hash.hpp"

namespace substratee::attestation::dcap {
namespace {

/// Both kinds of root are looked at before any signature, so that the reason is the same whatever else is wrong.
Result<void> check_root(const Hash256& root, std::span<const Hash256> roots, std::span<const Hash256> other_roots) {
  if (std::ranges::find(other_roots, root) != other_roots.end()) return std::unexpected(Error::kVendorMismatch);
  if (std::ranges::find(roots, root) == roots.end()) return std::unexpected(Error::kUnknownRoot);
  return {};
}

/// Intel compares only the first half of report_data; the zero half is required here too.
Result<void> check_quoting_enclave(const Quote& quote, const crypto::p256::PublicKey& platform_key) {
  if (!crypto::p256::verify(platform_key, write_report(quote.qe_report), quote.qe_signature)) {
    return std::unexpected(Error::kBadQeSignature);
  }
  if (quote.qe_report.report_data != report_data_for(concat(quote.attestation_key.bytes, quote.auth_data))) {
    return std::unexpected(Error::kBadQeBinding);
  }
  if ((quote.qe_report.flags & kDebug) != 0) return std::unexpected(Error::kQeDebug);
  return {};
}

Result<void> check_quote_signature(const Quote& quote) {
  const auto signed_bytes = concat(write_header(quote.header), write_report(quote.report));
  if (!crypto::p256::verify(quote.attestation_key, signed_bytes, quote.signature)) {
    return std::unexpected(Error::kBadQuoteSignature);
  }
  return {};
}

}  // namespace

Result<Authenticated> authenticate(const Quote& quote, std::span<const Hash256> roots,
                                   std::span<const Hash256> other_roots, UnixSeconds now) {
  const auto bundle = SUBSTRATEE_TRY(pem::read_certificates(quote.pck_chain));
  std::vector<x509::Certificate> certificates;
  for (const auto& der : bundle) certificates.push_back(SUBSTRATEE_TRY(x509::parse(der)));
  const auto chain = SUBSTRATEE_TRY(x509::order_chain(certificates));
  SUBSTRATEE_TRY(check_root(chain.root_hash, roots, other_roots));
  SUBSTRATEE_TRY(x509::verify_chain(chain, roots, now));
  const auto pck = SUBSTRATEE_TRY(pck_extension_of(chain.leaf));
  SUBSTRATEE_TRY(check_quoting_enclave(quote, chain.leaf.key));
  SUBSTRATEE_TRY(check_quote_signature(quote));
  return Authenticated{chain.root_hash, pck, chain.valid_until};
}

}  // namespace substratee::attestation::dcap
