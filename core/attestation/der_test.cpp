#include "core/attestation/der.hpp"

#include "tests/support/vectors.hpp"

namespace substratee::attestation::der {
namespace {

Bytes octets(std::string_view hex) { return test::hex(hex); }

bool reads(std::string_view hex) {
  const auto bytes = octets(hex);
  Reader in(bytes);
  return in.next() && in.finish();
}

TEST(der, lengths_are_definite_and_shortest) {
  EXPECT_TRUE(reads("0400"));
  EXPECT_TRUE(reads("040141"));
  EXPECT_FALSE(reads("04810141")) << "long form for a short length";
  EXPECT_FALSE(reads("0482000141")) << "leading zero";
  EXPECT_FALSE(
      reads("3080040141"
            "0000"))
      << "indefinite";
  EXPECT_FALSE(
      reads("0484000000"
            "0141"));
  EXPECT_FALSE(reads("04ff"));
  EXPECT_FALSE(
      reads("1f8101"
            "00"))
      << "high tag number";
  EXPECT_FALSE(reads("04")) << "no length";
  EXPECT_FALSE(
      reads("0402"
            "41"))
      << "truncated content";
  EXPECT_FALSE(
      reads("040141"
            "00"))
      << "trailing";
  EXPECT_FALSE(reads("0481")) << "truncated length";
  for (const std::size_t size : {0u, 1u, 127u, 128u, 255u, 256u, 65535u, 65536u}) {
    const auto whole = octet_string(Bytes(size, 0x5a));
    Reader in(whole);
    EXPECT_EQ(in.octet_string().value().size(), size);
    EXPECT_TRUE(in.finish());
    Reader cut(ByteView(whole).first(whole.size() - 1));
    EXPECT_FALSE(cut.next());
  }
}

TEST(der, integers_are_minimal) {
  const auto read = [](std::string_view hex) -> std::optional<std::uint64_t> {
    const auto bytes = octets(hex);
    Reader in(bytes);
    const auto value = in.unsigned_integer(~std::uint64_t{0});
    if (!value) return std::nullopt;
    return *value;
  };
  EXPECT_EQ(read("020100"), 0u);
  EXPECT_EQ(read("02017f"), 127u);
  EXPECT_EQ(read("02020080"), 128u);
  EXPECT_EQ(read("020900ffffffffffffffff"), ~std::uint64_t{0});
  EXPECT_EQ(read("0200"), std::nullopt) << "empty";
  EXPECT_EQ(read("0202007f"), std::nullopt) << "not minimal";
  EXPECT_EQ(read("020180"), std::nullopt) << "negative";
  EXPECT_EQ(read("0202ff80"), std::nullopt) << "negative and not minimal";
  EXPECT_EQ(read("0209010000000000000000"), std::nullopt) << "too large";
  for (const std::uint64_t value : {0ull, 1ull, 127ull, 128ull, 255ull, 256ull, 1ull << 63}) {
    const auto bytes = unsigned_integer(value);
    EXPECT_EQ(Reader(bytes).unsigned_integer(~std::uint64_t{0}), value);
    if (value > 0) {
      EXPECT_FALSE(Reader(bytes).unsigned_integer(value - 1)) << "over its bound";
    }
  }
}

TEST(der, booleans_and_object_identifiers_have_one_form) {
  const auto boolean_of = [](std::string_view hex) {
    const auto b = octets(hex);
    return Reader(b).boolean();
  };
  EXPECT_EQ(boolean_of("0101ff"), true);
  EXPECT_EQ(boolean_of("010100"), false);
  EXPECT_EQ(boolean_of("010101").error(), Error::kBadDer);
  EXPECT_EQ(boolean_of("0102ffff").error(), Error::kBadDer);
  const auto oid = [](std::string_view hex) {
    const auto b = octets(hex);
    return Reader(b).object_identifier().has_value();
  };
  EXPECT_TRUE(oid("06082a8648ce3d040302"));
  EXPECT_FALSE(oid("0600"));
  EXPECT_FALSE(oid("06032a4886")) << "last component open";
  EXPECT_FALSE(oid("06032a8001")) << "leading zero group";
}

TEST(der, bit_strings_here_have_whole_octets) {
  const auto bits = [](std::string_view hex) {
    const auto b = octets(hex);
    return Reader(b).bit_string().has_value();
  };
  EXPECT_TRUE(bits("030200aa"));
  EXPECT_FALSE(bits("030204a0"));
  EXPECT_FALSE(bits("0300"));
}

TEST(der, signatures_round_trip_in_one_form) {
  crypto::p256::Signature signature;
  for (std::size_t i = 0; i < 64; ++i) signature[i] = static_cast<std::uint8_t>(i < 32 ? 0x80 + i : (i < 40 ? 0 : i));
  const auto der = write_signature(signature);
  EXPECT_EQ(read_signature(der), signature);
  for (std::size_t size = 0; size < der.size(); ++size) EXPECT_FALSE(read_signature(ByteView(der).first(size)));
  EXPECT_FALSE(read_signature(octets("300702010102020001"))) << "s not minimal";
  EXPECT_FALSE(read_signature(octets("3006020181020101"))) << "r negative";
  EXPECT_FALSE(read_signature(octets("3009020101020101020101"))) << "a third number";
  EXPECT_FALSE(read_signature(octets("300702010102010100"))) << "rubbish inside";
  const auto long_r = sequence(unsigned_integer(ByteView(Bytes(33, 1))), unsigned_integer(1));
  EXPECT_FALSE(read_signature(long_r)) << "r of 33 octets";
}

TEST(der, a_wrong_tag_is_refused) {
  const auto bytes = octets("020101");
  EXPECT_EQ(Reader(bytes).octet_string().error(), Error::kBadDer);
  EXPECT_EQ(Reader(bytes).enter(kSequence).error(), Error::kBadDer);
  EXPECT_EQ(only(bytes, kSequence).error(), Error::kBadDer);
  EXPECT_TRUE(only(bytes, kInteger));
}

}  // namespace
}  // namespace substratee::attestation::der
