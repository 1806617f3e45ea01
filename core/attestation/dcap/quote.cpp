#include "core/attestation/dcap/quote.hpp"

#include "core/base/check.hpp"
#include "core/crypto/hash.hpp"
#include "core/scale/coder.hpp"

namespace substratee::attestation::dcap {
namespace {

/// Little-endian fields of fixed places; the caller has checked the size of the whole.
class Fields {
 public:
  explicit Fields(ByteView input) noexcept : rest_(input) {}

  [[nodiscard]] ByteView take(std::size_t size) noexcept {
    SUBSTRATEE_CHECK(size <= rest_.size());
    const auto taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
  }
  template <std::size_t N>
  [[nodiscard]] FixedBytes<N> fixed() noexcept {
    return *FixedBytes<N>::from(take(N));
  }
  template <class T>
  [[nodiscard]] T integer() noexcept {
    std::uint64_t value = 0;
    const auto octets = take(sizeof(T));
    for (std::size_t i = sizeof(T); i > 0; --i) value = value << 8 | octets[i - 1];
    return static_cast<T>(value);
  }
  /// Passes over `size` bytes; whether all of them were zero.
  [[nodiscard]] bool zeros(std::size_t size) noexcept {
    return std::ranges::all_of(take(size), [](auto octet) { return octet == 0; });
  }
  [[nodiscard]] ByteView rest() const noexcept { return rest_; }

 private:
  ByteView rest_;
};

Result<Header> parse_header(ByteView bytes) noexcept {
  Fields in(bytes);
  const auto version = in.integer<std::uint16_t>();
  const auto key_type = in.integer<std::uint16_t>();
  const bool reserved = in.zeros(4);
  if (version != kVersion3 || key_type != kEcdsaP256 || !reserved) return std::unexpected(Error::kBadHeader);
  Header out;
  out.qe_svn = in.integer<std::uint16_t>();
  out.pce_svn = in.integer<std::uint16_t>();
  out.vendor = in.fixed<16>();
  out.user_data = in.fixed<20>();
  return out;
}

/// A part whose length stands before it, in `Size` bytes.
template <class Size>
Result<ByteView> take_sized(Fields& in) noexcept {
  if (in.rest().size() < sizeof(Size)) return std::unexpected(Error::kTruncatedQuote);
  const std::size_t size = in.integer<Size>();
  if (in.rest().size() < size) return std::unexpected(Error::kTruncatedQuote);
  return in.take(size);
}

constexpr std::size_t kFixedSignatureData = 64 + 64 + kReportSize + 64;

Result<void> parse_signature_data(ByteView bytes, Quote& out) {
  if (bytes.size() < kFixedSignatureData) return std::unexpected(Error::kBadSignatureData);
  Fields in(bytes);
  out.signature = in.fixed<64>();
  out.attestation_key = in.fixed<64>();
  out.qe_report = SUBSTRATEE_TRY(parse_report(in.take(kReportSize)));
  out.qe_signature = in.fixed<64>();
  out.auth_data = SUBSTRATEE_TRY_OR(Error::kBadSignatureData, take_sized<std::uint16_t>(in));
  if (in.rest().size() < 2) return std::unexpected(Error::kBadSignatureData);
  const auto certification = in.integer<std::uint16_t>();
  out.pck_chain = SUBSTRATEE_TRY_OR(Error::kBadSignatureData, take_sized<std::uint32_t>(in));
  if (!in.rest().empty()) return std::unexpected(Error::kBadSignatureData);
  if (certification != kPckChain) return std::unexpected(Error::kUnsupportedCertification);
  return {};
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
  reserved(12);
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
  if (bytes.size() < kSignedSize) return std::unexpected(Error::kTruncatedQuote);
  Quote out;
  out.header = SUBSTRATEE_TRY(parse_header(bytes.first(kHeaderSize)));
  out.report = SUBSTRATEE_TRY(parse_report(bytes.subspan(kHeaderSize, kReportSize)));
  Fields in(bytes.subspan(kSignedSize));
  const auto signature_data = SUBSTRATEE_TRY(take_sized<std::uint32_t>(in));
  if (!in.rest().empty()) return std::unexpected(Error::kBadSignatureData);
  SUBSTRATEE_TRY(parse_signature_data(signature_data, out));
  return out;
}

Bytes write_header(const Header& header) {
  scale::Encoder out;
  put(out, kVersion3);
  put(out, kEcdsaP256);
  put_zeros(out, 4);
  put(out, header.qe_svn);
  put(out, header.pce_svn);
  out.raw(header.vendor.bytes);
  out.raw(header.user_data.bytes);
  return std::move(out).take();
}

Bytes write_report(const Report& report) {
  scale::Encoder out;
  out.raw(report.cpu_svn.bytes);
  put(out, report.misc_select);
  put_zeros(out, 12);
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
  scale::Encoder signature_data;
  signature_data.raw(quote.signature.bytes);
  signature_data.raw(quote.attestation_key.bytes);
  signature_data.raw(write_report(quote.qe_report));
  signature_data.raw(quote.qe_signature.bytes);
  put(signature_data, static_cast<std::uint16_t>(quote.auth_data.size()));
  signature_data.raw(quote.auth_data);
  put(signature_data, kPckChain);
  put(signature_data, static_cast<std::uint32_t>(quote.pck_chain.size()));
  signature_data.raw(quote.pck_chain);
  scale::Encoder out;
  out.raw(write_header(quote.header));
  out.raw(write_report(quote.report));
  put(out, static_cast<std::uint32_t>(signature_data.bytes().size()));
  out.raw(signature_data.bytes());
  return std::move(out).take();
}

}  // namespace substratee::attestation::dcap
