#include "core/primitives/ss58.hpp"

#include "core/base/hex.hpp"
#include "core/crypto/hash.hpp"
#include "tests/support/vectors.hpp"

namespace substratee::primitives {
namespace {

constexpr std::string_view kAlice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

TEST(ss58, matches_the_published_vectors_both_ways) {
  const auto vectors = test::load_json("substrate/ss58.json");
  for (const auto& entry : vectors.at("cases").as_array()) {
    const auto account = *fixed_from_hex<32>(test::text(entry, "account_id"));
    const auto prefix = static_cast<std::uint16_t>(entry.at("prefix").as_int64());
    const auto text = test::text(entry, "address");
    EXPECT_EQ(to_ss58(account, prefix), text);
    const auto address = from_ss58(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(address->account, account);
    EXPECT_EQ(address->prefix, prefix);
  }
}

TEST(ss58, the_published_invalid_addresses_are_refused) {
  const auto vectors = test::load_json("substrate/ss58.json");
  for (const auto& entry : vectors.at("invalid").as_array()) EXPECT_FALSE(from_ss58(test::text(entry, "address")));
  for (const auto& entry : vectors.at("short_payloads").as_array())
    EXPECT_FALSE(from_ss58(test::text(entry, "address")));
}

TEST(ss58, every_other_character_breaks_the_checksum) {
  for (std::size_t i = 0; i < kAlice.size(); ++i) {
    std::string changed(kAlice);
    changed[i] = changed[i] == 'z' ? 'y' : 'z';
    EXPECT_FALSE(from_ss58(changed)) << changed;
  }
}

TEST(ss58, other_sizes_and_padding_are_refused) {
  for (std::size_t size = 0; size < kAlice.size(); ++size) EXPECT_FALSE(from_ss58(kAlice.substr(0, size)));
  EXPECT_FALSE(from_ss58(std::string(kAlice) + "1"));
  EXPECT_FALSE(from_ss58("1" + std::string(kAlice)));
  EXPECT_FALSE(from_ss58(" " + std::string(kAlice)));
  EXPECT_FALSE(from_ss58(std::string(100'000, 'z')));
}

TEST(ss58, a_small_prefix_in_two_bytes_is_refused) {
  // Alice with prefix 42 as 4a 80 and the checksum that fits: a second text for one address.
  EXPECT_FALSE(from_ss58("Zp5wgt7iipcBBD8qrDbgQerUy6vWeg3np21675SE43SmZaPo9"));
}

TEST(ss58, accounts_of_zeros_keep_their_size) {
  const AccountId zeros{};
  const auto text = to_ss58(zeros, 0);
  ASSERT_TRUE(from_ss58(text));
  EXPECT_EQ(from_ss58(text)->account, zeros);
}

TEST(ss58, every_prefix_survives_the_round_trip) {
  for (std::uint16_t prefix = 0; prefix < 16384; prefix = static_cast<std::uint16_t>(prefix + 61)) {
    const auto address = from_ss58(to_ss58({}, prefix));
    ASSERT_TRUE(address) << prefix;
    EXPECT_EQ(address->prefix, prefix);
  }
}

}  // namespace
}  // namespace substratee::primitives
