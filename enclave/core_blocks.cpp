#include "enclave/core.hpp"
#include "enclave/place.hpp"

namespace substratee::enclave {

using protocol::Phase;
using protocol::Refusal;
using provisioning::refuse;
using registry::MemberStatus;

namespace {

Refusal refusal_of(finality::Error error) noexcept {
  switch (error) {
    case finality::Error::kMalformedJournal:
    case finality::Error::kWrongJournal: return Refusal::kBadJournal;
    case finality::Error::kNoEngine:
    case finality::Error::kUnknownEngine: return Refusal::kUnknownEngine;
    default: return Refusal::kBadHeader;
  }
}

}  // namespace

protocol::Reply Enclave::Core::on(const protocol::ImportBlocks& request) {
  if (!state_) return refuse(Refusal::kNotStarted, "blocks come after Start has succeeded");
  if (auto need = catch_up()) return *std::move(need);
  const auto kept = std::exchange(kept_blocks_, {});
  const auto& blocks = request.blocks.value.empty() ? kept : request.blocks.value;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const auto& block = blocks[i];
    const auto verified = chain_.append(block.header, block.journal, block.justification);
    if (!verified) {
      if (auto evidence = chain_.find_equivocation(block.header)) {
        stop_for(*std::move(evidence));
        break;
      }
      return refuse(refusal_of(verified.error()), std::string("behind block ") + std::to_string(chain_.head().number) +
                                                      ": " + std::string(finality::to_string(verified.error())));
    }
    import(*verified);
    if (auto need = catch_up()) {
      kept_blocks_.assign(blocks.begin() + static_cast<std::ptrdiff_t>(i) + 1, blocks.end());
      return *std::move(need);
    }
    if (is_stopped()) break;
  }
  return take_status();
}

protocol::Reply Enclave::Core::on(const protocol::GetStatus&) {
  if (!state_) return refuse(Refusal::kNotStarted, "Start has not succeeded yet");
  return status();
}

void Enclave::Core::import(const finality::VerifiedBlock& block) {
  has_imported_ = true;
  view_.apply(block);
  note_divergence();
  see_own_membership();
  if (is_stopped()) return;
  see_founding();
  open_state_if_founder();
  is_block_open_ = true;
}

/// What follows on the newest block's work.
void Enclave::Core::close_block() {
  if (state_->is_open() && view_.agreed()) state_->agree(view_.agreed()->block_number);
  sessions_.expire(chain_.head().number);
  note_place();
}

/// Does what is left to do at the newest block; a Need if leaves of the state are missing for it. All that depends on
/// the state at the newest block comes after this.
std::optional<protocol::Need> Enclave::Core::catch_up() {
  if (!process_work()) return protocol::Need{state_->need()};
  if (!std::exchange(is_loaded_, true)) {
    note_divergence();
    if (view_.agreed()) state_->agree(view_.agreed()->block_number);
  }
  if (std::exchange(is_block_open_, false)) close_block();
  return std::nullopt;
}

/// Another instance under our account: before our own registration is final that is our own past; after it, a copy of
/// us took over, and we must not go on.
void Enclave::Core::see_own_membership() {
  const auto* own = view_.member(identity_.account());
  if (own == nullptr) return;
  if (own->instance == identity_.instance()) {
    was_registered_ = true;
  } else if (was_registered_) {
    is_replaced_ = true;
    forget_keys();
  }
  if (own->status == MemberStatus::kQuarantined) forget_keys();
}

/// The keys stay only while they are, or may yet become, those of the chain.
void Enclave::Core::see_founding() {
  if (!keys_) return;
  const auto epoch = keys_->newest().epoch();
  const bool is_void = epoch <= view_.void_epoch();
  const bool lost = view_.founding() && view_.founding()->epoch == epoch && !has_current_keys();
  if (is_void || lost) forget_keys();
}

/// The founder computes root(F) from the empty state: nobody could give it another before F is agreed. One that has
/// restarted since opens what is agreed, as everybody does; only if nothing is, it begins anew when asked (LoadState).
void Enclave::Core::open_state_if_founder() {
  if (is_founder() && view_.founding()->instance == identity_.instance()) open_founders_state();
}

bool Enclave::Core::is_founder() const {
  return has_current_keys() && view_.founding()->founder == identity_.account();
}

void Enclave::Core::open_founders_state() {
  if (state_->is_open() || state_->is_loading() || view_.agreed()) return;
  state_->set_keys(*keys_);
  state_->open_empty(*keys_);
  view_.keep_work_above(view_.founding()->block - 1);
}

/// For the host's log and for evidence: what this enclave computed, before a quarantine makes it forget.
void Enclave::Core::note_divergence() {
  if (!divergence_ && view_.agreed()) divergence_ = state_->divergence(*view_.agreed());
}

/// False if work waits for leaves of the state.
bool Enclave::Core::process_work() {
  if (!state_->is_open() || !has_current_keys()) return true;
  while (state_->is_working() || view_.has_work()) {
    if (!state_->is_working()) state_->begin(view_.take_work(), keys_->newest());
    auto processed = state_->work(keys_->newest());
    if (!processed) return false;
    if (processed_.size() < protocol::kMaxBlocksPerImport) processed_.push_back(*std::move(processed));
  }
  return true;
}

void Enclave::Core::forget_keys() {
  keys_.reset();
  sessions_.clear();
  if (state_) state_->reset();
  is_loaded_ = true;
  last_composed_ = 0;
}

bool Enclave::Core::is_stopped() const noexcept {
  const auto* own = view_.member(identity_.account());
  return is_replaced_ || equivocation_ || (own != nullptr && own->status == MemberStatus::kQuarantined);
}

bool Enclave::Core::is_registered() const {
  const auto* own = view_.member(identity_.account());
  return own != nullptr && own->instance == identity_.instance() && own->status != MemberStatus::kExpired;
}

bool Enclave::Core::has_current_keys() const {
  if (!keys_ || !view_.founding()) return false;
  const auto& founding = *view_.founding();
  return keys_->newest().epoch() == founding.epoch &&
         keys_->newest().shielding().public_key().bytes == founding.shielding_key.bytes;
}

Phase Enclave::Core::phase() const {
  if (equivocation_) return Phase::kEquivocation;
  if (is_replaced_) return Phase::kReplaced;
  if (is_stopped()) return Phase::kQuarantined;
  if (!is_registered()) return Phase::kFollowing;
  if (!view_.founding()) return keys_ ? Phase::kFoundingSent : Phase::kUnfounded;
  if (has_current_keys()) {
    if (state_->is_open()) return Phase::kLive;
    const bool can_load = view_.has_all_work() && (view_.agreed() || is_founder());
    return can_load ? Phase::kLoading : Phase::kWaiting;
  }
  if (view_.agreed()) return Phase::kJoining;
  return view_.founding()->founder == identity_.account() ? Phase::kKeyLost : Phase::kWaiting;
}

protocol::Status Enclave::Core::status() const {
  protocol::Status out;
  out.phase = phase();
  out.head = chain_.head().number;
  out.head_hash = chain_.head().hash;
  if (const auto* own = view_.member(identity_.account())) out.member = own->status;
  if (view_.agreed()) out.agreed = view_.agreed()->block_number;
  if (state_->is_open()) out.root = state_->root();
  out.epoch = view_.founding() ? view_.founding()->epoch : 0;
  out.has_outputs = state_->has_outputs();
  out.has_place = next_place_ || blobs_.waiting(kPlaceBlob) != nullptr;
  out.quarantined = view_.quarantined_count();
  out.divergence = divergence_;
  out.equivocation = equivocation_;
  primitives::BlockNumber block = 0;
  out.has_confirmation = out.phase == Phase::kLive && next_confirmation(last_composed_, block) != nullptr;
  return out;
}

/// The lowest block above `above` that this enclave can confirm and the chain still wants: pending ones, and for a
/// member that is not Active the newest agreed one, which is how it becomes Active.
const executor::Confirmable* Enclave::Core::next_confirmation(primitives::BlockNumber above,
                                                              primitives::BlockNumber& block) const {
  const auto* own = view_.member(identity_.account());
  const bool is_active = own != nullptr && own->status == MemberStatus::kActive;
  const auto agreed = view_.agreed() ? view_.agreed()->block_number : 0;
  for (const auto& [number, confirmable] : state_->confirmable()) {
    const bool is_wanted = number > agreed || (number == agreed && !is_active);
    if (number > above && is_wanted) {
      block = number;
      return &confirmable;
    }
  }
  return nullptr;
}

protocol::Status Enclave::Core::take_status() {
  auto out = status();
  out.processed.value = std::exchange(processed_, {});
  return out;
}

protocol::Reply Enclave::Core::on(const protocol::LoadState&) {
  const bool goes_on = state_ && !is_loaded_;
  if (!state_ || (phase() != Phase::kLoading && !goes_on)) {
    return refuse(Refusal::kWrongPhase, "there is no state to load now");
  }
  if (!goes_on && view_.agreed()) {
    const auto retarget =
        load_stuck_ && state_->target() && state_->target()->block_number < view_.agreed()->block_number;
    if (!state_->is_loading() || retarget) {
      load_stuck_ = false;
      state_->set_keys(*keys_);
      view_.keep_work_above(view_.agreed()->block_number);
      const auto begun = state_->begin_load(*view_.agreed(), *keys_);
      if (!begun) return refuse(Refusal::kBadState, state::to_string(begun.error()));
    }
    protocol::NeedState need{state_->target()->state_cid, {}};
    for (const auto& cid : state_->wanted(256)) need.cids.value.push_back(cid.to_bytes());
    if (!need.cids.value.empty()) return protocol::Need{std::move(need)};
    const auto finished = state_->finish_load();
    if (!finished) return refuse(Refusal::kBadState, state::to_string(finished.error()));
  } else if (!goes_on) {
    open_founders_state();
  }
  is_loaded_ = false;
  if (auto need = catch_up()) return *std::move(need);
  return take_status();
}

/// Blocks for the state that is being loaded, or leaves that a paged one needs to go on.
protocol::Reply Enclave::Core::on(const protocol::SupplyState& request) {
  const bool is_loading = state_ && state_->is_loading();
  const bool is_paged = cache_limit_ && state_ && state_->is_open();
  if (!is_loading && !is_paged) return refuse(Refusal::kUnexpected, "no state is being loaded");
  if (is_loading) load_stuck_ = request.blocks.value.empty();
  for (const auto& block : request.blocks.value) {
    const auto cid = ipld::Cid::from_bytes(block.cid);
    if (!cid) return refuse(Refusal::kBadState, "a block without a CID");
    const auto taken = is_loading ? state_->provide(*cid, block.bytes) : state_->page_in(*cid, block.bytes);
    if (!taken && taken.error() != state::Error::kNotWanted) {
      return refuse(Refusal::kBadState, std::string(state::to_string(taken.error())) + ": " + cid->to_text());
    }
  }
  return protocol::Done{};
}

protocol::Reply Enclave::Core::on(const protocol::TakeOutputs&) {
  if (!state_) return refuse(Refusal::kNotStarted, "Start has not succeeded yet");
  return state_->take_outputs();
}

}  // namespace substratee::enclave
