#pragma once

/// For tests: a development chain in a directory of its own, and //Alice's transactions for it.

#include "core/primitives/extrinsic.hpp"
#include "core/registry/calls.hpp"
#include "node/runtime/genesis.hpp"
#include "node/runtime/version.hpp"
#include "node/service/chain.hpp"
#include "tests/support/random.hpp"
#include "tests/support/temporary_directory.hpp"

namespace substratee::node::test {

/// Signs System.remark calls; `bulk` bytes make them big and `tip` dear.
class Signer {
 public:
  explicit Signer(std::string_view uri = "//Alice") : key_(make_key(uri)) {}

  [[nodiscard]] primitives::AccountId account() const { return key_.account(); }

  [[nodiscard]] Bytes remark(const Hash256& genesis, primitives::Nonce nonce, primitives::Balance tip = 0,
                             std::size_t bulk = 4) const {
    Bytes call = {registry::kSystemIndex, 0};
    append(call, scale::encode(Bytes(bulk, 0x42)));
    return sign(std::move(call), genesis, nonce, tip);
  }

  [[nodiscard]] Bytes sign(Bytes call, const Hash256& genesis, primitives::Nonce nonce,
                           primitives::Balance tip = 0) const {
    const auto& version = runtime::runtime_version();
    substratee::test::SeededRandom random;  // the same transaction twice is the same bytes twice
    const primitives::SigningContext context{version.spec_version, version.transaction_version, genesis, genesis};
    return primitives::encode_extrinsic(
        primitives::sign_extrinsic(std::move(call), primitives::Era::immortal(), nonce, tip, context, key_, random));
  }

 private:
  static primitives::AccountKey make_key(std::string_view uri) {
    substratee::test::SeededRandom random;
    return *primitives::AccountKey::from_uri(uri, primitives::Scheme::kSr25519, random);
  }
  primitives::AccountKey key_;
};

inline crypto::ed25519::KeyPair authority() {
  FixedBytes<32> seed;
  seed.bytes.fill(1);
  return crypto::ed25519::KeyPair::from_seed(seed.bytes);
}

/// Opens the chain in `directory`; a new one gets its genesis.
inline std::unique_ptr<storage::ChainStore> open_dev_store(const std::filesystem::path& directory) {
  auto opened = storage::ChainStore::open(directory);
  if (!opened) throw std::runtime_error(opened.error().message);
  auto store = *std::move(opened);
  if (store->is_empty()) {
    const auto state = runtime::build_genesis(runtime::development_genesis(authority().public_key(), {}, {}));
    if (!store->initialise(runtime::genesis_header(state), state)) throw std::runtime_error("genesis not written");
  }
  return store;
}

}  // namespace substratee::node::test
