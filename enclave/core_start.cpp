#include "core/registry/storage.hpp"
#include "enclave/core.hpp"
#include "enclave/place.hpp"

namespace substratee::enclave {

using protocol::Refusal;
using provisioning::refuse;

namespace {

protocol::Refused refuse_blob(keys::Error error, std::string_view name) {
  const auto reason = error == keys::Error::kOtherChain ? Refusal::kWrongChain : Refusal::kCorruptBlob;
  return refuse(reason,
                std::string("sealed blob \"") + std::string(name) + "\": " + std::string(keys::to_string(error)));
}

using Plaintexts = std::map<std::string, crypto::WipedBytes, std::less<>>;

/// The plaintext of each blob that the host kept, by name.
std::expected<Plaintexts, protocol::Refused> open_blobs(const protocol::Start& start, keys::BlobKeeper& keeper) {
  Plaintexts out;
  for (const auto& blob : start.blobs.value) {
    const auto& name = blob.name.value;
    const bool is_known = name == keys::kIdentityBlob || name == keys::kShardBlob || name == kPlaceBlob;
    if (!is_known || out.contains(name))
      return std::unexpected(refuse(Refusal::kCorruptBlob, "an unknown or repeated blob"));
    auto plaintext = keeper.open(blob);
    if (!plaintext) return std::unexpected(refuse_blob(plaintext.error(), name));
    out.emplace(name, *std::move(plaintext));
  }
  return out;
}

std::expected<std::optional<keys::ShardKeys>, protocol::Refused> open_shard_keys(const Plaintexts& blobs,
                                                                                 const registry::ShardId& shard) {
  const auto found = blobs.find(keys::kShardBlob);
  if (found == blobs.end()) return std::optional<keys::ShardKeys>{};
  auto opened = keys::ShardKeys::from_sealed(found->second.view());
  if (!opened) return std::unexpected(refuse_blob(opened.error(), keys::kShardBlob));
  if (opened->charter().shard != shard) {
    return std::unexpected(refuse(Refusal::kCorruptBlob, "the sealed keys are of another shard"));
  }
  return std::optional(*std::move(opened));
}

}  // namespace

std::expected<std::unique_ptr<Enclave::Core>, protocol::Refused> Enclave::Core::make(platform::Platform& platform,
                                                                                     const protocol::Start& start) {
  auto chain = finality::VerifiedChain::start(start.genesis_header);
  if (!chain) return std::unexpected(refuse(Refusal::kBadHeader, finality::to_string(chain.error())));
  keys::BlobKeeper keeper(chain->genesis_hash(), platform.sealing_key(chain->genesis_hash()));
  auto blobs = SUBSTRATEE_TRY(open_blobs(start, keeper));
  auto shard_keys = SUBSTRATEE_TRY(open_shard_keys(blobs, start.shard));
  auto place = OpenedPlace{*std::move(chain), executor::ShardView(start.shard)};
  if (const auto found = blobs.find(kPlaceBlob); found != blobs.end()) {
    auto opened = open_place(found->second.view(), place.chain.genesis_hash(), start.shard);
    if (!opened) return std::unexpected(refuse_blob(opened.error(), kPlaceBlob));
    place = *std::move(opened);
  }
  const auto found = blobs.find(keys::kIdentityBlob);
  if (found == blobs.end() && shard_keys) {
    return std::unexpected(refuse(Refusal::kCorruptBlob, "the shard's keys came without the identity that holds them"));
  }
  auto identity = found == blobs.end() ? keys::Identity::draw(platform.random())
                                       : keys::Identity::from_sealed(found->second.view(), platform.random());
  if (!identity) return std::unexpected(refuse_blob(identity.error(), keys::kIdentityBlob));
  if (found == blobs.end()) keeper.put(keys::kIdentityBlob, identity->to_sealed().view());
  return std::unique_ptr<Core>(new Core(platform, start, std::move(place.chain), std::move(place.view),
                                        *std::move(identity), std::move(keeper), std::move(shard_keys)));
}

Enclave::Core::Core(platform::Platform& platform, const protocol::Start& start, finality::VerifiedChain chain,
                    executor::ShardView view, keys::Identity identity, keys::BlobKeeper blobs,
                    std::optional<keys::ShardKeys> keys)
    : platform_(platform),
      domain_{chain.genesis_hash(), start.shard},
      chain_(std::move(chain)),
      view_(std::move(view)),
      identity_(std::move(identity)),
      blobs_(std::move(blobs)),
      keys_(std::move(keys)) {
  if (start.state_cache_mib) cache_limit_ = std::size_t{*start.state_cache_mib} << 20;
  shape_ = {.padding = start.state_padding, .cover = std::min(start.state_cover, state::kMaxCover)};
}

protocol::Reply Enclave::Core::on(const protocol::Start& request) {
  if (has_imported_) return refuse(Refusal::kAlreadyStarted, "Start comes once, before any block");
  const auto named = finality::VerifiedChain::start(request.genesis_header);
  if (request.shard != domain_.shard || !named || named->genesis_hash() != domain_.genesis_hash) {
    return refuse(Refusal::kUnexpected, "Start is repeated with another shard or chain");
  }
  if (const auto* blob = blobs_.waiting(keys::kIdentityBlob)) return protocol::Need{protocol::NeedStore{*blob}};

  proofs_.begin(0);
  const auto engine = proofs_.get<registry::Engine>(registry::key::engine());
  const auto shard = proofs_.get<registry::Shard>(registry::key::shard(domain_.shard));
  if (proofs_.has_missing()) return proofs_.need(chain_.genesis());
  if (!engine || !*engine) return refuse(Refusal::kUnknownEngine, "the genesis names no engine that this build knows");
  if (!shard || !*shard) return refuse(Refusal::kCharterRefused, "the genesis has no such shard");
  if (!chain_.has_engine()) return refuse(Refusal::kUnknownEngine, "the engine's proof is not of the genesis state");
  transition_ = stf::find((*shard)->charter.stf.value);
  if (transition_ == nullptr)
    return refuse(Refusal::kCharterRefused, "this build has no such state transition function");
  if (!state_) state_.emplace(domain_, *transition_, cache_limit_, shape_);
  return protocol::Started{identity_.account(),     identity_.encryption_key(), identity_.instance(),
                           platform_.measurement(), platform_.kind(),           platform_.hardware(),
                           chain_.genesis_hash(),   (*shard)->charter.stf,      chain_.head().number};
}

protocol::Reply Enclave::Core::on(const protocol::SupplyProof& request) {
  auto state = chain_.open(request.block_hash, request.nodes.value);
  if (!state) return refuse(Refusal::kBadProof, finality::to_string(state.error()));
  if (!chain_.has_engine()) {
    const auto set = chain_.set_engine(*state);
    if (!set) return refuse(Refusal::kUnknownEngine, finality::to_string(set.error()));
  }
  proofs_.add(*std::move(state));
  return protocol::Done{};
}

protocol::Reply Enclave::Core::on(const protocol::Stored& request) {
  if (!blobs_.stored(request.name.value, request.version, request.sha256)) {
    return refuse(Refusal::kStoreMismatch, "no such blob waits to be stored");
  }
  return protocol::Done{};
}

}  // namespace substratee::enclave
