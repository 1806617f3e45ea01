#include "core/attestation/simulation/root.hpp"

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
constexpr std::string_view kDevelopmentSecret = "substratee/simulated/development-root/v1";
constexpr std::size_t kMaxLabelSize = 23;  // a common name has at most 64 characters

std::string root_name(std::string_view label) {
  std::string name = "substraTEE SIMULATED ROOT - NOT SECURE (";
  for (const char c : label.substr(0, kMaxLabelSize)) name += c >= 0x20 && c < 0x7f ? c : '?';
  return name + ")";
}

}  // namespace

SimulationRoot SimulationRoot::from_secret(std::span<const std::uint8_t, 32> secret, std::string_view label) {
  SimulationRoot root(derive_key_pair(secret, kRootKeyLabel), derive_key_pair(secret, kCaKeyLabel));
  root.make_certificates(root_name(label));
  return root;
}

SimulationRoot SimulationRoot::development() {
  // No secret at all: like //Alice, it is there for everybody.
  const auto secret = crypto::sha256(as_bytes(kDevelopmentSecret));
  SimulationRoot root(derive_key_pair(secret.bytes, kRootKeyLabel), derive_key_pair(secret.bytes, kCaKeyLabel));
  root.make_certificates(kDevelopmentRootName);
  root.certificate_ = to_bytes(development_root_certificate());
  return root;
}

void SimulationRoot::make_certificates(std::string_view name) {
  const auto subject = x509::make_name(name, kOrganization);
  const auto& key = key_.public_key();
  const auto& ca_key = ca_key_.public_key();
  certificate_ =
      x509::write({.issuer = subject,
                   .subject = subject,
                   .key = key,
                   .extensions = {x509::make_subject_key_identifier(key), x509::make_authority_key_identifier(key),
                                  x509::make_key_usage(true), x509::make_basic_constraints(true, std::uint8_t{1})}},
                  key_);
  ca_certificate_ =
      x509::write({.issuer = subject,
                   .subject = ca_name(),
                   .key = ca_key,
                   .extensions = {x509::make_subject_key_identifier(ca_key), x509::make_authority_key_identifier(key),
                                  x509::make_key_usage(true), x509::make_basic_constraints(true, std::uint8_t{0})}},
                  key_);
}

Hash256 SimulationRoot::hash() const noexcept { return hash_of_spki(to_spki(key_.public_key())); }

Bytes SimulationRoot::ca_name() { return x509::make_name(kCaName, kOrganization); }

}  // namespace substratee::attestation::simulation
