#pragma once

/// The shard's open state and what processing it leaves: results to confirm, blocks and receipts for the host to keep,
/// and the values of before, so that a query can read the agreed state while newer work is not agreed yet.

#include "core/protocol/enclave_messages.hpp"
#include "core/stf/transition.hpp"
#include "enclave/executor/executor.hpp"
#include "enclave/executor/shard_view.hpp"
#include "enclave/keys/shard_keys.hpp"
#include "enclave/state/loader.hpp"
#include "enclave/state/state.hpp"

#include <deque>
#include <map>

namespace substratee::enclave::executor {

/// What this enclave can confirm of one block.
struct Confirmable {
  primitives::BlockHash block_hash;
  Hash256 receipts_root;
  registry::StateCid state_cid;
};

class ShardState {
 public:
  /// With a cache limit the state is paged: then need() says what is missing to go on. `shape`: of a state that is
  /// founded here; one that is loaded has its own.
  ShardState(protocol::Domain domain, const stf::Transition& transition, state::CacheLimit cache_limit = std::nullopt,
             const state::Shape& shape = {})
      : domain_(domain), transition_(&transition), cache_limit_(cache_limit), shape_(shape) {}

  /// Takes over the shard's keys. Before this nothing can be opened.
  void set_keys(const keys::ShardKeys& keys);
  /// Forgets everything: the founding was reopened, or the keys are another's.
  void reset();

  [[nodiscard]] bool is_open() const noexcept { return state_.has_value(); }
  [[nodiscard]] bool is_loading() const noexcept { return loader_.has_value(); }
  /// A founder's state: empty.
  void open_empty(const keys::ShardKeys& keys);
  /// Starts to open an agreed state from blocks of the host.
  [[nodiscard]] state::Result<void> begin_load(const registry::Agreed& agreed, const keys::ShardKeys& keys);
  [[nodiscard]] const std::optional<registry::Agreed>& target() const noexcept { return target_; }
  [[nodiscard]] std::vector<ipld::Cid> wanted(std::size_t max) const { return loader_->wanted(max); }
  [[nodiscard]] state::Result<void> provide(const ipld::Cid& cid, ByteView block);
  /// Once nothing is wanted any more: the state stands, and its agreed block can be confirmed.
  [[nodiscard]] state::Result<void> finish_load();

  /// Takes one block's work on. The state must be open, and no work be under way.
  void begin(Work work, const protocol::EpochKeys& keys);
  [[nodiscard]] bool is_working() const noexcept { return work_.has_value(); }
  /// Does the work that is under way. Nothing: it waits for leaves, the state is as before it (or its commit half
  /// written), and nothing may be read until it is done; see need().
  [[nodiscard]] std::optional<protocol::Processed> work(const protocol::EpochKeys& keys);

  /// What work() or read() missed.
  [[nodiscard]] protocol::NeedState need() const;
  /// A block that need() named. kNotWanted for any other.
  [[nodiscard]] state::Result<void> page_in(const ipld::Cid& cid, ByteView block);
  /// Blocks up to here are agreed: their values of before are no longer needed.
  void agree(primitives::BlockNumber block);

  /// Whether this enclave computed something else for that block than what was agreed without it.
  [[nodiscard]] bool contradicts(const registry::Agreed& agreed) const { return divergence(agreed).has_value(); }
  /// What it computed, beside what was agreed.
  [[nodiscard]] std::optional<protocol::Divergence> divergence(const registry::Agreed& agreed) const;

  [[nodiscard]] const registry::StateCid& root() const noexcept { return state_->root(); }
  [[nodiscard]] const std::map<primitives::BlockNumber, Confirmable>& confirmable() const noexcept {
    return confirmable_;
  }
  /// Reads the newest state, or the one after the newest agreed block. Nothing if leaves were missed: see need().
  template <class Reader>
  [[nodiscard]] auto read(protocol::Mode mode, Reader&& reader) const {
    state_->begin();
    std::vector<const state::Before*> later;
    if (mode == protocol::Mode::kAgreed) {
      for (const auto& [block, before] : unagreed_) later.push_back(&before);
    }
    auto out = std::optional(reader(static_cast<const stf::StateReader&>(state::PastReader(*state_, later))));
    if (state_->has_missed()) return decltype(out){};
    state_->settled();
    return out;
  }

  [[nodiscard]] bool has_outputs() const noexcept { return !outputs_.empty(); }
  [[nodiscard]] protocol::Outputs take_outputs();

 private:
  /// A block's work under way: what does not depend on the state is done once.
  struct OpenWork {
    Work work;
    std::vector<OpenedCall> calls;
    std::optional<Outcome> outcome;  // once all calls were applied
  };

  [[nodiscard]] std::optional<Outcome> apply(const OpenWork& open, const protocol::EpochKeys& keys);
  void keep_outputs(const Work& work, state::Commit& commit, const Outcome& outcome, const protocol::EpochKeys& keys);

  protocol::Domain domain_;
  const stf::Transition* transition_;
  state::CacheLimit cache_limit_;
  state::Shape shape_;
  std::unique_ptr<state::KeyRing> ring_;  // its address is the loader's
  std::optional<state::State> state_;
  std::optional<state::Loader> loader_;
  std::optional<registry::Agreed> target_;
  std::optional<OpenWork> work_;
  std::map<primitives::BlockNumber, Confirmable> confirmable_;
  std::map<primitives::BlockNumber, state::Before> unagreed_;
  std::deque<protocol::Outputs> outputs_;
};

/// Receipts of one block as the host keeps them: SCALE{epoch} ‖ AES-SIV(SCALE leaves, aad = SCALE{shard, block}).
[[nodiscard]] Bytes seal_receipts(std::span<const protocol::ReceiptLeaf> leaves, const registry::ShardId& shard,
                                  primitives::BlockNumber block, const protocol::EpochKeys& keys);
/// Nothing when they do not open.
[[nodiscard]] std::optional<std::vector<protocol::ReceiptLeaf>> open_receipts(ByteView sealed,
                                                                              const registry::ShardId& shard,
                                                                              primitives::BlockNumber block,
                                                                              const keys::ShardKeys& keys);

}  // namespace substratee::enclave::executor
