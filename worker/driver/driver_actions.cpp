// What the driver does of its own accord, phase by phase.
#include "worker/driver/driver.hpp"

#include "core/primitives/ss58.hpp"

#include <fmt/format.h>

namespace substratee::worker::driver {

using chain_follower::Purpose;

Result<void> Driver::keep_outputs() {
  if (!status_.has_outputs && !keeper_.has_waiting()) return {};
  SUBSTRATEE_TRY(keeper_.take_outputs());
  status_.has_outputs = false;
  return {};
}

Result<void> Driver::act() {
  if (verdict()) return {};
  // Phases on the way from genesis are history: only the present one is acted on.
  if (!follower_.is_caught_up()) return {};
  if (action_backoff_.is_due(now_)) {
    auto done = act_on_phase();
    if (!done) {
      action_backoff_.failed(now_);
      return done;
    }
  }
  // Outputs of a state that was just loaded go before its confirmation.
  SUBSTRATEE_TRY(keep_outputs());
  if (!std::exchange(has_new_status_, false)) return {};
  auto confirmed = confirmer_.step(status_, enclave_.account);
  if (!confirmed) has_new_status_ = true;
  return confirmed;
}

Result<void> Driver::act_on_phase() {
  switch (status_.phase) {
    case protocol::Phase::kFollowing: return register_enclave();
    case protocol::Phase::kUnfounded:
    case protocol::Phase::kFoundingSent: return found_shard();
    case protocol::Phase::kJoining: return join();
    case protocol::Phase::kLoading: return load_state();
    case protocol::Phase::kLive: return become_live();
    case protocol::Phase::kKeyLost: return unregister();
    case protocol::Phase::kQuarantined:
    case protocol::Phase::kReplaced:
    case protocol::Phase::kEquivocation:
    case protocol::Phase::kWaiting: return {};
  }
  return {};
}

Result<void> Driver::become_live() {
  action_backoff_.succeeded();
  if (was_live_) return {};
  if (!live_at_) live_at_ = status_.head;
  const auto finalized = SUBSTRATEE_TRY(ports_.chain.finalized());
  if (finalized < *live_at_) return {};
  was_live_ = true;
  ports_.report.live(status_.head);
  return {};
}

Result<void> Driver::register_enclave() {
  if (status_.head < action_pause_) return {};
  return registrar_.register_enclave(enclave_.account, status_.head, now_);
}

Result<void> Driver::keep_registration() {
  using enum protocol::Phase;
  const auto phase = status_.phase;
  const bool is_out = phase == kFollowing || phase == kQuarantined || phase == kReplaced || phase == kEquivocation;
  if (is_out || !follower_.is_caught_up()) return {};
  return registrar_.keep(enclave_.account, status_.head, now_);
}

Result<void> Driver::found_shard() {
  if (submissions_.has(Purpose::kFounding) || status_.head < action_pause_) return {};
  const auto hints = SUBSTRATEE_TRY(ports_.chain.hints(enclave_.account));
  const auto extrinsic =
      SUBSTRATEE_TRY(ports_.conversation.ask_for<protocol::Extrinsic>(protocol::ComposeFounding{hints}));
  return submissions_.send(Purpose::kFounding, 0, extrinsic, status_.head);
}

Result<void> Driver::unregister() {
  if (submissions_.has(Purpose::kUnregistration) || status_.head < action_pause_) return {};
  ports_.report.warn(
      "This enclave founded the shard but its sealed key is gone; unregistering, so that founding reopens");
  const auto hints = SUBSTRATEE_TRY(ports_.chain.hints(enclave_.account));
  const auto extrinsic =
      SUBSTRATEE_TRY(ports_.conversation.ask_for<protocol::Extrinsic>(protocol::ComposeUnregistration{hints}));
  return submissions_.send(Purpose::kUnregistration, 0, extrinsic, status_.head);
}

Result<void> Driver::join() {
  if (relay_.is_joining()) return {};
  auto workers = SUBSTRATEE_TRY(ports_.chain.workers(options_.shard));
  std::erase_if(workers, [&](const chain_follower::PeerWorker& worker) {
    return worker.account == enclave_.account || worker.status != registry::MemberStatus::kActive;
  });
  if (workers.empty()) {
    return fail(FailureCode::kPeer, "MU-RA: no active worker of the shard to get the keys from", "waiting for one");
  }
  const auto& provider = workers[join_attempts_++ % workers.size()];
  // Whatever comes of it, the next attempt waits a little.
  action_backoff_.failed(now_);
  const auto begun = relay_.join(provider, position());
  if (!begun && !begun.error().ends_the_worker()) {
    ports_.report.warn(fmt::format("MU-RA: {} is not reachable: {}; trying again",
                                   primitives::to_ss58(provider.account), begun.error().to_string()));
    return {};
  }
  return begun;
}

Result<void> Driver::take_joined() {
  if (!relay_.take_joined()) return {};
  action_backoff_.succeeded();
  return refresh();
}

Result<void> Driver::load_state() {
  auto loaded = ports_.conversation.ask_for<protocol::Status>(protocol::LoadState{});
  if (!loaded && loaded.error().code == FailureCode::kPeer) {
    // Nobody has that state any more: with empty hands the enclave aims at the newest agreed one.
    SUBSTRATEE_TRY(ports_.conversation.ask(protocol::SupplyState{}));
  }
  auto status = SUBSTRATEE_TRY(std::move(loaded));
  const bool is_live = status.phase == protocol::Phase::kLive;
  SUBSTRATEE_TRY(note(std::move(status)));
  if (!is_live) {
    action_backoff_.failed(now_);
    return {};
  }
  const auto fetched = keeper_.take_fetched();
  if (status_.root) ports_.report.state_loaded(*status_.root, fetched.blocks, fetched.bytes);
  return act_on_phase();
}

}  // namespace substratee::worker::driver
