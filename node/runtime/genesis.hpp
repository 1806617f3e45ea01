#pragma once

/// The genesis state: everything that is trusted from the start.

#include "core/attestation/policy/policy.hpp"
#include "core/primitives/header.hpp"
#include "core/registry/types.hpp"
#include "node/runtime/state.hpp"

namespace substratee::node::runtime {

/// What signed extrinsics cost (pallet TransactionPayment). Nothing on a development chain.
struct GenesisFees {
  primitives::Balance per_byte = 0;
  primitives::Balance per_microsecond = 0;
};

struct GenesisShard {
  std::string stf = "counter";
  std::string name = "default";
  bool hardware_required = false;
  std::uint8_t minimum_confirmations = 1;
};

/// Charters take measurements and trust anchors from here.
struct GenesisConfig {
  registry::DevEngine engine;
  std::vector<registry::Measurement> allowed_measurements;
  attestation::Policy policy;
  std::vector<GenesisShard> shards;
  std::vector<std::pair<primitives::AccountId, primitives::Balance>> endowed;
  std::optional<primitives::AccountId> root;
  GenesisFees fees;
};

/// `--dev`: //Alice funded and root, shard ("counter", "default"), development_policy().
[[nodiscard]] GenesisConfig development_genesis(const FixedBytes<32>& authority, const FixedBytes<32>& salt,
                                                std::vector<registry::Measurement> allowed_measurements);

/// The complete genesis state.
[[nodiscard]] std::map<Bytes, Bytes> build_genesis(const GenesisConfig& config);

/// Header of block 0 over that state: parent zero, no extrinsics, empty digest.
[[nodiscard]] primitives::Header genesis_header(const std::map<Bytes, Bytes>& state);

}  // namespace substratee::node::runtime
