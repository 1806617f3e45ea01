#include "core/attestation/simulation/derive.hpp"

#include "core/crypto/kdf.hpp"

namespace substratee::attestation::simulation {

crypto::p256::KeyPair derive_key_pair(ByteView secret, std::string_view label) {
  for (std::uint8_t counter = 0;; ++counter) {
    const auto candidate = crypto::derive<32>(secret, concat(as_bytes(label), ByteView(&counter, 1)));
    if (auto pair = crypto::p256::KeyPair::from_secret(candidate.view())) return *std::move(pair);
  }
}

}  // namespace substratee::attestation::simulation
