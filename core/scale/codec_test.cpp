#include "core/scale/codec.hpp"

#include "tests/support/vectors.hpp"

namespace substratee::scale {
namespace {

enum class Colour : std::uint8_t { kRed, kGreen, kBlue };
constexpr Colour scale_last(Colour) { return Colour::kBlue; }

struct Inner {
  std::uint16_t a{};
  std::optional<std::string> b;
  SUBSTRATEE_FIELDS(Inner, a, b)
  friend bool operator==(const Inner&, const Inner&) = default;
};

struct Outer {
  static constexpr std::uint8_t kScaleIndex = 7;
  Compact<std::uint32_t> count;
  std::vector<Inner> items;
  std::array<bool, 2> flags{};
  Colour colour{};
  BoundedBytes<4> data;
  u128 balance{};
  SUBSTRATEE_FIELDS(Outer, count, items, flags, colour, data, balance)
  friend bool operator==(const Outer&, const Outer&) = default;
};

struct Empty {
  static constexpr std::uint8_t kScaleIndex = 3;
  SUBSTRATEE_FIELDS(Empty)
  friend bool operator==(const Empty&, const Empty&) = default;
};

using Message = std::variant<Outer, Empty>;

Outer sample() {
  return {.count = {100},
          .items = {{1, "x"}, {2, std::nullopt}},
          .flags = {true, false},
          .colour = Colour::kBlue,
          .data = {{1, 2, 3}},
          .balance = u128{1} << 100};
}

u128 to_u128(std::string_view decimal) {
  u128 value = 0;
  for (const char c : decimal) value = value * 10 + static_cast<unsigned>(c - '0');
  return value;
}

TEST(codec, compact_matches_the_published_vectors) {
  const auto vectors = test::load_json("substrate/scale.json");
  for (const auto& entry : vectors.at("compact").as_array()) {
    const auto wire = test::hex(entry.at("hex"));
    if (test::text(entry, "type") == "Compact<U536>") {
      EXPECT_EQ(decode<Compact<u128>>(wire).error(), Error::kOutOfRange);
      continue;
    }
    const auto value = to_u128(test::text(entry, "value"));
    EXPECT_EQ(encode(Compact<u128>{value}), wire);
    const auto decoded = decode<Compact<u128>>(wire);
    ASSERT_TRUE(decoded);
    EXPECT_TRUE(decoded->value == value);
  }
}

TEST(codec, refuses_what_the_published_vectors_refuse) {
  const auto vectors = test::load_json("substrate/scale.json");
  const std::map<std::string, bool (*)(ByteView)> decoders{
      {"bool", [](ByteView in) { return decode<bool>(in).has_value(); }},
      {"Compact<u32>", [](ByteView in) { return decode<Compact<std::uint32_t>>(in).has_value(); }},
      {"Option<u8>", [](ByteView in) { return decode<std::optional<std::uint8_t>>(in).has_value(); }},
      {"Vec<u8>", [](ByteView in) { return decode<Bytes>(in).has_value(); }},
      {"Bytes", [](ByteView in) { return decode<Bytes>(in).has_value(); }},
      {"Vec<u16>", [](ByteView in) { return decode<std::vector<std::uint16_t>>(in).has_value(); }},
      {"Text", [](ByteView in) { return decode<std::string>(in).has_value(); }},
      {"str", [](ByteView in) { return decode<std::string>(in).has_value(); }},
      {"u32", [](ByteView in) { return decode<std::uint32_t>(in).has_value(); }},
      {"MultiAddress", [](ByteView in) { return decode<Colour>(in).has_value(); }},
      {"Phase", [](ByteView in) { return decode<Colour>(in).has_value(); }}};
  std::size_t known = 0;
  for (const auto& entry : vectors.at("must_fail_to_decode").as_array()) {
    const auto decoder = decoders.find(test::text(entry, "type"));
    if (decoder == decoders.end()) continue;
    ++known;
    EXPECT_FALSE(decoder->second(test::hex(entry.at("hex")))) << entry.at("hex");
  }
  EXPECT_GE(known, 4U);
}

TEST(codec, round_trips_structs_and_variants) {
  const Message message = sample();
  const auto wire = encode(message);
  EXPECT_EQ(wire.front(), 7);
  const auto decoded = decode<Message>(wire);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(*decoded, message);
  EXPECT_EQ(encode(Message{Empty{}}), Bytes{3});
}

TEST(codec, refuses_every_truncation) {
  const auto wire = encode(Message{sample()});
  for (std::size_t size = 0; size < wire.size(); ++size) {
    EXPECT_FALSE(decode<Message>(ByteView(wire).first(size))) << size;
  }
}

TEST(codec, refuses_trailing_bytes) {
  auto wire = encode(Message{sample()});
  wire.push_back(0);
  EXPECT_EQ(decode<Message>(wire).error(), Error::kTrailingBytes);
}

TEST(codec, names_each_reason) {
  EXPECT_EQ(decode<Message>(Bytes{4}).error(), Error::kUnknownVariant);
  EXPECT_EQ(decode<Colour>(Bytes{3}).error(), Error::kUnknownVariant);
  EXPECT_EQ(decode<bool>(Bytes{2}).error(), Error::kInvalidBool);
  EXPECT_EQ(decode<std::optional<bool>>(Bytes{2}).error(), Error::kInvalidOption);
  EXPECT_EQ(decode<BoundedBytes<2>>(Bytes{12, 1, 2, 3}).error(), Error::kTooLong);
  EXPECT_EQ(decode<std::string>(Bytes{8, 0xc0, 0x80}).error(), Error::kInvalidUtf8);
  EXPECT_EQ(decode<Compact<std::uint8_t>>(Bytes{0x01, 0x04}).error(), Error::kOutOfRange);
  EXPECT_EQ(decode<Compact<std::uint32_t>>(Bytes{0x01, 0x00}).error(), Error::kNonCanonicalCompact);
  EXPECT_EQ(decode<Compact<std::uint32_t>>(Bytes{0x02, 0x00, 0x00, 0x00}).error(), Error::kNonCanonicalCompact);
  EXPECT_EQ(decode<Compact<std::uint32_t>>(Bytes{0x03, 0x01, 0x00, 0x00, 0x00}).error(), Error::kNonCanonicalCompact);
}

TEST(codec, a_huge_length_costs_no_memory) {
  EXPECT_EQ(decode<Bytes>(Bytes{0xfe, 0xff, 0xff, 0xff, 1}).error(), Error::kTruncated);
  EXPECT_EQ(decode<std::vector<Inner>>(Bytes{0xfe, 0xff, 0xff, 0xff, 1}).error(), Error::kTruncated);
}

TEST(codec, utf8_is_strict) {
  EXPECT_TRUE(is_utf8(as_bytes("grüezi €")));
  EXPECT_FALSE(is_utf8(Bytes{0xed, 0xa0, 0x80}));
  EXPECT_FALSE(is_utf8(Bytes{0xf4, 0x90, 0x80, 0x80}));
  EXPECT_FALSE(is_utf8(Bytes{0xe2, 0x82}));
  EXPECT_FALSE(is_utf8(Bytes{0x80}));
}

}  // namespace
}  // namespace substratee::scale
