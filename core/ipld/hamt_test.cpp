#include "core/ipld/hamt.hpp"

#include "core/ipld/car.hpp"
#include "core/ipld/dag_pb.hpp"
#include "core/ipld/murmur3.hpp"
#include "core/ipld/unixfs.hpp"
#include "tests/support/vectors.hpp"

#include <gtest/gtest.h>

#include <map>

namespace substratee::ipld {
namespace {

/// The hash that the reference implementation gives.
TEST(murmur3, known_values) {
  EXPECT_EQ(murmur3_x64_64({}), 0U);
  const std::pair<std::string_view, std::uint64_t> known[] = {
      {"hello", 0xcbd8a7b341bd9b02},
      {"hello, world", 0x342fac623a5ebc8e},
      {"19 Jan 2038 at 3:14:07 AM", 0xb89e5988b737affc},
      {"The quick brown fox jumps over the lazy dog.", 0xcd99481f9ee902c9},
  };
  for (const auto& [text, hash] : known) EXPECT_EQ(murmur3_x64_64(as_bytes(text)), hash) << text;
}

constexpr std::string_view kSharded = "ipfs/car/conformance/single-layer-hamt-with-multi-block-files.car";

struct Blocks {
  std::map<Cid, Bytes> by_cid;
  Cid root;
};

Blocks load(std::string_view path) {
  const auto bytes = test::load_bytes(path);
  Blocks out;
  CarReader reader;
  for (ByteView rest = bytes;;) {
    auto block = reader.read(rest);
    if (!block || !*block) break;
    out.by_cid.emplace((*block)->cid, std::move((*block)->bytes));
  }
  EXPECT_TRUE(reader.finish());
  out.root = reader.roots()->front();
  return out;
}

/// Every entry below the shard `cid`.
void collect(const Blocks& blocks, const Cid& cid, std::map<std::string, Cid>& entries) {
  const auto shard = read_hamt_shard(blocks.by_cid.at(cid));
  ASSERT_TRUE(shard) << to_string(shard.error());
  for (const auto& link : shard->links) {
    if (link.name.empty()) {
      collect(blocks, link.cid, entries);
    } else {
      EXPECT_TRUE(entries.emplace(link.name, link.cid).second) << link.name;
    }
  }
}

Result<Cid> find(const Blocks& blocks, std::string_view name) {
  HamtPath path(name);
  for (Cid cid = blocks.root;;) {
    auto link = path.next(*read_hamt_shard(blocks.by_cid.at(cid)));
    if (!link) return std::unexpected(link.error());
    if (!link->name.empty()) return link->cid;
    cid = link->cid;
  }
}

TEST(hamt, every_entry_is_found_where_its_hash_says) {
  const auto blocks = load(kSharded);
  std::map<std::string, Cid> entries;
  collect(blocks, blocks.root, entries);
  EXPECT_EQ(entries.size(), 1000U);
  EXPECT_TRUE(entries.contains("685.txt"));
  for (const auto& [name, cid] : entries) EXPECT_EQ(find(blocks, name), cid) << name;
  for (const auto* name : {"", "0.txt", "1001.txt", "1.txt ", "01.txt"}) {
    EXPECT_EQ(find(blocks, name).error(), Error::kNotFound) << name;
  }
}

/// One shard with one entry "x" in slot 5 of 8, changed by `change`.
Bytes shard_with(const std::function<void(Node&, UnixFsData&)>& change) {
  UnixFsData data;
  data.type = UnixFsType::kHamtShard;
  data.data = Bytes{0x20};
  data.hash_type = 0x22;
  data.fanout = 8;
  Node node;
  node.links.push_back({.cid = Cid::of_raw_block({}), .name = "5x", .tsize = 0});
  change(node, data);
  node.data = encode_unixfs(data);
  return encode_dag_pb(node);
}

TEST(hamt, what_contradicts_itself_is_refused) {
  const auto shard = read_hamt_shard(shard_with([](Node&, UnixFsData&) {}));
  ASSERT_TRUE(shard) << to_string(shard.error());
  EXPECT_EQ(shard->links.front().slot, 5U);
  EXPECT_EQ(shard->links.front().name, "x");
  const std::function<void(Node&, UnixFsData&)> changes[] = {
      [](Node&, UnixFsData& data) { data.type = UnixFsType::kDirectory; },
      [](Node&, UnixFsData& data) { data.hash_type = 0x12; },
      [](Node&, UnixFsData& data) { data.hash_type.reset(); },
      [](Node&, UnixFsData& data) { data.fanout.reset(); },
      [](Node&, UnixFsData& data) { data.fanout = 0; },
      [](Node&, UnixFsData& data) { data.fanout = 4; },
      [](Node&, UnixFsData& data) { data.fanout = 24; },
      [](Node&, UnixFsData& data) { data.fanout = 2048; },
      [](Node&, UnixFsData& data) { data.data = Bytes{0x10}; },
      [](Node&, UnixFsData& data) { data.data = Bytes{0x30}; },
      [](Node&, UnixFsData& data) { data.data = Bytes{0, 0x20}; },
      [](Node&, UnixFsData& data) { data.data.reset(); },
      [](Node& node, UnixFsData&) { node.links[0].name = "8x"; },
      [](Node& node, UnixFsData&) { node.links[0].name = "gx"; },
      [](Node& node, UnixFsData&) { node.links[0].name = ""; },
      [](Node& node, UnixFsData&) { node.links[0].name.reset(); },
      [](Node& node, UnixFsData&) { node.links.push_back(node.links[0]); },
      [](Node& node, UnixFsData&) { node.links.clear(); },
  };
  for (std::size_t i = 0; i < std::size(changes); ++i) {
    const auto changed = read_hamt_shard(shard_with(changes[i]));
    ASSERT_FALSE(changed) << i;
    EXPECT_EQ(changed.error(), Error::kBadUnixFs) << i;
  }
  EXPECT_FALSE(read_hamt_shard(Bytes{0x0a, 0x00}));
}

TEST(hamt, shards_without_end_are_not_followed) {
  HamtShard shard{.fanout = 256, .links = {}};
  for (std::size_t slot = 0; slot < 256; ++slot) shard.links.push_back({.slot = slot, .name = "", .cid = {}});
  HamtPath path("x");
  for (int level = 0; level < 8; ++level) EXPECT_TRUE(path.next(shard));
  EXPECT_EQ(path.next(shard).error(), Error::kBadUnixFs);
}

}  // namespace
}  // namespace substratee::ipld
