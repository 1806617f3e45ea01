#include "node/service/genesis_facts.hpp"

#include "core/registry/storage.hpp"

#include <fmt/format.h>

namespace substratee::node::service {

namespace {

template <class T>
storage::Result<T> read(const storage::ChainStore& store, const Bytes& key, std::string_view what) {
  const auto genesis = SUBSTRATEE_TRY(store.at(store.genesis_hash()));
  try {
    if (const auto value = genesis->get(key)) {
      if (auto decoded = scale::decode<T>(*value)) return *std::move(decoded);
    }
  } catch (const storage::Unreadable& unreadable) {
    return std::unexpected(unreadable.error());
  }
  return storage::fail(
      storage::Code::kCorrupt,
      fmt::format(
          "the chain's genesis lacks {}; run `substratee-node purge-chain`, which keeps the key, and start again",
          what));
}

}  // namespace

storage::Result<crypto::ed25519::PublicKey> authority_of(const storage::ChainStore& store) {
  const auto engine = SUBSTRATEE_TRY(read<registry::Engine>(store, registry::key::engine(), "an engine"));
  return std::get<registry::DevEngine>(engine).authority;
}

storage::Result<std::vector<registry::Measurement>> measurements_of(const storage::ChainStore& store) {
  using Allowed = scale::Bounded<std::vector<registry::Measurement>, registry::kMaxMeasurements>;
  return SUBSTRATEE_TRY(read<Allowed>(store, registry::key::allowed_measurements(), "its measurements")).value;
}

}  // namespace substratee::node::service
