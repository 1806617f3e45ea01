#include "core/attestation/spki.hpp"
#include "core/primitives/extrinsic.hpp"
#include "core/registry/calls.hpp"
#include "core/registry/storage.hpp"
#include "enclave/core.hpp"

namespace substratee::enclave {

using protocol::Phase;
using protocol::Refusal;
using provisioning::refuse;

namespace {

constexpr std::uint64_t kEraPeriod = 64;

}  // namespace

protocol::Extrinsic Enclave::Core::sign(const registry::RegistryCall& call, const protocol::ExtrinsicHints& hints,
                                        primitives::BlockNumber subject) {
  const auto& head = chain_.head();
  const auto era = primitives::Era::mortal(kEraPeriod, head.number);
  const primitives::SigningContext context{hints.spec_version, hints.transaction_version, domain_.genesis_hash,
                                           head.hash};
  const auto key = primitives::AccountKey::from_ed25519_seed(identity_.signing_seed());
  const auto extrinsic =
      primitives::sign_extrinsic(registry::encode_call(call), era, hints.nonce, 0, context, key, platform_.random());
  const auto valid_until = static_cast<primitives::BlockNumber>(era.death(head.number) - 1);
  return {primitives::encode_extrinsic(extrinsic), subject, valid_until};
}

std::expected<attestation::Evidence, protocol::Refused> Enclave::Core::attest(attestation::Purpose purpose,
                                                                              ByteView spki) {
  attestation::Claims claims;
  claims.pubkey_hash = crypto::sha256(spki);
  claims.substratee = {purpose,
                       domain_.genesis_hash,
                       identity_.account(),
                       identity_.encryption_key(),
                       identity_.instance(),
                       chain_.head().number,
                       chain_.head().hash};
  auto evidence = platform_.attest(claims);
  if (!evidence) return std::unexpected(refuse(Refusal::kUnexpected, "no evidence: " + evidence.error().why));
  return *std::move(evidence);
}

protocol::Reply Enclave::Core::on(const protocol::ComposeRegistration& request) {
  if (!state_) return refuse(Refusal::kNotStarted, "Start has not succeeded yet");
  const auto spki = attestation::to_spki(crypto::ed25519::PublicKey(identity_.account()));
  auto evidence = attest(attestation::Purpose::kRegistration, spki);
  if (!evidence) return evidence.error();
  return sign(
      registry::RegisterEnclave{domain_.shard, *std::move(evidence), request.worker_url, request.provisioning_url},
      request.hints);
}

protocol::Reply Enclave::Core::on(const protocol::ComposeFounding& request) {
  if (!state_) return refuse(Refusal::kNotStarted, "Start has not succeeded yet");
  const auto now = phase();
  if (now != Phase::kUnfounded && now != Phase::kFoundingSent) {
    return refuse(Refusal::kWrongPhase, "the shard is founded, or this enclave is not registered");
  }
  proofs_.begin(chain_.head().number);
  const auto shard = provisioning::prove_shard(proofs_, chain_.head(), domain_.shard);
  if (!shard) return std::visit([](const auto& why) -> protocol::Reply { return why; }, shard.error());
  const auto& charter = shard->charter;
  if (!provisioning::charter_allows(charter, platform_.measurement(), platform_.hardware(), platform_.root())) {
    return refuse(Refusal::kCharterRefused, "the shard's charter does not allow this program on this platform");
  }
  if (!keys_ || keys_->newest().epoch() != shard->epoch + 1 || keys_->charter() != charter) {
    keys_ = keys::ShardKeys::found(charter, shard->epoch + 1, platform_.random());
    blobs_.put(keys::kShardBlob, keys_->to_sealed().view());
  }
  if (const auto* blob = blobs_.waiting(keys::kShardBlob)) return protocol::Need{protocol::NeedStore{*blob}};
  const registry::ShieldingKey shielding{keys_->newest().shielding().public_key().bytes};
  return sign(registry::FoundShard{domain_.shard, identity_.instance(), shielding}, request.hints);
}

protocol::Reply Enclave::Core::on(const protocol::ComposeConfirmation& request) {
  if (!state_ || !is_live()) return refuse(Refusal::kWrongPhase, "there is no open state to confirm");
  primitives::BlockNumber block = 0;
  const auto* confirmable = next_confirmation(request.above, block);
  if (confirmable == nullptr) return protocol::Done{};
  last_composed_ = block;
  return sign(registry::ConfirmBlock{domain_.shard, identity_.instance(), block, confirmable->block_hash,
                                     confirmable->receipts_root, confirmable->state_cid},
              request.hints, block);
}

protocol::Reply Enclave::Core::on(const protocol::ComposeCollateral& request) {
  if (!state_) return refuse(Refusal::kNotStarted, "Start has not succeeded yet");
  return sign(registry::RegisterCollateral{request.item}, request.hints);
}

protocol::Reply Enclave::Core::on(const protocol::ComposeUnregistration& request) {
  if (!state_) return refuse(Refusal::kNotStarted, "Start has not succeeded yet");
  return sign(registry::UnregisterEnclave{}, request.hints);
}

}  // namespace substratee::enclave
