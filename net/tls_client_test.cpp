// TLS of the HTTP client, against a server with an authority of its own.
#include "net/http_client.hpp"
#include "tests/support/temporary_directory.hpp"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>

#include <fstream>
#include <thread>

namespace substratee::net {
namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using namespace std::chrono_literals;
using tcp = asio::ip::tcp;

using Key = std::unique_ptr<EVP_PKEY, decltype([](EVP_PKEY* key) { EVP_PKEY_free(key); })>;
using Certificate = std::unique_ptr<X509, decltype([](X509* certificate) { X509_free(certificate); })>;

void add_extension(X509* certificate, int nid, const std::string& value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

/// A certificate for `name`, signed by `issuer`, or by itself without one.
Certificate certify(EVP_PKEY* key, const std::string& name, X509* issuer, EVP_PKEY* issuer_key,
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

std::string pem_of(X509* certificate) {
  BIO* memory = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(memory, certificate);
  char* data = nullptr;
  std::string out;
  const auto size = BIO_get_mem_data(memory, &data);
  out.assign(data, static_cast<std::size_t>(size));
  BIO_free(memory);
  return out;
}

/// Answers every request with fixed bytes.
class TlsServer {
 public:
  explicit TlsServer(const std::string& alternative, std::string answer)
      : authority_key_(EVP_EC_gen("P-256")),
        key_(EVP_EC_gen("P-256")),
        authority_(certify(authority_key_.get(), "test authority", nullptr, authority_key_.get(), {})),
        certificate_(certify(key_.get(), "test server", authority_.get(), authority_key_.get(), alternative)),
        answer_(std::move(answer)) {
    SSL_CTX_use_certificate(tls_.native_handle(), certificate_.get());
    SSL_CTX_use_PrivateKey(tls_.native_handle(), key_.get());
    std::ofstream(ca_file()) << pem_of(authority_.get());
    thread_ = std::jthread([this] { serve(); });
  }
  ~TlsServer() {
    is_stopping_ = true;
    boost::system::error_code ignored;
    tcp::socket wake(io_);
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
      ssl::stream<tcp::socket> stream(io_, tls_);
      acceptor_.accept(stream.next_layer(), error);
      if (error || is_stopping_) continue;
      stream.handshake(ssl::stream_base::server, error);
      asio::streambuf request;
      while (!error && asio::read_until(stream, request, "\r\n\r\n", error) > 0) {
        request.consume(request.size());
        asio::write(stream, asio::buffer(answer_), error);
      }
    }
  }

  test::TemporaryDirectory folder_;
  Key authority_key_;
  Key key_;
  Certificate authority_;
  Certificate certificate_;
  std::string answer_;
  asio::io_context io_;
  ssl::context tls_{ssl::context::tls_server};
  tcp::acceptor acceptor_{io_, tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0)};
  std::atomic<bool> is_stopping_ = false;
  std::jthread thread_;
};

constexpr const char* kAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: 1\r\n\r\nhello";

Result<HttpResponse> get(const std::string& url, const std::string& ca_file) {
  return fetch({.url = url, .headers = {}, .body = {}}, {.total_timeout = 5s, .ca_file = ca_file});
}

TEST(tls_client, speaks_to_a_server_whose_authority_it_was_given) {
  const TlsServer server("IP:127.0.0.1,DNS:localhost", kAnswer);
  for (const std::string host : {"127.0.0.1", "localhost"}) {
    const auto response = get(server.url(host), server.ca_file());
    ASSERT_TRUE(response) << response.error().to_string();
    EXPECT_EQ(response->status, 200U);
    EXPECT_EQ(response->body, "hello");
    EXPECT_EQ(*find_header(response->headers, "x-a"), "1");
  }
}

TEST(tls_client, many_requests_on_one_connection) {
  const TlsServer server("IP:127.0.0.1", kAnswer);
  HttpConnection connection(*Url::parse(server.url()), {.ca_file = server.ca_file()});
  for (int i = 0; i < 5; ++i) {
    const auto response = connection.send({.url = "/", .headers = {}, .body = {}});
    ASSERT_TRUE(response) << response.error().to_string();
  }
  const auto plain = connection.send({.url = "http" + server.url().substr(5), .headers = {}, .body = {}});
  EXPECT_EQ(plain.error().code, FailureCode::kBadUrl) << "never falls back to plain text";
}

TEST(tls_client, refuses_a_server_that_does_not_prove_who_it_is) {
  const TlsServer server("IP:127.0.0.1", kAnswer);
  const TlsServer other("DNS:elsewhere.example", kAnswer);
  EXPECT_EQ(get(server.url(), other.ca_file()).error().code, FailureCode::kRefused) << "another authority";
  EXPECT_EQ(get(server.url(), {}).error().code, FailureCode::kRefused) << "the system's authorities";
  EXPECT_EQ(get(other.url(), other.ca_file()).error().code, FailureCode::kRefused) << "another name";
  EXPECT_EQ(get(server.url("localhost"), server.ca_file()).error().code, FailureCode::kRefused) << "another name";
}

TEST(tls_client, tells_failures_apart) {
  const TlsServer server("IP:127.0.0.1", kAnswer);
  EXPECT_EQ(get(server.url(), "/nowhere/authority.pem").error().code, FailureCode::kSystem);
  const auto large =
      fetch({.url = server.url(), .headers = {}, .body = {}}, {.max_body = 4, .ca_file = server.ca_file()});
  EXPECT_EQ(large.error().code, FailureCode::kTooLarge);
  const TlsServer cut("IP:127.0.0.1", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
  const auto timed_out =
      fetch({.url = cut.url(), .headers = {}, .body = {}}, {.total_timeout = 300ms, .ca_file = cut.ca_file()});
  EXPECT_EQ(timed_out.error().code, FailureCode::kTimeout);
  EXPECT_EQ(get("https://127.0.0.1:1/", {}).error().code, FailureCode::kUnreachable);
}

}  // namespace
}  // namespace substratee::net
