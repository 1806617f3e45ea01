#include "core/crypto/rsa.hpp"

#include <gtest/gtest.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <memory>

namespace substratee::crypto::rsa {
namespace {

/// OpenSSL's key and signatures.
class Signer {
 public:
  explicit Signer(unsigned bits) : key_(EVP_RSA_gen(bits), EVP_PKEY_free) {}
  [[nodiscard]] Bytes modulus() const {
    BIGNUM* n = nullptr;
    EVP_PKEY_get_bn_param(key_.get(), OSSL_PKEY_PARAM_RSA_N, &n);
    Bytes out(static_cast<std::size_t>(BN_num_bytes(n)));
    BN_bn2bin(n, out.data());
    BN_free(n);
    return out;
  }
  [[nodiscard]] Bytes sign(ByteView message, const EVP_MD* digest, int padding, int salt) const {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    EVP_PKEY_CTX* options = nullptr;
    EVP_DigestSignInit(context.get(), &options, digest, nullptr, key_.get());
    EVP_PKEY_CTX_set_rsa_padding(options, padding);
    if (padding == RSA_PKCS1_PSS_PADDING) EVP_PKEY_CTX_set_rsa_pss_saltlen(options, salt);
    Bytes out(modulus().size());
    std::size_t size = out.size();
    EXPECT_EQ(EVP_DigestSign(context.get(), out.data(), &size, message.data(), message.size()), 1);
    return out;
  }

 private:
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
};

const Signer& signer() {
  static const Signer the_signer(2048);
  return the_signer;
}
const auto kMessage = as_bytes("message");

TEST(rsa, signatures_of_openssl_hold) {
  const auto n = signer().modulus();
  const auto pss = signer().sign(kMessage, EVP_sha384(), RSA_PKCS1_PSS_PADDING, 48);
  const auto pkcs1 = signer().sign(kMessage, EVP_sha256(), RSA_PKCS1_PADDING, 0);
  EXPECT_TRUE(verify_pss_sha384(n, kMessage, pss));
  EXPECT_TRUE(verify_pkcs1_sha256(n, kMessage, pkcs1));
  EXPECT_FALSE(verify_pss_sha384(n, kMessage, pkcs1));
  EXPECT_FALSE(verify_pkcs1_sha256(n, kMessage, pss));
  EXPECT_FALSE(verify_pss_sha384(n, as_bytes("other"), pss));
  EXPECT_FALSE(verify_pkcs1_sha256(n, as_bytes("other"), pkcs1));
}

TEST(rsa, hash_and_salt_are_exactly_those) {
  const auto n = signer().modulus();
  EXPECT_FALSE(verify_pss_sha384(n, kMessage, signer().sign(kMessage, EVP_sha384(), RSA_PKCS1_PSS_PADDING, 32)));
  EXPECT_FALSE(verify_pss_sha384(n, kMessage, signer().sign(kMessage, EVP_sha384(), RSA_PKCS1_PSS_PADDING, 0)));
  EXPECT_FALSE(verify_pss_sha384(n, kMessage, signer().sign(kMessage, EVP_sha256(), RSA_PKCS1_PSS_PADDING, 48)));
  EXPECT_FALSE(verify_pkcs1_sha256(n, kMessage, signer().sign(kMessage, EVP_sha384(), RSA_PKCS1_PADDING, 0)));
}

TEST(rsa, every_bit_counts) {
  const auto n = signer().modulus();
  const auto pss = signer().sign(kMessage, EVP_sha384(), RSA_PKCS1_PSS_PADDING, 48);
  for (std::size_t bit = 0; bit < pss.size() * 8; bit += 31) {
    auto changed = pss;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ 1 << bit % 8);
    EXPECT_FALSE(verify_pss_sha384(n, kMessage, changed)) << bit;
    auto other = n;
    other[bit / 8] = static_cast<std::uint8_t>(other[bit / 8] ^ 1 << bit % 8);
    EXPECT_FALSE(verify_pss_sha384(other, kMessage, pss)) << bit;
  }
  EXPECT_EQ(ERR_peek_error(), 0u);
}

TEST(rsa, sizes_are_exact) {
  const auto n = signer().modulus();
  auto pss = signer().sign(kMessage, EVP_sha384(), RSA_PKCS1_PSS_PADDING, 48);
  EXPECT_FALSE(verify_pss_sha384(n, kMessage, ByteView(pss).first(255)));
  pss.insert(pss.begin(), 0);
  EXPECT_FALSE(verify_pss_sha384(n, kMessage, pss));
  EXPECT_FALSE(verify_pss_sha384({}, kMessage, {}));
  const Bytes small(128, 0xff);
  const Bytes large(1024, 0xff);
  EXPECT_FALSE(verify_pss_sha384(small, kMessage, small));
  EXPECT_FALSE(verify_pss_sha384(large, kMessage, large));
  Bytes low_top(256, 0x7f);
  EXPECT_FALSE(verify_pss_sha384(low_top, kMessage, Bytes(256, 1)));
}

}  // namespace
}  // namespace substratee::crypto::rsa
