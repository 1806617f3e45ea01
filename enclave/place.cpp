#include "enclave/place.hpp"

namespace substratee::enclave {

keys::Result<OpenedPlace> open_place(ByteView plaintext, const Hash256& genesis, const registry::ShardId& shard) {
  const auto place = SUBSTRATEE_TRY_OR(keys::Error::kCorrupt, scale::decode<Place>(plaintext));
  if (place.version != Place::kVersion || place.shard != shard) return std::unexpected(keys::Error::kCorrupt);
  auto chain = SUBSTRATEE_TRY_OR(keys::Error::kCorrupt, finality::VerifiedChain::restore(place.chain));
  if (chain.genesis_hash() != genesis) return std::unexpected(keys::Error::kOtherChain);
  return OpenedPlace{std::move(chain), executor::ShardView(shard, place.view)};
}

}  // namespace substratee::enclave
