#pragma once

/// What became of an extrinsic's call, from the bytes of System.Events.

#include "core/base/bytes.hpp"

#include <optional>
#include <string>

namespace substratee::rpc {

/// The error of the ExtrinsicFailed event of extrinsic `index`: "SubstrateeRegistry.WrongInstance", "BadOrigin", …
/// Nothing if there is none. Events are searched for the event's fixed beginning, not decoded one by one, which needs
/// the runtime's metadata; for people, not for decisions of consequence.
[[nodiscard]] std::optional<std::string> find_dispatch_error(ByteView events, std::uint32_t index);

}  // namespace substratee::rpc
