#include "core/ipld/file_builder.hpp"

#include "core/crypto/hash.hpp"
#include "tests/support/effort.hpp"
#include "tests/support/vectors.hpp"

#include <gtest/gtest.h>

namespace substratee::ipld {
namespace {

/// Larger inputs are imported by the command's test, with the optimised program, and under --long.
constexpr std::size_t kMaxInput = std::size_t{1} << 20;

/// The generators of the vectors (see prng.json there); nothing for those that are too large or of a kind not known
/// here.
std::optional<Bytes> make_input(const boost::json::value& input, std::size_t size) {
  if (size > kMaxInput * test::effort(1) * test::effort(1)) return std::nullopt;
  const auto kind = test::text(input, "kind");
  if (kind == "hex") return test::hex(input.at("hex"));
  Bytes out;
  out.reserve(size + 8);
  if (kind == "repeat") return Bytes(size, test::hex(input.at("hex")).at(0));
  if (kind == "zero") return Bytes(size, 0);
  if (kind == "mod251") {
    for (std::size_t i = 0; i < size; ++i) out.push_back(static_cast<std::uint8_t>(i % 251));
    return out;
  }
  if (kind != "splitmix64") return std::nullopt;
  std::uint64_t state = std::stoull(test::text(input, "seed"));
  while (out.size() < size) {
    state += 0x9E3779B97F4A7C15;
    std::uint64_t z = state;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    z ^= z >> 31;
    for (int i = 0; i < 8; ++i) out.push_back(static_cast<std::uint8_t>(z >> (8 * i)));
  }
  out.resize(size);
  return out;
}

Child build(ByteView content, std::size_t chunk, const FileLayout& layout, std::vector<Block>& blocks) {
  FileBuilder builder(layout);
  do {
    const auto next = content.first(std::min(chunk, content.size()));
    content = content.subspan(next.size());
    builder.add(to_bytes(next), blocks);
  } while (!content.empty());
  return builder.finish(blocks);
}

FileLayout layout_of(const boost::json::value& params) {
  return {.version = params.at("cid_version").to_number<int>() == 0 ? Version::kV0 : Version::kV1,
          .raw_leaves = params.at("raw_leaves").as_bool(),
          .max_links = params.at("max_links").to_number<std::size_t>()};
}

/// Imports every vector of a file; how many.
std::size_t check_imports(std::string_view path) {
  const auto file = test::load_json(path);
  std::size_t checked = 0;
  for (const auto& vector : file.at("vectors").as_array()) {
    SCOPED_TRACE(test::text(vector, "id"));
    const auto& params = vector.at("params");
    const auto size = vector.at("size").to_number<std::size_t>();
    if (const auto* layout = params.as_object().if_contains("layout"); layout && *layout != "balanced") continue;
    const auto input = make_input(vector.at("input"), size);
    if (!input) continue;
    std::vector<Block> blocks;
    const auto root = build(*input, params.at("chunk_size").to_number<std::size_t>(), layout_of(params), blocks);
    const auto& expect = vector.at("expect");
    EXPECT_EQ(root.cid.to_text(), test::text(expect, "root_cid"));
    EXPECT_EQ(root.content_size, size);
    EXPECT_EQ(root.dag_size, expect.at("cumulative_dag_size").to_number<std::uint64_t>());
    EXPECT_EQ(blocks.size(), expect.at("walked_blocks").to_number<std::size_t>());
    for (const auto& block : blocks) EXPECT_TRUE(block.cid.verify(block.bytes));
    ++checked;
  }
  return checked;
}

TEST(file_builder, makes_the_published_files) {
  EXPECT_GE(check_imports("ipfs/unixfs-files.json"), 45U);
  EXPECT_GE(check_imports("ipfs/unixfs-tiny.json"), 25U);
  EXPECT_GE(check_imports("ipfs/unixfs-kubo-published.json"), 4U);
}

TEST(file_builder, holds_no_more_than_one_group_of_each_level) {
  FileBuilder builder({.version = Version::kV1, .raw_leaves = true, .max_links = 3});
  std::vector<Block> blocks;
  for (std::uint8_t i = 0; i < 27; ++i) builder.add({i}, blocks);
  // 27 leaves, 9 and 3 nodes above, and the root are there before the end is known.
  EXPECT_EQ(blocks.size(), 27U + 9 + 3 + 1);
  const auto before = blocks.back().cid;
  EXPECT_EQ(builder.finish(blocks).cid, before);
  EXPECT_EQ(blocks.size(), 40U);
}

}  // namespace
}  // namespace substratee::ipld
