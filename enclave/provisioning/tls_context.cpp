#include "enclave/provisioning/tls_context.hpp"

#include "core/base/check.hpp"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/params.h>
#include <openssl/x509.h>

#include <bit>

namespace substratee::enclave::provisioning::detail {
namespace {

using Certificate = Owned<X509, X509_free>;
using Key = Owned<EVP_PKEY, EVP_PKEY_free>;
using KeyContext = Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;

constexpr std::size_t kPointSize = 65;  // 04 ‖ x ‖ y
constexpr int kSecurityLevel = 2;
constexpr const char* kCiphers = "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
constexpr const char* kGroups = "X25519";
constexpr const char* kSignatures = "ecdsa_secp256r1_sha256";

Key make_key(const crypto::p256::KeyPair& pair) noexcept {
  static_assert(std::endian::native == std::endian::little, "OSSL_PARAM numbers have the machine's byte order");
  std::array<std::uint8_t, kPointSize> point;
  point[0] = 0x04;
  std::copy(pair.public_key().begin(), pair.public_key().end(), point.begin() + 1);
  crypto::Wiped<32> secret;
  std::reverse_copy(pair.secret().begin(), pair.secret().end(), secret.bytes.begin());
  char curve[] = SN_X9_62_prime256v1;
  std::array<OSSL_PARAM, 4> parameters{
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, curve, 0),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()),
      OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_PRIV_KEY, secret.bytes.data(), secret.bytes.size()),
      OSSL_PARAM_construct_end()};
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  SUBSTRATEE_CHECK(context != nullptr && EVP_PKEY_fromdata_init(context.get()) == 1);
  EVP_PKEY* key = nullptr;
  SUBSTRATEE_CHECK(EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_KEYPAIR, parameters.data()) == 1);
  return Key(key);
}

Certificate parse_certificate(ByteView der) noexcept {
  const std::uint8_t* cursor = der.data();
  Certificate certificate(d2i_X509(nullptr, &cursor, static_cast<long>(der.size())));
  if (certificate == nullptr || cursor != der.data() + der.size()) return nullptr;
  return certificate;
}

// Accepts every chain: what counts is the evidence inside, and the caller appraises it. That the peer has the key of
// its certificate is proved by the handshake itself.
int accept_any_chain(X509_STORE_CTX* /*store*/, void* /*argument*/) noexcept { return 1; }

bool set_rules(SSL_CTX* context) noexcept {
  SSL_CTX_set_security_level(context, kSecurityLevel);
  SSL_CTX_set_options(context,
                      SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CLEANSE_PLAINTEXT);
  SSL_CTX_set_mode(context, SSL_MODE_NO_AUTO_CHAIN);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_max_cert_list(context, kMaxCertificateMessage);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_cert_verify_callback(context, accept_any_chain, nullptr);
  return SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) == 1 &&
         SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) == 1 &&
         SSL_CTX_set_ciphersuites(context, kCiphers) == 1 && SSL_CTX_set1_groups_list(context, kGroups) == 1 &&
         SSL_CTX_set1_sigalgs_list(context, kSignatures) == 1 && SSL_CTX_set_num_tickets(context, 0) == 1 &&
         SSL_CTX_set_max_early_data(context, 0) == 1;
}

}  // namespace

Context make_context(const crypto::p256::KeyPair& key, ByteView certificate) noexcept {
  SUBSTRATEE_CHECK(OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr) == 1);
  const Certificate own = parse_certificate(certificate);
  if (own == nullptr) return nullptr;
  Context context(SSL_CTX_new(TLS_method()));
  SUBSTRATEE_CHECK(context != nullptr && set_rules(context.get()));
  const Key private_key = make_key(key);
  if (SSL_CTX_use_certificate(context.get(), own.get()) != 1) return nullptr;
  if (SSL_CTX_use_PrivateKey(context.get(), private_key.get()) != 1) return nullptr;
  return SSL_CTX_check_private_key(context.get()) == 1 ? std::move(context) : nullptr;
}

}  // namespace substratee::enclave::provisioning::detail
