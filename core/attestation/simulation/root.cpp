#include "core/attestation/simulation/root.hpp"

#include "core/attestation/dcap/collateral.hpp"
#include "core/attestation/policy/development_root.hpp"
#include "core/attestation/simulation/derive.hpp"
#include "core/attestation/spki.hpp"
#include "core/attestation/x509_writer.hpp"

#include <string>

namespace substratee::attestation::simulation {
namespace {

constexpr std::string_view kOrganization = "substraTEE - SIMULATED, NOT SECURE";
constexpr std::string_view kCaName = "SIMULATED SGX PCK CA - NOT SECURE";
constexpr std::string_view kRootKeyLabel = "substratee/simulated/root-key/v1";
constexpr std::string_view kCaKeyLabel = "substratee/simulated/pck-ca-key/v1";
constexpr std::string_view kTcbSignerKeyLabel = "substratee/simulated/tcb-signer-key/v1";
constexpr std::string_view kDevelopmentSecret = "substratee/simulated/development-root/v1";
constexpr std::size_t kMaxLabelSize = 23;  // a common name has at most 64 characters

std::string root_name(std::string_view label) {
  std::string name = "substraTEE SIMULATED ROOT - NOT SECURE (";
  for (const char c : label.substr(0, kMaxLabelSize)) name += c >= 0x20 && c < 0x7f ? c : '?';
  return name + ")";
}

}  // namespace

SimulationRoot::SimulationRoot(std::span<const std::uint8_t, 32> secret)
    : key_(derive_key_pair(secret, kRootKeyLabel)),
      ca_key_(derive_key_pair(secret, kCaKeyLabel)),
      tcb_signer_key_(derive_key_pair(secret, kTcbSignerKeyLabel)) {}

SimulationRoot SimulationRoot::from_secret(std::span<const std::uint8_t, 32> secret, std::string_view label) {
  SimulationRoot root(secret);
  root.make_certificates(root_name(label));
  return root;
}

SimulationRoot SimulationRoot::development() {
  // No secret at all: like //Alice, it is there for everybody.
  const auto secret = crypto::sha256(as_bytes(kDevelopmentSecret));
  SimulationRoot root(secret.bytes);
  root.make_certificates(kDevelopmentRootName);
  root.certificate_ = to_bytes(development_root_certificate());
  return root;
}

void SimulationRoot::make_certificates(std::string_view name) {
  name_ = x509::make_name(name, kOrganization);
  const auto under_root = [&](const Bytes& subject, const crypto::p256::PublicKey& key,
                              std::vector<x509::ExtensionToWrite> usage) {
    usage.insert(usage.begin(),
                 {x509::make_subject_key_identifier(key), x509::make_authority_key_identifier(key_.public_key())});
    return x509::write({.issuer = name_, .subject = subject, .key = key, .extensions = std::move(usage)}, key_);
  };
  certificate_ = under_root(name_, key_.public_key(),
                            {x509::make_key_usage(true), x509::make_basic_constraints(true, std::uint8_t{1})});
  ca_certificate_ = under_root(ca_name(), ca_key_.public_key(),
                               {x509::make_key_usage(true), x509::make_basic_constraints(true, std::uint8_t{0})});
  tcb_signer_certificate_ =
      under_root(x509::make_name(dcap::kSimulatedTcbSignerName, kOrganization), tcb_signer_key_.public_key(),
                 {x509::make_key_usage(false), x509::make_basic_constraints(false, std::nullopt)});
}

Hash256 SimulationRoot::hash() const noexcept { return hash_of_spki(to_spki(key_.public_key())); }

Bytes SimulationRoot::ca_name() { return x509::make_name(kCaName, kOrganization); }

}  // namespace substratee::attestation::simulation
