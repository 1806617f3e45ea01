#include "core/attestation/snp/certificate_table.hpp"

#include "core/attestation/der.hpp"
#include "core/attestation/pem.hpp"
#include "core/base/check.hpp"

namespace substratee::attestation::snp {
namespace {

using Guid = FixedBytes<16>;

constexpr std::size_t kEntrySize = Guid::kSize + 8;
// Bytes in the order of their text: 63da758d-e664-4564-adc5-f4b93be8accd and so on.
constexpr Guid kVcek{{0x63, 0xda, 0x75, 0x8d, 0xe6, 0x64, 0x45, 0x64, 0xad, 0xc5, 0xf4, 0xb9, 0x3b, 0xe8, 0xac, 0xcd}};
constexpr Guid kVlek{{0xa8, 0x07, 0x4b, 0xc2, 0xa2, 0x5a, 0x48, 0x3e, 0xaa, 0xe6, 0x39, 0xc0, 0x45, 0xa0, 0xb8, 0xa1}};
constexpr Guid kAsk{{0x4a, 0xb7, 0xb3, 0x79, 0xbb, 0xac, 0x4f, 0xe4, 0xa0, 0x2f, 0x05, 0xae, 0xf3, 0x27, 0xc7, 0x82}};
constexpr Guid kArk{{0xc0, 0xb4, 0x06, 0xa4, 0xa8, 0x03, 0x49, 0x52, 0x97, 0x43, 0x3f, 0xb6, 0x01, 0x4c, 0xd0, 0xae}};

std::unexpected<Error> bad() { return std::unexpected(Error::kBadCertificateTable); }

struct Known {
  Guid guid;
  Bytes CertificateTable::* place;
};
constexpr std::array<Known, 4> kKnown{{{kVcek, &CertificateTable::vcek},
                                       {kVlek, &CertificateTable::vlek},
                                       {kAsk, &CertificateTable::ask},
                                       {kArk, &CertificateTable::ark}}};

std::size_t integer(ByteView bytes) noexcept {
  std::size_t value = 0;
  for (std::size_t i = 4; i > 0; --i) value = value << 8 | bytes[i - 1];
  return value;
}

void put(Bytes& out, std::size_t value) {
  for (std::size_t i = 0; i < 4; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

struct Entry {
  Guid guid;
  std::size_t offset{};
  std::size_t size{};
  [[nodiscard]] bool is_end() const noexcept { return guid == Guid{} && offset == 0 && size == 0; }
};

Entry entry_at(ByteView bytes, std::size_t index) noexcept {
  const auto entry = bytes.subspan(index * kEntrySize, kEntrySize);
  return {*Guid::from(entry.first(Guid::kSize)), integer(entry.subspan(16, 4)), integer(entry.subspan(20, 4))};
}

/// The number of entries before the end mark.
Result<std::size_t> count_entries(ByteView bytes) noexcept {
  for (std::size_t i = 0; i <= kMaxTableEntries; ++i) {
    if (bytes.size() < (i + 1) * kEntrySize) return bad();
    if (entry_at(bytes, i).is_end()) return i;
  }
  return bad();
}

/// DER begins with a SEQUENCE, PEM with text.
Result<Bytes> to_der(ByteView certificate) {
  if (certificate[0] == der::kSequence) return to_bytes(certificate);
  auto bundle = SUBSTRATEE_TRY(pem::read_certificates(certificate));
  if (bundle.size() != 1) return bad();
  return std::move(bundle[0]);
}

Result<void> place(const Entry& entry, ByteView certificate, CertificateTable& out) {
  const auto known = std::ranges::find(kKnown, entry.guid, &Known::guid);
  if (known == kKnown.end()) return {};
  auto& found = out.*(known->place);
  if (!found.empty() || certificate.empty()) return bad();
  found = SUBSTRATEE_TRY(to_der(certificate));
  return {};
}

}  // namespace

Result<CertificateTable> parse_table(ByteView bytes) {
  const auto count = SUBSTRATEE_TRY(count_entries(bytes));
  const std::size_t head = (count + 1) * kEntrySize;
  CertificateTable out;
  for (std::size_t i = 0; i < count; ++i) {
    const auto entry = entry_at(bytes, i);
    if (entry.offset < head || entry.offset > bytes.size() || entry.size > bytes.size() - entry.offset) return bad();
    SUBSTRATEE_TRY(place(entry, bytes.subspan(entry.offset, entry.size), out));
  }
  return out;
}

Bytes write_table(const CertificateTable& table) {
  const auto has = [&](const Known& known) { return !(table.*(known.place)).empty(); };
  const auto count = static_cast<std::size_t>(std::ranges::count_if(kKnown, has));
  Bytes head;
  Bytes certificates;
  for (const auto& known : kKnown) {
    if (!has(known)) continue;
    append(head, known.guid.bytes);
    put(head, (count + 1) * kEntrySize + certificates.size());
    put(head, (table.*(known.place)).size());
    append(certificates, table.*(known.place));
  }
  head.resize((count + 1) * kEntrySize);
  return concat(head, certificates);
}

Result<Body> parse_body(ByteView body) {
  if (body.size() < kReportSize) return std::unexpected(Error::kTruncatedQuote);
  return Body{SUBSTRATEE_TRY(parse_report(body.first(kReportSize))),
              SUBSTRATEE_TRY(parse_table(body.subspan(kReportSize)))};
}

Bytes make_body(ByteView report, const CertificateTable& certificates) {
  SUBSTRATEE_CHECK(report.size() == kReportSize);
  return concat(report, write_table(certificates));
}

}  // namespace substratee::attestation::snp
