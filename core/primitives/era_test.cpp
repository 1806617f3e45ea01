#include "core/primitives/era.hpp"

#include "tests/support/vectors.hpp"

namespace substratee::primitives {
namespace {

TEST(era, matches_the_published_vectors) {
  const auto vectors = test::load_json("substrate/era.json");
  EXPECT_EQ(scale::encode(Era::immortal()), test::hex(vectors.at("immortal")));
  for (const auto& entry : vectors.at("cases").as_array()) {
    const auto current = static_cast<BlockNumber>(entry.at("current").as_int64());
    const auto era = Era::mortal(static_cast<std::uint64_t>(entry.at("period").as_int64()), current);
    EXPECT_EQ(era.period, entry.at("decoded_period").as_int64());
    const auto wire = test::hex(entry.at("hex"));
    EXPECT_EQ(scale::encode(era), wire);
    EXPECT_EQ(scale::decode<Era>(wire), era);
    // polkadot.js tells the phase before quantisation; the chain goes by what is on the wire.
    const auto lost = entry.at("phase").as_int64() % std::max(era.period >> 12, 1u);
    EXPECT_EQ(era.phase, entry.at("phase").as_int64() - lost);
    EXPECT_EQ(era.birth(current), entry.at("birth").as_int64() - lost);
    EXPECT_EQ(era.death(current), static_cast<std::uint64_t>(entry.at("death").as_int64() - lost));
  }
}

TEST(era, periods_are_rounded_up_to_a_power_of_two_from_4_to_65536) {
  EXPECT_EQ(Era::mortal(0, 0).period, 4u);
  EXPECT_EQ(Era::mortal(3, 0).period, 4u);
  EXPECT_EQ(Era::mortal(5, 0).period, 8u);
  EXPECT_EQ(Era::mortal(64, 0).period, 64u);
  EXPECT_EQ(Era::mortal(65, 0).period, 128u);
  EXPECT_EQ(Era::mortal(65537, 0).period, 65536u);
  EXPECT_EQ(Era::mortal(~std::uint64_t{0}, 0).period, 65536u);
}

TEST(era, long_periods_quantise_the_phase) {
  const auto era = Era::mortal(65536, 100'003);
  EXPECT_EQ(era.phase, (100'003u % 65536) / 16 * 16);
  EXPECT_EQ(era.birth(100'003), 100'000u);
}

TEST(era, birth_is_the_newest_block_with_the_phase_that_is_not_newer_than_current) {
  const Era era{64, 42};
  EXPECT_EQ(era.birth(0), 42u);
  EXPECT_EQ(era.birth(42), 42u);
  EXPECT_EQ(era.birth(105), 42u);
  EXPECT_EQ(era.birth(106), 106u);
  EXPECT_EQ(era.death(105), 106u);
  EXPECT_EQ(era.death(~BlockNumber{0}), era.birth(~BlockNumber{0}) + std::uint64_t{64});
}

TEST(era, immortal_is_born_at_genesis_and_never_dies) {
  EXPECT_EQ(Era::immortal().birth(1000), 0u);
  EXPECT_EQ(Era::immortal().death(1000), ~std::uint64_t{0});
}

TEST(era, all_wire_forms_are_canonical_or_refused) {
  std::size_t accepted = 0;
  for (unsigned value = 0; value < 65536; ++value) {
    const Bytes wire{static_cast<std::uint8_t>(value), static_cast<std::uint8_t>(value >> 8)};
    const auto era = scale::decode<Era>(wire);
    if (wire[0] == 0) {
      EXPECT_EQ(era.error(), scale::Error::kTrailingBytes);
      continue;
    }
    const bool too_short = (wire[0] & 0xf) == 0;
    const auto period = 2u << (value & 0xf);
    if (too_short || (value >> 4) * std::max(period >> 12, 1u) >= period) {
      EXPECT_EQ(era.error(), scale::Error::kUnknownVariant);
      continue;
    }
    ASSERT_TRUE(era);
    ASSERT_EQ(scale::encode(*era), wire);
    ++accepted;
  }
  EXPECT_EQ(accepted, 24572u);  // 4 + 8 + … + 2048 phases, and 4096 for each of the five longest periods
}

TEST(era, truncations_are_refused) {
  EXPECT_EQ(scale::decode<Era>({}).error(), scale::Error::kTruncated);
  EXPECT_EQ(scale::decode<Era>(Bytes{0xa5}).error(), scale::Error::kTruncated);
}

}  // namespace
}  // namespace substratee::primitives
