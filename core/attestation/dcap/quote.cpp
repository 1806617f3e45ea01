#include "core/attestation/dcap/quote.hpp"

#include "core/attestation/dcap/fields.hpp"
#include "core/crypto/hash.hpp"
#include "core/scale/coder.hpp"

namespace substratee::attestation::dcap {
namespace {

/// Body types of version 5.
constexpr std::uint16_t kBodySgx = 1;
constexpr std::uint16_t kBodyTd10 = 2;
constexpr std::uint16_t kBodyTd15 = 3;
constexpr std::size_t kDescriptorSize = 6;

Result<Header> parse_header(ByteView bytes) noexcept {
  Fields in(bytes);
  Header out;
  out.version = in.integer<std::uint16_t>();
  const auto key_type = in.integer<std::uint16_t>();
  out.tee_type = in.integer<std::uint32_t>();
  const bool known_tee = out.tee_type == kTeeSgx || (out.tee_type == kTeeTdx && out.version != kVersion3);
  if (out.version < kVersion3 || out.version > kVersion5 || key_type != kEcdsaP256 || !known_tee) {
    return std::unexpected(Error::kBadHeader);
  }
  out.qe_svn = in.integer<std::uint16_t>();
  out.pce_svn = in.integer<std::uint16_t>();
  out.vendor = in.fixed<16>();
  out.user_data = in.fixed<20>();
  return out;
}

/// Where the body lies.
struct Place {
  std::size_t offset = kHeaderSize;
  std::size_t size = kReportSize;
};

/// Version 5 says type and size of the body; both must fit each other and the TEE.
Result<Place> place_of_body5(const Header& header, ByteView bytes) noexcept {
  if (bytes.size() < kHeaderSize + kDescriptorSize) return std::unexpected(Error::kTruncatedQuote);
  Fields in(bytes.subspan(kHeaderSize, kDescriptorSize));
  const auto type = in.integer<std::uint16_t>();
  const auto size = in.integer<std::uint32_t>();
  const bool sgx = header.tee_type == kTeeSgx && type == kBodySgx && size == kReportSize;
  const bool td10 = header.tee_type == kTeeTdx && type == kBodyTd10 && size == tdx::kReportSize;
  const bool td15 = header.tee_type == kTeeTdx && type == kBodyTd15 && size == tdx::kReport15Size;
  if (!sgx && !td10 && !td15) return std::unexpected(Error::kBadHeader);
  return Place{kHeaderSize + kDescriptorSize, size};
}

Result<Place> place_of_body(const Header& header, ByteView bytes) noexcept {
  if (header.version == kVersion5) return place_of_body5(header, bytes);
  return Place{kHeaderSize, header.tee_type == kTeeSgx ? kReportSize : tdx::kReportSize};
}

Result<void> parse_body(ByteView bytes, Quote& out) {
  if (out.header.tee_type == kTeeSgx) {
    out.body = SUBSTRATEE_TRY(parse_report(bytes));
  } else {
    out.body = SUBSTRATEE_TRY(tdx::parse_report(bytes));
  }
  return {};
}

/// A part whose length stands before it, in `Size` bytes.
template <class Size>
Result<ByteView> take_sized(Fields& in) noexcept {
  if (in.rest().size() < sizeof(Size)) return std::unexpected(Error::kTruncatedQuote);
  const std::size_t size = in.integer<Size>();
  if (in.rest().size() < size) return std::unexpected(Error::kTruncatedQuote);
  return in.take(size);
}

constexpr std::size_t kFixedSignatureData = 64 + 64;
constexpr std::size_t kFixedQePart = kReportSize + 64;

/// A certification: its type, a length, and that many bytes, after which nothing may follow.
Result<ByteView> take_certification(Fields& in, std::uint16_t type) noexcept {
  if (in.rest().size() < 2) return std::unexpected(Error::kBadSignatureData);
  const auto found = in.integer<std::uint16_t>();
  const auto data = SUBSTRATEE_TRY_OR(Error::kBadSignatureData, take_sized<std::uint32_t>(in));
  if (!in.rest().empty()) return std::unexpected(Error::kBadSignatureData);
  if (found != type) return std::unexpected(Error::kUnsupportedCertification);
  return data;
}

Result<void> parse_qe_part(Fields& in, Quote& out) {
  if (in.rest().size() < kFixedQePart) return std::unexpected(Error::kBadSignatureData);
  out.signed_qe_report = in.take(kReportSize);
  out.qe_report = SUBSTRATEE_TRY(parse_report(out.signed_qe_report));
  out.qe_signature = in.fixed<64>();
  out.auth_data = SUBSTRATEE_TRY_OR(Error::kBadSignatureData, take_sized<std::uint16_t>(in));
  out.pck_chain = SUBSTRATEE_TRY(take_certification(in, kPckChain));
  return {};
}

Result<void> parse_signature_data(ByteView bytes, Quote& out) {
  if (bytes.size() < kFixedSignatureData) return std::unexpected(Error::kBadSignatureData);
  Fields in(bytes);
  out.signature = in.fixed<64>();
  out.attestation_key = in.fixed<64>();
  if (out.header.version == kVersion3) return parse_qe_part(in, out);
  Fields inner(SUBSTRATEE_TRY(take_certification(in, kQeReportCertification)));
  return parse_qe_part(inner, out);
}

template <class T>
void put(scale::Encoder& out, T value) {
  out.little_endian(value, sizeof(T));
}

void put_zeros(scale::Encoder& out, std::size_t count) { out.raw(Bytes(count, 0)); }

}  // namespace

VendorId simulation_vendor() noexcept {
  const auto hash = crypto::sha256(as_bytes("substratee/simulated/qe-vendor/v1"));
  return *VendorId::from(ByteView(hash.bytes).first(VendorId::kSize));
}

Result<Report> parse_report(ByteView bytes) {
  if (bytes.size() != kReportSize) return std::unexpected(Error::kTruncatedQuote);
  Fields in(bytes);
  Report out;
  bool reserved_zero = true;
  const auto reserved = [&](std::size_t size) { reserved_zero = in.zeros(size) && reserved_zero; };
  out.cpu_svn = in.fixed<16>();
  out.misc_select = in.integer<std::uint32_t>();
  out.cet_attributes = in.integer<std::uint8_t>();
  reserved(11);
  out.isv_ext_prod_id = in.fixed<16>();
  out.flags = in.integer<std::uint64_t>();
  out.xfrm = in.integer<std::uint64_t>();
  out.mr_enclave = in.fixed<32>();
  reserved(32);
  out.mr_signer = in.fixed<32>();
  reserved(32);
  out.config_id = in.fixed<64>();
  out.isv_prod_id = in.integer<std::uint16_t>();
  out.isv_svn = in.integer<std::uint16_t>();
  out.config_svn = in.integer<std::uint16_t>();
  reserved(42);
  out.isv_family_id = in.fixed<16>();
  out.report_data = in.fixed<64>();
  SUBSTRATEE_CHECK(in.rest().empty());
  if (!reserved_zero) return std::unexpected(Error::kBadReport);
  return out;
}

Result<Quote> parse_quote(ByteView bytes) {
  if (bytes.size() > kMaxQuoteSize) return std::unexpected(Error::kTooLarge);
  if (bytes.size() < kHeaderSize) return std::unexpected(Error::kTruncatedQuote);
  Quote out;
  out.header = SUBSTRATEE_TRY(parse_header(bytes.first(kHeaderSize)));
  const auto place = SUBSTRATEE_TRY(place_of_body(out.header, bytes));
  const std::size_t signed_size = place.offset + place.size;
  if (bytes.size() < signed_size) return std::unexpected(Error::kTruncatedQuote);
  out.signed_part = bytes.first(signed_size);
  SUBSTRATEE_TRY(parse_body(bytes.subspan(place.offset, place.size), out));
  Fields in(bytes.subspan(signed_size));
  const auto signature_data = SUBSTRATEE_TRY(take_sized<std::uint32_t>(in));
  SUBSTRATEE_TRY(parse_signature_data(signature_data, out));
  out.trailing = in.rest();
  return out;
}

Bytes write_signed_part(const Quote& quote) {
  scale::Encoder out;
  put(out, quote.header.version);
  put(out, kEcdsaP256);
  put(out, quote.header.tee_type);
  put(out, quote.header.qe_svn);
  put(out, quote.header.pce_svn);
  out.raw(quote.header.vendor.bytes);
  out.raw(quote.header.user_data.bytes);
  const auto* sgx = std::get_if<Report>(&quote.body);
  const auto* td = std::get_if<tdx::Report>(&quote.body);
  const auto body = sgx != nullptr ? write_report(*sgx) : tdx::write_report(*td);
  if (quote.header.version == kVersion5) {
    put(out, sgx != nullptr ? kBodySgx : td->newer ? kBodyTd15 : kBodyTd10);
    put(out, static_cast<std::uint32_t>(body.size()));
  }
  out.raw(body);
  return std::move(out).take();
}

Bytes write_report(const Report& report) {
  scale::Encoder out;
  out.raw(report.cpu_svn.bytes);
  put(out, report.misc_select);
  put(out, report.cet_attributes);
  put_zeros(out, 11);
  out.raw(report.isv_ext_prod_id.bytes);
  put(out, report.flags);
  put(out, report.xfrm);
  out.raw(report.mr_enclave.bytes);
  put_zeros(out, 32);
  out.raw(report.mr_signer.bytes);
  put_zeros(out, 32);
  out.raw(report.config_id.bytes);
  put(out, report.isv_prod_id);
  put(out, report.isv_svn);
  put(out, report.config_svn);
  put_zeros(out, 42);
  out.raw(report.isv_family_id.bytes);
  out.raw(report.report_data.bytes);
  return std::move(out).take();
}

Bytes write_quote(const Quote& quote) {
  SUBSTRATEE_CHECK(quote.auth_data.size() <= 0xffff);
  scale::Encoder qe_part;
  qe_part.raw(write_report(quote.qe_report));
  qe_part.raw(quote.qe_signature.bytes);
  put(qe_part, static_cast<std::uint16_t>(quote.auth_data.size()));
  qe_part.raw(quote.auth_data);
  put(qe_part, kPckChain);
  put(qe_part, static_cast<std::uint32_t>(quote.pck_chain.size()));
  qe_part.raw(quote.pck_chain);
  scale::Encoder signature_data;
  signature_data.raw(quote.signature.bytes);
  signature_data.raw(quote.attestation_key.bytes);
  if (quote.header.version != kVersion3) {
    put(signature_data, kQeReportCertification);
    put(signature_data, static_cast<std::uint32_t>(qe_part.bytes().size()));
  }
  signature_data.raw(qe_part.bytes());
  scale::Encoder out;
  out.raw(write_signed_part(quote));
  put(out, static_cast<std::uint32_t>(signature_data.bytes().size()));
  out.raw(signature_data.bytes());
  return std::move(out).take();
}

}  // namespace substratee::attestation::dcap
