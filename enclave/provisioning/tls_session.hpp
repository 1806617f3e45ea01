#pragma once

/// One TLS 1.3 connection as a state machine: bytes in, bytes out, no socket. Client certificate demanded, no
/// resumption, no 0-RTT, no middlebox of the host can read it. The peer's certificate is checked by nobody here beyond
/// proof of possession: the caller appraises its evidence (RA-TLS) before it sends or trusts a byte.

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"
#include "core/crypto/p256.hpp"

#include <memory>
#include <string_view>

namespace substratee::enclave::provisioning {

enum class TlsError {
  kHandshake,    ///< the handshake failed, or the peer showed no certificate
  kProtocol,     ///< a record that does not open, a closed connection, too many bytes
  kCertificate,  ///< our own key and certificate do not fit
};
[[nodiscard]] std::string_view to_string(TlsError error) noexcept;
template <class T>
using TlsResult = std::expected<T, TlsError>;

enum class Role : std::uint8_t { kClient, kServer };

class TlsSession {
 public:
  /// `certificate` is DER for `key`.
  [[nodiscard]] static TlsResult<TlsSession> start(Role role, const crypto::p256::KeyPair& key, ByteView certificate);
  TlsSession(TlsSession&&) noexcept;
  TlsSession& operator=(TlsSession&&) noexcept;
  ~TlsSession();

  /// Bytes from the peer, at most 64 KiB at once; drives the handshake.
  [[nodiscard]] TlsResult<void> input(ByteView bytes);
  /// Bytes for the peer, at most `max`.
  [[nodiscard]] Bytes output(std::size_t max);
  [[nodiscard]] bool has_output() const noexcept;

  [[nodiscard]] bool is_established() const noexcept;
  /// DER; only when established.
  [[nodiscard]] Bytes peer_certificate() const;
  /// SHA-256 of the exporter (protocol::kSessionExporterLabel, empty context, 32 bytes); only when established.
  [[nodiscard]] Hash256 session_id() const;

  /// One frame: u32 LE size ‖ bytes, at most protocol::kMaxProvisioningMessage.
  [[nodiscard]] TlsResult<void> send(ByteView message);
  /// The next whole frame, nothing while it is not complete. Secret: the caller wipes it.
  [[nodiscard]] TlsResult<std::optional<Bytes>> receive();

 private:
  class State;
  explicit TlsSession(std::unique_ptr<State> state) noexcept;
  std::unique_ptr<State> state_;
};

}  // namespace substratee::enclave::provisioning
