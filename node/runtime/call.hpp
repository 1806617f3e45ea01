#pragma once

/// RuntimeCall: the one list of pallets, from which decoding and dispatch come.

#include "node/runtime/pallets/balances/balances.hpp"
#include "node/runtime/pallets/substratee_registry/pallet.hpp"
#include "node/runtime/pallets/sudo/sudo.hpp"
#include "node/runtime/pallets/system/system.hpp"
#include "node/runtime/pallets/timestamp/timestamp.hpp"

namespace substratee::node::runtime {

/// One alternative per pallet; on the wire pallet index ‖ call.
using RuntimeCall = std::variant<system::Call, timestamp::Call, balances::Call, sudo::Call, registry::RegistryCall>;

/// Calls inside calls, at most this deep.
inline constexpr int kMaxCallDepth = 4;

/// Strict: one call and nothing behind it, nested ones included.
[[nodiscard]] scale::Result<RuntimeCall> decode_call(ByteView encoded, int depth = kMaxCallDepth);

/// Changes `context` even when it fails: the caller rolls back.
[[nodiscard]] DispatchResult<> dispatch(Context& context, const Origin& origin, const RuntimeCall& call);

}  // namespace substratee::node::runtime
