#include "core/trie/node.hpp"

#include "core/base/hex.hpp"
#include "tests/support/vectors.hpp"

namespace substratee::trie {
namespace {

std::string head(const Bytes& encoded, std::size_t size) { return to_hex(ByteView(encoded).first(size)); }

References two_children() {
  References children;
  children[0] = Reference(encode_leaf(Nibbles(), Bytes{1}, Layout::kV1));
  children[15] = Reference(encode_leaf(Nibbles(), Bytes(40, 7), Layout::kV0));
  return children;
}

void expect_bad(Bytes encoded) { EXPECT_EQ(decode_node(encoded).error(), Error::kBadNode) << to_hex(encoded); }

TEST(node, root_nodes_of_the_published_vectors_decode) {
  const auto vectors = test::load_json("substrate/trie.json");
  for (const auto& [name, set] : vectors.at("sets").as_object()) {
    for (const auto* field : {"root_node_v0", "root_node_v1"}) {
      EXPECT_TRUE(decode_node(test::hex(set.at(field)))) << name;
    }
  }
}

TEST(node, headers_of_long_partial_keys_match_kagome) {
  const Bytes key(600, 0xaa);
  const auto partial = [&](std::size_t size) { return Nibbles(key).sub(0, size); };
  const Bytes value{1};
  EXPECT_EQ(head(encode_leaf(partial(62), value, Layout::kV1), 2), "7eaa");
  EXPECT_EQ(head(encode_leaf(partial(63), value, Layout::kV1), 2), "7f00");
  EXPECT_EQ(head(encode_leaf(partial(64), value, Layout::kV1), 2), "7f01");
  EXPECT_EQ(head(encode_leaf(partial(318), value, Layout::kV1), 3), "7fff00");
  EXPECT_EQ(head(encode_leaf(partial(573), value, Layout::kV1), 4), "7fffff00");
  EXPECT_EQ(head(encode_branch(partial(63), std::nullopt, two_children(), Layout::kV1), 2), "bf00");
  EXPECT_EQ(head(encode_branch(partial(64), std::nullopt, two_children(), Layout::kV1), 2), "bf01");
  EXPECT_EQ(head(encode_branch(partial(317), value, two_children(), Layout::kV1), 2), "fffe");
  EXPECT_EQ(head(encode_branch(partial(318), value, two_children(), Layout::kV1), 3), "ffff00");
}

TEST(node, every_kind_survives_the_round_trip_with_every_size_of_partial_key) {
  const Bytes key(400, 0x5a);
  const Bytes small(32, 1);
  const Bytes large(33, 2);
  for (std::size_t size = 0; size < 800; size = size < 80 ? size + 1 : size + 37) {
    const auto partial = Nibbles(key).sub(1, size < 799 ? size : 799);
    for (const auto& value :
         {std::optional<ByteView>(), std::optional<ByteView>(small), std::optional<ByteView>(large)}) {
      const auto branch = encode_branch(partial, value, two_children(), Layout::kV1);
      const auto node = decode_node(branch);
      ASSERT_TRUE(node);
      EXPECT_EQ(node->partial.size(), partial.size());
      EXPECT_TRUE(node->partial.starts_with(partial));
      EXPECT_EQ(node->value.has_value(), value.has_value());
      EXPECT_EQ(node->is_value_hashed, value && value->size() == 33);
      EXPECT_EQ(node->children[15].size(), Hash256::kSize);
      EXPECT_EQ(node->children[0].size(), 3u);
      EXPECT_TRUE(node->children[1].empty());
      if (!value) continue;
      const auto leaf = encode_leaf(partial, *value, Layout::kV1);
      const auto decoded = decode_node(leaf);
      ASSERT_TRUE(decoded);
      EXPECT_TRUE(decoded->partial.starts_with(partial));
      EXPECT_EQ(decoded->value->size(), 32u);
    }
  }
}

TEST(node, truncations_and_trailing_bytes_are_bad) {
  const Bytes key(40, 0x12);
  const Bytes value(32, 3);
  for (const auto& encoded :
       {encode_leaf(Nibbles(key), value, Layout::kV1), encode_leaf(Nibbles(key), Bytes(50, 3), Layout::kV1),
        encode_branch(Nibbles(key), value, two_children(), Layout::kV1), encode_empty()}) {
    ASSERT_TRUE(decode_node(encoded));
    for (std::size_t size = 0; size < encoded.size(); ++size) expect_bad(to_bytes(ByteView(encoded).first(size)));
    expect_bad(concat(encoded, Bytes{0}));
  }
}

TEST(node, forms_that_are_not_canonical_are_bad) {
  expect_bad(*from_hex("01"));  // no kind of node
  expect_bad(*from_hex("0f"));
  expect_bad(*from_hex("41100401"));        // padding nibble
  expect_bad(*from_hex("42aa010001"));      // value size 0 in two bytes
  expect_bad(*from_hex("800000"));          // a branch without children
  expect_bad(*from_hex("8001000c400401"));  // one child and no value
  expect_bad(*from_hex("c000000401"));      // a value and no child
  expect_bad(
      *from_hex("80030000"
                "0c400401"));                                                      // an empty child
  expect_bad(concat(*from_hex("80030084"), Bytes(33, 1), *from_hex("0c400401")));  // a child longer than a hash
}

}  // namespace
}  // namespace substratee::trie
