#include "core/crypto/p384.hpp"

#include "tests/support/vectors.hpp"

#include <gtest/gtest.h>
#include <openssl/err.h>

namespace substratee::crypto::p384 {
namespace {

// RFC 6979, A.2.6: key, and signatures of "sample".
constexpr std::string_view kKey =
    "ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64def8f0ea9055866064a254515480bc13"
    "8015d9b72d7d57244ea8ef9ac0c621896708a59367f9dfb9f54ca84b3f1c9db1288b231c3ae0d4fe7344fd2533264720";
constexpr std::string_view kSignature384 =
    "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c81a648152e44acf96e36dd1e80fabe46"
    "99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94fa329c145786e679e7b82c71a38628ac8";
constexpr std::string_view kSignature256 =
    "21b13d1e013c7fa1392d03c5f99af8b30c570c6f98d4ea8e354b63a21d3daa33bde1e888e63355d92fa2b3c36d8fb2cd"
    "f3aa443fb107745bf4bd77cb3891674632068a10ca67e3d45db2266fa7d1feebefdc63eccd1ac42ec0cb8668a4fa0ab0";
constexpr std::string_view kOrder =
    "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973";

template <class T>
T fixed(std::string_view text) {
  return T::from(test::hex(text)).value();
}

TEST(p384, published_signatures_hold) {
  const auto key = fixed<PublicKey>(kKey);
  const auto sample = as_bytes("sample");
  EXPECT_TRUE(verify(key, sample, fixed<Signature>(kSignature384)));
  EXPECT_TRUE(verify_sha256(key, sample, fixed<Signature>(kSignature256)));
  EXPECT_FALSE(verify(key, sample, fixed<Signature>(kSignature256)));
  EXPECT_FALSE(verify_sha256(key, sample, fixed<Signature>(kSignature384)));
  EXPECT_FALSE(verify(key, as_bytes("simple"), fixed<Signature>(kSignature384)));
}

TEST(p384, every_bit_counts) {
  const auto key = fixed<PublicKey>(kKey);
  const auto signature = fixed<Signature>(kSignature384);
  for (std::size_t bit = 0; bit < 96 * 8; bit += 13) {
    auto changed = signature;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ 1 << bit % 8);
    EXPECT_FALSE(verify(key, as_bytes("sample"), changed)) << bit;
    auto other = key;
    other[bit / 8] = static_cast<std::uint8_t>(other[bit / 8] ^ 1 << bit % 8);
    EXPECT_FALSE(verify(other, as_bytes("sample"), signature)) << bit;
  }
  EXPECT_EQ(ERR_peek_error(), 0u);
}

TEST(p384, scalars_out_of_range_are_refused) {
  const auto key = fixed<PublicKey>(kKey);
  const Bytes order = test::hex(kOrder);
  for (const std::size_t half : {0, 48}) {
    auto signature = fixed<Signature>(kSignature384);
    std::fill_n(signature.begin() + half, 48, std::uint8_t{0});
    EXPECT_FALSE(verify(key, as_bytes("sample"), signature));
    std::copy(order.begin(), order.end(), signature.begin() + half);
    EXPECT_FALSE(verify(key, as_bytes("sample"), signature));
    std::fill_n(signature.begin() + half, 48, std::uint8_t{0xff});
    EXPECT_FALSE(verify(key, as_bytes("sample"), signature));
  }
  EXPECT_FALSE(verify({}, as_bytes("sample"), fixed<Signature>(kSignature384)));
}

}  // namespace
}  // namespace substratee::crypto::p384
