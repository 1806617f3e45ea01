#include "core/attestation/evidence.hpp"

namespace substratee::attestation {
namespace {

Evidence largest() { return {Kind::kSimulated, {Bytes(kMaxEvidenceBodySize, 1)}, {Bytes(kMaxClaimsSize, 2)}}; }

TEST(evidence, the_kind_is_its_first_byte) {
  for (const auto kind : {Kind::kSimulated, Kind::kSgxDcap, Kind::kTdx, Kind::kSevSnp, Kind::kIas}) {
    const Evidence evidence{kind, {{1, 2, 3}}, {{4}}};
    const auto wire = scale::encode(evidence);
    EXPECT_EQ(wire, (Bytes{static_cast<std::uint8_t>(kind), 12, 1, 2, 3, 4, 4}));
    EXPECT_EQ(scale::decode<Evidence>(wire), evidence);
    EXPECT_NE(to_string(kind), "unknown");
  }
  EXPECT_EQ(scale::decode<Evidence>(Bytes{5, 0, 0}).error(), scale::Error::kUnknownVariant);
}

TEST(evidence, is_bounded) {
  const auto wire = scale::encode(largest());
  EXPECT_LE(wire.size(), kMaxEvidenceSize);
  EXPECT_TRUE(scale::decode<Evidence>(wire));
  scale::Encoder body;
  body.byte(0);
  scale::encode_to(body, Bytes(kMaxEvidenceBodySize + 1, 0));
  scale::encode_to(body, Bytes{});
  EXPECT_EQ(scale::decode<Evidence>(body.bytes()).error(), scale::Error::kTooLong);
  scale::Encoder claims;
  claims.byte(0);
  scale::encode_to(claims, Bytes{});
  scale::encode_to(claims, Bytes(kMaxClaimsSize + 1, 0));
  EXPECT_EQ(scale::decode<Evidence>(claims.bytes()).error(), scale::Error::kTooLong);
}

TEST(evidence, simulated_is_called_so) {
  EXPECT_NE(to_string(Kind::kSimulated).find("NOT SECURE"), std::string_view::npos);
  EXPECT_EQ(to_string(TcbStatus::kSimulated), "Simulated");
}

}  // namespace
}  // namespace substratee::attestation
