#include "node/runtime/pallets/timestamp/timestamp.hpp"

namespace substratee::node::runtime::timestamp {

DispatchResult<> Pallet::dispatch(Context& context, const Origin& origin, const Call& call) {
  if (!std::holds_alternative<Author>(origin)) return std::unexpected(BadOrigin{});
  kNow.put(context.state, std::get<Set>(call).now.value);
  return {};
}

}  // namespace substratee::node::runtime::timestamp
