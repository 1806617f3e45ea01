#include "core/primitives/storage_key.hpp"

#include "core/primitives/ss58.hpp"
#include "tests/support/vectors.hpp"

namespace substratee::primitives {
namespace {

Bytes find_key(const boost::json::value& vectors, std::string_view pallet, std::string_view item,
               std::string_view first_argument = "") {
  for (const auto& entry : vectors.at("keys").as_array()) {
    if (test::text(entry, "pallet") != pallet || test::text(entry, "item") != item) continue;
    if (first_argument.empty() || entry.at("args").at(0).as_string() == first_argument)
      return test::hex(entry.at("key"));
  }
  throw std::runtime_error("no such storage key among the vectors");
}

TEST(storage_key, prefixes_match_the_published_vectors) {
  const auto vectors = test::load_json("substrate/storage_keys.json");
  std::size_t checked = 0;
  for (const auto& entry : vectors.at("keys").as_array()) {
    auto pallet = test::text(entry, "pallet");
    auto item = test::text(entry, "item");
    // polkadot.js writes names in camelCase; the metadata, and so the key, in CamelCase.
    pallet.front() = static_cast<char>(pallet.front() - 0x20);
    item.front() = static_cast<char>(item.front() - 0x20);
    EXPECT_EQ(storage_prefix(pallet, item), test::hex(entry.at("keyPrefix"))) << pallet << item;
    ++checked;
  }
  EXPECT_EQ(checked, 13u);
}

TEST(storage_key, maps_match_the_published_vectors) {
  const auto vectors = test::load_json("substrate/storage_keys.json");
  const auto alice = from_ss58("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY")->account;
  EXPECT_EQ(storage_key("System", "Account", Hasher::kBlake2_128Concat, alice), find_key(vectors, "system", "account"));
  EXPECT_EQ(storage_key("System", "BlockHash", Hasher::kTwox64Concat, std::uint32_t{1000}),
            find_key(vectors, "system", "blockHash", "1000"));
  EXPECT_EQ(storage_key("Registry", "Records", Hasher::kBlake2_128Concat, std::string("alice")),
            find_key(vectors, "registry", "records", "alice"));
  EXPECT_EQ(
      storage_key("Registry", "ByOwner", Hasher::kBlake2_128Concat, alice, Hasher::kTwox64Concat, std::string("alice")),
      find_key(vectors, "registry", "byOwner"));
}

TEST(storage_key, every_hasher_matches_the_published_vectors) {
  const auto vectors = test::load_json("substrate/storage_keys.json");
  const auto& expected = vectors.at("hasher_examples_for_u32_1000").as_object();
  const auto encoded = scale::encode(std::uint32_t{1000});
  const std::pair<Hasher, const char*> hashers[] = {
      {Hasher::kBlake2_128, "Blake2_128"}, {Hasher::kBlake2_256, "Blake2_256"},
      {Hasher::kTwox128, "Twox128"},       {Hasher::kBlake2_128Concat, "Blake2_128Concat"},
      {Hasher::kTwox256, "Twox256"},       {Hasher::kTwox64Concat, "Twox64Concat"},
      {Hasher::kIdentity, "Identity"},
  };
  EXPECT_EQ(std::size(hashers), expected.size());
  for (const auto& [hasher, name] : hashers) {
    Bytes key{0xff};
    append_hashed(key, hasher, encoded);
    EXPECT_EQ(key, concat(Bytes{0xff}, test::hex(expected.at(name)))) << name;
  }
}

}  // namespace
}  // namespace substratee::primitives
