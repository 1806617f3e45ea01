#pragma once

/// Extrinsics, format 4: envelope, signed extensions, signing payload (notes: Substrate extrinsic v4).
/// Signed extensions, in wire order: CheckNonZeroSender, CheckSpecVersion, CheckTxVersion, CheckGenesis,
/// CheckMortality, CheckNonce, CheckWeight, ChargeTransactionPayment. Vectors: substrate/extrinsics.json.

#include "core/primitives/era.hpp"
#include "core/primitives/keyring.hpp"
#include "core/primitives/signature.hpp"

namespace substratee::primitives {

/// What a signature covers beyond the call and what stands in the extrinsic.
struct SigningContext {
  std::uint32_t spec_version = 0;
  std::uint32_t transaction_version = 0;
  BlockHash genesis_hash;
  BlockHash checkpoint_hash;  ///< hash of the era's birth block; the genesis hash when immortal
};

struct SignedPart {
  AccountId signer;
  MultiSignature signature;
  Era era;
  Nonce nonce = 0;
  Balance tip = 0;
  friend bool operator==(const SignedPart&, const SignedPart&) = default;
};

/// A decoded envelope; `call` is the still encoded call: pallet index, call index, arguments.
struct Extrinsic {
  std::optional<SignedPart> signed_part;  ///< absent: bare (an inherent)
  Bytes call;
  friend bool operator==(const Extrinsic&, const Extrinsic&) = default;
};

/// The whole wire form with its length prefix.
[[nodiscard]] Bytes encode_extrinsic(const Extrinsic& extrinsic);
/// Strict: exactly one length-prefixed extrinsic, version 4, address by account, canonical compacts.
[[nodiscard]] scale::Result<Extrinsic> decode_extrinsic(ByteView wire);
/// blake2_256 of the whole wire form.
[[nodiscard]] Hash256 extrinsic_hash(ByteView wire) noexcept;

/// What is signed: the payload, or its blake2_256 when it is longer than 256 bytes.
[[nodiscard]] Bytes signing_payload(ByteView call, const Era& era, Nonce nonce, Balance tip,
                                    const SigningContext& context);

[[nodiscard]] Extrinsic sign_extrinsic(Bytes call, const Era& era, Nonce nonce, Balance tip,
                                       const SigningContext& context, const AccountKey& key, Random& random);
[[nodiscard]] bool verify_extrinsic(const Extrinsic& extrinsic, const SigningContext& context) noexcept;

}  // namespace substratee::primitives
