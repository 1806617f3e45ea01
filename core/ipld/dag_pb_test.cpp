#include "core/ipld/dag_pb.hpp"

#include "core/ipld/walk.hpp"
#include "tests/support/vectors.hpp"

#include <gtest/gtest.h>

#include <map>

namespace substratee::ipld {
namespace {

using namespace std::string_view_literals;

const boost::json::object& vectors() {
  static const auto file = test::load_json("ipfs/dagpb.json");
  return file.as_object();
}

void expect_node(const boost::json::value& expected, const Node& node) {
  const auto& data = expected.at("Data");
  ASSERT_EQ(node.data.has_value(), !data.is_null());
  if (node.data) {
    EXPECT_EQ(*node.data, test::hex(data));
  }
  const auto& links = expected.at("Links").as_array();
  ASSERT_EQ(node.links.size(), links.size());
  for (std::size_t i = 0; i < links.size(); ++i) {
    const auto& link = links[i].as_object();
    EXPECT_EQ(node.links[i].cid.to_text(), test::text(links[i], "Hash"));
    ASSERT_EQ(node.links[i].name.has_value(), link.contains("Name"));
    if (node.links[i].name) {
      EXPECT_EQ(*node.links[i].name, test::text(links[i], "Name"));
    }
    ASSERT_EQ(node.links[i].tsize.has_value(), link.contains("Tsize"));
    if (node.links[i].tsize) {
      EXPECT_EQ(*node.links[i].tsize, link.at("Tsize").to_number<std::uint64_t>());
    }
  }
}

TEST(dag_pb, vectors_are_read_and_written) {
  for (const auto& vector : vectors().at("valid_nodes").as_array()) {
    SCOPED_TRACE(test::text(vector, "id"));
    const auto bytes = test::hex(vector.at("hex"));
    const auto node = decode_dag_pb(bytes);
    ASSERT_TRUE(node) << to_string(node.error());
    expect_node(vector.at("node"), *node);
    EXPECT_EQ(Cid::of_dag_pb(bytes).to_text(), test::text(vector, "cid_v1"));
    EXPECT_EQ(encode_dag_pb(*node), bytes);
  }
}

TEST(dag_pb, data_may_stand_first_but_is_written_last) {
  for (const auto& vector : vectors().at("field_order").as_array()) {
    const auto node = decode_dag_pb(test::hex(vector.at("hex")));
    ASSERT_TRUE(node);
    expect_node(vector.at("node"), *node);
    EXPECT_EQ(encode_dag_pb(*node), test::hex(vector.at("reencode_hex")));
  }
}

TEST(dag_pb, links_are_sorted_by_the_bytes_of_their_names) {
  const auto& vector = vectors().at("link_sorting");
  const auto leaf = Cid::of_raw_block({});
  Node node{.links = {}, .data = test::hex("0801"sv)};
  for (const auto& name : vector.at("input_order").as_array()) {
    node.links.push_back({.cid = leaf, .name = std::string(name.as_string()), .tsize = node.links.size()});
  }
  EXPECT_EQ(encode_dag_pb(node), test::hex(vector.at("hex")));
  EXPECT_EQ(Cid::of_dag_pb(encode_dag_pb(node)).to_text(), test::text(vector, "cid_v1"));
}

TEST(dag_pb, equal_names_keep_their_order) {
  Node node;
  for (std::uint64_t i = 0; i < 100; ++i) node.links.push_back({.cid = {}, .name = "", .tsize = i});
  EXPECT_EQ(decode_dag_pb(encode_dag_pb(node)), node);
}

TEST(dag_pb, malformed_nodes_are_refused_for_their_reason) {
  const std::map<std::string, Error> special{
      {"Link with zero Hash", Error::kTruncated},      {"length past end", Error::kTruncated},
      {"link length past end", Error::kTruncated},     {"varint unterminated", Error::kTruncated},
      {"Hash is not a CID", Error::kUnsupportedCodec}, {"Hash has trailing byte", Error::kTrailingBytes},
  };
  for (const auto& vector : vectors().at("invalid_nodes").as_array()) {
    const auto id = test::text(vector, "id");
    const auto node = decode_dag_pb(test::hex(vector.at("hex")));
    ASSERT_FALSE(node) << id;
    const auto entry = special.find(id);
    EXPECT_EQ(node.error(), entry == special.end() ? Error::kBadNode : entry->second)
        << id << ": " << to_string(node.error());
  }
}

TEST(dag_pb, truncations_are_refused_or_end_between_fields) {
  for (const auto& vector : vectors().at("valid_nodes").as_array()) {
    const auto bytes = test::hex(vector.at("hex"));
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      const auto start = ByteView(bytes).first(size);
      if (const auto node = decode_dag_pb(start)) {
        EXPECT_EQ(encode_dag_pb(*node), to_bytes(start));
      } else {
        EXPECT_EQ(node.error(), Error::kTruncated);
      }
    }
  }
}

TEST(dag_pb, size_and_links_are_bounded) {
  EXPECT_EQ(decode_dag_pb(Bytes(kMaxBlockSize + 1)).error(), Error::kTooLarge);
  Node node;
  node.links.resize(kMaxLinks);
  EXPECT_TRUE(decode_dag_pb(encode_dag_pb(node)));
  node.links.resize(kMaxLinks + 1);
  EXPECT_EQ(decode_dag_pb(encode_dag_pb(node)).error(), Error::kTooManyLinks);
}

TEST(walk, gives_the_links_of_a_block_that_is_what_it_says) {
  const auto leaf = Cid::of_raw_block(as_bytes("leaf"));
  const auto node = encode_dag_pb(
      {.links = {{.cid = leaf, .name = "", .tsize = 4}, {.cid = leaf, .name = "", .tsize = 4}}, .data = {}});
  const auto root = Cid::of_dag_pb(node);
  EXPECT_EQ(links_of(root, node), (std::vector{leaf, leaf}));
  EXPECT_EQ(links_of(leaf, as_bytes("leaf")), std::vector<Cid>{});
  for (std::size_t i = 0; i < node.size(); ++i) {
    auto changed = node;
    changed[i] ^= 1;
    EXPECT_EQ(links_of(root, changed).error(), Error::kHashMismatch);
  }
  EXPECT_EQ(links_of(leaf, as_bytes("other")).error(), Error::kHashMismatch);
}

TEST(walk, refuses_what_it_cannot_bound_or_read) {
  const Bytes large(kMaxBlockSize + 1);
  EXPECT_EQ(links_of(Cid::of_raw_block(large), large).error(), Error::kTooLarge);
  const Bytes map{0xa0};
  Cid cbor = Cid::of_raw_block(map);
  cbor.codec = Codec::kDagCbor;
  EXPECT_EQ(links_of(cbor, map), std::vector<Cid>{});
  const Bytes open_map{0xbf};
  cbor.digest = Cid::of_raw_block(open_map).digest;
  EXPECT_EQ(links_of(cbor, open_map).error(), Error::kBadCbor);
  const Bytes broken{0x1a, 0x01, 0x01};
  EXPECT_EQ(links_of(Cid::of_dag_pb(broken), broken).error(), Error::kBadNode);
}

}  // namespace
}  // namespace substratee::ipld
