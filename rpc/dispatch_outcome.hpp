#pragma once

/// What became of an extrinsic's call, from the bytes of System.Events.

#include "core/base/bytes.hpp"

#include <optional>
#include <string>

namespace substratee::rpc {

/// The error of the ExtrinsicFailed event of extrinsic `index`: "SubstrateeRegistry.WrongInstance", "BadOrigin", …
/// Nothing if the call succeeded or there is no such extrinsic. Events are walked one by one: what a stranger puts into
/// one is never taken for another. "unknown" if an event comes first that this runtime does not have.
[[nodiscard]] std::optional<std::string> find_dispatch_error(ByteView events, std::uint32_t index);

}  // namespace substratee::rpc
