#include "core/attestation/snp/certificate_table.hpp"

#include "core/attestation/pem.hpp"

#include <gtest/gtest.h>

namespace substratee::attestation::snp {
namespace {

constexpr std::size_t kEntry = 24;

CertificateTable sample() { return {{0x30, 1, 1}, {}, {0x30, 2}, {0x30, 3, 3, 3}}; }

void put(Bytes& bytes, std::size_t offset, std::uint32_t value) {
  for (std::size_t i = 0; i < 4; ++i) bytes[offset + i] = static_cast<std::uint8_t>(value >> (8 * i));
}

Error error_of(const Bytes& table) {
  const auto parsed = parse_table(table);
  return parsed ? Error::kUnsupportedEvidence : parsed.error();
}

TEST(snp_table, reads_what_it_writes) {
  EXPECT_EQ(parse_table(write_table(sample())), sample());
  EXPECT_EQ(parse_table(write_table({})), CertificateTable{});
  EXPECT_EQ(write_table({}), Bytes(kEntry, 0));
}

TEST(snp_table, padding_and_unknown_entries_are_passed_over) {
  auto table = write_table(sample());
  table.resize(table.size() + 100);
  EXPECT_EQ(parse_table(table), sample());
  table[0] ^= 0xff;  // the VCEK's GUID
  auto rest = sample();
  rest.vcek.clear();
  EXPECT_EQ(parse_table(table), rest);
}

TEST(snp_table, takes_pem_of_one_certificate) {
  auto table = sample();
  const auto text = pem::write_certificate(table.ark);
  table.ark = to_bytes(as_bytes(text));
  EXPECT_EQ(parse_table(write_table(table)), sample());
  table.ark = to_bytes(as_bytes(text + text));
  EXPECT_EQ(error_of(write_table(table)), Error::kBadCertificateTable);
  table.ark = to_bytes(as_bytes("no certificate"));
  EXPECT_EQ(error_of(write_table(table)), Error::kBadPem);
}

TEST(snp_table, every_truncation_is_refused) {
  const auto table = write_table(sample());
  for (std::size_t size = 0; size < table.size(); ++size) {
    EXPECT_EQ(error_of(to_bytes(ByteView(table).first(size))), Error::kBadCertificateTable) << size;
  }
}

TEST(snp_table, entries_lie_inside_and_behind_the_head) {
  const auto table = write_table(sample());
  const auto with = [&](std::size_t offset, std::uint32_t value) {
    auto changed = table;
    put(changed, offset, value);
    return changed;
  };
  const auto size = static_cast<std::uint32_t>(table.size());
  EXPECT_EQ(error_of(with(16, 0)), Error::kBadCertificateTable);
  EXPECT_EQ(error_of(with(16, 4 * kEntry - 1)), Error::kBadCertificateTable);
  EXPECT_EQ(error_of(with(16, size)), Error::kBadCertificateTable);
  EXPECT_EQ(error_of(with(16, 0xffffffff)), Error::kBadCertificateTable);
  EXPECT_EQ(error_of(with(20, size)), Error::kBadCertificateTable);
  EXPECT_EQ(error_of(with(20, 0xffffffff)), Error::kBadCertificateTable);
  EXPECT_EQ(error_of(with(20, 0)), Error::kBadCertificateTable);
}

TEST(snp_table, no_entry_twice_and_not_too_many) {
  auto twice = write_table(sample());
  std::copy_n(twice.begin(), 16, twice.begin() + kEntry);
  EXPECT_EQ(error_of(twice), Error::kBadCertificateTable);
  const auto many = [](std::size_t count) {
    Bytes table((count + 1) * kEntry, 0);
    for (std::size_t i = 0; i < count; ++i) {
      table[i * kEntry] = 1;
      put(table, i * kEntry + 16, static_cast<std::uint32_t>(table.size()));
    }
    return table;
  };
  EXPECT_EQ(parse_table(many(kMaxTableEntries)), CertificateTable{});
  EXPECT_EQ(error_of(many(kMaxTableEntries + 1)), Error::kBadCertificateTable);
  EXPECT_EQ(error_of(Bytes(4096, 0xff)), Error::kBadCertificateTable);
}

}  // namespace
}  // namespace substratee::attestation::snp
