#include "core/ipld/cid.hpp"

#include "core/ipld/multibase.hpp"
#include "core/ipld/varint.hpp"
#include "tests/support/vectors.hpp"

#include <gtest/gtest.h>

#include <map>

namespace substratee::ipld {
namespace {

using namespace std::string_view_literals;

const boost::json::object& vectors() {
  static const auto file = test::load_json("ipfs/cid.json");
  return file.as_object();
}

/// What this library refuses although it is well formed: other hashes and codecs.
const std::map<std::string, Error>& unsupported() {
  static const std::map<std::string, Error> list{
      {"raw-sha512", Error::kUnsupportedHash},
      {"identity-129-bytes", Error::kBadDigestSize},
      {"json-codec-2byte-varint", Error::kUnsupportedCodec},
      {"dag-json", Error::kUnsupportedCodec},
      {"libp2p-key-identity", Error::kUnsupportedCodec},
  };
  return list;
}

const std::map<std::string, Error>& reasons() {
  static const std::map<std::string, Error> list{
      {"empty", Error::kBadText},
      {"no-multibase", Error::kUnsupportedBase},
      {"bad-multibase", Error::kUnsupportedBase},
      {"base32-bad-char", Error::kBadText},
      {"base32-uppercase-under-lower-prefix", Error::kBadText},
      {"base32-truncated", Error::kTruncated},
      {"base32-extra", Error::kTrailingBytes},
      {"base32-nonzero-padding-bits", Error::kBadText},
      {"base32-padded", Error::kBadText},
      {"v0-short", Error::kUnsupportedBase},
      {"v0-bad-char", Error::kBadText},
      {"v0-with-z-prefix", Error::kBadVersion},
      {"v0-bytes-in-base32", Error::kBadVersion},
      {"empty-bytes", Error::kTruncated},
      {"truncated", Error::kTruncated},
      {"trailing-byte", Error::kTrailingBytes},
      {"version-2", Error::kBadVersion},
      {"version-0-explicit", Error::kBadVersion},
      {"v0-not-sha256", Error::kBadVersion},
      {"v0-wrong-length-byte", Error::kBadVersion},
      {"non-minimal-varint-codec", Error::kBadVarint},
      {"non-minimal-varint-length", Error::kBadVarint},
      {"varint-too-long", Error::kBadVarint},
      {"varint-unterminated", Error::kTruncated},
  };
  return list;
}

void expect_forms(const boost::json::value& vector, const Cid& cid) {
  const auto bytes = test::hex(vector.at("cid_bytes_hex"));
  EXPECT_EQ(cid.to_bytes(), bytes);
  EXPECT_EQ(cid.to_text(), test::text(vector, "text"));
  EXPECT_EQ(cid.multihash(), test::hex(vector.at("multihash").at("bytes_hex")));
  EXPECT_EQ(Cid::from_text(cid.to_text()), cid);
  EXPECT_TRUE(cid.verify(test::hex(vector.at("preimage_hex"))));
  EXPECT_FALSE(cid.verify(as_bytes("something else")));
  for (const auto& [base, text] : vector.at("v1_texts").as_object()) {
    EXPECT_EQ(Cid::from_text(text.as_string()), cid.as_v1()) << base;
  }
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    // The first byte of a CIDv0 alone reads as a version.
    const auto reason = size == 1 && cid.version == Version::kV0 ? Error::kBadVersion : Error::kTruncated;
    EXPECT_EQ(Cid::from_bytes(ByteView(bytes).first(size)).error(), reason) << size;
  }
  EXPECT_EQ(Cid::from_bytes(concat(bytes, Bytes{0})).error(), Error::kTrailingBytes);
}

TEST(cid, vectors_are_read_and_written) {
  for (const auto& vector : vectors().at("cids").as_array()) {
    const auto id = test::text(vector, "id");
    SCOPED_TRACE(id);
    const auto cid = Cid::from_bytes(test::hex(vector.at("cid_bytes_hex")));
    if (const auto entry = unsupported().find(id); entry != unsupported().end()) {
      EXPECT_EQ(cid.error(), entry->second);
      EXPECT_EQ(Cid::from_text(test::text(vector, "text")).error(), entry->second);
      continue;
    }
    ASSERT_TRUE(cid);
    expect_forms(vector, *cid);
  }
}

TEST(cid, malformed_ones_are_refused_for_their_reason) {
  for (const auto& vector : vectors().at("invalid").as_array()) {
    const auto id = test::text(vector, "id");
    SCOPED_TRACE(id);
    const auto cid = test::text(vector, "form") == "text" ? Cid::from_text(test::text(vector, "text"))
                                                          : Cid::from_bytes(test::hex(vector.at("bytes_hex")));
    ASSERT_FALSE(cid);
    EXPECT_EQ(cid.error(), reasons().at(id)) << to_string(cid.error());
  }
}

TEST(cid, on_the_chain_it_has_36_bytes) {
  const auto cid = Cid::of_dag_pb(test::hex("0a0408021800"sv));
  EXPECT_EQ(cid.to_text(), "bafybeif7ztnhq65lumvvtr4ekcwd2ifwgm3awq4zfr3srh462rwyinlb4y");
  const auto v0 = Cid::from_text("QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH");
  ASSERT_TRUE(v0);
  EXPECT_EQ(v0->as_v1(), cid);
  EXPECT_NE(*v0, cid);
  ASSERT_TRUE(cid.to_cid_bytes());
  EXPECT_EQ(v0->to_cid_bytes(), cid.to_cid_bytes());
  EXPECT_EQ(Cid::from_bytes(*cid.to_cid_bytes()), cid);
  EXPECT_EQ(Cid{}.to_text(), "bafkqaaa");
  EXPECT_FALSE(Cid{}.to_cid_bytes());
}

TEST(cid, is_taken_off_the_front_of_a_section) {
  const auto cid = Cid::of_raw_block(as_bytes("block"));
  const auto section = concat(cid.to_bytes(), as_bytes("block"));
  ByteView rest = section;
  EXPECT_EQ(read_cid(rest), cid);
  EXPECT_EQ(as_text(rest), "block");
}

TEST(cid, long_text_is_refused) {
  EXPECT_EQ(Cid::from_text("z" + std::string(kMaxMultibaseText, '2')).error(), Error::kBadText);
  EXPECT_EQ(from_base58(std::string(kMaxMultibaseText + 1, '2')).error(), Error::kBadText);
}

TEST(varint, vectors) {
  for (const auto& vector : vectors().at("varints").as_array()) {
    const auto bytes = test::hex(vector.at("hex"));
    const auto value = std::stoull(test::text(vector, "value"));
    Bytes written;
    write_varint(written, value);
    EXPECT_EQ(written, bytes);
    EXPECT_EQ(varint_size(value), bytes.size());
    ByteView rest = bytes;
    EXPECT_EQ(read_varint(rest), value);
    EXPECT_TRUE(rest.empty());
  }
  for (const auto& vector : vectors().at("invalid_varints").as_array()) {
    const auto bytes = test::hex(vector.at("hex"));
    ByteView rest = bytes;
    EXPECT_FALSE(read_varint(rest)) << test::text(vector, "why");
  }
}

TEST(varint, protocol_buffers_allow_64_bits_and_no_more) {
  const auto max = test::hex("ffffffffffffffffff01"sv);
  ByteView rest = max;
  EXPECT_EQ(read_protobuf_varint(rest), ~std::uint64_t{0});
  rest = max;
  EXPECT_EQ(read_varint(rest).error(), Error::kBadVarint);
  const auto above = test::hex("ffffffffffffffffff02"sv);
  rest = above;
  EXPECT_EQ(read_protobuf_varint(rest).error(), Error::kBadVarint);
}

TEST(multibase, vectors) {
  const std::map<std::string, char> bases{{"base16", 'f'}, {"base32", 'b'},    {"base32upper", 'B'},
                                          {"base36", 'k'}, {"base58btc", 'z'}, {"base64url", 'u'}};
  for (const auto& vector : vectors().at("multibase").as_array()) {
    const auto bytes = test::hex(vector.at("hex"));
    for (const auto& [name, prefix] : bases) {
      const auto expected = test::text(vector, name);
      EXPECT_EQ(to_multibase(prefix, bytes), expected) << name;
      EXPECT_EQ(from_multibase(expected), bytes) << name;
    }
  }
}

TEST(multibase, spare_digits_and_bits_are_refused) {
  for (const std::string_view text : {"f0", "ba", "bab", "uA", "uAB", "u=", "bad7", "z0", "kA"}) {
    EXPECT_FALSE(from_multibase(text)) << text;
  }
}

}  // namespace
}  // namespace substratee::ipld
