/// OpenSSL as an oracle: what our own rules accept of Intel's chains and lists, OpenSSL accepts, and finds the same in.

#include "core/attestation/dcap/vectors_for_test.hpp"
#include "core/attestation/pem.hpp"

#include <openssl/bn.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

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
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using List = std::unique_ptr<X509_CRL, Free<X509_CRL_free>>;

Certificate to_certificate(const Bytes& der) {
  const auto* input = der.data();
  return Certificate(d2i_X509(nullptr, &input, static_cast<long>(der.size())));
}
List to_list(const Bytes& der) {
  const auto* input = der.data();
  return List(d2i_X509_CRL(nullptr, &input, static_cast<long>(der.size())));
}
std::vector<Certificate> to_certificates(ByteView pem) {
  std::vector<Certificate> out;
  for (const auto& der : pem::read_certificates(pem).value()) out.push_back(to_certificate(der));
  return out;
}

/// Chain building with the root of the bundle as the only anchor, both lists, every certificate looked up in them.
int verify(const std::vector<Certificate>& bundle, const std::vector<List>& lists, UnixSeconds now) {
  const std::unique_ptr<X509_STORE, Free<X509_STORE_free>> store(X509_STORE_new());
  STACK_OF(X509)* between = sk_X509_new_null();
  for (const auto& certificate : bundle) {
    const bool root =
        X509_NAME_cmp(X509_get_issuer_name(certificate.get()), X509_get_subject_name(certificate.get())) == 0;
    if (root) X509_STORE_add_cert(store.get(), certificate.get());
    if (!root) sk_X509_push(between, certificate.get());
  }
  for (const auto& list : lists) X509_STORE_add_crl(store.get(), list.get());
  const std::unique_ptr<X509_STORE_CTX, Free<X509_STORE_CTX_free>> context(X509_STORE_CTX_new());
  X509_STORE_CTX_init(context.get(), store.get(), bundle.front().get(), between);
  X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_time(parameters, static_cast<std::time_t>(now));
  X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_X509_STRICT | X509_V_FLAG_CHECK_SS_SIGNATURE |
                                              X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
  X509_verify_cert(context.get());
  const int error = X509_STORE_CTX_get_error(context.get());
  sk_X509_free(between);
  return error;
}

std::vector<List> lists_of(const VectorSet& set) {
  std::vector<List> out;
  out.push_back(to_list(set.collateral[2].second.body.value));
  out.push_back(to_list(set.collateral[3].second.body.value));
  return out;
}

TEST(openssl, accepts_every_chain_that_we_accept) {
  for (const auto& vector : all_vectors()) {
    for (const auto& set : sets_of(vector)) {
      SCOPED_TRACE(set.folder);
      const auto chain = to_certificates(parse_quote(vector.quote)->pck_chain);
      EXPECT_EQ(verify(chain, lists_of(set), set.now), X509_V_OK);
      const auto signers = to_certificates(set.collateral[0].second.issuer_chain.value);
      EXPECT_EQ(verify(signers, lists_of(set), set.now), X509_V_OK);
    }
  }
}

TEST(openssl, refuses_what_we_refuse) {
  const auto vector = load_vector("sgx-dcap/automata-00606A000000");
  const auto set = sets_of(vector).front();
  const auto chain = to_certificates(parse_quote(vector.quote)->pck_chain);
  EXPECT_EQ(verify(chain, {}, set.now), X509_V_ERR_UNABLE_TO_GET_CRL);
  const auto year = UnixSeconds{31'536'000};
  EXPECT_EQ(verify(chain, lists_of(set), set.now + year), X509_V_ERR_CRL_HAS_EXPIRED);
  EXPECT_EQ(authenticate(vector.kind(), vector.quote, set.collateral, kIntelOnly, set.now + year).error(),
            Error::kCollateralExpired);
  EXPECT_EQ(verify(chain, lists_of(set), set.now - year), X509_V_ERR_CRL_NOT_YET_VALID);
  EXPECT_EQ(authenticate(vector.kind(), vector.quote, set.collateral, kIntelOnly, set.now - year).error(),
            Error::kCollateralNotYetValid);
}

x509::Serial to_serial(const ASN1_INTEGER* number) {
  const std::unique_ptr<BIGNUM, Free<BN_free>> value(ASN1_INTEGER_to_BN(number, nullptr));
  x509::Serial out;
  EXPECT_EQ(BN_bn2binpad(value.get(), out.data(), static_cast<int>(out.size())), 20);
  return out;
}

UnixSeconds to_seconds(const ASN1_TIME* time) {
  std::tm calendar{};
  EXPECT_EQ(ASN1_TIME_to_tm(time, &calendar), 1);
  return static_cast<UnixSeconds>(timegm(&calendar));
}

TEST(openssl, finds_the_same_in_every_list) {
  std::size_t revoked = 0;
  for (const auto& vector : all_vectors()) {
    for (const auto& set : sets_of(vector)) {
      SCOPED_TRACE(set.folder);
      for (const std::size_t index : {2u, 3u}) {
        const auto& der = set.collateral[index].second.body.value;
        const auto theirs = to_list(der);
        const auto ours = x509::parse_crl(der);
        ASSERT_TRUE(theirs != nullptr && ours);
        EXPECT_EQ(ours->this_update, to_seconds(X509_CRL_get0_lastUpdate(theirs.get())));
        EXPECT_EQ(ours->next_update, to_seconds(X509_CRL_get0_nextUpdate(theirs.get())));
        std::vector<x509::Serial> serials;
        STACK_OF(X509_REVOKED)* entries = X509_CRL_get_REVOKED(theirs.get());
        for (int i = 0; i < sk_X509_REVOKED_num(entries); ++i) {
          serials.push_back(to_serial(X509_REVOKED_get0_serialNumber(sk_X509_REVOKED_value(entries, i))));
        }
        std::ranges::sort(serials);
        EXPECT_EQ(x509::serials_of(*ours), serials);
        revoked += serials.size();
      }
    }
  }
  EXPECT_GT(revoked, 500u);
}

}  // namespace
}  // namespace substratee::attestation::dcap
