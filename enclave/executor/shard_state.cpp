#include "enclave/executor/shard_state.hpp"

namespace substratee::enclave::executor {
namespace {

/// A reply must fit a frame; blocks of the state are 16 KiB each.
constexpr std::size_t kMaxBlocksPerOutput = 256;

/// The state as the executor sees it.
class StateTransaction final : public Transaction {
 public:
  explicit StateTransaction(state::State& state) : state_(state) {}
  std::optional<Bytes> get(ByteView key) const override { return state_.get(key); }
  void put(ByteView key, ByteView value) override { state_.put(key, value); }
  void erase(ByteView key) override { state_.erase(key); }
  void checkpoint() override { state_.checkpoint(); }
  void rollback() override { state_.rollback(); }
  void accept() override { state_.accept(); }

 private:
  state::State& state_;
};

}  // namespace

void ShardState::set_keys(const keys::ShardKeys& keys) {
  ring_ = std::make_unique<state::KeyRing>();
  for (const auto& epoch : keys.epochs()) ring_->add(epoch.epoch(), epoch.state_key().clone());
}

void ShardState::reset() {
  loader_.reset();
  work_.reset();
  state_.reset();
  target_.reset();
  confirmable_.clear();
  unagreed_.clear();
  outputs_.clear();
  ring_.reset();
}

void ShardState::open_empty(const keys::ShardKeys& keys) {
  state_ = state::State::empty(domain_.shard, keys.cut_key().clone(), cache_limit_, shape_);
}

state::Result<void> ShardState::begin_load(const registry::Agreed& agreed, const keys::ShardKeys& keys) {
  loader_.reset();
  target_ = agreed;
  loader_ = SUBSTRATEE_TRY(state::Loader::start(agreed.state_cid, domain_.shard, agreed.block_number, *ring_,
                                                keys.cut_key().clone(), cache_limit_));
  return {};
}

state::Result<void> ShardState::provide(const ipld::Cid& cid, ByteView block) { return loader_->provide(cid, block); }

state::Result<void> ShardState::finish_load() {
  auto loader = std::move(*loader_);
  loader_.reset();
  state_ = SUBSTRATEE_TRY(std::move(loader).finish());
  confirmable_[target_->block_number] = {target_->block_hash, target_->receipts_root, target_->state_cid};
  return {};
}

void ShardState::begin(Work work, const protocol::EpochKeys& keys) {
  auto calls = open_calls(work, keys, domain_);
  work_ = OpenWork{std::move(work), std::move(calls), std::nullopt};
}

std::optional<protocol::Processed> ShardState::work(const protocol::EpochKeys& keys) {
  if (!work_->outcome) work_->outcome = apply(*work_, keys);
  if (!work_->outcome) return std::nullopt;
  const auto& work = work_->work;
  auto commit = state_->commit({keys.epoch(), work.block, work.block_hash}, *ring_);
  if (!commit) {
    SUBSTRATEE_CHECK(commit.error() == state::Error::kNotHere);  // the ring holds the epoch of `keys`
    return std::nullopt;
  }
  const protocol::Processed out{work.block, work.block_hash, work_->outcome->receipts_root, commit->root,
                                static_cast<std::uint32_t>(work.calls.size())};
  confirmable_[work.block] = {work.block_hash, work_->outcome->receipts_root, commit->root};
  keep_outputs(work, *commit, *work_->outcome, keys);
  unagreed_.insert_or_assign(work.block, std::move(commit->before));
  work_.reset();
  return out;
}

/// All calls, or nothing has happened: after a miss whatever they read and wrote means nothing.
std::optional<Outcome> ShardState::apply(const OpenWork& open, const protocol::EpochKeys& keys) {
  state_->begin();
  StateTransaction transaction(*state_);
  auto outcome = execute(transaction, *transition_, open.work, open.calls, keys, domain_);
  if (!state_->has_missed()) return outcome;
  state_->discard();
  return std::nullopt;
}

protocol::NeedState ShardState::need() const {
  protocol::NeedState out{state_->root(), {}};
  for (const auto& cid : state_->wanted()) out.cids.value.push_back(cid.to_bytes());
  return out;
}

state::Result<void> ShardState::page_in(const ipld::Cid& cid, ByteView block) {
  return state_->provide(cid, block, *ring_);
}

void ShardState::keep_outputs(const Work& work, state::Commit& commit, const Outcome& outcome,
                              const protocol::EpochKeys& keys) {
  if (!work.calls.empty()) {
    protocol::Outputs receipts;
    receipts.receipts.push_back({work.block, {seal_receipts(outcome.leaves, domain_.shard, work.block, keys)}});
    outputs_.push_back(std::move(receipts));
  }
  protocol::Outputs output;
  for (auto& block : commit.new_blocks) {
    if (output.blocks.size() == kMaxBlocksPerOutput) {
      outputs_.push_back(std::move(output));
      output = {};
    }
    output.blocks.push_back({block.cid.to_bytes(), std::move(block.bytes)});
  }
  output.root = commit.root;
  outputs_.push_back(std::move(output));
}

void ShardState::agree(primitives::BlockNumber block) {
  unagreed_.erase(unagreed_.begin(), unagreed_.upper_bound(block));
  // The newest agreed block stays confirmable: a member that fell silent returns by confirming it.
  const auto newest = confirmable_.upper_bound(block);
  if (newest != confirmable_.begin()) confirmable_.erase(confirmable_.begin(), std::prev(newest));
}

std::optional<protocol::Divergence> ShardState::divergence(const registry::Agreed& agreed) const {
  const auto found = confirmable_.find(agreed.block_number);
  if (found == confirmable_.end()) return std::nullopt;
  const auto& own = found->second;
  if (own.state_cid == agreed.state_cid && own.receipts_root == agreed.receipts_root) return std::nullopt;
  return protocol::Divergence{agreed.block_number, own.state_cid, own.receipts_root, agreed.state_cid,
                              agreed.receipts_root};
}

protocol::Outputs ShardState::take_outputs() {
  if (outputs_.empty()) return {};
  auto output = std::move(outputs_.front());
  outputs_.pop_front();
  output.more = !outputs_.empty();
  return output;
}

}  // namespace substratee::enclave::executor
