#include "core/base/hex.hpp"
#include "core/crypto/hash.hpp"
#include "core/trie/node.hpp"
#include "core/trie/trie.hpp"
#include "tests/support/random.hpp"
#include "tests/support/vectors.hpp"

namespace substratee::trie {
namespace {

std::vector<Bytes> nodes_of(const boost::json::value& list) {
  std::vector<Bytes> nodes;
  for (const auto& node : list.as_array()) nodes.push_back(test::hex(node));
  return nodes;
}

Hash256 hash_of(const boost::json::value& object, std::string_view name) {
  return *fixed_from_hex<32>(test::text(object, name));
}

std::optional<Bytes> find(const Content& content, const Bytes& key) {
  const auto found = content.find(key);
  return found == content.end() ? std::nullopt : std::optional(found->second);
}

/// Keys of different sizes with common prefixes, values of 0 to 80 bytes.
Content random_content(std::size_t count, test::SeededRandom& random) {
  Content content;
  while (content.size() < count) {
    Bytes key(random.below(12));
    for (auto& byte : key) byte = static_cast<std::uint8_t>(random.below(3) * 0x11);
    content[key] = Bytes(random.below(81), static_cast<std::uint8_t>(random.below(256)));
  }
  return content;
}

/// Every node from the root to the key's end, and nothing else, must be there.
std::optional<Bytes> get(const Hash256& root, const std::vector<Bytes>& nodes, const Bytes& key) {
  const auto value = ReadProof::from(root, nodes)->get(key);
  EXPECT_TRUE(value) << to_hex(key) << ": " << (value ? "" : to_string(value.error()));
  return value.value_or(std::nullopt);
}

TEST(read_proof, published_proofs_are_reproduced_and_read) {
  const auto vectors = test::load_json("substrate/trie.json");
  Content many;
  for (const auto& pair : vectors.at("sets").at("many").at("pairs").as_array())
    many[test::hex(pair.at(0))] = test::hex(pair.at(1));
  for (const auto& entry : vectors.at("read_proofs").as_array()) {
    const auto keys = nodes_of(entry.at("keys"));
    auto expected = nodes_of(entry.at("proof"));
    std::ranges::sort(expected);
    EXPECT_EQ(prove(many, keys), expected);
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const auto& value = entry.at("values").at(i);
      const auto wanted = value.is_null() ? std::nullopt : std::optional(test::hex(value));
      EXPECT_EQ(get(hash_of(entry, "root"), expected, keys[i]), wanted);
    }
  }
}

TEST(read_proof, a_proof_of_a_real_relay_chain_is_read) {
  const auto vectors = test::load_json("substrate/state_root_real.json");
  const auto& real = vectors.at("real_read_proof_v1");
  const auto nodes = nodes_of(real.at("proof"));
  for (const auto& lookup : real.at("lookups").as_array()) {
    EXPECT_EQ(get(hash_of(real, "root"), nodes, test::hex(lookup.at("key"))), test::hex(lookup.at("value")));
  }
}

TEST(read_proof, presence_and_absence_of_random_contents_are_told) {
  test::SeededRandom random;
  for (const auto layout : {Layout::kV0, Layout::kV1}) {
    for (const std::size_t count : {1, 2, 3, 10, 100, 500}) {
      const auto content = random_content(count, random);
      const auto asked = random_content(20, random);
      std::vector<Bytes> keys;
      for (const auto& [key, value] : asked) keys.push_back(key);
      for (std::size_t i = 0; i < 5; ++i)
        keys.push_back(std::next(content.begin(), static_cast<long>(random.below(count)))->first);
      const auto proof = prove(content, keys, layout);
      for (const auto& key : keys) EXPECT_EQ(get(root(content, layout), proof, key), find(content, key));
    }
  }
}

TEST(read_proof, the_empty_trie_proves_absence) {
  const auto proof = prove({}, std::vector<Bytes>{Bytes{1}});
  EXPECT_EQ(get(empty_root(), proof, {1}), std::nullopt);
  EXPECT_EQ(get(empty_root(), {}, {1}), std::nullopt);
}

TEST(read_proof, each_node_is_needed) {
  test::SeededRandom random(2);
  const auto content = random_content(200, random);
  const auto top = root(content, Layout::kV1);
  for (std::size_t i = 0; i < 200; i += 7) {
    const auto& key = std::next(content.begin(), static_cast<long>(i))->first;
    const auto proof = prove(content, std::vector<Bytes>{key});
    for (std::size_t removed = 0; removed < proof.size(); ++removed) {
      auto rest = proof;
      rest.erase(rest.begin() + static_cast<long>(removed));
      EXPECT_EQ(ReadProof::from(top, rest)->get(key).error(), Error::kMissingNode);
    }
  }
}

TEST(read_proof, no_changed_byte_changes_an_answer) {
  test::SeededRandom random(3);
  const auto content = random_content(300, random);
  const auto top = root(content, Layout::kV1);
  const std::vector<Bytes> keys{content.begin()->first, std::next(content.begin(), 150)->first, {0xab, 0xcd}};
  const auto proof = prove(content, keys);
  for (std::size_t node = 0; node < proof.size(); ++node) {
    for (std::size_t at = 0; at < proof[node].size(); ++at) {
      auto changed = proof;
      changed[node][at] ^= static_cast<std::uint8_t>(1 + random.below(255));
      const auto read = ReadProof::from(top, changed);
      for (const auto& key : keys) {
        const auto value = read->get(key);
        if (value) {
          EXPECT_EQ(*value, find(content, key));
        } else {
          EXPECT_EQ(value.error(), Error::kMissingNode);
        }
      }
    }
  }
}

TEST(read_proof, an_unproved_key_is_not_absent) {
  test::SeededRandom random(4);
  Content content;
  for (std::size_t i = 0; i < 100; ++i) content[to_bytes(random.draw<8>().bytes)] = Bytes(40, 1);
  const auto& proved = content.begin()->first;
  const auto read = ReadProof::from(root(content, Layout::kV1), prove(content, std::vector<Bytes>{proved}));
  EXPECT_EQ(read->get(content.rbegin()->first).error(), Error::kMissingNode);
}

TEST(read_proof, nodes_that_do_not_parse_are_bad) {
  for (const auto* text : {"", "01", "00ff", "8000", "42aa04bb00"}) {
    const auto node = *from_hex(text);
    EXPECT_EQ(ReadProof::from(crypto::blake2_256(node), {node})->get(Bytes{0xaa}).error(), Error::kBadNode) << text;
  }
}

TEST(read_proof, a_node_behind_a_hash_that_would_fit_into_its_parent_is_bad) {
  const auto leaf = encode_leaf(Nibbles(), Bytes{1}, Layout::kV1);
  const auto branch = concat(*from_hex("80030080"), crypto::blake2_256(leaf).bytes, Bytes{0x0c}, leaf);
  const Bytes key{0x00};
  EXPECT_EQ(ReadProof::from(crypto::blake2_256(branch), {branch, leaf})->get(key).error(), Error::kBadNode);
}

TEST(read_proof, a_hashed_value_that_is_too_short_to_be_hashed_is_bad) {
  const Bytes value(32, 5);
  const auto leaf = concat(Bytes{0x22, 0xaa}, crypto::blake2_256(value).bytes);
  EXPECT_EQ(ReadProof::from(crypto::blake2_256(leaf), {leaf, value})->get(Bytes{0xaa}).error(), Error::kBadNode);
}

TEST(read_proof, the_empty_node_is_no_child) {
  const auto branch = *from_hex("80030004000c400401");
  EXPECT_EQ(ReadProof::from(crypto::blake2_256(branch), {branch})->get(Bytes{0x00}).error(), Error::kBadNode);
}

TEST(read_proof, limits_count_unused_and_repeated_nodes) {
  const auto leaf = encode_leaf(Nibbles(), Bytes{1}, Layout::kV1);
  const auto top = crypto::blake2_256(leaf);
  EXPECT_EQ(ReadProof::from(top, {leaf, leaf, {7}}, 3)->get({}), Bytes{1});
  EXPECT_EQ(ReadProof::from(top, {leaf, leaf, {7}}, 2).error(), Error::kTooManyNodes);
  EXPECT_TRUE(ReadProof::from(top, {leaf, leaf}, 9, 2 * leaf.size()));
  EXPECT_EQ(ReadProof::from(top, {leaf, leaf}, 9, 2 * leaf.size() - 1).error(), Error::kTooManyNodes);
}

TEST(read_proof, a_deep_trie_is_read_without_recursion) {
  Content content;
  for (std::size_t size = 0; size < 1000; ++size) content[Bytes(size, 0)] = Bytes(40, 9);
  const std::vector<Bytes> keys{Bytes(999, 0), Bytes(1000, 0)};
  const auto proof = prove(content, keys);
  EXPECT_EQ(get(root(content, Layout::kV1), proof, keys[0]), Bytes(40, 9));
  EXPECT_EQ(get(root(content, Layout::kV1), proof, keys[1]), std::nullopt);
}

}  // namespace
}  // namespace substratee::trie
