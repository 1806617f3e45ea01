#include "core/attestation/ratls/tagged_evidence.hpp"

#include "core/attestation/dcap/quote.hpp"
#include "core/cbor/cbor.hpp"

namespace substratee::attestation::ratls {
namespace {

constexpr std::size_t kTeeTypeOffset = 4;
constexpr std::size_t kVendorOffset = 12;

Result<Kind> kind_of(std::uint64_t tag, ByteView body) noexcept {
  if (tag == kSnpTag) return Kind::kSevSnp;
  return kind_of_quote(body);
}

}  // namespace

Result<Kind> kind_of_quote(ByteView quote) noexcept {
  constexpr std::size_t kNeeded = kVendorOffset + dcap::VendorId::kSize;
  if (quote.size() < kNeeded) return std::unexpected(Error::kTruncatedQuote);
  const auto vendor = *dcap::VendorId::from(quote.subspan(kVendorOffset, dcap::VendorId::kSize));
  const int version = quote[0] | quote[1] << 8;
  const bool is_tdx = quote[kTeeTypeOffset] == 0x81;
  if (version == 3 && vendor == dcap::simulation_vendor()) return Kind::kSimulated;
  if (version >= 3 && version <= 5 && vendor == dcap::kIntelVendor) {
    return version > 3 && is_tdx ? Kind::kTdx : Kind::kSgxDcap;
  }
  return std::unexpected(Error::kUnsupportedEvidence);
}

Result<TaggedEvidence> read_tagged_evidence(ByteView cbor) {
  cbor::Reader in(cbor);
  const auto tag = SUBSTRATEE_TRY_OR(Error::kBadCbor, in.tag());
  if (tag != kQuoteTag && tag != kSnpTag) return std::unexpected(Error::kUnsupportedEvidence);
  if (SUBSTRATEE_TRY_OR(Error::kBadCbor, in.array()) != 2) return std::unexpected(Error::kBadCbor);
  TaggedEvidence out;
  out.body = SUBSTRATEE_TRY_OR(Error::kBadCbor, in.bytes());
  out.claims = SUBSTRATEE_TRY_OR(Error::kBadCbor, in.bytes());
  SUBSTRATEE_TRY_OR(Error::kBadCbor, in.finish());
  out.kind = SUBSTRATEE_TRY(kind_of(tag, out.body));
  return out;
}

Result<Bytes> write_tagged_evidence(const Evidence& evidence) {
  if (evidence.kind == Kind::kIas) return std::unexpected(Error::kUnsupportedEvidence);
  const auto tag = evidence.kind == Kind::kSevSnp ? kSnpTag : kQuoteTag;
  return concat(cbor::tag_head(tag), cbor::array_head(2), cbor::byte_string(evidence.body.value),
                cbor::byte_string(evidence.claims.value));
}

}  // namespace substratee::attestation::ratls
