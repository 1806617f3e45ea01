#include "core/attestation/spki.hpp"

#include "core/attestation/forge_for_test.hpp"

#include <openssl/evp.h>
#include <openssl/x509.h>

namespace substratee::attestation {
namespace {

Bytes openssl_spki(EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key, &der);
  Bytes out(der, der + size);
  OPENSSL_free(der);
  return out;
}

TEST(spki, ed25519_is_as_openssl_writes_it) {
  crypto::ed25519::PublicKey key;
  key.bytes.fill(0x42);
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> theirs(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.data(), key.size()), EVP_PKEY_free);
  EXPECT_EQ(to_spki(key), openssl_spki(theirs.get()));
}

TEST(spki, p256_is_as_openssl_writes_it) {
  const Forge forge;
  const auto ours = to_spki(forge.pck_key.public_key());
  const auto* input = ours.data();
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> theirs(
      d2i_PUBKEY(nullptr, &input, static_cast<long>(ours.size())), EVP_PKEY_free);
  ASSERT_NE(theirs, nullptr);
  EXPECT_EQ(ours, openssl_spki(theirs.get()));
  EXPECT_EQ(p256_key_from_spki(ours), forge.pck_key.public_key());
  EXPECT_FALSE(p256_key_from_spki(ByteView(ours).first(ours.size() - 1)));
  EXPECT_FALSE(p256_key_from_spki(to_spki(crypto::ed25519::PublicKey{})));
}

}  // namespace
}  // namespace substratee::attestation
