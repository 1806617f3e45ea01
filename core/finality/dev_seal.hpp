#pragma once

/// The seal of the development engine, made by the node and checked by everybody.
/// The last digest item of a sealed header is Seal(b"sdev", signature[64]): Ed25519 by the genesis' authority over
/// "substratee/seal/v1" ‖ blake2_256(SCALE(header without that item)). The block hash covers the seal.
/// A sealed block is final. All values are public.

#include "core/crypto/ed25519.hpp"
#include "core/primitives/header.hpp"

#include <optional>

namespace substratee::finality {

inline constexpr primitives::EngineId kDevEngine = primitives::engine_id("sdev");
inline constexpr std::string_view kSealLabel = "substratee/seal/v1";

/// What the authority signs.
[[nodiscard]] Bytes seal_message(const primitives::Header& without_seal);

/// `without_seal` with the signature as its last digest item.
[[nodiscard]] primitives::Header with_seal(primitives::Header without_seal,
                                           const crypto::ed25519::Signature& signature);

/// The header as it was signed, and its signature. Nothing if the last digest item is not a well-formed seal of this
/// engine, or if there is another seal of it before.
[[nodiscard]] std::optional<primitives::Header> strip_seal(const primitives::Header& sealed, FixedBytes<64>& signature);

/// Whether `sealed` bears exactly one seal, the last digest item, made by `authority`.
[[nodiscard]] bool verify_seal(const primitives::Header& sealed, const crypto::ed25519::PublicKey& authority);

}  // namespace substratee::finality
