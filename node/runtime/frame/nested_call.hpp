#pragma once

/// A runtime call inside a call (Sudo, Utility). It is decoded with the call around it, at most kMaxCallDepth deep and
/// kMaxNestedCalls in all: what does not decode never reaches a pallet.

#include "node/runtime/frame/context.hpp"
#include "node/runtime/frame/weight.hpp"

#include <memory>

namespace substratee::node::runtime {

struct RuntimeCall;

struct NestedCall {
  Bytes encoded;
  std::shared_ptr<const RuntimeCall> decoded;  ///< there whenever it was read from the wire
};

/// As if it stood alone; a failing one leaves nothing in `context`.
[[nodiscard]] DispatchResult<> dispatch_nested(Context& context, const Origin& origin, const NestedCall& call);
[[nodiscard]] RefTime weight_of(const NestedCall& call);

}  // namespace substratee::node::runtime

namespace substratee::scale {
template <>
struct Codec<node::runtime::NestedCall> {
  static void write(Encoder& out, const node::runtime::NestedCall& call) { out.raw(call.encoded); }
  static Result<node::runtime::NestedCall> read(Decoder& in);
};
}  // namespace substratee::scale
