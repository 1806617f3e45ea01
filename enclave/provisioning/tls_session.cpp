#include "enclave/provisioning/tls_session.hpp"

#include "core/base/check.hpp"
#include "core/crypto/hash.hpp"
#include "core/protocol/limits.hpp"
#include "core/protocol/provisioning.hpp"
#include "enclave/provisioning/tls_context.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509.h>

namespace substratee::enclave::provisioning {
namespace {

constexpr std::size_t kSizeBytes = 4;
constexpr std::size_t kMaxFrame = kSizeBytes + protocol::kMaxProvisioningMessage;
/// Decrypted and not yet received: a caller that takes whole frames after each input never meets this bound.
constexpr std::size_t kMaxPlaintext = kMaxFrame + protocol::kMaxTlsBytes;
/// Encrypted and not yet taken.
constexpr std::size_t kMaxOutput = 4 * kMaxFrame;
constexpr std::size_t kMaxRecord = 16 * 1024;

std::size_t read_size(ByteView bytes) noexcept {
  std::size_t size = 0;
  for (std::size_t i = 0; i < kSizeBytes; ++i) size |= static_cast<std::size_t>(bytes[i]) << (8 * i);
  return size;
}

}  // namespace

class TlsSession::State {
 public:
  State(Role role, detail::Context context) : context_(std::move(context)), connection_(SSL_new(context_.get())) {
    // Never grows beyond: decrypted bytes are not left behind in memory that the vector gave back.
    plaintext_.bytes().reserve(kMaxPlaintext);
    input_ = BIO_new(BIO_s_mem());
    output_ = BIO_new(BIO_s_mem());
    SUBSTRATEE_CHECK(connection_ != nullptr && input_ != nullptr && output_ != nullptr);
    BIO_set_mem_eof_return(input_, -1);
    SSL_set_bio(connection_.get(), input_, output_);
    SSL_set_cert_cb(connection_.get(), note_request, this);
    role == Role::kClient ? SSL_set_connect_state(connection_.get()) : SSL_set_accept_state(connection_.get());
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  TlsResult<void> input(ByteView bytes) {
    if (failure_) return std::unexpected(*failure_);
    if (bytes.size() > protocol::kMaxTlsBytes) return fail(TlsError::kProtocol);
    if (!bytes.empty()) SUBSTRATEE_CHECK(BIO_write(input_, bytes.data(), static_cast<int>(bytes.size())) > 0);
    SUBSTRATEE_TRY(shake_hands());
    return is_established() ? decrypt() : TlsResult<void>();
  }

  TlsResult<void> shake_hands() {
    if (SSL_is_init_finished(connection_.get())) return {};
    ERR_clear_error();
    const int result = SSL_do_handshake(connection_.get());
    const bool waits = result != 1 && SSL_get_error(connection_.get(), result) == SSL_ERROR_WANT_READ;
    ERR_clear_error();
    if (waits) return {};
    if (result != 1 || !asked_for_certificate_ || SSL_get0_peer_certificate(connection_.get()) == nullptr) {
      return fail(TlsError::kHandshake);
    }
    established_ = true;
    return {};
  }

  TlsResult<void> send(ByteView message) {
    if (failure_) return std::unexpected(*failure_);
    if (!established_ || message.size() > protocol::kMaxProvisioningMessage)
      return std::unexpected(TlsError::kProtocol);
    if (pending_output() + kMaxFrame > kMaxOutput) return std::unexpected(TlsError::kProtocol);
    crypto::WipedBytes frame;
    frame.bytes().reserve(kSizeBytes + message.size());
    for (std::size_t i = 0; i < kSizeBytes; ++i) {
      frame.bytes().push_back(static_cast<std::uint8_t>(message.size() >> (8 * i)));
    }
    append(frame.bytes(), message);
    ERR_clear_error();
    const auto size = static_cast<int>(frame.view().size());
    const bool sent = SSL_write(connection_.get(), frame.view().data(), size) == size;
    ERR_clear_error();
    return sent ? TlsResult<void>() : fail(TlsError::kProtocol);
  }

  // What arrived whole before a failure is authentic, and is still handed out.
  TlsResult<std::optional<Bytes>> receive() {
    auto& bytes = plaintext_.bytes();
    const bool has_size = bytes.size() >= kSizeBytes;
    const std::size_t size = has_size ? read_size(bytes) : 0;
    if (has_size && size <= protocol::kMaxProvisioningMessage && bytes.size() - kSizeBytes >= size) {
      return take_frame(size);
    }
    if (has_size && size > protocol::kMaxProvisioningMessage) return fail(TlsError::kProtocol);
    if (failure_) return std::unexpected(*failure_);
    return std::nullopt;
  }

  [[nodiscard]] Bytes output(std::size_t max) {
    Bytes out(std::min(max, pending_output()));
    if (!out.empty()) {
      SUBSTRATEE_CHECK(BIO_read(output_, out.data(), static_cast<int>(out.size())) == static_cast<int>(out.size()));
    }
    return out;
  }
  [[nodiscard]] std::size_t pending_output() const noexcept { return BIO_ctrl_pending(output_); }
  [[nodiscard]] bool is_established() const noexcept { return established_ && !failure_; }

  [[nodiscard]] Bytes peer_certificate() const {
    X509* certificate = SSL_get0_peer_certificate(connection_.get());
    std::uint8_t* der = nullptr;
    const int size = i2d_X509(certificate, &der);
    SUBSTRATEE_CHECK(size > 0);
    Bytes out(der, der + size);
    OPENSSL_free(der);
    return out;
  }

  [[nodiscard]] Hash256 session_id() const {
    const auto label = protocol::kSessionExporterLabel;
    crypto::Wiped<32> exported;
    SUBSTRATEE_CHECK(SSL_export_keying_material(connection_.get(), exported.bytes.data(), exported.bytes.size(),
                                                label.data(), label.size(), nullptr, 0, 1) == 1);
    return crypto::sha256(exported.bytes);
  }

 private:
  // Called on the side of the server always, on the side of the client when the server demands a certificate: one
  // that does not would leave this enclave unproved.
  static int note_request(SSL* /*connection*/, void* state) noexcept {
    static_cast<State*>(state)->asked_for_certificate_ = true;
    return 1;
  }

  TlsResult<void> decrypt() {
    std::array<std::uint8_t, kMaxRecord> record;
    while (true) {
      ERR_clear_error();
      const int size = SSL_read(connection_.get(), record.data(), static_cast<int>(record.size()));
      const bool waits = size <= 0 && SSL_get_error(connection_.get(), size) == SSL_ERROR_WANT_READ;
      ERR_clear_error();
      if (waits) break;
      const bool fits = size > 0 && plaintext_.bytes().size() + static_cast<std::size_t>(size) <= kMaxPlaintext;
      if (fits) append(plaintext_.bytes(), ByteView(record).first(static_cast<std::size_t>(size)));
      crypto::wipe(record);
      if (!fits) return fail(TlsError::kProtocol);
    }
    return pending_output() <= kMaxOutput ? TlsResult<void>() : fail(TlsError::kProtocol);
  }

  Bytes take_frame(std::size_t size) {
    auto& bytes = plaintext_.bytes();
    const auto begin = bytes.begin() + kSizeBytes;
    Bytes message(begin, begin + static_cast<std::ptrdiff_t>(size));
    const std::size_t used = kSizeBytes + size;
    std::copy(bytes.begin() + static_cast<std::ptrdiff_t>(used), bytes.end(), bytes.begin());
    crypto::wipe(MutableByteView(bytes).last(used));
    bytes.resize(bytes.size() - used);
    return message;
  }

  std::unexpected<TlsError> fail(TlsError error) noexcept {
    if (!failure_) failure_ = error;
    return std::unexpected(*failure_);
  }

  detail::Context context_;
  detail::Connection connection_;
  BIO* input_ = nullptr;   // owned by the connection
  BIO* output_ = nullptr;  // owned by the connection
  crypto::WipedBytes plaintext_;
  std::optional<TlsError> failure_;
  bool asked_for_certificate_ = false;
  bool established_ = false;
};

std::string_view to_string(TlsError error) noexcept {
  switch (error) {
    case TlsError::kHandshake: return "the TLS handshake failed, or the peer showed or demanded no certificate";
    case TlsError::kProtocol:
      return "the TLS connection is broken: a bad record, a closed connection or too many bytes";
    case TlsError::kCertificate: return "the enclave's own TLS certificate is not for its key";
  }
  return "unknown error";
}

TlsSession::TlsSession(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
TlsSession::TlsSession(TlsSession&&) noexcept = default;
TlsSession& TlsSession::operator=(TlsSession&&) noexcept = default;
TlsSession::~TlsSession() = default;

TlsResult<TlsSession> TlsSession::start(Role role, const crypto::p256::KeyPair& key, ByteView certificate) {
  ERR_clear_error();
  auto context = detail::make_context(key, certificate);
  ERR_clear_error();
  if (context == nullptr) return std::unexpected(TlsError::kCertificate);
  auto state = std::make_unique<State>(role, std::move(context));
  SUBSTRATEE_TRY(state->shake_hands());
  return TlsSession(std::move(state));
}

TlsResult<void> TlsSession::input(ByteView bytes) { return state_->input(bytes); }
Bytes TlsSession::output(std::size_t max) { return state_->output(max); }
bool TlsSession::has_output() const noexcept { return state_->pending_output() > 0; }
bool TlsSession::is_established() const noexcept { return state_->is_established(); }
TlsResult<void> TlsSession::send(ByteView message) { return state_->send(message); }
TlsResult<std::optional<Bytes>> TlsSession::receive() { return state_->receive(); }

Bytes TlsSession::peer_certificate() const {
  SUBSTRATEE_CHECK(is_established());
  return state_->peer_certificate();
}

Hash256 TlsSession::session_id() const {
  SUBSTRATEE_CHECK(is_established());
  return state_->session_id();
}

}  // namespace substratee::enclave::provisioning
