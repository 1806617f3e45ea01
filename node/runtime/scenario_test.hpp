#pragma once

/// A chain in memory and workers with real simulated evidence, for tests of the runtime: pre, tx, expect in a few
/// lines.

#include "core/attestation/simulation/platform.hpp"
#include "core/attestation/spki.hpp"
#include "core/crypto/hash.hpp"
#include "node/runtime/call.hpp"
#include "node/runtime/genesis.hpp"
#include "node/runtime/pallets/substratee_registry/handlers.hpp"
#include "node/runtime/runtime.hpp"
#include "node/runtime/validity.hpp"
#include "tests/support/random.hpp"

namespace substratee::node::runtime::test {

using primitives::AccountKey;
using primitives::Era;
using registry::MemberStatus;

inline constexpr std::uint64_t kStartTime = 1'790'000'000'000;  ///< September 2026
inline constexpr std::uint64_t kBlockTime = 1000;

inline FixedBytes<32> seed_of(std::uint8_t number) {
  FixedBytes<32> seed;
  seed.bytes.fill(number);
  return seed;
}

inline Hash256 hash_of(std::string_view text) { return crypto::blake2_256(as_bytes(text)); }

inline registry::StateCid cid_of(std::string_view text) {
  registry::StateCid cid;
  const auto hash = hash_of(text);
  std::copy(hash.begin(), hash.end(), cid.data() + 4);
  return cid;
}

/// Somebody with a key: a client, a worker's enclave, root.
struct Actor {
  explicit Actor(std::uint8_t number) : key(AccountKey::from_ed25519_seed(seed_of(number).bytes)) {}
  AccountKey key;
  [[nodiscard]] AccountId account() const { return key.account(); }
};

inline const registry::Measurement kProgram = hash_of("enclave program");

inline GenesisConfig test_genesis(std::uint8_t minimum_confirmations = 1) {
  auto config = development_genesis(seed_of(200), seed_of(201), {kProgram});
  config.shards[0].minimum_confirmations = minimum_confirmations;
  config.root = Actor(100).account();
  config.endowed = {{Actor(100).account(), 1'000'000'000'000}, {Actor(101).account(), 1'000'000'000}};
  return config;
}

struct Tx {
  const Actor& by;
  Bytes call;
};

class Chain {
 public:
  explicit Chain(const GenesisConfig& config = test_genesis()) : state_(build_genesis(config)) {
    hashes.push_back(genesis_header(state_.content()).hash());
  }

  std::vector<BlockHash> hashes;  ///< by number
  std::vector<std::expected<ApplyOutcome, InvalidReason>> results;
  BlockOutcome last;
  std::uint64_t time = kStartTime;

  [[nodiscard]] const MemoryState& state() const { return state_; }
  [[nodiscard]] BlockNumber best() const { return static_cast<BlockNumber>(hashes.size() - 1); }
  [[nodiscard]] const BlockHash& best_hash() const { return hashes.back(); }

  [[nodiscard]] primitives::SigningContext context(BlockNumber checkpoint = 0) const {
    return {runtime_version().spec_version, runtime_version().transaction_version, hashes[0], hashes.at(checkpoint)};
  }
  [[nodiscard]] Bytes sign(const Actor& by, Bytes call, Nonce nonce, Era era = Era::immortal(),
                           primitives::Balance tip = 0) {
    return encode_extrinsic(
        primitives::sign_extrinsic(std::move(call), era, nonce, tip, context(era.birth(best() + 1)), by.key, random_));
  }

  /// Wire bytes; the timestamp is put in front.
  BlockOutcome& build(const std::vector<Bytes>& extrinsics) {
    time += kBlockTime;
    const BlockNumber number = best() + 1;
    BlockExecution execution(state_, number, best_hash());
    EXPECT_TRUE(execution.apply(timestamp_inherent(time)).has_value());
    results.clear();
    for (const auto& extrinsic : extrinsics) results.push_back(execution.apply(extrinsic));
    last = std::move(execution).finish();
    state_.apply(last.changes);
    const primitives::Header header{best_hash(), {number}, hash_of("state"), hash_of("extrinsics"), last.digest};
    hashes.push_back(header.hash());
    return last;
  }
  /// Signed with the nonces that are due.
  BlockOutcome& block(const std::vector<Tx>& txs = {}) {
    std::map<AccountId, Nonce> nonces;
    std::vector<Bytes> extrinsics;
    for (const auto& tx : txs) {
      const auto account = tx.by.account();
      const auto nonce = nonces.try_emplace(account, account_nonce(state_, account)).first->second++;
      extrinsics.push_back(sign(tx.by, tx.call, nonce));
    }
    return build(extrinsics);
  }
  void idle(unsigned blocks) {
    for (unsigned i = 0; i < blocks; ++i) block();
  }
  /// Time passes without blocks.
  void wait(std::uint64_t milliseconds) { time += milliseconds; }

  /// Nothing when the call succeeds, else how it fails.
  [[nodiscard]] std::optional<DispatchError> failure(const Actor& by, Bytes call) {
    block({{by, std::move(call)}});
    EXPECT_TRUE(results[0].has_value());
    return results[0] ? results[0]->error : std::nullopt;
  }
  /// In the block built last.
  [[nodiscard]] std::optional<DispatchError> failure_of(std::size_t index) const {
    return results.at(index).value().error;
  }

  template <class Entry>
  [[nodiscard]] std::vector<Entry> journal_of() const {
    std::vector<Entry> out;
    for (const auto& entry : last.journal) {
      if (const auto* found = std::get_if<Entry>(&entry)) out.push_back(*found);
    }
    return out;
  }

 private:
  MemoryState state_;
  substratee::test::SeededRandom random_;
};

inline DispatchError refused(registry::Error error) { return to_dispatch(error); }

inline const registry::ShardId kShard = registry::shard_id("counter", "default");

inline registry::Shard shard_of(const Chain& chain) {
  return *substratee_registry::kShards.find(chain.state(), kShard);
}

inline std::optional<MemberStatus> status_of(const Chain& chain, const Actor& actor) {
  const auto member = substratee_registry::kMembers.find(chain.state(), kShard, actor.account());
  return member ? std::optional(member->status) : std::nullopt;
}

inline registry::Url url(std::string_view text) { return {std::string(text)}; }

/// A worker's enclave: its key, its platform, its process.
struct Worker : Actor {
  explicit Worker(std::uint8_t number) : Worker(number, number) {}
  Worker(std::uint8_t number, std::uint8_t platform_number) : Actor(number), platform(make_platform(platform_number)) {
    instance.bytes.fill(number);
    encryption_key.bytes.fill(number);
  }

  attestation::simulation::SimulatedPlatform platform;
  registry::Instance instance;
  registry::EncryptionKey encryption_key;
  registry::Measurement measurement = kProgram;

  static attestation::simulation::SimulatedPlatform make_platform(std::uint8_t number) {
    return attestation::simulation::SimulatedPlatform::make(*crypto::Secret<32>::from(seed_of(number).bytes),
                                                            attestation::simulation::SimulationRoot::development());
  }

  [[nodiscard]] attestation::Claims claims(const Chain& chain) const {
    return {.pubkey_hash = attestation::hash_of_spki(attestation::to_spki(account())),
            .substratee = {attestation::Purpose::kRegistration, chain.hashes[0], account(), encryption_key, instance,
                           chain.best(), chain.best_hash()}};
  }
  [[nodiscard]] registry::RegisterEnclave registration(const attestation::Claims& claims) const {
    return {kShard, platform.evidence(measurement, claims), url("ws://127.0.0.1:2000"), url("tcp://127.0.0.1:3443")};
  }
  [[nodiscard]] Bytes registers(const Chain& chain) const { return registry::encode_call(registration(claims(chain))); }
  [[nodiscard]] Bytes unregisters() const { return registry::encode_call(registry::UnregisterEnclave{}); }
  [[nodiscard]] Bytes founds(std::uint8_t key = 7) const {
    return registry::encode_call(registry::FoundShard{kShard, instance, {seed_of(key)}});
  }
  [[nodiscard]] registry::ConfirmBlock confirmation(const Chain& chain, BlockNumber block,
                                                    std::string_view result = "right") const {
    return {kShard, instance, block, chain.hashes.at(block), hash_of(result), cid_of(result)};
  }
  [[nodiscard]] Bytes confirms(const Chain& chain, BlockNumber block, std::string_view result = "right") const {
    return registry::encode_call(confirmation(chain, block, result));
  }
  [[nodiscard]] registry::RecordKeyRelease release(const Worker& to, std::string_view session = "session") const {
    return {kShard, instance, 1, to.account(), to.instance, hash_of(session)};
  }
  [[nodiscard]] Bytes releases(const Worker& to, std::string_view session = "session") const {
    return registry::encode_call(release(to, session));
  }
};

inline registry::SealedCall sealed(std::size_t size = 100) { return {1, 1, {}, {Bytes(size, 0x5a)}}; }
inline Bytes calls_worker(std::size_t size = 100) {
  return registry::encode_call(registry::CallWorker{kShard, sealed(size)});
}

inline Bytes as_root(ByteView call) { return concat(Bytes{registry::kSudoIndex, 0}, call); }

/// The holder of the sudo key, and a client with some balance.
inline const Actor& root() {
  static const Actor actor(100);
  return actor;
}
inline const Actor& client() {
  static const Actor actor(101);
  return actor;
}

/// `first` founds the shard in block F, which it confirms; then `others` register and vouch for F. Returns F.
inline BlockNumber found_with(Chain& chain, const Worker& first, const std::vector<const Worker*>& others = {}) {
  chain.block({{first, first.registers(chain)}});
  chain.block({{first, first.founds()}});
  const auto founding = chain.best();
  chain.block();
  chain.block({{first, first.confirms(chain, founding)}});
  for (const auto* other : others) chain.block({{*other, other->registers(chain)}});
  std::vector<Tx> vouchers;
  for (const auto* other : others) vouchers.push_back({*other, other->confirms(chain, founding)});
  chain.block(vouchers);
  return founding;
}

/// A block with one call of `client`; returns its number. One block later it is pending.
inline BlockNumber work(Chain& chain) {
  chain.block({{client(), calls_worker()}});
  const auto block = chain.best();
  chain.block();
  return block;
}

}  // namespace substratee::node::runtime::test
