#pragma once

/// Unsigned varints (multiformats/unsigned-varint; Protocol Buffers share the form): 7 bits a byte, low first, minimal.

#include "core/base/bytes.hpp"
#include "core/ipld/error.hpp"

namespace substratee::ipld {

void write_varint(Bytes& out, std::uint64_t value);

/// Number of bytes that write_varint appends.
[[nodiscard]] std::size_t varint_size(std::uint64_t value) noexcept;

/// Takes a varint of at most 9 bytes (63 bits) off the front of `rest`.
[[nodiscard]] Result<std::uint64_t> read_varint(ByteView& rest);

/// As read_varint, with the 10 bytes (64 bits) that Protocol Buffers allow.
[[nodiscard]] Result<std::uint64_t> read_protobuf_varint(ByteView& rest);

/// Takes `count` bytes off the front of `rest`.
[[nodiscard]] Result<ByteView> read_bytes(ByteView& rest, std::uint64_t count);

}  // namespace substratee::ipld
