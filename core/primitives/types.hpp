#pragma once

/// The words that every part of the chain uses.

#include "core/base/bytes.hpp"
#include "core/base/uint128.hpp"

namespace substratee::primitives {

/// 32 bytes: an Ed25519 or sr25519 public key, or blake2_256 of a compressed secp256k1 key.
using AccountId = FixedBytes<32>;
using BlockNumber = std::uint32_t;
using BlockHash = Hash256;
using Balance = u128;
using Nonce = std::uint32_t;

}  // namespace substratee::primitives
