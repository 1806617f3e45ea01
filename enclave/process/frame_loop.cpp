#include "enclave/process/frame_loop.hpp"

#include <unistd.h>

#include <cerrno>

namespace substratee::enclave::process {
namespace {

constexpr std::size_t kSizeBytes = 4;

Bytes write_reply(std::uint64_t id, protocol::Reply reply) {
  return scale::encode(protocol::ReplyFrame{.id = id, .message = std::move(reply)});
}

Bytes refuse(std::uint64_t id, protocol::Refusal reason, std::string detail) {
  return write_reply(id, protocol::Refused{reason, {std::move(detail)}});
}

enum class Transfer { kWhole, kNothing, kBroken };

Transfer read_all(int descriptor, MutableByteView out) noexcept {
  std::size_t done = 0;
  while (done < out.size()) {
    const auto size = ::read(descriptor, out.data() + done, out.size() - done);
    if (size < 0 && errno == EINTR) continue;
    if (size == 0 && done == 0) return Transfer::kNothing;
    if (size <= 0) return Transfer::kBroken;
    done += static_cast<std::size_t>(size);
  }
  return Transfer::kWhole;
}

bool write_all(int descriptor, ByteView bytes) noexcept {
  while (!bytes.empty()) {
    const auto size = ::write(descriptor, bytes.data(), bytes.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(size));
  }
  return true;
}

bool write_frame(int descriptor, const Bytes& payload) {
  scale::Encoder size;
  size.little_endian(payload.size(), kSizeBytes);
  return write_all(descriptor, size.bytes()) && write_all(descriptor, payload);
}

}  // namespace

Bytes answer(ByteView payload, const Handler& handler) {
  using protocol::Refusal;
  scale::Decoder in(payload);
  const auto version = in.byte();
  const auto id = in.little_endian(sizeof(std::uint64_t));
  if (!version || !id) return refuse(0, Refusal::kMalformedFrame, "a frame without version and id");
  const auto number = static_cast<std::uint64_t>(*id);
  if (*version != protocol::kFrameVersion) return refuse(number, Refusal::kWrongVersion, "another frame version");
  auto request = scale::decode_from<protocol::Request>(in);
  if (!request || !in.rest().empty()) return refuse(number, Refusal::kMalformedFrame, "the request does not decode");
  auto reply = write_reply(number, handler(std::move(*request)));
  if (reply.size() > protocol::kMaxFrameSize) return refuse(number, Refusal::kUnexpected, "the reply is over 8 MiB");
  return reply;
}

std::string_view to_string(LoopEnd end) noexcept {
  switch (end) {
    case LoopEnd::kEndOfInput: return "the host closed the input";
    case LoopEnd::kBadSize: return "the host sent a frame over 8 MiB";
    case LoopEnd::kBroken: return "the input ended inside a frame, or the output is closed";
  }
  return "unknown end";
}

LoopEnd run_frame_loop(int input, int output, const Handler& handler) {
  Bytes payload;
  while (true) {
    std::array<std::uint8_t, kSizeBytes> prefix;
    const auto begun = read_all(input, prefix);
    if (begun != Transfer::kWhole) return begun == Transfer::kNothing ? LoopEnd::kEndOfInput : LoopEnd::kBroken;
    const auto size = static_cast<std::size_t>(*scale::decode<std::uint32_t>(prefix));
    if (size > protocol::kMaxFrameSize) {
      static_cast<void>(write_frame(output, refuse(0, protocol::Refusal::kMalformedFrame, "a frame over 8 MiB")));
      return LoopEnd::kBadSize;
    }
    payload.resize(size);
    if (size > 0 && read_all(input, payload) != Transfer::kWhole) return LoopEnd::kBroken;
    if (!write_frame(output, answer(payload, handler))) return LoopEnd::kBroken;
  }
}

}  // namespace substratee::enclave::process
