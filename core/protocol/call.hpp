#pragma once

/// A call: signed by its account, sealed to the shard (docs/protocol.md, "Calls").

#include "core/crypto/hpke.hpp"
#include "core/primitives/keyring.hpp"
#include "core/protocol/error.hpp"
#include "core/registry/types.hpp"

namespace substratee::protocol {

using primitives::AccountId;
using primitives::BlockHash;
using primitives::BlockNumber;
using registry::ShardId;

/// Where a message belongs: nothing signed or sealed for one shard and chain holds in another.
struct Domain {
  BlockHash genesis_hash;
  ShardId shard;
};

struct SignedCall {
  AccountId account;
  primitives::Nonce nonce = 0;
  BlockNumber valid_until_block = 0;  ///< the last block that may carry it
  Bytes call;                         ///< encoded for the shard's state transition function
  primitives::MultiSignature signature;
  SUBSTRATEE_FIELDS(SignedCall, account, nonce, valid_until_block, call, signature)
  friend bool operator==(const SignedCall&, const SignedCall&) = default;
};

/// "substratee/signed-call/v1" ‖ SCALE{genesis, shard, account, nonce, valid_until_block, call}.
[[nodiscard]] Bytes call_message(const SignedCall& call, const Domain& domain);
[[nodiscard]] SignedCall sign_call(Bytes call, primitives::Nonce nonce, BlockNumber valid_until_block,
                                   const Domain& domain, const primitives::AccountKey& key, Random& random);
/// Raw or inside <Bytes>…</Bytes>.
[[nodiscard]] bool verify_call(const SignedCall& call, const Domain& domain);

/// info = "substratee/call/v1" ‖ genesis ‖ shard ‖ epoch (u32 LE); aad = sender of the extrinsic.
[[nodiscard]] Result<registry::SealedCall> seal_call(const SignedCall& call, const registry::ShieldingKey& key,
                                                     registry::Epoch epoch, const Domain& domain,
                                                     const AccountId& sender, Random& random);
/// Does not check the signature.
[[nodiscard]] Result<SignedCall> open_call(const registry::SealedCall& sealed, const crypto::x25519::KeyPair& shielding,
                                           registry::Epoch epoch, const Domain& domain, const AccountId& sender);

}  // namespace substratee::protocol
