#pragma once

/// When to fetch which collateral, and what is held meanwhile: without input or output, on whatever clock it is told.
/// What is held stays until something newer was fetched and verified: a service that is away, that gives older data or
/// nonsense changes nothing but a message. Nothing older ever replaces something newer.

#include "core/attestation/collateral.hpp"
#include "core/base/random.hpp"
#include "rpc/collateral/source.hpp"
#include "rpc/worker_api.hpp"

#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <string>

namespace substratee::worker::collateral {

using attestation::CollateralId;
using attestation::CollateralItem;
using attestation::UnixSeconds;

/// attestation::verify_collateral with its anchors; `root_crl`: the root's list that is held, or nullptr.
using Verify = std::function<attestation::Result<attestation::VerifiedCollateral>(
    const CollateralItem& item, const CollateralItem* root_crl, UnixSeconds now)>;

struct RefreshOptions {
  UnixSeconds interval = 24 * 3600;  ///< between two fetches of what is fresh
  UnixSeconds first_retry = 60;      ///< doubled with each failure in a row…
  UnixSeconds longest_retry = 3600;  ///< …up to this
};

struct Held {
  CollateralItem item;
  attestation::VerifiedCollateral verified;
  friend bool operator==(const Held&, const Held&) = default;
};

class Refresher {
 public:
  static constexpr UnixSeconds kNever = std::numeric_limits<UnixSeconds>::max();

  /// `random` outlives this object.
  Refresher(RefreshOptions options, Verify verify, Random& random)
      : options_(options), verify_(std::move(verify)), random_(&random) {}

  /// From now on this is fetched and kept fresh. No effect if it is wanted already, and for a root that no maker
  /// publishes for: a simulation's.
  void want(const CollateralId& id);
  /// What was kept from an earlier run; false if it no longer verifies. Does not put off the next fetch.
  bool restore(const CollateralItem& item, UnixSeconds now);

  /// What is to be fetched now, the most overdue first.
  [[nodiscard]] std::optional<CollateralId> due(UnixSeconds now) const;
  /// kNever when nothing is wanted.
  [[nodiscard]] UnixSeconds next_due() const noexcept;

  /// A fetched item: true if it is newer than what was held. Anything but a good item for this id counts as failure.
  [[nodiscard]] rpc::collateral::Result<bool> take(const CollateralId& id, const CollateralItem& item, UnixSeconds now);
  void fail(const CollateralId& id, const rpc::collateral::Failure& failure, UnixSeconds now);

  [[nodiscard]] const Held* find(const CollateralId& id) const noexcept;
  [[nodiscard]] attestation::CollateralSet held() const;
  [[nodiscard]] rpc::CollateralHealth health(UnixSeconds now) const;

 private:
  struct Entry {
    bool is_wanted = false;
    std::optional<Held> held;
    UnixSeconds next = 0;
    int failures = 0;  ///< in a row
    std::string error;
  };

  [[nodiscard]] attestation::Result<attestation::VerifiedCollateral> check(const CollateralItem& item,
                                                                           UnixSeconds now) const;
  [[nodiscard]] rpc::collateral::Result<bool> judge(const CollateralId& id, const CollateralItem& item,
                                                    UnixSeconds now);
  [[nodiscard]] UnixSeconds after_success(const Entry& entry, UnixSeconds now);
  /// `delay` plus or minus a quarter, so that many workers do not ask at once.
  [[nodiscard]] UnixSeconds jittered(UnixSeconds delay);

  RefreshOptions options_;
  Verify verify_;
  Random* random_;
  std::map<CollateralId, Entry> entries_;
};

/// attestation::verify_collateral under the roots of Intel and AMD.
[[nodiscard]] attestation::Result<attestation::VerifiedCollateral> verify_under_known_roots(
    const CollateralItem& item, const CollateralItem* root_crl, UnixSeconds now);

/// What is wanted for every platform of this kind, whichever machine it is: the root's list, the identity of the
/// quoting enclave. What depends on the machine is read from its evidence (attestation::collateral_needs).
[[nodiscard]] std::vector<CollateralId> ids_for(attestation::Kind kind);

}  // namespace substratee::worker::collateral
