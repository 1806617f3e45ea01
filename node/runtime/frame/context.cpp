#include "node/runtime/frame/context.hpp"

namespace substratee::node::runtime {

DispatchResult<primitives::AccountId> ensure_signed(const Origin& origin) {
  if (const auto* by = std::get_if<Signed>(&origin)) return by->account;
  return std::unexpected(BadOrigin{});
}

DispatchResult<> ensure_root(const Origin& origin) {
  if (std::holds_alternative<Root>(origin)) return {};
  return std::unexpected(BadOrigin{});
}

void Context::roll_back(const Checkpoint& checkpoint) {
  state.roll_back(checkpoint.state);
  events_.resize(checkpoint.events);
  journal.erase(journal.begin() + static_cast<std::ptrdiff_t>(checkpoint.journal), journal.end());
}

}  // namespace substratee::node::runtime
