#pragma once

/// Pallet Utility: several calls in one extrinsic, by the same sender. Numbered as in pallet_utility.
/// call_worker is refused inside a batch: sealed calls stand at the top level (docs/protocol.md, "Registry").

#include "node/runtime/frame/nested_call.hpp"
#include "node/runtime/frame/storage.hpp"

namespace substratee::node::runtime::utility {

/// Calls of one extrinsic, nested ones included.
inline constexpr std::uint32_t kMaxCalls = 1024;

using Calls = scale::Bounded<std::vector<NestedCall>, kMaxCalls>;

struct Batch {
  static constexpr std::uint8_t kScaleIndex = 0;
  static constexpr std::string_view kName = "batch";
  static constexpr std::string_view kDocs =
      "Dispatches the calls in order, up to the first that fails; what was done before it stays.";
  Calls calls;
  SUBSTRATEE_FIELDS(Batch, calls)
};
struct BatchAll {
  static constexpr std::uint8_t kScaleIndex = 2;
  static constexpr std::string_view kName = "batch_all";
  static constexpr std::string_view kDocs = "Dispatches all calls, or none: the first that fails undoes the others.";
  Calls calls;
  SUBSTRATEE_FIELDS(BatchAll, calls)
};
struct ForceBatch {
  static constexpr std::uint8_t kScaleIndex = 4;
  static constexpr std::string_view kName = "force_batch";
  static constexpr std::string_view kDocs = "Dispatches all calls, whether others fail or not.";
  Calls calls;
  SUBSTRATEE_FIELDS(ForceBatch, calls)
};

struct BatchInterrupted {
  static constexpr std::uint8_t kScaleIndex = 0;
  static constexpr std::string_view kName = "BatchInterrupted";
  static constexpr std::string_view kDocs = "The call at this index failed; those behind it were not dispatched.";
  std::uint32_t index = 0;
  DispatchError error;
  SUBSTRATEE_FIELDS(BatchInterrupted, index, error)
};
struct BatchCompleted {
  static constexpr std::uint8_t kScaleIndex = 1;
  static constexpr std::string_view kName = "BatchCompleted";
  static constexpr std::string_view kDocs = "All calls succeeded.";
  SUBSTRATEE_FIELDS(BatchCompleted)
};
struct BatchCompletedWithErrors {
  static constexpr std::uint8_t kScaleIndex = 2;
  static constexpr std::string_view kName = "BatchCompletedWithErrors";
  static constexpr std::string_view kDocs = "All calls were dispatched, and some failed.";
  SUBSTRATEE_FIELDS(BatchCompletedWithErrors)
};
struct ItemCompleted {
  static constexpr std::uint8_t kScaleIndex = 3;
  static constexpr std::string_view kName = "ItemCompleted";
  static constexpr std::string_view kDocs = "One call of a batch succeeded.";
  SUBSTRATEE_FIELDS(ItemCompleted)
};
struct ItemFailed {
  static constexpr std::uint8_t kScaleIndex = 4;
  static constexpr std::string_view kName = "ItemFailed";
  static constexpr std::string_view kDocs = "One call of a batch failed.";
  DispatchError error;
  SUBSTRATEE_FIELDS(ItemFailed, error)
};

struct Pallet {
  static constexpr std::string_view kName = "Utility";
  static constexpr std::string_view kCrate = "pallet_utility";
  static constexpr std::uint8_t kIndex = registry::kUtilityIndex;
  static constexpr std::string_view kDocs = "Several calls in one extrinsic.";
  using Call = std::variant<Batch, BatchAll, ForceBatch>;
  using Event = std::variant<BatchInterrupted, BatchCompleted, BatchCompletedWithErrors, ItemCompleted, ItemFailed>;

  static constexpr auto constants() {
    return std::tuple{
        Constant{"batched_calls_limit", kMaxCalls, "How many calls one extrinsic may hold, nested ones included."}};
  }
  [[nodiscard]] static DispatchResult<> dispatch(Context& context, const Origin& origin, const Call& call);
  [[nodiscard]] static RefTime weight_of(const Call& call);
};
using Call = Pallet::Call;
using Event = Pallet::Event;

}  // namespace substratee::node::runtime::utility
