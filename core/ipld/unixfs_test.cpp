#include "core/ipld/unixfs.hpp"

#include "core/ipld/dag_pb.hpp"
#include "core/ipld/walk.hpp"
#include "tests/support/vectors.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace substratee::ipld {
namespace {

using namespace std::string_view_literals;

constexpr FileShape kKubo{};

/// The generators of the vectors (see prng.json there): hex, mod251, splitmix64.
Bytes make_input(const boost::json::value& input, std::size_t size) {
  const auto kind = test::text(input, "kind");
  if (kind == "hex") return test::hex(input.at("hex"));
  Bytes out;
  if (kind == "mod251") {
    for (std::size_t i = 0; i < size; ++i) out.push_back(static_cast<std::uint8_t>(i % 251));
    return out;
  }
  EXPECT_EQ(kind, "splitmix64");
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

TEST(unixfs, data_vectors_are_read_and_written) {
  const auto file = test::load_json("ipfs/dagpb.json");
  for (const auto& vector : file.at("unixfs").as_array()) {
    SCOPED_TRACE(test::text(vector, "id"));
    const auto bytes = test::hex(vector.at("hex"));
    const auto data = decode_unixfs(bytes);
    ASSERT_TRUE(data) << to_string(data.error());
    EXPECT_EQ(static_cast<int>(data->type), vector.at("type").to_number<int>());
    EXPECT_EQ(data->data.has_value(), !vector.at("data_hex").is_null());
    EXPECT_EQ(data->file_size.has_value(), !vector.at("filesize").is_null());
    if (data->file_size) {
      EXPECT_EQ(*data->file_size, vector.at("filesize").to_number<std::uint64_t>());
    }
    EXPECT_EQ(data->block_sizes.size(), vector.at("blocksizes").as_array().size());
    if (test::text(vector, "id") != "file-mode-mtime") {
      EXPECT_EQ(encode_unixfs(*data), bytes);
    }
  }
  const auto packed = decode_unixfs(test::hex(file.at("unixfs_reader_only").at(0).at("hex")));
  ASSERT_TRUE(packed);
  EXPECT_EQ(packed->block_sizes, (std::vector<std::uint64_t>{262'144, 1}));
}

TEST(unixfs, malformed_data_is_refused) {
  const std::map<std::string, Error> refused{
      {"", Error::kBadUnixFs},                // no type
      {"1800", Error::kBadUnixFs},            // size before type
      {"0806", Error::kBadUnixFs},            // unknown type
      {"08020802", Error::kBadUnixFs},        // type twice
      {"080218001800", Error::kBadUnixFs},    // size twice
      {"08021800120161", Error::kBadUnixFs},  // data behind size
      {"08024a00", Error::kBadUnixFs},        // field 9
      {"08021500000000", Error::kBadUnixFs},  // data as a fixed32
      {"08", Error::kTruncated},
      {"08021205aa", Error::kTruncated},
      {"0802188000", Error::kBadVarint},
  };
  for (const auto& [hex, error] : refused) EXPECT_EQ(decode_unixfs(test::hex(hex)).error(), error) << hex;
}

TEST(unixfs, tiny_trees_have_the_published_blocks) {
  const auto file = test::load_json("ipfs/unixfs-tiny.json");
  std::size_t checked = 0;
  for (const auto& vector : file.at("vectors").as_array()) {
    const auto& params = vector.at("params");
    if (params.at("cid_version").to_number<int>() != 1) continue;
    SCOPED_TRACE(test::text(vector, "id"));
    const auto size = vector.at("size").to_number<std::size_t>();
    std::vector<Block> blocks;
    const auto root = make_file(make_input(vector.at("input"), size),
                                {.chunk_size = params.at("chunk_size").to_number<std::size_t>(),
                                 .max_links = params.at("max_links").to_number<std::size_t>()},
                                blocks);
    const auto& expect = vector.at("expect");
    EXPECT_EQ(root.cid.to_text(), test::text(expect, "root_cid"));
    EXPECT_EQ(root.content_size, size);
    EXPECT_EQ(root.dag_size, expect.at("cumulative_dag_size").to_number<std::uint64_t>());
    std::set<std::pair<std::string, Bytes>> built;
    for (const auto& block : blocks) built.emplace(block.cid.to_text(), block.bytes);
    std::set<std::pair<std::string, Bytes>> expected;
    for (const auto& block : expect.at("blocks").as_array()) {
      expected.emplace(test::text(block, "cid"), test::hex(block.at("hex")));
    }
    EXPECT_EQ(built, expected);
    ++checked;
  }
  EXPECT_EQ(checked, 13U);
}

TEST(unixfs, every_published_block_can_be_walked_and_read) {
  const auto file = test::load_json("ipfs/unixfs-tiny.json");
  for (const auto& vector : file.at("vectors").as_array()) {
    const auto& expect = vector.at("expect");
    std::map<std::string, Bytes> blocks;
    for (const auto& block : expect.at("blocks").as_array()) {
      blocks[test::text(block, "cid")] = test::hex(block.at("hex"));
    }
    const auto root = Cid::from_text(test::text(expect, "root_cid"));
    ASSERT_TRUE(root);
    std::vector<Cid> pending{*root};
    std::size_t walked = 0;
    for (; !pending.empty(); ++walked) {
      const auto cid = pending.back();
      pending.pop_back();
      const auto& block = blocks.at(cid.to_text());
      const auto links = links_of(cid, block);
      ASSERT_TRUE(links);
      pending.insert(pending.end(), links->begin(), links->end());
      if (cid.codec == Codec::kDagPb) {
        EXPECT_TRUE(read_file_node(block));
      }
    }
    EXPECT_EQ(walked, expect.at("walked_blocks").to_number<std::size_t>());
  }
}

/// Import roots that other implementations printed (chunk size, links, seed 7 of splitmix64).
TEST(unixfs, deep_trees_have_the_published_roots) {
  struct Case {
    std::size_t size, chunk, links;
    std::string_view root;
  };
  const boost::json::value input{{"kind", "splitmix64"}, {"seed", "7"}};
  for (const auto& [size, chunk, links, root] : {
           Case{1728, 64, 3, "bafybeic4c3qs7zjpakxlecudk6efycvnkvcx5htndzgqgj5erhskxpqwci"},
           Case{1729, 64, 3, "bafybeib2ve6fsie7sp5abvjzcoyqzltxibphdeqwf3wtmlbfpuzu5vs3ue"},
           Case{99'999, 1000, 10, "bafybeifl64dh7pviugtooautpot4q3txbzkckxi2b2zaunxfprz3l7c3gu"},
           Case{484'417, 16, 174, "bafybeihpzxs2afyqv3dhgquuon56e3vyxdw2s7e22ckoe2v5lgijjsb3jy"},
       }) {
    std::vector<Block> blocks;
    EXPECT_EQ(make_file(make_input(input, size), {.chunk_size = chunk, .max_links = links}, blocks).cid.to_text(),
              root);
  }
}

/// A directory tree from paths; gives the description of its root.
struct Tree {
  std::map<std::string, Tree> directories;
  std::map<std::string, Child> files;

  void add(std::string_view path, const Child& file) {
    const auto slash = path.find('/');
    if (slash == std::string_view::npos) {
      files[std::string(path)] = file;
    } else {
      directories[std::string(path.substr(0, slash))].add(path.substr(slash + 1), file);
    }
  }

  [[nodiscard]] BuiltNode build() const {
    std::vector<DirectoryEntry> entries;
    for (const auto& [name, child] : files) entries.push_back({name, child});
    for (const auto& [name, tree] : directories) entries.push_back({name, tree.build().self});
    return make_directory(entries).value();
  }
};

Tree make_tree(const boost::json::value& entries) {
  Tree tree;
  std::vector<Block> blocks;
  if (entries.is_array()) {
    for (const auto& entry : entries.as_array()) {
      const auto content = make_input(entry.at("input"), entry.at("size").to_number<std::size_t>());
      tree.add(test::text(entry, "path"), make_file(content, kKubo, blocks));
    }
    return tree;
  }
  for (int i = 0; i < 500; ++i) {  // "files named %04d for i in 0..499 with content entry <i>"
    const auto number = std::to_string(i);
    tree.add(std::string(4 - number.size(), '0') + number, make_leaf(as_bytes("entry " + number)).self);
  }
  return tree;
}

/// Those of CIDv1: make_file has no other leaves. All 13 are added by the command's test (tests/e2e/ipfs_test.py).
TEST(unixfs, directories_have_the_published_roots) {
  const auto file = test::load_json("ipfs/unixfs-dirs.json");
  std::size_t checked = 0;
  for (const auto& vector : file.at("vectors").as_array()) {
    const auto* version = vector.at("params").as_object().if_contains("cid_version");
    if (version != nullptr && version->to_number<int>() != 1) continue;
    SCOPED_TRACE(test::text(vector, "id"));
    const auto& expect = vector.at("expect").as_object();
    const auto built = make_tree(vector.at("entries")).build();
    EXPECT_EQ(built.self.cid.to_text(), test::text(expect, expect.contains("v1") ? "v1" : "root_cid"));
    EXPECT_EQ(built.self.cid, built.block.cid);
    if (const auto* hex = expect.if_contains("root_block_hex")) {
      EXPECT_EQ(built.block.bytes, test::hex(*hex));
    }
    if (const auto* size = expect.if_contains("cumulative_dag_size")) {
      EXPECT_EQ(built.self.dag_size, size->to_number<std::uint64_t>());
    }
    ++checked;
  }
  EXPECT_EQ(checked, 7U);
}

TEST(unixfs, published_directories_can_be_listed) {
  const auto file = test::load_json("ipfs/unixfs-dirs.json");
  for (const auto& vector : file.at("vectors").as_array()) {
    const auto& expect = vector.at("expect").as_object();
    const auto* links = expect.if_contains("links");
    if (links == nullptr) continue;
    const auto entries = read_directory(test::hex(expect.at("root_block_hex")));
    ASSERT_TRUE(entries);
    ASSERT_EQ(entries->size(), links->as_array().size());
    for (std::size_t i = 0; i < entries->size(); ++i) {
      EXPECT_EQ((*entries)[i].name, test::text(links->at(i), "name"));
      EXPECT_EQ((*entries)[i].child.cid.to_text(), test::text(links->at(i), "cid"));
      EXPECT_EQ((*entries)[i].child.dag_size, links->at(i).at("tsize").to_number<std::uint64_t>());
    }
  }
}

TEST(unixfs, directory_names_must_be_proper_and_unique) {
  const auto leaf = make_leaf(as_bytes("x")).self;
  for (const auto& name : std::vector<std::string>{"", ".", "..", "a/b", std::string("a\0b", 3)}) {
    EXPECT_EQ(make_directory(std::vector<DirectoryEntry>{{name, leaf}}).error(), Error::kBadName);
    const Node node{.links = {{.cid = leaf.cid, .name = name, .tsize = 1}}, .data = test::hex("0801"sv)};
    EXPECT_EQ(read_directory(encode_dag_pb(node)).error(), Error::kBadName);
  }
  EXPECT_EQ(make_directory(std::vector<DirectoryEntry>{{"a", leaf}, {"a", leaf}}).error(), Error::kBadName);
  const Node twice{.links = {{.cid = leaf.cid, .name = "a", .tsize = 1}, {.cid = leaf.cid, .name = "a", .tsize = 1}},
                   .data = test::hex("0801"sv)};
  EXPECT_EQ(read_directory(encode_dag_pb(twice)).error(), Error::kBadName);
}

Bytes file_node(const UnixFsData& data, std::vector<Link> links) {
  return encode_dag_pb({.links = std::move(links), .data = encode_unixfs(data)});
}

TEST(unixfs, file_nodes_whose_sizes_contradict_their_links_are_refused) {
  const auto leaf = Cid::of_raw_block(as_bytes("x"));
  const Link link{.cid = leaf, .name = "", .tsize = 1};
  const Link named{.cid = leaf, .name = "x", .tsize = 1};
  UnixFsData data{
      .type = UnixFsType::kFile, .data = {}, .file_size = 2, .block_sizes = {1, 1}, .hash_type = {}, .fanout = {}};
  const auto good = read_file_node(file_node(data, {link, link}));
  ASSERT_TRUE(good);
  EXPECT_EQ(good->content_size, 2U);
  EXPECT_EQ(good->children.size(), 2U);
  EXPECT_EQ(read_file_node(file_node(data, {link})).error(), Error::kBadUnixFs);
  EXPECT_EQ(read_file_node(file_node(data, {link, named})).error(), Error::kBadUnixFs);
  data.file_size = 3;
  EXPECT_EQ(read_file_node(file_node(data, {link, link})).error(), Error::kBadUnixFs);
  data.file_size = 0;
  data.block_sizes = {1, ~std::uint64_t{0}};  // the sum wraps
  EXPECT_EQ(read_file_node(file_node(data, {link, link})).error(), Error::kBadUnixFs);
  data = {
      .type = UnixFsType::kDirectory, .data = {}, .file_size = {}, .block_sizes = {}, .hash_type = {}, .fanout = {}};
  EXPECT_EQ(read_file_node(file_node(data, {})).error(), Error::kBadUnixFs);
  EXPECT_EQ(read_file_node({}).error(), Error::kBadUnixFs);
  EXPECT_EQ(read_directory(file_node({}, {})).error(), Error::kBadUnixFs);
}

}  // namespace
}  // namespace substratee::ipld
