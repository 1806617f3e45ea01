#include "core/protocol/call.hpp"

#include "core/protocol/hpke_message.hpp"

namespace substratee::protocol {
namespace {

constexpr std::string_view kCallLabel = "substratee/call/v1";

}  // namespace

Bytes call_message(const SignedCall& call, const Domain& domain) {
  const auto body = scale::encode(
      std::tuple{domain.genesis_hash, domain.shard, call.account, call.nonce, call.valid_until_block, call.call});
  return concat(as_bytes("substratee/signed-call/v1"), body);
}

SignedCall sign_call(Bytes call, primitives::Nonce nonce, BlockNumber valid_until_block, const Domain& domain,
                     const primitives::AccountKey& key, Random& random) {
  SignedCall out{key.account(), nonce, valid_until_block, std::move(call), {}};
  out.signature = key.sign(call_message(out, domain), random);
  return out;
}

bool verify_call(const SignedCall& call, const Domain& domain) {
  return primitives::verify_raw_or_wrapped(call.account, call_message(call, domain), call.signature);
}

Result<registry::SealedCall> seal_call(const SignedCall& call, const registry::ShieldingKey& key, registry::Epoch epoch,
                                       const Domain& domain, const AccountId& sender, Random& random) {
  auto message = SUBSTRATEE_TRY(
      seal_message(kCallLabel, scale::encode(call), key, epoch, domain, sender, crypto::x25519::KeyPair::draw(random)));
  return std::move(message.sealed);
}

Result<SignedCall> open_call(const registry::SealedCall& sealed, const crypto::x25519::KeyPair& shielding,
                             registry::Epoch epoch, const Domain& domain, const AccountId& sender) {
  const auto opened = SUBSTRATEE_TRY(open_message(kCallLabel, sealed, shielding, epoch, domain, sender));
  return decode_padded<SignedCall>(opened.padded.view());
}

}  // namespace substratee::protocol
