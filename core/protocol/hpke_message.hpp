#pragma once

/// What calls and queries share: one HPKE message to the shard, padded, bound to its domain.

#include "core/protocol/call.hpp"
#include "core/protocol/padding.hpp"

namespace substratee::protocol {

struct SealedMessage {
  registry::SealedCall sealed;
  crypto::hpke::Exporter exporter;
};
struct OpenedMessage {
  crypto::WipedBytes padded;
  crypto::hpke::Exporter exporter;
};

/// `plaintext` is padded and wiped. `ephemeral` is fresh, one for each message.
[[nodiscard]] Result<SealedMessage> seal_message(std::string_view label, Bytes plaintext,
                                                 const registry::ShieldingKey& key, registry::Epoch epoch,
                                                 const Domain& domain, ByteView associated,
                                                 const crypto::x25519::KeyPair& ephemeral);
[[nodiscard]] Result<OpenedMessage> open_message(std::string_view label, const registry::SealedCall& sealed,
                                                 const crypto::x25519::KeyPair& shielding, registry::Epoch epoch,
                                                 const Domain& domain, ByteView associated);

/// Opens with what the sender knew; kNotForUs unless `ephemeral` is that of the message.
[[nodiscard]] Result<OpenedMessage> open_own_message(std::string_view label, const registry::SealedCall& sealed,
                                                     const crypto::x25519::KeyPair& ephemeral,
                                                     const registry::ShieldingKey& key, registry::Epoch epoch,
                                                     const Domain& domain, ByteView associated);

/// Decodes a padded plaintext.
template <class T>
[[nodiscard]] Result<T> decode_padded(ByteView padded) {
  const auto plaintext = unpad(padded);
  if (!plaintext) return std::unexpected(Error::kMalformed);
  return SUBSTRATEE_TRY_OR(Error::kMalformed, scale::decode<T>(*plaintext));
}

}  // namespace substratee::protocol
