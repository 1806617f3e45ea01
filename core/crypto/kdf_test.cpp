#include "core/crypto/kdf.hpp"

#include "tests/support/vectors.hpp"

namespace substratee::crypto {
namespace {

TEST(hmac_sha256, matches_rfc_4231) {
  const auto vectors = test::load_json("rfc/hkdf_sha256.json");
  ASSERT_FALSE(vectors.at("hmac").as_array().empty());
  for (const auto& vector : vectors.at("hmac").as_array()) {
    const auto mac = hmac_sha256(test::hex(vector.at("key")), test::hex(vector.at("data")));
    EXPECT_EQ(to_bytes(mac.bytes), test::hex(vector.at("mac")));
  }
}

TEST(hmac_sha256, every_bit_of_key_and_data_counts) {
  Bytes key(64, 1);
  Bytes data(40, 2);
  const auto mac = hmac_sha256(key, data);
  for (auto* bytes : {&key, &data}) {
    for (auto& byte : *bytes) {
      byte ^= 0x10;
      EXPECT_NE(hmac_sha256(key, data), mac);
      byte ^= 0x10;
    }
  }
  EXPECT_EQ(hmac_sha256(key, data), mac);
}

TEST(hkdf_sha256, matches_rfc_5869) {
  const auto vectors = test::load_json("rfc/hkdf_sha256.json");
  ASSERT_EQ(vectors.at("hkdf").as_array().size(), 3u);
  for (const auto& vector : vectors.at("hkdf").as_array()) {
    const auto key = hkdf_extract(test::hex(vector.at("salt")), test::hex(vector.at("ikm")));
    EXPECT_EQ(to_bytes(key.view()), test::hex(vector.at("prk")));
    const Bytes expected = test::hex(vector.at("okm"));
    // A shorter output is a prefix of a longer one.
    for (std::size_t size = 0; size <= expected.size(); ++size) {
      Bytes out(size);
      hkdf_expand(key.view(), test::hex(vector.at("info")), out);
      EXPECT_EQ(out, Bytes(expected.begin(), expected.begin() + static_cast<std::ptrdiff_t>(size)));
    }
  }
}

TEST(hkdf_sha256, typed_forms_agree_with_the_plain_ones) {
  const Bytes input{1, 2, 3};
  const auto key = hkdf_extract({}, input);
  Bytes expected(64);
  hkdf_expand(key.view(), as_bytes("purpose"), expected);
  EXPECT_EQ(to_bytes(hkdf_expand_secret<64>(key.view(), as_bytes("purpose")).view()), expected);
  EXPECT_EQ(to_bytes(derive<64>(input, as_bytes("purpose")).view()), expected);
  EXPECT_NE(to_bytes(derive<64>(input, as_bytes("Purpose")).view()), expected);
}

TEST(hkdf_sha256, expands_to_the_limit_and_no_further) {
  Bytes out(8160);
  hkdf_expand(Bytes(32), {}, out);
  EXPECT_NE(Bytes(out.end() - 32, out.end()), Bytes(32));
  Bytes beyond(8161);
  EXPECT_DEATH(hkdf_expand(Bytes(32), {}, beyond), "255");
}

}  // namespace
}  // namespace substratee::crypto
