#include "core/attestation/snp/report.hpp"

#include "core/crypto/hash.hpp"

namespace substratee::attestation::snp {
namespace {

constexpr std::string_view kLabel = "substratee/snp/v1";
constexpr std::uint32_t kEcdsaP384 = 1;
constexpr std::size_t kScalarSize = 48;
constexpr std::size_t kScalarField = 72;  ///< little-endian, the rest zero

std::unexpected<Error> bad() { return std::unexpected(Error::kBadSnpReport); }

/// Fields by their offsets in the specification.
class Fields {
 public:
  explicit Fields(ByteView bytes) noexcept : bytes_(bytes) {}

  template <class T>
  [[nodiscard]] T integer(std::size_t offset) const noexcept {
    std::uint64_t value = 0;
    for (std::size_t i = sizeof(T); i > 0; --i) value = value << 8 | bytes_[offset + i - 1];
    return static_cast<T>(value);
  }
  template <std::size_t N>
  [[nodiscard]] FixedBytes<N> fixed(std::size_t offset) const noexcept {
    return *FixedBytes<N>::from(bytes_.subspan(offset, N));
  }
  [[nodiscard]] FirmwareVersion firmware(std::size_t offset) const noexcept {
    return {bytes_[offset], bytes_[offset + 1], bytes_[offset + 2]};
  }
  /// All bytes from `begin` to before `end` are zero.
  [[nodiscard]] bool zero(std::size_t begin, std::size_t end) const noexcept {
    return std::ranges::all_of(bytes_.subspan(begin, end - begin), [](auto octet) { return octet == 0; });
  }
  void scalar(std::size_t offset, MutableByteView out) const noexcept {
    std::ranges::reverse_copy(bytes_.subspan(offset, kScalarSize), out.begin());
  }

 private:
  ByteView bytes_;
};

bool is_version(std::uint32_t version) noexcept { return version == 2 || version == 3 || version == 5; }

/// Reserved ranges, which the versions fill one after the other.
bool reserved_is_zero(const Fields& in, std::uint32_t version) noexcept {
  constexpr std::size_t kSignatureEnd = kSignedSize + 2 * kScalarField;
  const bool scalars = in.zero(kSignedSize + kScalarSize, kSignedSize + kScalarField) &&
                       in.zero(kSignedSize + kScalarField + kScalarSize, kSignatureEnd);
  return in.zero(0x4c, 0x50) && in.zero(version >= 3 ? 0x18b : 0x188, 0x1a0) && in.zero(0x1eb, 0x1ec) &&
         in.zero(0x1ef, 0x1f0) && in.zero(version >= 5 ? 0x208 : 0x1f8, kSignedSize) && scalars &&
         in.zero(kSignatureEnd, kReportSize);
}

Result<void> read_flags(std::uint32_t flags, Report& out) noexcept {
  if (flags >> 5 != 0) return bad();
  out.author_key = (flags & 1) != 0;
  out.masked_chip_key = (flags >> 1 & 1) != 0;
  const auto key = flags >> 2 & 7;
  if (key > 1) return bad();
  out.signing_key = key == 0 ? SigningKey::kVcek : SigningKey::kVlek;
  return {};
}

void read_guest(const Fields& in, Report& out) noexcept {
  out.guest_svn = in.integer<std::uint32_t>(0x04);
  out.policy = in.integer<std::uint64_t>(0x08);
  out.family_id = in.fixed<16>(0x10);
  out.image_id = in.fixed<16>(0x20);
  out.vmpl = in.integer<std::uint32_t>(0x30);
  out.report_data = in.fixed<64>(0x50);
  out.measurement = in.fixed<48>(0x90);
  out.host_data = in.fixed<32>(0xc0);
  out.id_key_digest = in.fixed<48>(0xe0);
  out.author_key_digest = in.fixed<48>(0x110);
  out.report_id = in.fixed<32>(0x140);
  out.report_id_ma = in.fixed<32>(0x160);
}

void read_platform(const Fields& in, Report& out) noexcept {
  out.current_tcb = in.fixed<8>(0x38);
  out.platform_info = in.integer<std::uint64_t>(0x40);
  out.reported_tcb = in.fixed<8>(0x180);
  if (out.version >= 3) {
    out.cpu = Cpu{in.integer<std::uint8_t>(0x188), in.integer<std::uint8_t>(0x189), in.integer<std::uint8_t>(0x18a)};
  }
  out.chip_id = in.fixed<64>(0x1a0);
  out.committed_tcb = in.fixed<8>(0x1e0);
  out.current_firmware = in.firmware(0x1e8);
  out.committed_firmware = in.firmware(0x1ec);
  out.launch_tcb = in.fixed<8>(0x1f0);
  out.launch_mitigations = in.integer<std::uint64_t>(0x1f8);
  out.current_mitigations = in.integer<std::uint64_t>(0x200);
}

}  // namespace

Result<Report> parse_report(ByteView bytes) {
  if (bytes.size() != kReportSize) return std::unexpected(Error::kTruncatedQuote);
  const Fields in(bytes);
  Report out;
  out.version = in.integer<std::uint32_t>(0x00);
  if (!is_version(out.version) || in.integer<std::uint32_t>(0x34) != kEcdsaP384) return bad();
  if (!reserved_is_zero(in, out.version)) return bad();
  SUBSTRATEE_TRY(read_flags(in.integer<std::uint32_t>(0x48), out));
  read_guest(in, out);
  if ((out.policy & kPolicyReservedOne) == 0) return bad();
  read_platform(in, out);
  const MutableByteView signature(out.signature.bytes);
  in.scalar(kSignedSize, signature.first(kScalarSize));
  in.scalar(kSignedSize + kScalarField, signature.last(kScalarSize));
  out.signed_part = in.fixed<kSignedSize>(0);
  return out;
}

Measurement measurement_of(const Report& report) {
  Bytes text = concat(as_bytes(kLabel), report.measurement.bytes);
  for (std::size_t i = 0; i < 8; ++i) text.push_back(static_cast<std::uint8_t>(report.policy >> (8 * i)));
  append(text, report.host_data.bytes);
  for (std::size_t i = 0; i < 4; ++i) text.push_back(static_cast<std::uint8_t>(report.vmpl >> (8 * i)));
  return crypto::sha256(text);
}

}  // namespace substratee::attestation::snp
