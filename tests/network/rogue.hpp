#pragma once

/// Somebody with a registered key and real evidence of a simulated platform, but without an enclave: it says and signs
/// what a test wants. What a worker with broken hardware could do at worst.

#include "core/attestation/simulation/platform.hpp"
#include "core/attestation/spki.hpp"
#include "core/crypto/p256.hpp"
#include "core/registry/calls.hpp"
#include "enclave/provisioning/tls_session.hpp"
#include "tests/network/host.hpp"

namespace substratee::test {

class Rogue {
 public:
  Rogue(World& world, std::uint64_t seed, registry::Measurement measurement = test_measurement());

  [[nodiscard]] registry::AccountId account() const { return key_.account(); }
  /// Honest claims at the chain's head for a key; a test bends them.
  [[nodiscard]] attestation::Claims claims(attestation::Purpose purpose, ByteView spki) const;
  [[nodiscard]] attestation::Claims registration_claims() const;
  [[nodiscard]] attestation::Evidence evidence(const attestation::Claims& claims) const {
    return platform_.evidence(measurement_, claims);
  }
  [[nodiscard]] registry::RegisterEnclave registration(const attestation::Evidence& evidence) const;
  /// A signed extrinsic, immortal, with the account's next nonce.
  [[nodiscard]] Bytes sign(const registry::RegistryCall& call);
  /// Submits the call and makes a block; its error, if any.
  std::optional<registry::Error> submit(const registry::RegistryCall& call);
  std::optional<registry::Error> submit_registration() { return submit(registration(evidence(registration_claims()))); }

  /// Founds the shard with a secret that the test knows, and gets the founding block agreed with made-up roots.
  void found(const crypto::Secret<32>& secret);

  struct Certified {
    crypto::p256::KeyPair key;
    Bytes certificate;
  };
  /// A TLS key with a certificate whose evidence is for it.
  [[nodiscard]] Certified certify();
  /// A TLS key with a certificate that carries this evidence.
  [[nodiscard]] Certified certify(crypto::p256::KeyPair tls_key, const attestation::Claims& claims);

  /// Connects to `provider` as a joiner, asks for `shard`; returns the provider's last reply: a refusal, or Tls when the
  /// release is due.
  protocol::Reply connect(Host& provider, Certified certified, const registry::ShardId& shard);
  /// Plays the provider of an honest joiner that asked for `asked`: sends `message` once the joiner has asked. Returns
  /// the joiner's last reply.
  protocol::Reply serve(Host& joiner, const registry::AccountId& asked, Certified certified, ByteView message);
  /// What the provider has sent since, after the release; nothing when no keys came.
  std::optional<Bytes> receive(Host& provider);
  [[nodiscard]] std::uint64_t session() const noexcept { return session_; }
  [[nodiscard]] Hash256 session_id() const { return tls_->session_id(); }

  World& world;
  registry::Instance instance;
  registry::EncryptionKey encryption_key;

 private:
  SeededRandom random_;
  crypto::Secret<32> seed_;
  primitives::AccountKey key_;
  registry::Measurement measurement_;
  attestation::simulation::SimulatedPlatform platform_;
  std::optional<enclave::provisioning::TlsSession> tls_;
  std::uint64_t session_ = 0;
};

}  // namespace substratee::test
