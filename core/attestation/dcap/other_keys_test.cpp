/// Chains with keys that Intel does not use: P-384 and RSA, well-formed, made with OpenSSL.

#include "core/attestation/der.hpp"
#include "core/attestation/intel_forge_for_test.hpp"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>

namespace substratee::attestation::dcap {
namespace {

template <auto kFree>
struct Free {
  template <class T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;

Key make_p384_key() { return Key(EVP_EC_gen("P-384")); }
Key make_rsa_key() { return Key(EVP_RSA_gen(2048)); }

void add_extension(X509* certificate, int nid, const char* value) {
  const std::unique_ptr<X509_EXTENSION, Free<X509_EXTENSION_free>> extension(
      X509V3_EXT_conf_nid(nullptr, nullptr, nid, value));
  ASSERT_EQ(X509_add_ext(certificate, extension.get(), -1), 1);
}

void add_pck_extension(X509* certificate, const Bytes& value) {
  const std::unique_ptr<ASN1_OBJECT, Free<ASN1_OBJECT_free>> oid(OBJ_txt2obj("1.2.840.113741.1.13.1", 1));
  const std::unique_ptr<ASN1_OCTET_STRING, Free<ASN1_OCTET_STRING_free>> data(ASN1_OCTET_STRING_new());
  ASN1_OCTET_STRING_set(data.get(), value.data(), static_cast<int>(value.size()));
  const std::unique_ptr<X509_EXTENSION, Free<X509_EXTENSION_free>> extension(
      X509_EXTENSION_create_by_OBJ(nullptr, oid.get(), 0, data.get()));
  ASSERT_EQ(X509_add_ext(certificate, extension.get(), -1), 1);
}

struct ToMake {
  const char* subject;
  const char* issuer;
  EVP_PKEY* key;
  EVP_PKEY* signer;
  const EVP_MD* digest;
  const char* constraints;  ///< nullptr: a leaf with the platform's extension
};

Bytes make(const ToMake& what, const PckExtension& pck) {
  const Certificate certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 7);
  X509_time_adj_ex(X509_getm_notBefore(certificate.get()), -1, 0, nullptr);
  ASN1_TIME_set(X509_getm_notBefore(certificate.get()), static_cast<std::time_t>(kNotBefore));
  ASN1_TIME_set(X509_getm_notAfter(certificate.get()), static_cast<std::time_t>(kNotAfter));
  const auto set_name = [](X509_NAME* name, const char* text) {
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(text), -1, -1, 0);
  };
  set_name(X509_get_subject_name(certificate.get()), what.subject);
  set_name(X509_get_issuer_name(certificate.get()), what.issuer);
  X509_set_pubkey(certificate.get(), what.key);
  add_extension(certificate.get(), NID_basic_constraints,
                what.constraints != nullptr ? what.constraints : "critical,CA:FALSE");
  add_extension(certificate.get(), NID_key_usage,
                what.constraints != nullptr ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature");
  if (what.constraints == nullptr) add_pck_extension(certificate.get(), write_pck_extension(pck));
  EXPECT_GT(X509_sign(certificate.get(), what.signer, what.digest), 0);
  std::uint8_t* out = nullptr;
  const int size = i2d_X509(certificate.get(), &out);
  const std::unique_ptr<std::uint8_t, decltype([](std::uint8_t* bytes) { OPENSSL_free(bytes); })> owned(out);
  return {out, out + size};
}

Hash256 hash_of_key(EVP_PKEY* key) {
  std::uint8_t* out = nullptr;
  const int size = i2d_PUBKEY(key, &out);
  const auto hash = crypto::sha256({out, static_cast<std::size_t>(size)});
  OPENSSL_free(out);
  return hash;
}

/// A whole chain of such keys under a pinned root; everything else is as it should be.
void expect_refused(EVP_PKEY* key, const EVP_MD* digest) {
  const IntelForge forge;
  const auto* root = "Intel SGX Root CA";
  const auto* ca = kPlatformCaName.data();
  const std::vector<Bytes> chain{make({"Intel SGX PCK Certificate", ca, key, key, digest, nullptr}, forge.pck),
                                 make({ca, root, key, key, digest, "critical,CA:TRUE,pathlen:0"}, forge.pck),
                                 make({root, root, key, key, digest, "critical,CA:TRUE,pathlen:1"}, forge.pck)};
  const TrustAnchors anchors{.intel_roots = {hash_of_key(key)}, .simulation_roots = {}};
  const auto verdict =
      authenticate(Kind::kSgxDcap, forge.quote(Forge::bundle(chain)), forge.collateral(), anchors, kTestNow);
  ASSERT_FALSE(verdict);
  EXPECT_EQ(verdict.error(), Error::kBadCertificate) << to_code(verdict.error());
}

TEST(other_keys, p384_has_no_place_in_intel_s_chain) {
  const auto key = make_p384_key();
  expect_refused(key.get(), EVP_sha256());
  expect_refused(key.get(), EVP_sha384());
}

TEST(other_keys, rsa_has_no_place_in_intel_s_chain) {
  const auto key = make_rsa_key();
  expect_refused(key.get(), EVP_sha256());
}

TEST(other_keys, the_same_certificates_with_p256_are_accepted_by_form) {
  const IntelForge forge;
  const Key key(EVP_EC_gen("P-256"));
  const auto der =
      make({"Intel SGX PCK Certificate", "Intel SGX Root CA", key.get(), key.get(), EVP_sha256(), nullptr}, forge.pck);
  const auto certificate = x509::parse(der);
  ASSERT_TRUE(certificate) << to_code(certificate.error());
  EXPECT_TRUE(x509::verify_signature(*certificate, certificate->key));
}

}  // namespace
}  // namespace substratee::attestation::dcap
