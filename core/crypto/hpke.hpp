#pragma once

/// HPKE (RFC 9180), base mode, one suite: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305.
/// One message per context (sequence number 0) and the exporter; that is all that the product's messages need.

#include "core/crypto/x25519.hpp"

namespace substratee::crypto::hpke {

/// The exporter secret of one encapsulation (RFC 9180, 5.3). Secret.
class Exporter {
 public:
  explicit Exporter(Secret<32> secret) noexcept : secret_(std::move(secret)) {}
  template <std::size_t N>
  [[nodiscard]] Secret<N> export_secret(ByteView context) const noexcept {
    Secret<N> out;
    export_into(context, out.mutable_view());
    return out;
  }
  void export_into(ByteView context, MutableByteView out) const noexcept;

 private:
  Secret<32> secret_;
};

struct Sealed {
  FixedBytes<32> enc;
  Bytes ciphertext;
  Exporter exporter;
};

struct Opened {
  WipedBytes plaintext;
  Exporter exporter;
};

/// `recipient` must be a point of large order, else kBadKey.
[[nodiscard]] Result<Sealed> seal(const x25519::PublicKey& recipient, ByteView info, ByteView associated,
                                  ByteView plaintext, Random& random);
/// The ephemeral key pair is given: for vectors, and for senders who want to show later what they sealed.
[[nodiscard]] Result<Sealed> seal_with_ephemeral(const x25519::KeyPair& ephemeral, const x25519::PublicKey& recipient,
                                                 ByteView info, ByteView associated, ByteView plaintext);
[[nodiscard]] Result<Opened> open(const x25519::KeyPair& recipient, const FixedBytes<32>& enc, ByteView info,
                                  ByteView associated, ByteView ciphertext);
/// Opens with what the sender knew. `ephemeral.public_key()` must be the message's enc: that binds the plaintext to the
/// message, since enc and recipient determine the key.
[[nodiscard]] Result<Opened> open_with_ephemeral(const x25519::KeyPair& ephemeral, const x25519::PublicKey& recipient,
                                                 ByteView info, ByteView associated, ByteView ciphertext);

/// RFC 9180, 7.1.3 DeriveKeyPair for DHKEM(X25519): a key pair from at least 32 secret bytes.
[[nodiscard]] x25519::KeyPair derive_key_pair(ByteView input_key) noexcept;

}  // namespace substratee::crypto::hpke
