#include "core/trie/trie.hpp"

#include "core/base/hex.hpp"
#include "core/crypto/hash.hpp"
#include "core/scale/codec.hpp"
#include "core/trie/node.hpp"
#include "tests/support/random.hpp"
#include "tests/support/vectors.hpp"

#include <chrono>

namespace substratee::trie {
namespace {

Content content_of(const boost::json::value& pairs) {
  Content content;
  for (const auto& pair : pairs.as_array()) content.emplace(test::hex(pair.at(0)), test::hex(pair.at(1)));
  return content;
}

TEST(trie, roots_match_the_published_vectors_in_both_layouts) {
  const auto vectors = test::load_json("substrate/trie.json");
  for (const auto& [name, set] : vectors.at("sets").as_object()) {
    const auto content = content_of(set.at("pairs"));
    EXPECT_EQ(to_hex_prefixed(root(content, Layout::kV0).bytes), test::text(set, "root_v0")) << name;
    EXPECT_EQ(to_hex_prefixed(root(content, Layout::kV1).bytes), test::text(set, "root_v1")) << name;
  }
  EXPECT_EQ(root({}, Layout::kV1), empty_root());
}

TEST(trie, ordered_roots_match_kagome_and_the_published_vectors) {
  const auto vectors = test::load_json("substrate/trie.json");
  for (const auto& entry : vectors.at("ordered_kagome").as_array()) {
    std::vector<Bytes> items;
    for (const auto& value : entry.at("values_ascii").as_array())
      items.push_back(to_bytes(as_bytes(value.as_string())));
    EXPECT_EQ(to_hex_prefixed(ordered_root(items).bytes), test::text(entry, "root_v0"));
  }
  for (const auto& entry : vectors.at("ordered").as_array()) {
    std::vector<Bytes> items;
    for (std::uint32_t i = 0; i < entry.at("n").as_int64(); ++i) {
      const auto number = scale::encode(i);
      items.push_back(i % 3 != 0 ? to_bytes(crypto::blake2_64(number).bytes)
                                 : to_bytes(crypto::blake2_512(number).bytes));
    }
    EXPECT_EQ(to_hex_prefixed(ordered_root(items).bytes), test::text(entry, "root_v0")) << items.size();
    EXPECT_EQ(to_hex_prefixed(ordered_root(items, Layout::kV1).bytes), test::text(entry, "root_v1")) << items.size();
  }
}

TEST(trie, ordered_roots_match_extrinsics_roots_of_real_blocks) {
  const auto vectors = test::load_json("substrate/trie.json");
  std::size_t checked = 0;
  for (const auto& block : vectors.at("real_extrinsics_roots").as_array()) {
    if (!block.at("extrinsics").is_array()) continue;
    std::vector<Bytes> extrinsics;
    for (const auto& extrinsic : block.at("extrinsics").as_array()) extrinsics.push_back(test::hex(extrinsic));
    EXPECT_EQ(to_hex_prefixed(ordered_root(extrinsics).bytes), test::text(block, "extrinsicsRoot"));
    ++checked;
  }
  EXPECT_EQ(checked, 3u);
}

/// The root with `real` in place of `placeholder`: rewrites the nodes of `path` from the value up.
Hash256 replace_upwards(std::vector<Bytes> path, Hash256 placeholder, Hash256 real, const Hash256& old_root) {
  while (placeholder != old_root) {
    const auto parent =
        std::ranges::find_if(path, [&](const Bytes& node) { return !std::ranges::search(node, placeholder).empty(); });
    if (parent == path.end()) throw std::runtime_error("no node refers to the replaced one");
    placeholder = [&, inside = placeholder] {
      const auto before = crypto::blake2_256(*parent);
      std::ranges::copy(real, std::ranges::search(*parent, inside).begin());
      return before;
    }();
    real = crypto::blake2_256(*parent);
  }
  return real;
}

TEST(trie, roots_match_real_genesis_states) {
  const auto vectors = test::load_json("substrate/state_root_real.json");
  const auto code = to_bytes(as_bytes(":code"));
  for (const auto& chain : vectors.at("genesis").as_array()) {
    Content content;
    Hash256 code_hash;
    for (const auto& pair : chain.at("pairs").as_array()) {
      const auto key = test::hex(pair.at(0));
      if (key == code) {
        // The runtime's code is a megabyte; the vectors have its hash, which is all that enters the trie.
        code_hash = *fixed_from_hex<32>(test::text(pair.at(1), "blake2_256"));
        content[key] = Bytes(40, 0xcc);
      } else {
        content[key] = test::hex(pair.at(1));
      }
    }
    const auto found = replace_upwards(prove(content, std::vector<Bytes>{code}), crypto::blake2_256(content[code]),
                                       code_hash, root(content, Layout::kV1));
    EXPECT_EQ(to_hex_prefixed(found.bytes), test::text(chain, "state_root")) << test::text(chain, "chain");
  }
}

TEST(trie, ten_thousand_keys_take_well_under_a_second) {
  test::SeededRandom random;
  Content content;
  for (std::size_t i = 0; i < 10'000; ++i) content.emplace(to_bytes(random.draw<32>().bytes), Bytes(40, 1));
  const auto start = std::chrono::steady_clock::now();
  static_cast<void>(root(content, Layout::kV1));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(1));  // < 100 ms without sanitizers
}

}  // namespace
}  // namespace substratee::trie
