#include "core/protocol/hpke_message.hpp"

#include "core/protocol/limits.hpp"

namespace substratee::protocol {
namespace {

constexpr std::uint8_t kVersion = 1;

Bytes message_info(std::string_view label, registry::Epoch epoch, const Domain& domain) {
  return concat(as_bytes(label), domain.genesis_hash, domain.shard, scale::encode(epoch));
}

}  // namespace

Result<SealedMessage> seal_message(std::string_view label, Bytes plaintext, const registry::ShieldingKey& key,
                                   registry::Epoch epoch, const Domain& domain, ByteView associated,
                                   const crypto::x25519::KeyPair& ephemeral) {
  if (plaintext.size() > kMaxPlaintextSize - kPaddingMultiple) return std::unexpected(Error::kTooLarge);
  pad(plaintext);
  const crypto::WipedBytes padded(std::move(plaintext));
  auto sealed = SUBSTRATEE_TRY_OR(
      Error::kBadKey,
      crypto::hpke::seal_with_ephemeral(ephemeral, key, message_info(label, epoch, domain), associated, padded.view()));
  return SealedMessage{{kVersion, epoch, sealed.enc, {std::move(sealed.ciphertext)}}, std::move(sealed.exporter)};
}

Result<OpenedMessage> open_message(std::string_view label, const registry::SealedCall& sealed,
                                   const crypto::x25519::KeyPair& shielding, registry::Epoch epoch,
                                   const Domain& domain, ByteView associated) {
  if (sealed.version != kVersion) return std::unexpected(Error::kMalformed);
  if (sealed.epoch != epoch) return std::unexpected(Error::kWrongEpoch);
  auto opened =
      SUBSTRATEE_TRY_OR(Error::kNotForUs, crypto::hpke::open(shielding, sealed.enc, message_info(label, epoch, domain),
                                                             associated, sealed.ciphertext.value));
  return OpenedMessage{std::move(opened.plaintext), std::move(opened.exporter)};
}

Result<OpenedMessage> open_own_message(std::string_view label, const registry::SealedCall& sealed,
                                       const crypto::x25519::KeyPair& ephemeral, const registry::ShieldingKey& key,
                                       registry::Epoch epoch, const Domain& domain, ByteView associated) {
  if (sealed.version != kVersion) return std::unexpected(Error::kMalformed);
  if (sealed.epoch != epoch) return std::unexpected(Error::kWrongEpoch);
  if (ephemeral.public_key() != sealed.enc) return std::unexpected(Error::kNotForUs);
  auto opened = SUBSTRATEE_TRY_OR(Error::kNotForUs,
                                  crypto::hpke::open_with_ephemeral(ephemeral, key, message_info(label, epoch, domain),
                                                                    associated, sealed.ciphertext.value));
  return OpenedMessage{std::move(opened.plaintext), std::move(opened.exporter)};
}

}  // namespace substratee::protocol
