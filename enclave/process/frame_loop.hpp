#pragma once

/// The enclave's only door: frames in, frames out (core/protocol/enclave_messages.hpp). Each request is answered
/// exactly once, in order. A frame that does not decode is answered too; a size that cannot be ends the loop, since
/// nothing behind it can be found.

#include "core/protocol/enclave_messages.hpp"

#include <functional>

namespace substratee::enclave::process {

using Handler = std::function<protocol::Reply(protocol::Request)>;

/// The reply frame (without its size) to the request frame `payload`. The id is 0 when the frame is too short for one.
[[nodiscard]] Bytes answer(ByteView payload, const Handler& handler);

/// Why the loop ended; the value is the process's exit status.
enum class LoopEnd : int {
  kEndOfInput = 0,  ///< the host closed the input between two frames
  kBadSize = 3,     ///< a frame over protocol::kMaxFrameSize; answered with Refused and id 0
  kBroken = 4,      ///< the input ended inside a frame, or a descriptor failed
};
[[nodiscard]] std::string_view to_string(LoopEnd end) noexcept;

/// Reads from `input` and writes to `output`, both blocking.
[[nodiscard]] LoopEnd run_frame_loop(int input, int output, const Handler& handler);

}  // namespace substratee::enclave::process
