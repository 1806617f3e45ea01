#include "tests/network/rogue.hpp"

#include "core/attestation/ratls/certificate.hpp"
#include "core/attestation/simulation/root.hpp"
#include "core/primitives/extrinsic.hpp"
#include "core/protocol/keys.hpp"
#include "core/protocol/provisioning.hpp"
#include "node/runtime/version.hpp"
#include "tests/network/network.hpp"

namespace substratee::test {

using namespace protocol;
using enclave::provisioning::Role;
using enclave::provisioning::TlsSession;

namespace {

constexpr int kMostMessages = 32;

}  // namespace

Rogue::Rogue(World& the_world, std::uint64_t seed, registry::Measurement measurement)
    : world(the_world),
      random_(seed + 5000),
      seed_(crypto::Secret<32>::draw(random_)),
      key_(primitives::AccountKey::from_ed25519_seed(seed_.view())),
      measurement_(measurement),
      platform_(attestation::simulation::SimulatedPlatform::make(crypto::Secret<32>::draw(random_),
                                                                 attestation::simulation::SimulationRoot::development())) {
  instance = random_.draw<registry::Instance::kSize>();
  encryption_key = random_.draw<32>();
}

attestation::Claims Rogue::claims(attestation::Purpose purpose, ByteView spki) const {
  attestation::Claims out;
  out.pubkey_hash = attestation::hash_of_spki(spki);
  out.substratee = {purpose, world.genesis_hash(), account(), encryption_key, instance, world.height(),
                    world.hash_of(world.height())};
  return out;
}

attestation::Claims Rogue::registration_claims() const {
  return claims(attestation::Purpose::kRegistration, attestation::to_spki(crypto::ed25519::PublicKey(account())));
}

registry::RegisterEnclave Rogue::registration(const attestation::Evidence& evidence) const {
  return {world.shard(), evidence, {"http://127.0.0.1:3"}, {"tcp://127.0.0.1:4"}};
}

Bytes Rogue::sign(const registry::RegistryCall& call) {
  const auto& version = node::runtime::runtime_version();
  const primitives::SigningContext context{version.spec_version, version.transaction_version, world.genesis_hash(),
                                           world.genesis_hash()};
  return primitives::encode_extrinsic(primitives::sign_extrinsic(registry::encode_call(call), primitives::Era::immortal(),
                                                                 world.nonce(account()), 0, context, key_, random_));
}

std::optional<registry::Error> Rogue::submit(const registry::RegistryCall& call) {
  world.submit(sign(call));
  world.mine();
  EXPECT_TRUE(world.rejected().empty());
  return registry_error(world);
}

void Rogue::found(const crypto::Secret<32>& secret) {
  ASSERT_EQ(submit_registration(), std::nullopt);
  const EpochKeys keys(1, secret.clone(), world.shard());
  ASSERT_EQ(submit(registry::FoundShard{world.shard(), instance, keys.shielding().public_key()}), std::nullopt);
  const auto block = world.height();
  world.mine();
  ASSERT_EQ(submit(registry::ConfirmBlock{world.shard(), instance, block, world.hash_of(block), {}, {}}), std::nullopt);
}

Rogue::Certified Rogue::certify() {
  auto key = crypto::p256::KeyPair::draw(random_);
  const auto said = claims(attestation::Purpose::kProvisioning, attestation::to_spki(key.public_key()));
  return certify(std::move(key), said);
}

Rogue::Certified Rogue::certify(crypto::p256::KeyPair tls_key, const attestation::Claims& said) {
  auto certificate = attestation::ratls::make_certificate(tls_key, evidence(said));
  EXPECT_TRUE(certificate.has_value());
  return {std::move(tls_key), *std::move(certificate)};
}

Reply Rogue::connect(Host& provider, Certified certified, const registry::ShardId& shard) {
  provider.follow();
  tls_ = *TlsSession::start(Role::kClient, certified.key, certified.certificate);
  auto reply = provider.ask(ProvideBegin{});
  bool has_asked = false;
  for (int i = 0; i < kMostMessages; ++i) {
    const auto* opened = std::get_if<Tls>(&reply);
    if (opened == nullptr || opened->phase == TlsPhase::kReleaseDue) return reply;
    session_ = opened->session;
    if (!tls_->input(opened->bytes.value)) return reply;
    if (tls_->is_established() && !std::exchange(has_asked, true)) {
      EXPECT_TRUE(tls_->send(scale::encode(ProvisioningRequest{1, shard})).has_value());
    }
    reply = provider.ask(TlsInput{session_, {tls_->output(kMaxTlsBytes)}});
  }
  return reply;
}

std::optional<Bytes> Rogue::receive(Host& provider) {
  provider.follow();
  const auto reply = provider.ask(TlsInput{session_, {tls_->output(kMaxTlsBytes)}});
  const auto* sent = std::get_if<Tls>(&reply);
  if (sent == nullptr || !tls_->input(sent->bytes.value)) return std::nullopt;
  auto message = tls_->receive();
  return message ? *std::move(message) : std::nullopt;
}

Reply Rogue::serve(Host& joiner, const registry::AccountId& asked, Certified certified, ByteView message) {
  joiner.follow();
  tls_ = *TlsSession::start(Role::kServer, certified.key, certified.certificate);
  auto reply = joiner.ask(JoinBegin{asked});
  bool has_sent = false;
  for (int i = 0; i < kMostMessages; ++i) {
    const auto* opened = std::get_if<Tls>(&reply);
    if (opened == nullptr || opened->phase == TlsPhase::kDone) return reply;
    session_ = opened->session;
    if (!tls_->input(opened->bytes.value)) return reply;
    if (tls_->is_established() && !has_sent) {
      const auto request = tls_->receive();
      if (request && *request) {
        has_sent = true;
        EXPECT_TRUE(tls_->send(message).has_value());
      }
    }
    reply = joiner.ask(TlsInput{session_, {tls_->output(kMaxTlsBytes)}});
  }
  return reply;
}

}  // namespace substratee::test
