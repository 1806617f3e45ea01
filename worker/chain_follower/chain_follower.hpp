#pragma once

/// Decides when to ask for new final blocks: at every announced head, now and then without one (an announcement can be
/// lost), and after a pause that grows while the node is away. Says once what is wrong with the node and once that it
/// is back. No clock: time comes in.

#include "worker/chain_follower/backoff.hpp"
#include "worker/chain_follower/chain.hpp"

namespace substratee::worker::chain_follower {

class ChainFollower {
 public:
  static constexpr Millis kPollInterval{2'000};
  /// An enclave has no clock: that blocks fail to come is for its host to notice.
  static constexpr Millis kLongWait{30'000};

  ChainFollower(Chain& chain, Report& report) : chain_(chain), report_(report) {}

  /// A new final head was announced, or the node came back.
  void announce() noexcept { is_announced_ = true; }

  /// Final blocks behind `head` if it is time to ask; empty otherwise, and when there are none. Only failures that end
  /// the worker are returned.
  [[nodiscard]] Result<std::vector<rpc::VerifiedBlock>> pull(BlockNumber head, Millis now);

  /// The enclave refused blocks: the same ones would be refused at once.
  void refused(Millis now) noexcept { backoff_.failed(now); }
  void accepted() noexcept { backoff_.succeeded(); }

  /// How long no final block has come.
  [[nodiscard]] Millis waited(Millis now) const noexcept { return last_news_ ? now - *last_news_ : Millis(0); }
  /// Nothing newer was to be had at the last pull.
  [[nodiscard]] bool is_caught_up() const noexcept { return is_caught_up_; }
  /// When pull is to be called again, if no announcement comes before.
  [[nodiscard]] Millis due() const noexcept;

 private:
  void watch(bool has_news, Millis now);

  Chain& chain_;
  Report& report_;
  Backoff backoff_;
  Millis last_pull_{0};
  std::optional<Millis> last_news_;
  bool is_announced_ = true;
  bool is_caught_up_ = false;
  bool is_late_ = false;  ///< said that blocks fail to come
  std::string trouble_;   ///< why the node could not be asked, as it was said; empty while it answers
};

}  // namespace substratee::worker::chain_follower
