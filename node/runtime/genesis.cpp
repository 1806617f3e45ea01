#include "node/runtime/genesis.hpp"

#include "core/base/hex.hpp"
#include "core/crypto/hash.hpp"
#include "core/trie/trie.hpp"
#include "node/runtime/call.hpp"
#include "node/runtime/metadata/metadata.hpp"
#include "node/runtime/version.hpp"

#include <fmt/format.h>

namespace substratee::node::runtime {
namespace {

/// sr25519 //Alice of Substrate's development phrase: well known on purpose.
constexpr std::string_view kAlice = "d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d";
constexpr primitives::Balance kDevelopmentEndowment = static_cast<primitives::Balance>(1'000'000) * 1'000'000'000'000;
/// Clients ask for a code blob and take its hash as the runtime's identity; this runtime is native.
constexpr std::string_view kCodeKey = ":code";

/// Another text for every other metadata.
Bytes native_code() {
  const auto hash = crypto::blake2_256(metadata::metadata(metadata::kNewestVersion));
  const auto text = fmt::format("substratee-node: native runtime, spec {}, metadata {}", runtime_version().spec_version,
                                to_hex(hash.bytes));
  return to_bytes(as_bytes(text));
}

void write_pallet_balances(Overlay& state, const GenesisConfig& config) {
  primitives::Balance total = 0;
  for (const auto& [account, amount] : config.endowed) {
    system::AccountInfo info;
    info.providers = 1;
    info.data.free = amount;
    system::kAccount.put(state, account, info);
    total += amount;
  }
  balances::kTotalIssuance.put(state, total);
}

registry::Shard make_shard(const GenesisShard& shard, const GenesisConfig& config) {
  registry::Shard out;
  out.name.value = shard.name;
  out.charter.shard = registry::shard_id(shard.stf, shard.name);
  out.charter.hardware_required = shard.hardware_required;
  out.charter.trust_anchors.value = attestation::accepted_roots_of(config.policy);
  out.charter.measurements.value = config.allowed_measurements;
  out.charter.minimum_confirmations = shard.minimum_confirmations;
  out.charter.stf.value = shard.stf;
  return out;
}

void write_registry(Overlay& state, const GenesisConfig& config) {
  namespace pallet = substratee_registry;
  for (const auto& shard : config.shards) {
    const auto value = make_shard(shard, config);
    pallet::kShards.put(state, value.charter.shard, value);
  }
  pallet::kEnclaveCount.put(state, 0);
  pallet::kPolicy.put(state, config.policy);
  pallet::kAllowedMeasurements.put(state, {config.allowed_measurements});
  pallet::kEngine.put(state, registry::Engine{config.engine});
}

}  // namespace

GenesisConfig development_genesis(const FixedBytes<32>& authority, const FixedBytes<32>& salt,
                                  std::vector<registry::Measurement> allowed_measurements) {
  const auto alice = *fixed_from_hex<32>(kAlice);
  return {.engine = {.authority = authority, .salt = salt},
          .allowed_measurements = std::move(allowed_measurements),
          .policy = attestation::development_policy(),
          .shards = {GenesisShard{}},
          .endowed = {{alice, kDevelopmentEndowment}},
          .root = alice,
          .fees = {}};
}

std::map<Bytes, Bytes> build_genesis(const GenesisConfig& config) {
  const MemoryState nothing;
  Overlay state(nothing);
  state.put(to_bytes(as_bytes(kCodeKey)), native_code());
  transaction_payment::kFeePerByte.put(state, config.fees.per_byte);
  transaction_payment::kFeePerMicrosecond.put(state, config.fees.per_microsecond);
  write_pallet_balances(state, config);
  if (config.root) sudo::kKey.put(state, *config.root);
  write_registry(state, config);
  std::map<Bytes, Bytes> out;
  for (auto& [key, value] : std::move(state).take()) out.emplace(key, *std::move(value));
  return out;
}

primitives::Header genesis_header(const std::map<Bytes, Bytes>& state) {
  return {.parent_hash = {},
          .number = {0},
          .state_root = trie::root(state, trie::Layout::kV1),
          .extrinsics_root = trie::ordered_root({}),
          .digest = {}};
}

}  // namespace substratee::node::runtime
