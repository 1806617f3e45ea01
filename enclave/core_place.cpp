// Where the enclave stands on the chain: kept across restarts, given up when the chain has two faces.
#include "enclave/core.hpp"
#include "enclave/place.hpp"

namespace substratee::enclave {

using protocol::Refusal;
using provisioning::refuse;

namespace {

/// What fits a blob beside its header and padding.
constexpr std::size_t kMaxPlaceSize = std::size_t{255} * 1024;

}  // namespace

/// The work before a place is not kept in it: the place counts only once the chain has agreed on that work, so that
/// whoever goes on from there finds the state that all of it made.
void Enclave::Core::note_place() {
  if (chain_.head().number % kPlaceInterval == 0 && !place_draft_) {
    auto chain = chain_.snapshot();
    if (!chain) return;
    auto plaintext = scale::encode(Place{Place::kVersion, domain_.shard, *std::move(chain), view_.place()});
    if (plaintext.size() <= kMaxPlaceSize) place_draft_ = PlaceDraft{std::move(plaintext), view_.newest_work()};
  }
  if (!place_draft_) return;
  const auto work = place_draft_->newest_work;
  if (work != 0 && view_.newest_work() == 0) place_draft_.reset();  // founding was reopened
  if (!place_draft_ || (work != 0 && !view_.is_agreed_up_to(work))) return;
  next_place_ = std::move(place_draft_->plaintext);
  place_draft_.reset();
}

protocol::Reply Enclave::Core::on(const protocol::KeepPlace&) {
  if (!state_) return refuse(Refusal::kNotStarted, "Start has not succeeded yet");
  if (next_place_) {
    blobs_.put(kPlaceBlob, *next_place_);
    next_place_.reset();
  }
  if (const auto* blob = blobs_.waiting(kPlaceBlob)) return protocol::Need{protocol::NeedStore{*blob}};
  return protocol::Done{};
}

protocol::Reply Enclave::Core::on(const protocol::ReportEquivocation& request) {
  if (!state_) return refuse(Refusal::kNotStarted, "Start has not succeeded yet");
  const auto height = finality::check_equivocation(request.evidence, *chain_.engine());
  if (!height) return refuse(Refusal::kNotEquivocation, finality::to_string(height.error()));
  stop_for(request.evidence);
  return status();
}

/// Which of two sealed chains is the chain is not an enclave's to decide: it serves neither.
void Enclave::Core::stop_for(finality::Equivocation evidence) {
  equivocation_ = std::move(evidence);
  forget_keys();
}

}  // namespace substratee::enclave
