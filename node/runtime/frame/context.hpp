#pragma once

/// One block in execution, as pallets see it: state, events, journal. A failing call's part of all three is undone.

#include "core/primitives/types.hpp"
#include "core/registry/journal.hpp"
#include "node/runtime/frame/declaration.hpp"
#include "node/runtime/frame/dispatch.hpp"
#include "node/runtime/frame/overlay.hpp"

#include <variant>

namespace substratee::node::runtime {

/// By whom a call is made.
struct Signed {
  primitives::AccountId account;
  bool top_level = true;  ///< false for a call inside a batch
};
struct Root {};
/// The block's author: inherents.
struct Author {};
using Origin = std::variant<Signed, Root, Author>;

/// BadOrigin unless signed.
[[nodiscard]] DispatchResult<primitives::AccountId> ensure_signed(const Origin& origin);
[[nodiscard]] DispatchResult<> ensure_root(const Origin& origin);

/// When an event happened (frame_system::Phase).
struct ApplyExtrinsic {
  static constexpr std::uint8_t kScaleIndex = 0;
  std::uint32_t index = 0;
  SUBSTRATEE_FIELDS(ApplyExtrinsic, index)
};
struct Finalization {
  static constexpr std::uint8_t kScaleIndex = 1;
  SUBSTRATEE_FIELDS(Finalization)
};
struct Initialization {
  static constexpr std::uint8_t kScaleIndex = 2;
  SUBSTRATEE_FIELDS(Initialization)
};
using Phase = std::variant<ApplyExtrinsic, Finalization, Initialization>;

class Context {
 public:
  struct Checkpoint {
    Overlay::Checkpoint state;
    std::size_t events;
    std::size_t journal;
  };

  Context(const StateView& parent, primitives::BlockNumber number) noexcept : state(parent), number_(number) {}

  Overlay state;
  registry::Journal journal;
  Phase phase = Initialization{};
  /// Evidence and collateral verified so far in this block, for accounts that have no registration yet and for those
  /// that have. Not part of the state: refused evidence costs as much as accepted one.
  struct Verifications {
    unsigned newcomers = 0;
    unsigned renewals = 0;
    unsigned collateral_of_enclaves = 0;
    unsigned collateral_of_others = 0;
  };
  Verifications verifications;

  [[nodiscard]] primitives::BlockNumber number() const noexcept { return number_; }

  /// `index` = the pallet's; `event` = its event variant.
  template <class Event>
  void deposit(std::uint8_t index, const Event& event) {
    scale::Encoder out;
    scale::encode_to(out, phase);
    out.byte(index);
    scale::encode_to(out, event);
    out.compact(0);  // topics
    events_.push_back(std::move(out).take());
  }
  /// Encoded EventRecords.
  [[nodiscard]] const std::vector<Bytes>& events() const noexcept { return events_; }

  [[nodiscard]] Checkpoint checkpoint() const noexcept { return {state.checkpoint(), events_.size(), journal.size()}; }
  void roll_back(const Checkpoint& checkpoint);

 private:
  primitives::BlockNumber number_;
  std::vector<Bytes> events_;
};

}  // namespace substratee::node::runtime
