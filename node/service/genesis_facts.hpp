#pragma once

/// What the chain's genesis state says about it: the only source of these facts.

#include "core/crypto/ed25519.hpp"
#include "core/registry/types.hpp"
#include "node/storage/chain_store.hpp"

namespace substratee::node::service {

/// kCorrupt if the genesis lacks it.
[[nodiscard]] storage::Result<crypto::ed25519::PublicKey> authority_of(const storage::ChainStore& store);
[[nodiscard]] storage::Result<std::vector<registry::Measurement>> measurements_of(const storage::ChainStore& store);

}  // namespace substratee::node::service
