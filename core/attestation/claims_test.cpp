#include "core/attestation/claims.hpp"

#include "core/attestation/forge_for_test.hpp"
#include "core/cbor/cbor.hpp"
#include "core/scale/codec.hpp"

namespace substratee::attestation {
namespace {

Bytes pair(std::string_view key, const Bytes& value) { return concat(cbor::text_string(key), value); }

Bytes hash_value(std::uint64_t algorithm = 1, std::size_t size = 32) {
  return cbor::byte_string(
      concat(cbor::array_head(2), cbor::unsigned_integer(algorithm), cbor::byte_string(Bytes(size, 0x11))));
}

Bytes substratee_value(ByteView more = {}) {
  return cbor::byte_string(concat(scale::encode(sample_claims().substratee), more));
}

Bytes map_of(std::initializer_list<Bytes> pairs) {
  auto out = cbor::map_head(pairs.size());
  for (const auto& item : pairs) append(out, item);
  return out;
}

void expect_refused(const Bytes& buffer, std::string_view why) {
  const auto result = decode_claims(buffer);
  ASSERT_FALSE(result) << why;
  EXPECT_EQ(result.error(), Error::kBadClaims) << why;
}

TEST(claims, round_trip) {
  const auto claims = sample_claims();
  const auto buffer = encode_claims(claims);
  EXPECT_EQ(decode_claims(buffer), claims);
  EXPECT_EQ(buffer, map_of({pair("pubkey-hash", hash_value()), pair("substratee", substratee_value())}));
  EXPECT_EQ(scale::encode(claims.substratee).size(), 149u);
}

TEST(claims, every_truncation_and_any_trailing_byte_is_refused) {
  auto buffer = encode_claims(sample_claims());
  for (std::size_t size = 0; size < buffer.size(); ++size) {
    expect_refused(to_bytes(ByteView(buffer).first(size)), std::to_string(size));
  }
  buffer.push_back(0);
  expect_refused(buffer, "trailing");
}

TEST(claims, order_is_free_and_unknown_claims_are_passed_over) {
  EXPECT_TRUE(decode_claims(map_of({pair("substratee", substratee_value()), pair("pubkey-hash", hash_value())})));
  EXPECT_TRUE(decode_claims(map_of({pair("nonce", cbor::byte_string(Bytes(8, 1))), pair("pubkey-hash", hash_value()),
                                    pair("substratee", substratee_value())})));
}

TEST(claims, refuses_what_is_not_exact) {
  const auto hash = pair("pubkey-hash", hash_value());
  const auto ours = pair("substratee", substratee_value());
  const auto other = pair("x", cbor::unsigned_integer(1));
  expect_refused(map_of({hash}), "no substratee");
  expect_refused(map_of({ours}), "no pubkey-hash");
  expect_refused(map_of({hash, ours, hash}), "duplicate");
  expect_refused(map_of({hash, ours, other, other}), "duplicate of an unknown key");
  expect_refused(map_of({hash, pair("Substratee", substratee_value())}), "key in other case");
  expect_refused(map_of({hash, ours, concat(cbor::byte_string(as_bytes("x")), cbor::unsigned_integer(1))}), "byte key");
  expect_refused(map_of({pair("pubkey-hash", hash_value(7)), ours}), "another hash");
  expect_refused(map_of({pair("pubkey-hash", hash_value(1, 31)), ours}), "short hash");
  expect_refused(map_of({hash, pair("substratee", substratee_value(Bytes{0}))}), "trailing byte in SCALE");
  expect_refused(concat(Bytes{0xbf}, hash, ours, Bytes{0xff}), "indefinite map");
  expect_refused(concat(cbor::map_head(3), hash, ours), "more pairs promised");
  expect_refused(concat(cbor::map_head(17), hash, ours), "too many pairs");
  expect_refused(map_of({hash, ours, pair("x", cbor::byte_string(Bytes(kMaxClaimsSize, 0)))}), "too large");
  auto purpose = scale::encode(sample_claims().substratee);
  purpose[0] = 3;
  expect_refused(map_of({hash, pair("substratee", cbor::byte_string(purpose))}), "unknown purpose");
}

TEST(claims, report_data_is_the_hash_and_zeros) {
  const auto data = report_data_for(as_bytes("abc"));
  const auto hash = crypto::sha256(as_bytes("abc"));
  EXPECT_TRUE(std::ranges::equal(ByteView(data.bytes).first(32), hash));
  EXPECT_TRUE(std::ranges::equal(ByteView(data.bytes).last(32), Bytes(32, 0)));
}

}  // namespace
}  // namespace substratee::attestation
