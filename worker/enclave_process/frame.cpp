#include "worker/enclave_process/frame.hpp"

#include <algorithm>

namespace substratee::worker::enclave_process {
namespace {

constexpr std::size_t kPrefix = 4;

}  // namespace

std::optional<Bytes> encode_frame(const protocol::RequestFrame& frame) {
  // In one buffer: frames with blocks of a state are large.
  scale::Encoder out;
  out.little_endian(0, kPrefix);
  scale::encode_to(out, frame);
  auto bytes = std::move(out).take();
  if (bytes.size() - kPrefix > protocol::kMaxFrameSize) return std::nullopt;
  std::ranges::copy(scale::encode(static_cast<std::uint32_t>(bytes.size() - kPrefix)), bytes.begin());
  return bytes;
}

std::expected<std::optional<protocol::ReplyFrame>, std::string> FrameReader::next() {
  const auto unread = ByteView(buffer_).subspan(start_);
  if (unread.size() < kPrefix) return std::nullopt;
  const auto size = *scale::decode<std::uint32_t>(unread.first(kPrefix));
  if (size > protocol::kMaxFrameSize) return std::unexpected("a frame of " + std::to_string(size) + " bytes");
  if (unread.size() < kPrefix + size) return std::nullopt;
  auto frame = scale::decode<protocol::ReplyFrame>(unread.subspan(kPrefix, size));
  if (!frame) return std::unexpected("a frame that does not decode: " + std::string(scale::to_string(frame.error())));
  if (frame->version != protocol::kFrameVersion) {
    return std::unexpected("frames of version " + std::to_string(frame->version));
  }
  start_ += kPrefix + size;
  if (start_ == buffer_.size() || start_ > (std::size_t{1} << 20)) {
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(start_));
    start_ = 0;
  }
  return std::optional(*std::move(frame));
}

}  // namespace substratee::worker::enclave_process
