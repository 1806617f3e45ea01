#pragma once

/// Confirms processed blocks on the chain, in order, after their outputs are durable. A confirmation that was not
/// included is composed anew, and all behind it.

#include "worker/base/report.hpp"
#include "worker/chain_follower/submissions.hpp"
#include "worker/conversation/conversation.hpp"

namespace substratee::worker::driver {

class Confirmer {
 public:
  /// Confirmations on the way at once.
  static constexpr std::size_t kMaxInFlight = 16;
  /// Blocks after which a member that is not Active confirms again.
  static constexpr BlockNumber kRepeatAfter = 4;
  /// Blocks to wait after a refusal.
  static constexpr BlockNumber kPause = 2;

  Confirmer(conversation::Conversation& conversation, chain_follower::Chain& chain,
            chain_follower::Submissions& submissions, Report& report)
      : conversation_(conversation), chain_(chain), submissions_(submissions), report_(report) {}

  /// Once per new status.
  [[nodiscard]] Result<void> step(const protocol::Status& status, const AccountId& self);
  void settled(const chain_follower::Outcome& outcome, BlockNumber head);

 private:
  /// False if there is nothing more to confirm now.
  [[nodiscard]] Result<bool> send_next(const protocol::Status& status, const AccountId& self);

  conversation::Conversation& conversation_;
  chain_follower::Chain& chain_;
  chain_follower::Submissions& submissions_;
  Report& report_;
  BlockNumber above_ = 0;  ///< the highest block whose confirmation was sent
  BlockNumber sent_at_ = 0;
  BlockNumber paused_until_ = 0;
  bool must_repeat_ = false;  ///< a confirmation was lost: the enclave does not know
};

}  // namespace substratee::worker::driver
