#pragma once

/// Gets the enclave onto the chain's registry and keeps it there: registers, renews in time, and brings the collateral
/// that the enclave's evidence rests on. The chain verifies all of it; nothing here is trusted.

#include "worker/base/report.hpp"
#include "worker/chain_follower/submissions.hpp"
#include "worker/conversation/conversation.hpp"

#include <functional>

namespace substratee::worker::driver {

/// The newest item of an id that is at hand; nothing if there is none. Called on the driver's thread: it must not wait
/// for a server.
using FindCollateral = std::function<std::optional<attestation::CollateralItem>(const attestation::CollateralId& id)>;

/// Two thirds of its time are over, or it has lapsed.
[[nodiscard]] bool is_renewal_due(const chain_follower::Registration& registration) noexcept;

class Registrar {
 public:
  struct Ports {
    conversation::Conversation& conversation;
    chain_follower::Chain& chain;
    chain_follower::Submissions& submissions;
    Report& report;
    FindCollateral find_collateral;  ///< may be empty
  };
  struct Urls {
    std::string worker;
    std::string provisioning;
  };
  /// How often the chain is asked how long the registration lasts, and the sources for newer collateral.
  static constexpr Millis kLookEvery{10'000};
  static constexpr Millis kCollateralEvery{60'000};
  /// After the chain refused an item: it may have been too early, or an item that it rests on was not in yet.
  static constexpr Millis kRefusedAgainAfter{600'000};
  /// After the chain refused a renewal: evidence costs, and what was refused is hardly mended in a second.
  static constexpr Millis kRetryAfter{60'000};

  Registrar(Ports ports, Urls urls) : ports_(std::move(ports)), urls_(std::move(urls)) {}

  /// The enclave is not registered. Once a step; asks nothing while a registration is on the way.
  [[nodiscard]] Result<void> register_enclave(const AccountId& self, BlockNumber head, Millis now);
  /// It is: renews when that is due, and brings newer collateral.
  [[nodiscard]] Result<void> keep(const AccountId& self, BlockNumber head, Millis now);
  /// What became of a registration or of collateral.
  void settled(const chain_follower::Outcome& outcome);

  /// When the registration lapses, in milliseconds of the chain's time; nothing before it was seen.
  [[nodiscard]] std::optional<std::uint64_t> valid_until() const noexcept { return valid_until_; }

 private:
  [[nodiscard]] Result<void> submit_registration(const AccountId& self, BlockNumber head);
  [[nodiscard]] Result<protocol::Extrinsic> compose(const AccountId& self);
  [[nodiscard]] Result<void> bring_collateral(const AccountId& self, BlockNumber head, Millis now);
  [[nodiscard]] Result<void> bring(const AccountId& self, BlockNumber head, const attestation::CollateralId& id);

  Ports ports_;
  Urls urls_;
  bool is_renewal_ = false;
  bool is_lapse_said_ = false;
  std::optional<std::uint64_t> valid_until_;
  /// What the enclave's evidence rests on; known once evidence was seen.
  std::optional<std::vector<attestation::CollateralId>> needs_;
  std::vector<attestation::CollateralItem> sent_;  ///< the newest sent of each id
  Millis now_{0};
  Millis look_at_{0};
  Millis collateral_at_{0};
  Millis renew_at_{0};
};

}  // namespace substratee::worker::driver
