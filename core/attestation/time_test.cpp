#include "core/attestation/time.hpp"

namespace substratee::attestation::x509 {
namespace {

Result<UnixSeconds> time_of(std::uint8_t tag, std::string_view text) {
  const auto der = der::element(tag, as_bytes(text));
  der::Reader in(der);
  return read_time(in);
}

Result<UnixSeconds> utc(std::string_view text) { return time_of(der::kUtcTime, text); }
Result<UnixSeconds> generalized(std::string_view text) { return time_of(der::kGeneralizedTime, text); }

TEST(certificate_time, is_seconds_since_1970) {
  EXPECT_EQ(utc("700101000000Z"), 0u);
  EXPECT_EQ(utc("240229235959Z"), 1709251199u);
  EXPECT_EQ(utc("491231235959Z"), 2524607999u);
  EXPECT_EQ(generalized("20500101000000Z"), 2524608000u);
  EXPECT_EQ(generalized("21000301000000Z"), 4107542400u) << "2100 is no leap year";
  EXPECT_EQ(generalized("99991231235959Z"), 253402300799u);
}

TEST(certificate_time, has_one_form) {
  for (const auto text : {"240229235959", "2402292359Z", "240229235959+0000", "240230000000Z", "230229000000Z",
                          "241301000000Z", "240001000000Z", "240100000000Z", "240101240000Z", "240101006000Z",
                          "240101000060Z", "24010100000aZ", "240101000000z", "", "240101000000ZZ", "691231235959Z"}) {
    EXPECT_FALSE(utc(text)) << text;
  }
  EXPECT_FALSE(generalized("20491231235959Z")) << "belongs into UTCTime";
  EXPECT_FALSE(generalized("20500101000000.5Z"));
  EXPECT_FALSE(generalized("21000229000000Z"));
  EXPECT_FALSE(time_of(der::kUtf8String, "240101000000Z"));
}

}  // namespace
}  // namespace substratee::attestation::x509
