#pragma once

/// Internal to enclave/provisioning: how a TLS connection between enclaves is set up. No file, no configuration, no
/// trust store is ever read.

#include "core/crypto/p256.hpp"

#include <openssl/ssl.h>

#include <memory>

namespace substratee::enclave::provisioning::detail {

template <auto kFree>
struct Free {
  template <class T>
  void operator()(T* object) const noexcept {
    kFree(object);
  }
};
template <class T, auto kFree>
using Owned = std::unique_ptr<T, Free<kFree>>;

using Context = Owned<SSL_CTX, SSL_CTX_free>;
using Connection = Owned<SSL, SSL_free>;

/// Largest certificate message that is read: one RA-TLS certificate.
inline constexpr long kMaxCertificateMessage = 32 * 1024;

/// TLS 1.3 only, X25519, P-256 signatures, a certificate demanded of the peer, no tickets, no early data; nothing when
/// the certificate does not parse or is not for the key.
[[nodiscard]] Context make_context(const crypto::p256::KeyPair& key, ByteView certificate) noexcept;

}  // namespace substratee::enclave::provisioning::detail
