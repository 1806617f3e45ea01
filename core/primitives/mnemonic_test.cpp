#include "core/primitives/mnemonic.hpp"

#include "core/base/hex.hpp"
#include "core/crypto/hash.hpp"
#include "core/primitives/mnemonic_words.hpp"
#include "tests/support/vectors.hpp"

namespace substratee::primitives {
namespace {

TEST(mnemonic, the_word_list_is_the_published_one) {
  std::string lines(mnemonic_words());
  std::ranges::replace(lines, ' ', '\n');
  EXPECT_EQ(to_hex(crypto::sha256(as_bytes(lines))),
            "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda");
  EXPECT_EQ(std::ranges::count(lines, '\n'), static_cast<std::ptrdiff_t>(kMnemonicWords));
}

TEST(mnemonic, gives_the_published_entropy_and_mini_secrets) {
  std::size_t checked = 0;
  for (const auto& one : test::load_json("substrate/bip39.json").at("cases").as_array()) {
    const auto phrase = test::text(one, "mnemonic");
    const auto entropy = entropy_of(phrase);
    ASSERT_TRUE(entropy) << phrase;
    EXPECT_EQ(to_hex_prefixed(entropy->view()), test::text(one, "entropy"));
    EXPECT_EQ(as_text(phrase_of(entropy->view()).value().view()), phrase);
    const auto secret = mini_secret_of(phrase, test::text(one, "passphrase"));
    EXPECT_EQ(to_hex_prefixed(secret.value().view()), test::text(one, "mini_secret"));
    ++checked;
  }
  EXPECT_GT(checked, 3U);
}

TEST(mnemonic, every_size_of_entropy_makes_a_phrase_and_comes_back) {
  for (std::size_t size = 0; size <= 40; ++size) {
    Bytes entropy(size);
    for (std::size_t i = 0; i < size; ++i) entropy[i] = static_cast<std::uint8_t>(i * 37 + 5);
    const auto phrase = phrase_of(entropy);
    ASSERT_EQ(phrase.has_value(), size >= 16 && size <= 32 && size % 4 == 0) << size;
    if (phrase) EXPECT_EQ(to_bytes(entropy_of(as_text(phrase->view())).value().view()), entropy);
  }
}

TEST(mnemonic, refuses_what_is_no_phrase) {
  const std::string good = "bottom drive obey lake curtain smoke basket hold race lonely fit walk";
  ASSERT_TRUE(entropy_of(good));
  for (const std::string& bad : {std::string(), std::string("walk"), good.substr(0, good.rfind(' ')), good + " walk",
                                 good + " ", " " + good, "walk" + good.substr(6), "zzz" + good.substr(6),
                                 "drive bottom" + good.substr(12), std::string("Bottom") + good.substr(6)})
    EXPECT_FALSE(entropy_of(bad)) << bad;
}

}  // namespace
}  // namespace substratee::primitives
