#include "core/crypto/hash.hpp"

#include "core/base/hex.hpp"
#include "tests/support/random.hpp"
#include "tests/support/vectors.hpp"

namespace substratee::crypto {
namespace {

Bytes random_bytes(std::size_t size) {
  Bytes bytes(size);
  test::SeededRandom(size).fill(bytes);
  return bytes;
}

TEST(hash, substrate_vectors_hold) {
  const auto file = test::load_json("substrate/hashes.json");
  const auto& cases = file.at("cases").as_array();
  ASSERT_EQ(cases.size(), 17U);
  for (const auto& entry : cases) {
    const auto input = test::hex(entry.at("input"));
    EXPECT_EQ(to_hex_prefixed(blake2_64(input).bytes), test::text(entry, "blake2_64"));
    EXPECT_EQ(to_hex_prefixed(blake2_128(input).bytes), test::text(entry, "blake2_128"));
    EXPECT_EQ(to_hex_prefixed(blake2_256(input).bytes), test::text(entry, "blake2_256"));
    EXPECT_EQ(to_hex_prefixed(blake2_512(input).bytes), test::text(entry, "blake2_512"));
    EXPECT_EQ(to_hex_prefixed(twox_64(input).bytes), test::text(entry, "twox_64"));
    EXPECT_EQ(to_hex_prefixed(twox_128(input).bytes), test::text(entry, "twox_128"));
    EXPECT_EQ(to_hex_prefixed(sha256(input).bytes), test::text(entry, "sha2_256"));
  }
}

// FIPS 180-4 examples.
TEST(hash, sha2_examples_hold) {
  const Bytes million(1'000'000, 'a');
  EXPECT_EQ(to_hex(sha256(million).bytes), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  EXPECT_EQ(to_hex(sha384(as_bytes("abc")).bytes),
            "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7");
  EXPECT_EQ(to_hex(sha512(as_bytes("abc")).bytes),
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
  EXPECT_EQ(to_hex(sha512({}).bytes),
            "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
            "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e");
}

TEST(hash, sha256_in_parts_equals_sha256_of_the_whole) {
  const auto data = random_bytes(200);
  for (std::size_t split = 0; split <= data.size(); ++split) {
    Sha256 hasher;
    hasher.update(ByteView(data).first(split));
    hasher.update({});
    hasher.update(ByteView(data).subspan(split));
    EXPECT_EQ(hasher.finish(), sha256(data)) << split;
  }
}

TEST(hash, shorter_blake2_is_not_a_prefix_of_longer) {
  const auto digest = blake2_256(as_bytes("abc"));
  EXPECT_NE(to_hex(blake2_128(as_bytes("abc")).bytes), to_hex(ByteView(digest.bytes).first(16)));
}

TEST(hash, every_byte_counts) {
  auto data = random_bytes(300);
  const auto sha = sha256(data);
  const auto blake = blake2_256(data);
  const auto twox = twox_128(data);
  for (auto& byte : data) {
    byte ^= 1;
    EXPECT_NE(sha256(data), sha);
    EXPECT_NE(blake2_256(data), blake);
    EXPECT_NE(twox_128(data), twox);
    byte ^= 1;
  }
}

}  // namespace
}  // namespace substratee::crypto
