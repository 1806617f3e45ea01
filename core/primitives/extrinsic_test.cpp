#include "core/primitives/extrinsic.hpp"

#include "core/base/hex.hpp"
#include "tests/support/random.hpp"
#include "tests/support/vectors.hpp"

namespace substratee::primitives {
namespace {

/// The published signatures were made with zeros for randomness.
class ZeroRandom final : public Random {
 public:
  void fill(MutableByteView out) override { std::ranges::fill(out, std::uint8_t{0}); }
};

const boost::json::value& vectors() {
  static const auto parsed = test::load_json("substrate/extrinsics.json");
  return parsed;
}

Scheme scheme_of(const boost::json::value& entry) {
  const auto name = test::text(entry, "scheme");
  if (name == "ed25519") return Scheme::kEd25519;
  return name == "sr25519" ? Scheme::kSr25519 : Scheme::kEcdsa;
}

Balance tip_of(const boost::json::value& entry) { return std::stoull(test::text(entry, "tip")); }
Nonce nonce_of(const boost::json::value& entry) { return static_cast<Nonce>(entry.at("nonce").as_int64()); }
Era era_of(const boost::json::value& entry) { return *scale::decode<Era>(test::hex(entry.at("era"))); }

SigningContext context_of(const boost::json::value& entry) {
  return {.spec_version = static_cast<std::uint32_t>(vectors().at("spec_version").as_int64()),
          .transaction_version = static_cast<std::uint32_t>(vectors().at("transaction_version").as_int64()),
          .genesis_hash = *fixed_from_hex<32>(test::text(vectors(), "genesis_hash")),
          .checkpoint_hash = *fixed_from_hex<32>(test::text(entry, "checkpoint_block_hash"))};
}

/// The first published extrinsic: Alice, immortal, nonce 0, no tip.
const boost::json::value& first() { return vectors().at("signed").at(0); }
Bytes first_wire() { return test::hex(first().at("extrinsic")); }

/// A wire form around a changed body.
Bytes wire_of(const Bytes& body) { return scale::encode(body); }
Bytes first_body() { return *scale::decode<Bytes>(first_wire()); }
constexpr std::size_t kEraAt = 1 + 33 + 65;  ///< in the body, behind version, address and an sr25519 signature

TEST(extrinsic, published_extrinsics_decode_verify_and_encode) {
  ASSERT_EQ(vectors().at("signed").as_array().size(), 22u);
  for (const auto& entry : vectors().at("signed").as_array()) {
    const auto wire = test::hex(entry.at("extrinsic"));
    const auto extrinsic = decode_extrinsic(wire);
    ASSERT_TRUE(extrinsic) << to_string(extrinsic.error());
    ASSERT_TRUE(extrinsic->signed_part);
    EXPECT_EQ(to_hex_prefixed(extrinsic->signed_part->signer.bytes), test::text(entry, "signer_account_id"));
    EXPECT_EQ(scale::encode(extrinsic->signed_part->signature), test::hex(entry.at("multi_signature")));
    EXPECT_EQ(extrinsic->signed_part->era, era_of(entry));
    EXPECT_EQ(extrinsic->signed_part->nonce, nonce_of(entry));
    EXPECT_EQ(extrinsic->signed_part->tip, tip_of(entry));
    EXPECT_EQ(extrinsic->call, test::hex(entry.at("call_data")));
    EXPECT_TRUE(verify_extrinsic(*extrinsic, context_of(entry)));
    EXPECT_EQ(encode_extrinsic(*extrinsic), wire);
    EXPECT_EQ(to_hex_prefixed(extrinsic_hash(wire).bytes), test::text(entry, "tx_hash"));
  }
}

TEST(extrinsic, payloads_match_the_published_vectors) {
  for (const auto& entry : vectors().at("signed").as_array()) {
    const auto payload = signing_payload(test::hex(entry.at("call_data")), era_of(entry), nonce_of(entry),
                                         tip_of(entry), context_of(entry));
    EXPECT_EQ(payload, test::hex(entry.at("message_signed")));
  }
}

TEST(extrinsic, signing_reproduces_the_published_extrinsics) {
  ZeroRandom zeros;
  for (const auto& entry : vectors().at("signed").as_array()) {
    const auto alice = AccountKey::from_uri("//Alice", scheme_of(entry), zeros);
    const auto extrinsic = sign_extrinsic(test::hex(entry.at("call_data")), era_of(entry), nonce_of(entry),
                                          tip_of(entry), context_of(entry), *alice, zeros);
    EXPECT_EQ(encode_extrinsic(extrinsic), test::hex(entry.at("extrinsic"))) << test::text(entry, "scheme");
  }
}

TEST(extrinsic, inherents_are_bare) {
  const auto wire = test::hex(vectors().at("bare").at("extrinsic"));
  const auto extrinsic = decode_extrinsic(wire);
  ASSERT_TRUE(extrinsic);
  EXPECT_FALSE(extrinsic->signed_part);
  EXPECT_EQ(encode_extrinsic(*extrinsic), wire);
  EXPECT_EQ(to_hex_prefixed(extrinsic_hash(wire).bytes), test::text(vectors().at("bare"), "tx_hash"));
  EXPECT_FALSE(verify_extrinsic(*extrinsic, context_of(first())));
}

TEST(extrinsic, whatever_the_signature_covers_matters) {
  const auto good = *decode_extrinsic(first_wire());
  const auto context = context_of(first());
  const auto refuses = [&](auto change) {
    auto extrinsic = good;
    auto changed = context;
    change(extrinsic, changed);
    EXPECT_FALSE(verify_extrinsic(extrinsic, changed));
  };
  refuses([](Extrinsic& extrinsic, SigningContext&) { extrinsic.call.back() ^= 1; });
  refuses([](Extrinsic& extrinsic, SigningContext&) { extrinsic.signed_part->era = Era{64, 0}; });
  refuses([](Extrinsic& extrinsic, SigningContext&) { extrinsic.signed_part->nonce = 1; });
  refuses([](Extrinsic& extrinsic, SigningContext&) { extrinsic.signed_part->tip = 1; });
  refuses([](Extrinsic& extrinsic, SigningContext&) { extrinsic.signed_part->signer[0] ^= 1; });
  refuses([](Extrinsic&, SigningContext& changed) { ++changed.spec_version; });
  refuses([](Extrinsic&, SigningContext& changed) { ++changed.transaction_version; });
  refuses([](Extrinsic&, SigningContext& changed) { changed.genesis_hash[0] ^= 1; });
  refuses([](Extrinsic&, SigningContext& changed) { changed.checkpoint_hash[0] ^= 1; });
}

TEST(extrinsic, payloads_over_256_bytes_are_hashed) {
  const auto size_for = [](std::size_t call) { return signing_payload(Bytes(call, 1), {}, 0, 0, {}).size(); };
  const auto overhead = size_for(0);
  EXPECT_EQ(size_for(256 - overhead), 256u);
  EXPECT_EQ(size_for(257 - overhead), 32u);
}

TEST(extrinsic, truncations_and_trailing_bytes_are_refused) {
  const auto wire = first_wire();
  for (std::size_t size = 0; size < wire.size(); ++size) {
    EXPECT_EQ(decode_extrinsic(ByteView(wire).first(size)).error(), scale::Error::kTruncated) << size;
  }
  EXPECT_EQ(decode_extrinsic(concat(wire, Bytes{0})).error(), scale::Error::kTrailingBytes);
  const auto body = first_body();
  const auto fixed = body.size() - test::hex(first().at("call_data")).size() + 2;
  for (std::size_t size = 0; size < fixed; ++size) {
    EXPECT_EQ(decode_extrinsic(wire_of(to_bytes(ByteView(body).first(size)))).error(), scale::Error::kTruncated)
        << size;
  }
}

TEST(extrinsic, other_versions_and_addresses_are_refused) {
  for (unsigned version = 0; version < 256; ++version) {
    if (version == 0x04 || version == 0x84) continue;
    auto body = first_body();
    body[0] = static_cast<std::uint8_t>(version);
    EXPECT_EQ(decode_extrinsic(wire_of(body)).error(), scale::Error::kUnknownVariant);
  }
  auto body = first_body();
  body[1] = 3;  // MultiAddress::Address32
  EXPECT_EQ(decode_extrinsic(wire_of(body)).error(), scale::Error::kUnknownVariant);
  body = first_body();
  body[34] = 3;  // no such signature scheme
  EXPECT_EQ(decode_extrinsic(wire_of(body)).error(), scale::Error::kUnknownVariant);
}

TEST(extrinsic, forms_that_are_not_canonical_are_refused) {
  const auto body = first_body();
  const auto with = [&](const Bytes& extensions) {
    return decode_extrinsic(
        wire_of(concat(ByteView(body).first(kEraAt), extensions, ByteView(body).subspan(kEraAt + 3))));
  };
  EXPECT_TRUE(with({0, 0, 0}));                                                     // era, nonce, tip as they were
  EXPECT_EQ(with({0, 0x01, 0, 0}).error(), scale::Error::kNonCanonicalCompact);     // nonce 0 in two bytes
  EXPECT_EQ(with({0, 0, 0x01, 0}).error(), scale::Error::kNonCanonicalCompact);     // tip 0 in two bytes
  EXPECT_EQ(with({0, 0x07, 0, 0, 0, 0, 1, 0}).error(), scale::Error::kOutOfRange);  // nonce of 33 bits
  EXPECT_EQ(with({0x45, 0x04 << 4, 0, 0}).error(), scale::Error::kUnknownVariant) << "phase 1028 of 64";
  // The length itself: 13 bits in the four-byte form.
  const auto size = static_cast<std::uint32_t>(body.size()) << 2 | 2;
  EXPECT_EQ(decode_extrinsic(concat(scale::encode(size), body)).error(), scale::Error::kNonCanonicalCompact);
}

}  // namespace
}  // namespace substratee::primitives
