#include "core/ipld/varint.hpp"

#include "core/base/result.hpp"

namespace substratee::ipld {
namespace {

Result<std::uint64_t> read_at_most(ByteView& rest, std::size_t max_bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < max_bytes; ++i) {
    if (i == rest.size()) return std::unexpected(Error::kTruncated);
    const std::uint8_t byte = rest[i];
    if (i == 9 && byte > 1) return std::unexpected(Error::kBadVarint);
    value |= static_cast<std::uint64_t>(byte & 0x7f) << (7 * i);
    if (byte < 0x80) {
      if (byte == 0 && i > 0) return std::unexpected(Error::kBadVarint);
      rest = rest.subspan(i + 1);
      return value;
    }
  }
  return std::unexpected(Error::kBadVarint);
}

}  // namespace

void write_varint(Bytes& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<std::uint8_t>(value | 0x80));
  out.push_back(static_cast<std::uint8_t>(value));
}

std::size_t varint_size(std::uint64_t value) noexcept {
  std::size_t size = 1;
  for (; value >= 0x80; value >>= 7) ++size;
  return size;
}

Result<std::uint64_t> read_varint(ByteView& rest) { return read_at_most(rest, 9); }

Result<std::uint64_t> read_protobuf_varint(ByteView& rest) { return read_at_most(rest, 10); }

Result<ByteView> read_bytes(ByteView& rest, std::uint64_t count) {
  if (count > rest.size()) return std::unexpected(Error::kTruncated);
  const auto taken = rest.first(static_cast<std::size_t>(count));
  rest = rest.subspan(taken.size());
  return taken;
}

}  // namespace substratee::ipld
