#include "core/ipld/dag_cbor.hpp"

#include "core/cbor/cbor.hpp"
#include "tests/support/vectors.hpp"

#include <gtest/gtest.h>

namespace substratee::ipld {
namespace {

Bytes link_to(const Cid& cid) {
  return concat(cbor::tag_head(42), cbor::byte_string(concat(Bytes{0}, cid.to_bytes())));
}

const Cid kLeaf = Cid::of_raw_block(as_bytes("leaf"));
const Cid kOther = Cid::of_raw_block(as_bytes("other"));

/// {"a": [null, -5, leaf], "b": {"c": other}, "n": 7}
Bytes document() {
  const auto list = concat(cbor::array_head(3), Bytes{0xf6, 0x24}, link_to(kLeaf));
  const auto inner = concat(cbor::map_head(1), cbor::text_string("c"), link_to(kOther));
  return concat(cbor::map_head(3), cbor::text_string("a"), list, cbor::text_string("b"), inner, cbor::text_string("n"),
                cbor::unsigned_integer(7));
}

using Path = std::vector<std::string_view>;

TEST(dag_cbor, links_come_in_order) {
  EXPECT_EQ(dag_cbor_links(document()), (std::vector{kLeaf, kOther}));
  EXPECT_EQ(dag_cbor_links(cbor::unsigned_integer(5)), std::vector<Cid>{});
  EXPECT_EQ(dag_cbor_links(concat(cbor::array_head(2), link_to(kLeaf), link_to(kLeaf))), (std::vector{kLeaf, kLeaf}));
}

TEST(dag_cbor, every_cut_and_every_byte_behind_the_end_is_refused) {
  const auto whole = document();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(dag_cbor_links(ByteView(whole).first(size))) << size;
  }
  EXPECT_EQ(dag_cbor_links(concat(whole, Bytes{0})).error(), Error::kBadCbor);
}

TEST(dag_cbor, what_is_not_canonical_is_refused) {
  const auto refused = [](const Bytes& block, Error reason) {
    const auto links = dag_cbor_links(block);
    ASSERT_FALSE(links);
    EXPECT_EQ(links.error(), reason);
  };
  for (const auto hex : {"a2616200616100", "a2616100616100", "a26261610061620a", "a10100", "9f00ff", "1800", "f97c00",
                         "f7", "fb7ff0000000000000", "c100", "c0"}) {
    SCOPED_TRACE(hex);
    refused(test::hex(std::string_view(hex)), Error::kBadCbor);
  }
  const auto tagged = [](ByteView bytes) { return concat(cbor::tag_head(42), cbor::byte_string(bytes)); };
  refused(tagged({}), Error::kBadCbor);
  refused(tagged(concat(Bytes{1}, kLeaf.to_bytes())), Error::kBadCbor);
  refused(tagged(concat(Bytes{0}, kLeaf.to_bytes(), Bytes{0})), Error::kTrailingBytes);
  refused(concat(cbor::tag_head(43), cbor::byte_string(concat(Bytes{0}, kLeaf.to_bytes()))), Error::kBadCbor);
}

TEST(dag_cbor, depth_size_and_links_are_bounded) {
  Bytes deep(static_cast<std::size_t>(kMaxCborDepth), 0x81);
  deep.push_back(0);
  EXPECT_TRUE(dag_cbor_links(deep));
  deep.insert(deep.begin(), 0x81);
  EXPECT_EQ(dag_cbor_links(deep).error(), Error::kBadCbor);
  EXPECT_EQ(dag_cbor_links(Bytes(kMaxBlockSize + 1)).error(), Error::kTooLarge);
  auto many = cbor::array_head(kMaxLinks + 1);
  for (std::size_t i = 0; i <= kMaxLinks; ++i) append(many, link_to({}));
  EXPECT_EQ(dag_cbor_links(many).error(), Error::kTooManyLinks);
}

TEST(dag_cbor, a_path_ends_at_a_link_or_inside) {
  const auto block = document();
  const auto follow = [&](const Path& path) { return resolve_dag_cbor(block, path); };
  EXPECT_EQ(follow({"a", "2"})->link, kLeaf);
  EXPECT_EQ(follow({"b", "c", "more"})->link, kOther);
  EXPECT_EQ(follow({"b", "c", "more"})->used, 2U);
  EXPECT_EQ(follow({})->link, std::nullopt);
  EXPECT_EQ(follow({})->below, (std::vector{kLeaf, kOther}));
  EXPECT_EQ(follow({"b"})->below, std::vector{kOther});
  EXPECT_EQ(follow({"n"})->link, std::nullopt);
  EXPECT_EQ(follow({"a", "1"})->used, 2U);
  for (const auto& path : {Path{"x"}, Path{"a", "3"}, Path{"a", "02"}, Path{"a", "-1"}, Path{"a", ""}, Path{"a", "x"},
                           Path{"n", "x"}, Path{"b", "d"}, Path{"a", "18446744073709551616"}}) {
    EXPECT_EQ(follow(path).error(), Error::kNotFound) << path.back();
  }
}

}  // namespace
}  // namespace substratee::ipld
