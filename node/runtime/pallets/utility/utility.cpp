#include "node/runtime/pallets/utility/utility.hpp"

namespace substratee::node::runtime::utility {
namespace {

void tell(Context& context, Event event) { context.deposit(Pallet::kIndex, event); }

/// Signed, but not at the top level any more; or root.
DispatchResult<Origin> inner_origin(const Origin& origin) {
  if (const auto* by = std::get_if<Signed>(&origin)) return Origin{Signed{by->account, false}};
  if (std::holds_alternative<Root>(origin)) return origin;
  return std::unexpected(BadOrigin{});
}

struct Dispatch {
  Context& context;
  const Origin& origin;

  DispatchResult<> operator()(const Batch& batch) const {
    std::uint32_t index = 0;
    for (const auto& call : batch.calls.value) {
      if (const auto result = dispatch_nested(context, origin, call); !result) {
        tell(context, BatchInterrupted{index, result.error()});
        return {};
      }
      tell(context, ItemCompleted{});
      ++index;
    }
    tell(context, BatchCompleted{});
    return {};
  }
  DispatchResult<> operator()(const BatchAll& batch) const {
    for (const auto& call : batch.calls.value) {
      SUBSTRATEE_TRY(dispatch_nested(context, origin, call));
      tell(context, ItemCompleted{});
    }
    tell(context, BatchCompleted{});
    return {};
  }
  DispatchResult<> operator()(const ForceBatch& batch) const {
    bool has_failed = false;
    for (const auto& call : batch.calls.value) {
      const auto result = dispatch_nested(context, origin, call);
      has_failed = has_failed || !result;
      tell(context, result ? Event{ItemCompleted{}} : Event{ItemFailed{result.error()}});
    }
    tell(context, has_failed ? Event{BatchCompletedWithErrors{}} : Event{BatchCompleted{}});
    return {};
  }
};

}  // namespace

DispatchResult<> Pallet::dispatch(Context& context, const Origin& origin, const Call& call) {
  const auto inner = SUBSTRATEE_TRY(inner_origin(origin));
  return std::visit(Dispatch{context, inner}, call);
}

RefTime Pallet::weight_of(const Call& call) {
  constexpr RefTime kPerCall = 2 * kMicrosecond;  // the checkpoint and one event
  RefTime out = kPerCall;
  std::visit(
      [&](const auto& batch) {
        for (const auto& one : batch.calls.value) out = plus(out, plus(kPerCall, runtime::weight_of(one)));
      },
      call);
  return out;
}

}  // namespace substratee::node::runtime::utility
