#pragma once

#include <cstdint>

namespace substratee::worker::ipfs {

/// What becomes of a block that the store has already: it is read and replaced if it has gone bad, or replaced unread
/// by who has just found that it has.
enum class Present : std::uint8_t { kReplaceIfBad, kReplace };

}  // namespace substratee::worker::ipfs
