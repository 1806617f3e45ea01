#include "core/attestation/dcap/pck.hpp"

#include "core/attestation/der.hpp"

namespace substratee::attestation::dcap {
namespace {

PckExtension sample() {
  PckExtension out;
  out.ppid.bytes.fill(9);
  for (std::uint8_t i = 0; i < 16; ++i) out.cpu_svn[i] = out.tcb_components[i] = static_cast<std::uint8_t>(i * 17);
  out.pce_svn = 40000;
  out.pce_id.bytes = {1, 2};
  out.fmspc.bytes = {1, 2, 3, 4, 5, 6};
  out.sgx_type = SgxType::kScalableWithIntegrity;
  return out;
}

Result<PckExtension> read(ByteView value) {
  x509::Certificate certificate;
  certificate.extensions.push_back({kOidSgxExtension, false, value});
  return pck_extension_of(certificate);
}

/// One more member in front of the others.
Bytes with_member(std::uint8_t arc, const Bytes& value) {
  const auto whole = write_pck_extension(sample());
  const auto content = der::only(whole, der::kSequence)->content;
  const auto oid = concat(kOidSgxExtension, ByteView(&arc, 1));
  return der::sequence(der::sequence(der::object_identifier(oid), value), content);
}

TEST(pck, round_trips) { EXPECT_EQ(read(write_pck_extension(sample())), sample()); }

TEST(pck, every_truncation_and_any_trailing_byte_is_refused) {
  auto bytes = write_pck_extension(sample());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(read(ByteView(bytes).first(size)).error(), Error::kBadPckExtension);
  }
  bytes.push_back(0);
  EXPECT_EQ(read(bytes).error(), Error::kBadPckExtension);
}

TEST(pck, an_absent_extension_is_refused) {
  EXPECT_EQ(pck_extension_of(x509::Certificate{}).error(), Error::kBadPckExtension);
  EXPECT_EQ(read(der::sequence()).error(), Error::kBadPckExtension) << "empty";
}

TEST(pck, components_and_cpusvn_must_agree) {
  auto extension = sample();
  extension.cpu_svn[3] ^= 1;
  EXPECT_EQ(read(write_pck_extension(extension)).error(), Error::kBadPckExtension);
}

TEST(pck, unknown_members_are_passed_over_and_repeated_ones_refused) {
  EXPECT_EQ(read(with_member(6, der::octet_string(Bytes(16, 1)))), sample()) << "platform instance id";
  EXPECT_EQ(read(with_member(1, der::octet_string(Bytes(16, 9)))).error(), Error::kBadPckExtension);
  EXPECT_EQ(read(with_member(5, der::unsigned_integer(0))).error(), Error::kBadPckExtension) << "not ENUMERATED";
}

TEST(pck, sizes_are_exact) {
  // The PPID stands first: 30 len { 30 1e { 06 0a oid, 04 10 ppid } ... }
  auto bytes = write_pck_extension(sample());
  const auto ppid = std::ranges::search(bytes, Bytes(16, 9));
  const auto size = ppid.begin() - 1;
  ASSERT_EQ(*size, 16);
  *size = 15;
  EXPECT_EQ(read(bytes).error(), Error::kBadPckExtension);
}

}  // namespace
}  // namespace substratee::attestation::dcap
