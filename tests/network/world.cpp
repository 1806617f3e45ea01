#include "tests/network/world.hpp"

#include "core/finality/dev_seal.hpp"
#include "core/primitives/extrinsic.hpp"
#include "core/trie/trie.hpp"
#include "node/runtime/version.hpp"

namespace substratee::test {

using node::runtime::BlockExecution;

registry::Measurement test_measurement() { return crypto::sha256(as_bytes("an enclave of the tests")); }

World::World(std::vector<registry::Measurement> allowed, std::uint64_t salt, std::uint8_t minimum_confirmations,
             bool hardware_required)
    : random_(salt),
      authority_(crypto::ed25519::KeyPair::from_seed(random_.draw<32>().bytes)),
      shard_(registry::shard_id("counter", "default")) {
  auto config =
      node::runtime::development_genesis({authority_.public_key().bytes}, random_.draw<32>(), std::move(allowed));
  config.shards.front().minimum_confirmations = minimum_confirmations;
  config.shards.front().hardware_required = hardware_required;
  auto content = node::runtime::build_genesis(config);
  const auto header = node::runtime::genesis_header(content);
  genesis_header_ = scale::encode(header);
  hashes_.push_back(header.hash());
  states_.emplace(header.hash(), content);
  state_ = node::runtime::MemoryState(std::move(content));
}

primitives::BlockHash World::genesis_hash() const { return hashes_.front(); }

const protocol::FinalBlock& World::mine(std::uint64_t milliseconds) {
  time_ += milliseconds;
  BlockExecution execution(state_, height() + 1, hashes_.back());
  std::vector<Bytes> body{node::runtime::timestamp_inherent(time_)};
  EXPECT_TRUE(execution.apply(body.front()));
  outcomes_.clear();
  rejected_.clear();
  for (auto& extrinsic : std::exchange(pool_, {})) {
    const auto outcome = execution.apply(extrinsic);
    if (outcome) {
      outcomes_.push_back(*outcome);
      body.push_back(std::move(extrinsic));
    } else {
      rejected_.push_back(outcome.error());
    }
  }
  auto outcome = std::move(execution).finish();
  state_.apply(outcome.changes);
  primitives::Header header{hashes_.back(),
                            {height() + 1},
                            trie::root(state_.content(), trie::Layout::kV1),
                            trie::ordered_root(body),
                            std::move(outcome.digest)};
  seal(std::move(header), std::move(outcome.journal));
  return blocks_.back();
}

void World::seal(primitives::Header header, registry::Journal journal) {
  const auto signature = authority_.sign(finality::seal_message(header));
  const auto sealed = finality::with_seal(std::move(header), signature);
  hashes_.push_back(sealed.hash());
  states_.emplace(hashes_.back(), state_.content());
  blocks_.push_back({scale::encode(sealed), scale::encode(journal), {}});
}

std::vector<Bytes> World::prove(const primitives::BlockHash& block, std::span<const Bytes> keys) const {
  return trie::prove(states_.at(block), keys);
}

primitives::Nonce World::nonce(const primitives::AccountId& account) const {
  return node::runtime::account_nonce(state_, account);
}

Bytes World::sign(Bytes call, std::string_view uri) {
  const auto key = primitives::AccountKey::from_uri(uri, primitives::Scheme::kSr25519, random_);
  return sign(std::move(call), uri, nonce(key->account()));
}

Bytes World::sign(Bytes call, std::string_view uri, primitives::Nonce nonce) {
  const auto key = primitives::AccountKey::from_uri(uri, primitives::Scheme::kSr25519, random_);
  const auto& version = node::runtime::runtime_version();
  const primitives::SigningContext context{version.spec_version, version.transaction_version, genesis_hash(),
                                           genesis_hash()};
  return primitives::encode_extrinsic(
      primitives::sign_extrinsic(std::move(call), primitives::Era::immortal(), nonce, 0, context, *key, random_));
}

}  // namespace substratee::test
