#pragma once

/// A TLS server for tests, with an authority of its own. Needs third_party_openssl and third_party_boost.

#include "tests/support/temporary_directory.hpp"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>

#include <atomic>
#include <fstream>
#include <memory>
#include <string>
#include <thread>

namespace substratee::test {
namespace tls {

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Certificate = std::unique_ptr<X509, Free>;

inline void add_extension(X509* certificate, int nid, const std::string& value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

/// A certificate for `name`, signed by `issuer`, or by itself without one.
inline Certificate certify(EVP_PKEY* key, const std::string& name, X509* issuer, EVP_PKEY* issuer_key,
                           const std::string& alternative) {
  Certificate out(X509_new());
  X509_set_version(out.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(out.get()), issuer == nullptr ? 1 : 2);
  X509_gmtime_adj(X509_getm_notBefore(out.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(out.get()), 3600);
  X509_set_pubkey(out.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(out.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(out.get(), X509_get_subject_name(issuer == nullptr ? out.get() : issuer));
  add_extension(out.get(), NID_basic_constraints, issuer == nullptr ? "critical,CA:TRUE" : "CA:FALSE");
  if (!alternative.empty()) add_extension(out.get(), NID_subject_alt_name, alternative);
  X509_sign(out.get(), issuer_key, EVP_sha256());
  return out;
}

inline std::string pem_of(X509* certificate) {
  BIO* memory = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(memory, certificate);
  char* data = nullptr;
  std::string out;
  const auto size = BIO_get_mem_data(memory, &data);
  out.assign(data, static_cast<std::size_t>(size));
  BIO_free(memory);
  return out;
}

}  // namespace tls

/// Answers every request with fixed bytes.
class TlsServer {
 public:
  explicit TlsServer(const std::string& alternative, std::string answer)
      : authority_key_(EVP_EC_gen("P-256")),
        key_(EVP_EC_gen("P-256")),
        authority_(tls::certify(authority_key_.get(), "test authority", nullptr, authority_key_.get(), {})),
        certificate_(tls::certify(key_.get(), "test server", authority_.get(), authority_key_.get(), alternative)),
        answer_(std::move(answer)) {
    SSL_CTX_use_certificate(context_.native_handle(), certificate_.get());
    SSL_CTX_use_PrivateKey(context_.native_handle(), key_.get());
    std::ofstream(ca_file()) << tls::pem_of(authority_.get());
    thread_ = std::jthread([this] { serve(); });
  }
  ~TlsServer() {
    is_stopping_ = true;
    boost::system::error_code ignored;
    boost::asio::ip::tcp::socket wake(io_);
    wake.connect(acceptor_.local_endpoint(), ignored);
  }
  [[nodiscard]] std::string url(const std::string& host = "127.0.0.1") const {
    return "https://" + host + ":" + std::to_string(acceptor_.local_endpoint().port()) + "/";
  }
  [[nodiscard]] std::string ca_file() const { return (folder_.path() / "authority.pem").string(); }

 private:
  void serve() {
    while (!is_stopping_) {
      boost::system::error_code error;
      boost::asio::ssl::stream<boost::asio::ip::tcp::socket> stream(io_, context_);
      acceptor_.accept(stream.next_layer(), error);
      if (error || is_stopping_) continue;
      stream.handshake(boost::asio::ssl::stream_base::server, error);
      boost::asio::streambuf request;
      while (!error && boost::asio::read_until(stream, request, "\r\n\r\n", error) > 0) {
        request.consume(request.size());
        boost::asio::write(stream, boost::asio::buffer(answer_), error);
      }
    }
  }

  TemporaryDirectory folder_;
  tls::Key authority_key_;
  tls::Key key_;
  tls::Certificate authority_;
  tls::Certificate certificate_;
  std::string answer_;
  boost::asio::io_context io_;
  boost::asio::ssl::context context_{boost::asio::ssl::context::tls_server};
  boost::asio::ip::tcp::acceptor acceptor_{
      io_, boost::asio::ip::tcp::endpoint(boost::asio::ip::make_address("127.0.0.1"), 0)};
  std::atomic<bool> is_stopping_ = false;
  std::jthread thread_;
};

}  // namespace substratee::test
