#include "core/primitives/keyring.hpp"

#include "core/base/hex.hpp"
#include "core/primitives/ss58.hpp"
#include "tests/support/random.hpp"
#include "tests/support/vectors.hpp"

namespace substratee::primitives {
namespace {

using crypto::Error;

constexpr Scheme kSchemes[] = {Scheme::kEd25519, Scheme::kSr25519, Scheme::kEcdsa};
constexpr std::string_view kDevelopmentPhrase = "bottom drive obey lake curtain smoke basket hold race lonely fit walk";

std::string file_of(Scheme scheme) {
  switch (scheme) {
    case Scheme::kEd25519: return "substrate/ed25519.json";
    case Scheme::kSr25519: return "substrate/sr25519.json";
    case Scheme::kEcdsa: return "substrate/ecdsa.json";
  }
  throw std::runtime_error("no such scheme");
}

crypto::Result<AccountKey> key_of(std::string_view uri, Scheme scheme) {
  test::SeededRandom random;
  return AccountKey::from_uri(uri, scheme, random);
}

std::string account_of(std::string_view uri, Scheme scheme) {
  const auto key = key_of(uri, scheme);
  return key ? to_hex(key->account().bytes) : std::string(to_string(key.error()));
}

void expect_error(std::string_view uri, Scheme scheme, Error error) {
  const auto key = key_of(uri, scheme);
  ASSERT_FALSE(key) << uri;
  EXPECT_EQ(key.error(), error) << uri;
}

TEST(keyring, development_accounts_match_the_published_vectors) {
  for (const auto scheme : kSchemes) {
    const auto vectors = test::load_json(file_of(scheme));
    std::size_t checked = 0;
    for (const auto& entry : vectors.at("dev_accounts").as_array()) {
      const auto uri = test::text(entry, "suri");
      if (uri.find("///") != std::string::npos) {
        expect_error(uri, scheme, Error::kUnsupported);
        continue;
      }
      const auto key = key_of(uri, scheme);
      ASSERT_TRUE(key) << uri << ": " << to_string(key.error());
      EXPECT_EQ(key->scheme(), scheme);
      EXPECT_EQ(to_hex_prefixed(key->account().bytes), test::text(entry, "account_id")) << uri;
      EXPECT_EQ(to_ss58(key->account()), test::text(entry, "ss58_42")) << uri;
      ++checked;
    }
    EXPECT_GE(checked, 13u);
  }
}

TEST(keyring, derivations_from_seeds_match_the_published_vectors) {
  const auto vectors = test::load_json("substrate/sr25519.json");
  for (const auto& entry : vectors.at("derivations").as_array()) {
    const auto uri = test::text(entry, "seed") + test::text(entry, "path");
    EXPECT_EQ("0x" + account_of(uri, Scheme::kSr25519), test::text(entry, "public_key")) << uri;
  }
}

TEST(keyring, seeds_match_the_published_vectors) {
  const auto sr25519 = test::load_json("substrate/sr25519.json");
  for (const auto& entry : sr25519.at("seeds").as_array()) {
    EXPECT_EQ("0x" + account_of(test::text(entry, "seed"), Scheme::kSr25519), test::text(entry, "public_key"));
  }
  const auto ed25519 = test::load_json("substrate/ed25519.json");
  for (const auto& entry : ed25519.at("signatures").as_array()) {
    EXPECT_EQ("0x" + account_of(test::text(entry, "seed"), Scheme::kEd25519), test::text(entry, "public_key"));
  }
  const auto ecdsa = test::load_json("substrate/ecdsa.json");
  for (const auto& entry : ecdsa.at("signatures").as_array()) {
    EXPECT_EQ("0x" + account_of(test::text(entry, "seed"), Scheme::kEcdsa), test::text(entry, "account_id"));
  }
}

TEST(keyring, the_empty_phrase_is_the_development_phrase) {
  for (const auto scheme : kSchemes) {
    EXPECT_EQ(account_of("", scheme), account_of(kDevelopmentPhrase, scheme));
    EXPECT_EQ(account_of("//Alice", scheme), account_of(std::string(kDevelopmentPhrase) + "//Alice", scheme));
  }
}

TEST(keyring, soft_junctions_exist_for_sr25519_only) {
  const auto vectors = test::load_json("substrate/ed25519.json");
  for (const auto& entry : vectors.at("soft_junction_must_fail").as_array()) {
    expect_error(test::text(entry, "suri"), Scheme::kEd25519, Error::kUnsupported);
    expect_error(test::text(entry, "suri"), Scheme::kEcdsa, Error::kUnsupported);
    EXPECT_TRUE(key_of(test::text(entry, "suri"), Scheme::kSr25519));
  }
}

TEST(keyring, numbers_and_text_are_different_junctions) {
  EXPECT_EQ(account_of("//7", Scheme::kEd25519), account_of("//007", Scheme::kEd25519));
  EXPECT_NE(account_of("//7", Scheme::kEd25519), account_of("//7a", Scheme::kEd25519));
  EXPECT_NE(account_of("//7", Scheme::kEd25519), account_of("//-7", Scheme::kEd25519));
  expect_error("//18446744073709551616", Scheme::kEd25519, Error::kBadEncoding);
  expect_error("//" + std::string(5000, '9'), Scheme::kEd25519, Error::kBadEncoding);
  expect_error("//+7", Scheme::kEd25519, Error::kBadEncoding);
}

TEST(keyring, names_over_31_characters_are_hashed) {
  const auto of = [](std::size_t size) { return account_of("//" + std::string(size, 'n'), Scheme::kEd25519); };
  EXPECT_NE(of(31), of(32));
  EXPECT_NE(of(32), of(33));
  EXPECT_NE(of(40), of(41));
}

TEST(keyring, malformed_uris_are_refused) {
  const std::string seed = "0x" + std::string(64, '1');
  for (const auto scheme : kSchemes) {
    EXPECT_TRUE(key_of(seed, scheme));
    for (const auto& uri :
         {std::string("/"), std::string("//"), std::string("//Alice/"), std::string("//Alice//"), seed + "1",
          seed + "11", seed.substr(0, 65), seed.substr(0, 64), seed + "/", std::string("0x"),
          std::string("0x") + std::string(64, 'g'), std::string("a phrase, with a comma")}) {
      expect_error(uri, scheme, Error::kBadEncoding);
    }
  }
}

TEST(keyring, other_phrases_and_passwords_are_not_supported) {
  for (const auto scheme : kSchemes) {
    expect_error("legal winner thank year wave sausage worth useful legal winner thank yellow", scheme,
                 Error::kUnsupported);
    expect_error("Alice", scheme, Error::kUnsupported);
    expect_error("//Alice///password", scheme, Error::kUnsupported);
    expect_error("///password", scheme, Error::kUnsupported);
  }
}

TEST(keyring, an_ecdsa_seed_outside_the_group_is_no_key) {
  expect_error("0x" + std::string(64, '0'), Scheme::kEcdsa, Error::kBadKey);
  expect_error("0x" + std::string(64, 'f'), Scheme::kEcdsa, Error::kBadKey);
}

TEST(keyring, an_ed25519_seed_gives_the_same_account_as_its_uri) {
  const auto seed = *fixed_from_hex<32>("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
  EXPECT_EQ(to_hex(AccountKey::from_ed25519_seed(seed.bytes).account().bytes),
            account_of(to_hex_prefixed(seed.bytes), Scheme::kEd25519));
}

}  // namespace
}  // namespace substratee::primitives
