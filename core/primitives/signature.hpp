#pragma once

/// MultiSignature and MultiAddress (sp_runtime): who signed an extrinsic, and with which scheme.

#include "core/crypto/ecdsa.hpp"
#include "core/crypto/ed25519.hpp"
#include "core/crypto/sr25519.hpp"
#include "core/primitives/types.hpp"
#include "core/scale/codec.hpp"

#include <variant>

namespace substratee::primitives {

struct Ed25519Signature {
  FixedBytes<64> bytes;
  SUBSTRATEE_FIELDS(Ed25519Signature, bytes)
  friend bool operator==(const Ed25519Signature&, const Ed25519Signature&) = default;
};
struct Sr25519Signature {
  FixedBytes<64> bytes;
  SUBSTRATEE_FIELDS(Sr25519Signature, bytes)
  friend bool operator==(const Sr25519Signature&, const Sr25519Signature&) = default;
};
struct EcdsaSignature {
  FixedBytes<65> bytes;
  SUBSTRATEE_FIELDS(EcdsaSignature, bytes)
  friend bool operator==(const EcdsaSignature&, const EcdsaSignature&) = default;
};

/// Index on the wire: 0 Ed25519, 1 sr25519, 2 ECDSA.
using MultiSignature = std::variant<Ed25519Signature, Sr25519Signature, EcdsaSignature>;

/// Whether `account` made `signature` over `message`.
[[nodiscard]] bool verify(const AccountId& account, ByteView message, const MultiSignature& signature) noexcept;

/// As verify; also accepts a signature over <Bytes>message</Bytes>, which is what wallets sign.
[[nodiscard]] bool verify_raw_or_wrapped(const AccountId& account, ByteView message, const MultiSignature& signature);

/// MultiAddress::Id, index 0: the only form of address that this chain resolves.
struct AddressId {
  static constexpr std::uint8_t kScaleIndex = 0;
  AccountId account;
  SUBSTRATEE_FIELDS(AddressId, account)
  friend bool operator==(const AddressId&, const AddressId&) = default;
};
using MultiAddress = std::variant<AddressId>;

}  // namespace substratee::primitives
