#pragma once

/// Frames on the pipe: u32 LE size (≤ 8 MiB) ‖ SCALE{version, id, message}.

#include "core/protocol/enclave_messages.hpp"

#include <expected>
#include <optional>
#include <string>

namespace substratee::worker::enclave_process {

/// Nothing if the frame would be over the limit.
[[nodiscard]] std::optional<Bytes> encode_frame(const protocol::RequestFrame& frame);

/// Cuts a stream of bytes into replies.
class FrameReader {
 public:
  /// Where the next bytes go: at most `size`; then say how many came.
  void push(ByteView bytes) { append(buffer_, bytes); }
  /// The next whole frame, nothing while it is not complete. The error says what is wrong with the stream; it has no
  /// end then.
  [[nodiscard]] std::expected<std::optional<protocol::ReplyFrame>, std::string> next();

 private:
  Bytes buffer_;
  std::size_t start_ = 0;  ///< of the unread part
};

}  // namespace substratee::worker::enclave_process
