#include "core/primitives/signature.hpp"

#include "core/base/hex.hpp"
#include "core/primitives/keyring.hpp"
#include "tests/support/random.hpp"
#include "tests/support/vectors.hpp"

namespace substratee::primitives {
namespace {

constexpr Scheme kSchemes[] = {Scheme::kEd25519, Scheme::kSr25519, Scheme::kEcdsa};

const Bytes& message() {
  static const Bytes bytes = to_bytes(as_bytes("this is a message"));
  return bytes;
}

AccountKey key_of(std::string_view uri, Scheme scheme) {
  test::SeededRandom random;
  return *AccountKey::from_uri(uri, scheme, random);
}

MultiSignature sign(const AccountKey& key, ByteView bytes) {
  test::SeededRandom random;
  return key.sign(bytes, random);
}

TEST(signature, every_scheme_signs_and_verifies) {
  for (const auto scheme : kSchemes) {
    const auto alice = key_of("//Alice", scheme);
    const auto signature = sign(alice, message());
    EXPECT_EQ(signature.index(), static_cast<std::size_t>(scheme));
    EXPECT_TRUE(verify(alice.account(), message(), signature));
    EXPECT_FALSE(verify(key_of("//Bob", scheme).account(), message(), signature));
    EXPECT_FALSE(verify(alice.account(), concat(message(), Bytes{0}), signature));
  }
}

TEST(signature, a_changed_byte_breaks_it) {
  for (const auto scheme : kSchemes) {
    const auto alice = key_of("//Alice", scheme);
    const auto wire = scale::encode(sign(alice, message()));
    for (std::size_t i = 1; i < wire.size(); ++i) {
      auto changed = wire;
      changed[i] ^= 1;
      EXPECT_FALSE(verify(alice.account(), message(), *scale::decode<MultiSignature>(changed))) << i;
    }
  }
}

TEST(signature, a_signature_of_another_scheme_does_not_count) {
  const auto alice = key_of("//Alice", Scheme::kEd25519);
  const auto bytes = std::get<Ed25519Signature>(sign(alice, message())).bytes;
  EXPECT_FALSE(verify(alice.account(), message(), Sr25519Signature{bytes}));
}

TEST(signature, ecdsa_accounts_are_hashes_of_recovered_keys) {
  const auto vectors = test::load_json("substrate/ecdsa.json");
  for (const auto& entry : vectors.at("signatures").as_array()) {
    const EcdsaSignature signature{*fixed_from_hex<65>(test::text(entry, "signature"))};
    const auto account = *fixed_from_hex<32>(test::text(entry, "account_id"));
    EXPECT_TRUE(verify(account, test::hex(entry.at("message")), signature));
  }
}

TEST(signature, published_sr25519_signatures_are_decided_as_schnorrkel_does) {
  const auto vectors = test::load_json("substrate/sr25519.json");
  const auto holds = [](const boost::json::value& entry) {
    const Sr25519Signature signature{*fixed_from_hex<64>(test::text(entry, "signature"))};
    return verify(*fixed_from_hex<32>(test::text(entry, "public_key")), test::hex(entry.at("message")), signature);
  };
  for (const auto& entry : vectors.at("invalid_signatures").as_array())
    EXPECT_FALSE(holds(entry)) << test::text(entry, "why");
  for (const auto& entry : vectors.at("public_source_signatures").as_array()) EXPECT_TRUE(holds(entry));
}

TEST(signature, wallets_may_wrap_the_message) {
  for (const auto scheme : kSchemes) {
    const auto alice = key_of("//Alice", scheme);
    const auto wrapped = sign(alice, concat(as_bytes("<Bytes>"), message(), as_bytes("</Bytes>")));
    EXPECT_TRUE(verify_raw_or_wrapped(alice.account(), message(), wrapped));
    EXPECT_TRUE(verify_raw_or_wrapped(alice.account(), message(), sign(alice, message())));
    EXPECT_FALSE(verify(alice.account(), message(), wrapped));
    EXPECT_FALSE(verify_raw_or_wrapped(alice.account(), Bytes{1}, wrapped));
  }
}

TEST(signature, the_wire_form_names_the_scheme) {
  EXPECT_EQ(scale::encode(MultiSignature{Ed25519Signature{}}).size(), 65u);
  EXPECT_EQ(scale::encode(MultiSignature{Sr25519Signature{}}).front(), 1);
  EXPECT_EQ(scale::encode(MultiSignature{EcdsaSignature{}}).size(), 66u);
  EXPECT_EQ(scale::decode<MultiSignature>(Bytes(70, 3)).error(), scale::Error::kUnknownVariant);
  EXPECT_EQ(scale::decode<MultiSignature>(Bytes(65, 2)).error(), scale::Error::kTruncated);
  for (const auto index : Bytes{1, 2, 3, 4, 255}) {
    EXPECT_EQ(scale::decode<MultiAddress>(concat(Bytes{index}, Bytes(32, 0))).error(), scale::Error::kUnknownVariant);
  }
}

}  // namespace
}  // namespace substratee::primitives
