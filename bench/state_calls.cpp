#include "bench/state.hpp"

#include "core/crypto/system_random.hpp"
#include "core/protocol/call.hpp"
#include "core/stf/transition.hpp"
#include "enclave/executor/shard_state.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <stdexcept>

namespace substratee::bench {
namespace {

namespace state = enclave::state;
using enclave::executor::ShardState;
using enclave::executor::Work;

constexpr primitives::BlockNumber kFilledAt = 1;
constexpr primitives::BlockNumber kValidUntil = 1'000'000;

class Accounts {
 public:
  Accounts(std::size_t count, crypto::SystemRandom& random) : random_(random), ids_(count), any_(0, count - 1) {
    for (auto& id : ids_) id.bytes = random.draw<32>().bytes;
  }
  [[nodiscard]] const std::vector<primitives::AccountId>& ids() const noexcept { return ids_; }
  /// Gives keys to so many of them, drawn uniformly: the ones that will call.
  void draw_callers(std::size_t calls) {
    for (std::size_t i = 0; i < calls; ++i) {
      const auto index = any_(numbers_);
      callers_.push_back(index);
      if (keys_.contains(index)) continue;
      auto key =
          *primitives::AccountKey::from_uri("//state//" + std::to_string(index), primitives::Scheme::kSr25519, random_);
      ids_[index] = key.account();
      keys_.emplace(index, std::move(key));
    }
  }
  /// Their calls, sealed, in order.
  [[nodiscard]] std::vector<registry::CallForwarded> seal(const protocol::Domain& domain,
                                                          const protocol::EpochKeys& keys) {
    const auto call = *stf::find("counter")->call_from_text("increment 1");
    std::map<std::size_t, primitives::Nonce> nonces;
    std::vector<registry::CallForwarded> out;
    for (const auto index : callers_) {
      const auto& key = keys_.at(index);
      const auto nonce = ++nonces[index];  // 1 was spent when the state was filled
      const auto signed_call = protocol::sign_call(call, nonce, kValidUntil, domain, key, random_);
      out.push_back({domain.shard, key.account(),
                     *protocol::seal_call(signed_call, keys.shielding().public_key(), keys.epoch(), domain,
                                          key.account(), random_)});
    }
    return out;
  }

 private:
  crypto::SystemRandom& random_;
  std::mt19937_64 numbers_{11};
  std::vector<primitives::AccountId> ids_;
  std::uniform_int_distribution<std::size_t> any_;
  std::vector<std::size_t> callers_;
  std::map<std::size_t, primitives::AccountKey> keys_;
};

/// A shard whose every account has called once, opened by an enclave's own code from its blocks.
class Shard {
 public:
  Shard(const Accounts& accounts, crypto::SystemRandom& random)
      : domain_{random.draw<32>(), registry::shard_id("counter", "bench")},
        keys_(enclave::keys::ShardKeys::found(charter(domain_.shard), 1, random)),
        state_(domain_, *stf::find("counter")) {
    state_.set_keys(keys_);
    open(fill(accounts));
  }
  [[nodiscard]] const protocol::Domain& domain() const noexcept { return domain_; }
  [[nodiscard]] const protocol::EpochKeys& keys() const noexcept { return keys_.newest(); }

  /// Seconds.
  double process(primitives::BlockNumber number, std::span<const registry::CallForwarded> calls) {
    Work work{number, Hash256{}, {calls.begin(), calls.end()}, 0};
    work.block_hash.bytes[0] = static_cast<std::uint8_t>(number);
    const auto start = processor_seconds();
    state_.begin(std::move(work), keys());
    if (!state_.work(keys())) throw std::runtime_error("a block is not done");
    state_.agree(number);
    const auto seconds = (processor_seconds() - start);
    while (state_.has_outputs()) static_cast<void>(state_.take_outputs());
    return seconds;
  }

  [[nodiscard]] std::uint64_t sum_of(std::span<const primitives::AccountId> accounts) {
    const auto* counter = stf::find("counter");
    const auto query = *counter->query_from_text("counter");
    return *state_.read(protocol::Mode::kLatest, [&](const stf::StateReader& reader) {
      std::uint64_t out = 0;
      for (const auto& account : accounts) {
        out += *scale::decode<std::uint64_t>(*counter->query(reader, account, query));
      }
      return out;
    });
  }

 private:
  static registry::Charter charter(const registry::ShardId& shard) {
    registry::Charter out;
    out.shard = shard;
    return out;
  }

  registry::Agreed fill(const Accounts& accounts) {
    auto filled = state::State::empty(domain_.shard, keys_.cut_key().clone());
    const auto* counter = stf::find("counter");
    const auto call = *counter->call_from_text("increment 1");
    for (const auto& account : accounts.ids()) {
      stf::set_nonce(filled, account, 1);
      if (!counter->apply(filled, account, call)) throw std::runtime_error("an account is not filled");
    }
    state::KeyRing ring;
    ring.add(1, keys().state_key().clone());
    auto made = filled.commit({.epoch = 1, .height = kFilledAt, .block_hash = {}}, ring);
    blocks_.add(std::move(made->new_blocks));
    return {kFilledAt, {}, made->root, {}};
  }

  void open(const registry::Agreed& agreed) {
    bool is_good = state_.begin_load(agreed, keys_).has_value();
    for (auto wanted = state_.wanted(256); is_good && !wanted.empty(); wanted = state_.wanted(256)) {
      for (const auto& cid : wanted) is_good = is_good && state_.provide(cid, blocks_.at(cid)).has_value();
    }
    if (!is_good || !state_.finish_load()) throw std::runtime_error("the filled state does not open");
    blocks_ = {};
  }

  protocol::Domain domain_;
  enclave::keys::ShardKeys keys_;
  ShardState state_;
  BlockMemory blocks_;
};

}  // namespace

boost::json::object measure_calls(std::size_t accounts, std::size_t calls, std::size_t calls_per_block) {
  crypto::SystemRandom random;
  Accounts all(accounts, random);
  all.draw_callers(calls);
  Shard shard(all, random);
  const auto sealed = all.seal(shard.domain(), shard.keys());
  double seconds = 0;
  primitives::BlockNumber number = kFilledAt;
  for (std::size_t from = 0; from < sealed.size(); from += calls_per_block) {
    const auto some = std::span(sealed).subspan(from, std::min(calls_per_block, sealed.size() - from));
    seconds += shard.process(++number, some);
  }
  if (shard.sum_of(all.ids()) != accounts + calls) throw std::runtime_error("calls were lost");
  return {{"accounts", accounts},
          {"calls", calls},
          {"calls_per_block", calls_per_block},
          {"seconds", seconds},
          {"calls_per_second", static_cast<double>(calls) / seconds}};
}

}  // namespace substratee::bench
