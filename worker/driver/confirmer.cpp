#include "worker/driver/confirmer.hpp"

#include "core/registry/calls.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace substratee::worker::driver {
namespace {

using chain_follower::Purpose;

/// Somebody resubmitted what was already in: no harm.
bool is_harmless(std::string_view error) {
  return error.ends_with(registry::to_string(registry::Error::kAlreadyConfirmed));
}

}  // namespace

Result<void> Confirmer::step(const protocol::Status& status, const AccountId& self) {
  // `has_confirmation` knows what was composed, not what was included, nor when it is time to repeat.
  const bool is_active = status.member == registry::MemberStatus::kActive;
  const bool is_wanted = status.has_confirmation || must_repeat_ || !is_active;
  if (status.phase != protocol::Phase::kLive || !is_wanted || status.head < paused_until_) return {};
  must_repeat_ = false;
  while (submissions_.count(Purpose::kConfirmation) < kMaxInFlight) {
    if (!SUBSTRATEE_TRY(send_next(status, self))) break;
  }
  return {};
}

Result<bool> Confirmer::send_next(const protocol::Status& status, const AccountId& self) {
  const auto hints = SUBSTRATEE_TRY(chain_.hints(self));
  const auto reply = SUBSTRATEE_TRY(conversation_.ask(protocol::ComposeConfirmation{above_, hints}));
  const auto* extrinsic = std::get_if<protocol::Extrinsic>(&reply);
  if (extrinsic == nullptr) {
    if (!std::holds_alternative<protocol::Done>(reply)) {
      SUBSTRATEE_TRY(conversation::Conversation::expect<protocol::Extrinsic>(reply));
    }
    const bool is_active = status.member == registry::MemberStatus::kActive;
    const bool is_idle = !submissions_.has(Purpose::kConfirmation) && status.head >= sent_at_ + kRepeatAfter;
    // The agreed block that would have activated this member was too old by then: the newest one is confirmed next.
    if (!is_active && is_idle && above_ != 0) above_ = 0;
    return false;
  }
  SUBSTRATEE_TRY(submissions_.send(Purpose::kConfirmation, extrinsic->subject, *extrinsic, status.head));
  sent_at_ = status.head;
  return std::exchange(above_, extrinsic->subject) < extrinsic->subject;
}

void Confirmer::settled(const chain_follower::Outcome& outcome, BlockNumber head) {
  const auto block = static_cast<BlockNumber>(outcome.subject);
  const auto* found = outcome.found ? &*outcome.found : nullptr;
  if (found != nullptr && (!found->error || is_harmless(*found->error))) {
    if (!found->error) report_.confirmed(block, found->block);
    return;
  }
  report_.warn(found != nullptr
                   ? fmt::format("Confirmation of block #{} refused in #{}: {}", block, found->block, *found->error)
                   : fmt::format("Confirmation of block #{} not included in time; sending it again", block));
  submissions_.drop(Purpose::kConfirmation);
  above_ = std::min(above_, block == 0 ? 0 : block - 1);
  must_repeat_ = true;
  if (found != nullptr) paused_until_ = head + kPause;
}

}  // namespace substratee::worker::driver
