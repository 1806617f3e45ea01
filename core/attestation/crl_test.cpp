#include "core/attestation/crl.hpp"

#include "core/attestation/der.hpp"
#include "core/attestation/forge_for_test.hpp"
#include "core/attestation/time.hpp"
#include "tests/support/vectors.hpp"

namespace substratee::attestation::x509 {
namespace {

constexpr std::array<std::uint8_t, 3> kCrlNumber{0x55, 0x1d, 0x14};
constexpr std::array<std::uint8_t, 3> kReason{0x55, 0x1d, 0x15};
constexpr std::array<std::uint8_t, 3> kDeltaIndicator{0x55, 0x1d, 0x1b};

Bytes extension(ByteView oid, const Bytes& value, bool critical = false) {
  return der::sequence(der::object_identifier(oid), critical ? der::boolean(true) : Bytes{}, der::octet_string(value));
}
Bytes integer(std::uint64_t value) { return der::unsigned_integer(value); }

/// A list in parts that can be bent.
struct Parts {
  Bytes version = integer(1);
  Bytes algorithm = der::sequence(der::object_identifier(kOidEcdsaWithSha256));
  Bytes outer_algorithm = algorithm;
  Bytes issuer = make_name("issuer", "test");
  Bytes this_update = write_time(kTestNow);
  Bytes next_update = write_time(kTestNow + 1);
  Bytes entries = der::element(der::kSequence, der::sequence(integer(7), write_time(kTestNow)));
  Bytes extensions = der::element(der::context(0, true), der::sequence(extension(kCrlNumber, integer(3))));

  [[nodiscard]] Bytes write() const {
    const auto tbs = der::sequence(version, algorithm, issuer, this_update, next_update, entries, extensions);
    const auto signature = der::sequence(integer(1), integer(1));
    return der::sequence(tbs, outer_algorithm, der::bit_string(signature));
  }
  [[nodiscard]] Error refusal() const { return parse_crl(write()).error(); }
  [[nodiscard]] Parts with_extensions(const Bytes& list) const {
    auto out = *this;
    out.extensions = der::element(der::context(0, true), der::element(der::kSequence, list));
    return out;
  }
  [[nodiscard]] Parts with_entries(const Bytes& list) const {
    auto out = *this;
    out.entries = der::element(der::kSequence, list);
    return out;
  }
};

TEST(crl, what_is_written_is_read) {
  const Forge forge;
  const CrlToWrite written{.issuer = forge.ca.subject,
                           .this_update = kTestNow,
                           .next_update = kTestNow + 9,
                           .number = 258,
                           .serials = {Serial{{9}}, serial_of(forge.leaf)}};
  const auto der = write_crl(written, forge.ca_key);
  const auto crl = parse_crl(der);
  ASSERT_TRUE(crl) << to_string(crl.error());
  EXPECT_EQ(to_bytes(crl->issuer), written.issuer);
  EXPECT_EQ(crl->this_update, written.this_update);
  EXPECT_EQ(crl->next_update, written.next_update);
  EXPECT_EQ(crl->number[18], 1);
  EXPECT_EQ(crl->number[19], 2);
  EXPECT_EQ(serials_of(*crl), (std::vector{serial_of(forge.leaf), Serial{{9}}})) << "ascending";
  EXPECT_TRUE(verify_signature(*crl, forge.ca_key.public_key()));
  EXPECT_EQ(verify_signature(*crl, forge.root_key.public_key()).error(), Error::kBadCrlSignature);
}

TEST(crl, serials_are_those_of_certificates) {
  const Forge forge;
  const auto der = write(forge.ca, forge.root_key);
  EXPECT_EQ(to_serial(parse(der)->serial), serial_of(forge.ca));
}

TEST(crl, genuine_ones_are_read) {
  const auto der =
      test::load_bytes("attestation/tdx/openenclave-v5-00806F050000/collateral-2026-06-eval21/pck_crl.der");
  const auto crl = parse_crl(der);
  ASSERT_TRUE(crl) << to_string(crl.error());
  EXPECT_EQ(common_name(crl->issuer), "Intel SGX PCK Platform CA");
  EXPECT_EQ(serials_of(*crl).size(), 57u);
}

TEST(crl, the_profile_is_kept) {
  const Parts good;
  ASSERT_TRUE(parse_crl(good.write()));
  const auto changes = std::to_array<void (*)(Parts&)>({
      [](Parts& p) { p.version = {}; },
      [](Parts& p) { p.version = integer(0); },
      [](Parts& p) { p.version = integer(2); },
      [](Parts& p) { p.outer_algorithm = der::sequence(der::object_identifier(kCrlNumber)); },
      [](Parts& p) { p.outer_algorithm = der::sequence(der::object_identifier(kOidEcdsaWithSha256), Bytes{5, 0}); },
      [](Parts& p) { p.issuer = der::sequence(); },
      [](Parts& p) { p.next_update = {}; },
      [](Parts& p) { p.next_update = write_time(kTestNow - 1); },
      [](Parts& p) { p.this_update = der::element(der::kUtcTime, as_bytes("270115080000+0000")); },
      [](Parts& p) { p.entries = der::sequence(); },
      [](Parts& p) { p.extensions = {}; },
      [](Parts& p) { p.extensions = der::element(der::context(0, true), der::sequence()); },
      [](Parts& p) { append(p.extensions, integer(1)); },
  });
  for (std::size_t i = 0; i < changes.size(); ++i) {
    Parts changed;
    changes[i](changed);
    EXPECT_EQ(changed.refusal(), Error::kBadCrl) << i;
  }
}

TEST(crl, extensions_are_numbered_once_and_never_critical) {
  const Parts good;
  const auto number = extension(kCrlNumber, integer(3));
  EXPECT_TRUE(parse_crl(good.with_extensions(concat(number, extension(kReason, integer(0)))).write()));
  EXPECT_EQ(good.with_extensions(concat(number, number)).refusal(), Error::kBadCrl) << "twice";
  EXPECT_EQ(good.with_extensions(extension(kReason, integer(0))).refusal(), Error::kBadCrl) << "no number";
  EXPECT_EQ(good.with_extensions(extension(kCrlNumber, Bytes{2, 1, 0x80})).refusal(), Error::kBadCrl) << "negative";
  EXPECT_EQ(good.with_extensions(extension(kCrlNumber, concat(integer(3), Bytes{0}))).refusal(), Error::kBadCrl);
  EXPECT_EQ(good.with_extensions(extension(kCrlNumber, der::unsigned_integer(Bytes(21, 1)))).refusal(), Error::kBadCrl)
      << "21 octets";
  EXPECT_EQ(good.with_extensions(concat(number, extension(kDeltaIndicator, integer(1), true))).refusal(),
            Error::kUnknownCriticalExtension)
      << "a delta list says only part";
}

TEST(crl, entries_are_positive_serials_with_dates) {
  const Parts good;
  const auto date = write_time(kTestNow);
  const auto reason = der::sequence(extension(kReason, Bytes{10, 1, 1}));
  EXPECT_TRUE(parse_crl(good.with_entries(der::sequence(integer(7), date, reason)).write()));
  EXPECT_EQ(good.with_entries(der::sequence(integer(0), date)).refusal(), Error::kBadCrl);
  EXPECT_EQ(good.with_entries(der::sequence(Bytes{2, 1, 0x80}, date)).refusal(), Error::kBadCrl);
  EXPECT_EQ(good.with_entries(der::sequence(Bytes{2, 2, 0, 7}, date)).refusal(), Error::kBadCrl) << "not minimal";
  EXPECT_EQ(good.with_entries(der::sequence(der::unsigned_integer(Bytes(21, 1)), date)).refusal(), Error::kBadCrl);
  EXPECT_EQ(good.with_entries(der::sequence(integer(7))).refusal(), Error::kBadCrl);
  EXPECT_EQ(good.with_entries(der::sequence(integer(7), date, date)).refusal(), Error::kBadCrl);
  const auto critical = der::sequence(extension(kReason, Bytes{10, 1, 1}, true));
  EXPECT_EQ(good.with_entries(der::sequence(integer(7), date, critical)).refusal(), Error::kUnknownCriticalExtension);
}

TEST(crl, every_truncation_and_every_byte_behind_is_refused) {
  const auto der = Parts().write();
  for (std::size_t size = 0; size < der.size(); ++size) {
    EXPECT_EQ(parse_crl(ByteView(der).first(size)).error(), Error::kBadCrl) << size;
  }
  EXPECT_EQ(parse_crl(concat(der, Bytes{0})).error(), Error::kBadCrl);
}

TEST(crl, other_algorithms_parse_and_verify_nothing) {
  Parts parts;
  parts.algorithm = parts.outer_algorithm = der::sequence(der::object_identifier(kCrlNumber));
  const auto der = parts.write();
  const auto crl = parse_crl(der);
  ASSERT_TRUE(crl);
  EXPECT_EQ(verify_signature(*crl, Forge().ca_key.public_key()).error(), Error::kBadCrl);
}

}  // namespace
}  // namespace substratee::attestation::x509
