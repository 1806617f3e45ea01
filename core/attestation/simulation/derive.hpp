#pragma once

/// Key pairs from a secret and a label.

#include "core/crypto/p256.hpp"

#include <string_view>

namespace substratee::attestation::simulation {

/// HKDF(secret, label ‖ counter), counted up until the result is a P-256 secret.
[[nodiscard]] crypto::p256::KeyPair derive_key_pair(ByteView secret, std::string_view label);

}  // namespace substratee::attestation::simulation
