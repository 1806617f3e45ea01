#include "node/service/chain.hpp"

#include "node/consensus/dev/author.hpp"

namespace substratee::node::service {

namespace {

/// Left for the timestamp.
constexpr std::size_t kReservedBytes = 64;

/// May be in order for a later block.
bool may_wait(runtime::InvalidReason reason) {
  return reason == runtime::InvalidReason::kExhaustsResources || reason == runtime::InvalidReason::kFuture;
}

}  // namespace

Chain::Chain(storage::ChainStore& store, crypto::ed25519::KeyPair authority, ChainOptions options, ChainEvents& events,
             Moment now)
    : store_(store),
      authority_(std::move(authority)),
      events_(events),
      pool_(options.pool),
      engine_(options.engine, runtime::timestamp_now(store.best_view()), now) {}

std::expected<Hash256, SubmitError> Chain::submit(Bytes extrinsic, Moment now) {
  const auto best = store_.best();
  const auto verdict = runtime::validate_transaction(store_.best_view(), best.number, best.hash, extrinsic);
  if (!verdict) return std::unexpected(verdict.error());
  const auto hash = pool_.submit(std::move(extrinsic), *verdict);
  if (!hash) return std::unexpected(hash.error());
  if (pool_.has_ready()) engine_.transaction_ready(now);
  return *hash;
}

storage::Result<void> Chain::tick(Moment now) {
  for (const auto& action : engine_.due(now)) {
    if (const auto* seal_now = std::get_if<consensus::dev::Seal>(&action)) {
      SUBSTRATEE_TRY(seal(seal_now->timestamp, now));
    } else {
      SUBSTRATEE_TRY(tell_final(std::get<consensus::dev::TellFinal>(action).number));
    }
  }
  tell_transactions();
  return {};
}

storage::Result<void> Chain::seal(std::uint64_t timestamp, Moment now) {
  const auto candidates = pool_.candidates(runtime::kMaxBlockSize - kReservedBytes);
  std::vector<ByteView> wires;
  std::vector<Hash256> hashes;
  for (const auto& candidate : candidates) {
    wires.push_back(candidate.wire);
    hashes.push_back(candidate.hash);
  }
  const auto authored = consensus::dev::author_block(store_, wires, timestamp, authority_);
  if (!authored)
    return storage::fail(storage::Code::kCorrupt,
                         "the runtime refuses the timestamp of a new block; run "
                         "`substratee-node purge-chain`, which keeps the key, and start again");
  SUBSTRATEE_TRY(store_.commit(authored->block));
  const auto best = store_.best();
  std::vector<Hash256> included;
  for (const auto index : authored->included) included.push_back(hashes[index]);
  events_.on_best(authored->block, best.hash);
  // What does not even fit into an empty block never will: instant sealing must not try it for ever.
  const bool is_stuck = authored->included.empty();
  for (const auto& refused : authored->refused) {
    if (is_stuck || !may_wait(refused.reason)) pool_.reject(hashes[refused.index]);
  }
  const auto view = store_.best_view();
  pool_.on_block(best.number, best.hash, included,
                 [&view](const AccountId& account) { return runtime::account_nonce(view, account); });
  engine_.sealed(best.number, timestamp, pool_.has_ready(), now);
  return {};
}

storage::Result<void> Chain::tell_final(BlockNumber number) {
  const auto header = SUBSTRATEE_TRY(store_.header(number));
  const auto hash = header.hash();
  pool_.on_final(number, hash);
  events_.on_final(number, hash, header);
  return {};
}

void Chain::tell_transactions() {
  for (const auto& notice : pool_.take_notices()) events_.on_transaction(notice);
}

Nonce Chain::next_nonce(const AccountId& account) const {
  return pool_.next_nonce(account, runtime::account_nonce(store_.best_view(), account));
}

}  // namespace substratee::node::service
