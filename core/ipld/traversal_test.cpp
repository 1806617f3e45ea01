#include "core/ipld/traversal.hpp"

#include "core/cbor/cbor.hpp"
#include "core/ipld/dag_pb.hpp"
#include "core/ipld/unixfs.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace substratee::ipld {
namespace {

using Blocks = std::map<Cid, Bytes>;

struct Walk {
  std::vector<Cid> named;  ///< in order, repeats that are not to be sent left out
  Result<void> result;
  bool is_out_of_range = false;
  std::vector<Cid> resolved;
};

Walk walk(const Blocks& blocks, const Cid& root, Selection selection) {
  Walk out;
  auto traversal = Traversal::begin(root, std::move(selection));
  if (!traversal) return {.named = {}, .result = std::unexpected(traversal.error()), .resolved = {}};
  while (out.result && traversal->wanted()) {
    const Cid cid = *traversal->wanted();
    EXPECT_NE(cid.hash, HashCode::kIdentity);
    if (!traversal->is_repeat()) out.named.push_back(cid);
    out.result = traversal->give(blocks.at(cid));
    if (out.named.size() > 20'000) return out;
  }
  out.is_out_of_range = traversal->is_out_of_range();
  out.resolved = traversal->resolved();
  return out;
}

void add(Blocks& blocks, const std::vector<Block>& more) {
  for (const auto& block : more) blocks.emplace(block.cid, block.bytes);
}

Bytes pattern(std::size_t size) {
  Bytes out;
  for (std::size_t i = 0; i < size; ++i) out.push_back(static_cast<std::uint8_t>(i * 7 + i / 256));
  return out;
}

/// A file of `size` different bytes in a tree of many levels.
Cid make_tree(Blocks& blocks, std::size_t size) {
  std::vector<Block> made;
  const auto root = make_file(pattern(size), {.chunk_size = 10, .max_links = 3}, made).cid;
  add(blocks, made);
  return root;
}

std::set<Cid> leaves_of(std::size_t size, std::size_t first, std::size_t last) {
  std::set<Cid> out;
  const auto content = pattern(size);
  for (std::size_t i = first / 10; i <= last / 10; ++i) {
    out.insert(Cid::of_raw_block(ByteView(content).subspan(i * 10, std::min<std::size_t>(10, size - i * 10))));
  }
  return out;
}

std::set<Cid> raw_ones(const std::vector<Cid>& cids) {
  std::set<Cid> out;
  for (const auto& cid : cids) {
    if (cid.codec == Codec::kRaw) out.insert(cid);
  }
  return out;
}

TEST(traversal, a_range_needs_its_leaves_and_what_stands_above_them) {
  constexpr std::size_t kSize = 137;
  Blocks blocks;
  const auto root = make_tree(blocks, kSize);
  for (std::size_t first = 0; first < kSize; ++first) {
    for (std::size_t last = first; last < kSize; last += 7) {
      const auto found = walk(blocks, root,
                              {.path = {},
                               .scope = DagScope::kEntity,
                               .range = ByteRange{static_cast<std::int64_t>(first), static_cast<std::int64_t>(last)}});
      ASSERT_TRUE(found.result);
      EXPECT_EQ(raw_ones(found.named), leaves_of(kSize, first, last));
      EXPECT_EQ(found.named.front(), root);
      EXPECT_EQ(std::set(found.named.begin(), found.named.end()).size(), found.named.size());
      // Below each node that is named stands a leaf that is named: depth 4, at most two paths besides whole subtrees.
      EXPECT_LE(found.named.size(), leaves_of(kSize, first, last).size() * 2 + 5);
    }
  }
}

TEST(traversal, negative_ends_count_from_the_end) {
  constexpr std::size_t kSize = 137;
  Blocks blocks;
  const auto root = make_tree(blocks, kSize);
  const auto leaves = [&](std::int64_t first, std::optional<std::int64_t> last) {
    return raw_ones(
        walk(blocks, root, {.path = {}, .scope = DagScope::kEntity, .range = ByteRange{first, last}}).named);
  };
  EXPECT_EQ(leaves(-1, {}), leaves_of(kSize, 136, 136));
  EXPECT_EQ(leaves(-137, 0), leaves_of(kSize, 0, 0));
  EXPECT_EQ(leaves(-9999, -130), leaves_of(kSize, 0, 7));
  EXPECT_EQ(leaves(100, {}), leaves_of(kSize, 100, 136));
  EXPECT_EQ(leaves(100, 99'999), leaves_of(kSize, 100, 136));
  EXPECT_EQ(leaves(std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()),
            leaves_of(kSize, 0, 136));
  EXPECT_EQ(leaves(60, 50), std::set<Cid>{});
}

TEST(traversal, a_range_outside_the_file_is_told) {
  Blocks blocks;
  const auto root = make_tree(blocks, 100);
  const auto is_outside = [&](const Cid& cid, ByteRange range) {
    const auto found = walk(blocks, cid, {.path = {}, .scope = DagScope::kEntity, .range = range});
    EXPECT_TRUE(found.result);
    EXPECT_EQ(found.named, std::vector{cid});
    return found.is_out_of_range;
  };
  EXPECT_TRUE(is_outside(root, {100, {}}));
  EXPECT_TRUE(is_outside(root, {500, 600}));
  EXPECT_TRUE(is_outside(root, {-500, -101}));
  EXPECT_FALSE(is_outside(root, {60, 50})) << "empty, but inside";
  const auto empty = make_leaf({});
  blocks.emplace(empty.self.cid, Bytes{});
  EXPECT_FALSE(is_outside(empty.self.cid, {0, {}})) << "an empty file has no byte outside";
}

TEST(traversal, repeats_are_named_if_asked_for) {
  Blocks blocks;
  std::vector<Block> made;
  const auto root = make_file(Bytes(100), {.chunk_size = 10, .max_links = 5}, made).cid;
  add(blocks, made);
  for (const auto scope : {DagScope::kAll, DagScope::kEntity}) {
    EXPECT_EQ(walk(blocks, root, {.path = {}, .scope = scope}).named.size(), 3U);
    EXPECT_EQ(walk(blocks, root, {.path = {}, .scope = scope, .range = {}, .has_repeats = true}).named.size(), 13U);
  }
}

TEST(traversal, a_node_at_both_ends_of_a_range_is_read_twice_and_sent_once) {
  // The file is the node (ab) twice; the range takes the end of the first and the beginning of the second.
  Blocks blocks;
  std::vector<Child> leaves;
  for (const auto* text : {"aaaaaaaaaa", "bbbbbbbbbb"}) {
    auto leaf = make_leaf(as_bytes(std::string_view(text)));
    blocks.emplace(leaf.block.cid, leaf.block.bytes);
    leaves.push_back(leaf.self);
  }
  const auto pair = make_file_node(leaves);
  const auto top = make_file_node(std::vector{pair.self, pair.self});
  add(blocks, {pair.block, top.block});
  const auto found = walk(blocks, top.self.cid, {.path = {}, .scope = DagScope::kEntity, .range = ByteRange{15, 25}});
  EXPECT_TRUE(found.result);
  EXPECT_EQ(found.named, (std::vector{top.self.cid, pair.self.cid, leaves[1].cid, leaves[0].cid}));
}

TEST(traversal, a_dag_of_repeats_ends_soon) {
  // 60 levels of two links to the same child: 2^60 visits if repeats were followed.
  Blocks blocks;
  auto leaf = make_leaf(as_bytes("x"));
  blocks.emplace(leaf.block.cid, leaf.block.bytes);
  auto below = leaf.self;
  for (int level = 0; level < 60; ++level) {
    auto node = make_file_node(std::vector{below, below});
    blocks.emplace(node.block.cid, node.block.bytes);
    below = node.self;
  }
  EXPECT_EQ(walk(blocks, below.cid, {.path = {}}).named.size(), 61U);
  EXPECT_EQ(walk(blocks, below.cid, {.path = {}, .scope = DagScope::kEntity}).named.size(), 61U);
}

TEST(traversal, depth_is_bounded) {
  Blocks blocks;
  Cid below = Cid::of_raw_block({});
  blocks.emplace(below, Bytes{});
  for (std::uint32_t level = 0; level <= Traversal::kMaxDepth; ++level) {
    const auto node = encode_dag_pb({.links = {{.cid = below, .name = "", .tsize = 0}}, .data = {}});
    if (level == Traversal::kMaxDepth) {
      EXPECT_TRUE(walk(blocks, below, {.path = {}}).result);
    }
    below = Cid::of_dag_pb(node);
    blocks.emplace(below, node);
  }
  const auto found = walk(blocks, below, {.path = {}});
  ASSERT_FALSE(found.result);
  EXPECT_EQ(found.result.error(), Error::kTooDeep);
}

class paths : public ::testing::Test {
 protected:
  paths() {
    file_ = make_tree(blocks_, 35);
    leaf_ = make_leaf(as_bytes("leaf"));
    blocks_.emplace(leaf_.block.cid, leaf_.block.bytes);
    const auto link = concat(cbor::tag_head(42), cbor::byte_string(concat(Bytes{0}, leaf_.self.cid.to_bytes())));
    document_ = concat(cbor::map_head(2), cbor::text_string("a"), cbor::map_head(1), cbor::text_string("leaf"), link,
                       cbor::text_string("b"), cbor::unsigned_integer(1));
    cbor_ = Cid::of_raw_block(document_);
    cbor_.codec = Codec::kDagCbor;
    blocks_.emplace(cbor_, document_);
    inline_ = {.version = Version::kV1, .codec = Codec::kRaw, .hash = HashCode::kIdentity, .digest = Bytes{1, 2}};
    const auto inner = directory({{"file", file_}, {"doc", cbor_}, {"inline", inline_}});
    inner_ = inner;
    root_ = directory({{"sub", inner}, {"leaf", leaf_.self.cid}});
  }

  Cid directory(const std::vector<std::pair<std::string, Cid>>& entries) {
    std::vector<DirectoryEntry> made;
    for (const auto& [name, cid] : entries) made.push_back({name, {.cid = cid, .content_size = 0, .dag_size = 0}});
    auto built = make_directory(made);
    blocks_.emplace(built->block.cid, built->block.bytes);
    return built->self.cid;
  }

  [[nodiscard]] Walk go(std::vector<std::string> path, DagScope scope = DagScope::kBlock) const {
    return walk(blocks_, root_, {.path = std::move(path), .scope = scope});
  }

  Blocks blocks_;
  BuiltNode leaf_;
  Bytes document_;
  Cid file_, cbor_, inline_, inner_, root_;
};

TEST_F(paths, name_the_blocks_that_resolve_them) {
  EXPECT_EQ(go({}).named, std::vector{root_});
  EXPECT_EQ(go({"leaf"}).named, (std::vector{root_, leaf_.self.cid}));
  EXPECT_EQ(go({"sub", "file"}).named, (std::vector{root_, inner_, file_}));
  EXPECT_EQ(go({"sub", "file"}).resolved, (std::vector{root_, inner_, file_}));
  EXPECT_EQ(go({"sub", "doc", "a", "leaf"}).named, (std::vector{root_, inner_, cbor_, leaf_.self.cid}));
  EXPECT_EQ(go({"sub", "doc", "b"}).named, (std::vector{root_, inner_, cbor_}));
  EXPECT_EQ(go({"sub", "inline"}).named, (std::vector{root_, inner_}));
}

TEST_F(paths, that_lead_nowhere_are_told) {
  const std::vector<std::vector<std::string>> bad = {{"none"},
                                                     {""},
                                                     {"."},
                                                     {"leaf", "x"},
                                                     {"sub", "leaf"},
                                                     {"sub", "file", "x"},
                                                     {"sub", "doc", "c"},
                                                     {"sub", "doc", "b", "x"},
                                                     {"sub", "inline", "x"}};
  for (const auto& path : bad) {
    const auto found = go(path);
    ASSERT_FALSE(found.result) << path.back();
    EXPECT_EQ(found.result.error(), Error::kNotFound) << path.back();
  }
}

TEST_F(paths, scope_says_how_much_follows) {
  EXPECT_EQ(go({"sub", "file"}, DagScope::kEntity).named.size(), 2U + 7U);
  EXPECT_EQ(go({"sub"}, DagScope::kEntity).named, (std::vector{root_, inner_}));
  EXPECT_EQ(go({"sub", "doc"}, DagScope::kEntity).named, (std::vector{root_, inner_, cbor_}));
  EXPECT_EQ(go({"sub", "doc", "a"}, DagScope::kEntity).named, (std::vector{root_, inner_, cbor_}));
  EXPECT_EQ(go({"sub", "doc", "a"}, DagScope::kAll).named, (std::vector{root_, inner_, cbor_, leaf_.self.cid}));
  EXPECT_EQ(go({"sub", "doc", "b"}, DagScope::kAll).named, (std::vector{root_, inner_, cbor_}));
  // Links in the order of their names: doc, its leaf, file and all below, inline (held by its CID).
  EXPECT_EQ(go({}, DagScope::kAll).named.size(), 1U + 1U + 1U + 1U + 7U);
}

TEST_F(paths, identity_roots_are_read_at_once) {
  EXPECT_TRUE(walk(blocks_, inline_, {.path = {}}).named.empty());
  EXPECT_EQ(walk(blocks_, inline_, {.path = {"x"}}).result.error(), Error::kNotFound);
  const auto node = encode_dag_pb({.links = {{.cid = leaf_.self.cid, .name = "", .tsize = 4}}, .data = {}});
  const Cid root{.version = Version::kV1, .codec = Codec::kDagPb, .hash = HashCode::kIdentity, .digest = node};
  EXPECT_EQ(walk(blocks_, root, {.path = {}}).named, std::vector{leaf_.self.cid});
  const Cid broken{.version = Version::kV1, .codec = Codec::kDagPb, .hash = HashCode::kIdentity, .digest = Bytes{1}};
  EXPECT_FALSE(walk(blocks_, broken, {.path = {}}).result);
}

TEST_F(paths, a_file_that_contradicts_itself_is_refused) {
  const auto leaf = make_leaf(as_bytes("12345"));
  auto claimed = leaf.self;
  claimed.content_size = 6;
  const auto top = make_file_node(std::vector{claimed});
  Blocks blocks{{leaf.block.cid, leaf.block.bytes}, {top.block.cid, top.block.bytes}};
  EXPECT_EQ(walk(blocks, top.self.cid, {.path = {}, .scope = DagScope::kEntity}).result.error(), Error::kBadUnixFs);
  EXPECT_TRUE(walk(blocks, top.self.cid, {.path = {}, .scope = DagScope::kAll}).result);
}

}  // namespace
}  // namespace substratee::ipld
