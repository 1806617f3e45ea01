#include "core/base/result.hpp"
#include "core/ipld/dag_pb.hpp"
#include "core/ipld/unixfs.hpp"
#include "core/ipld/varint.hpp"

namespace substratee::ipld {
namespace {

enum Tag : std::uint64_t {
  kType = 0x08,
  kData = 0x12,
  kFileSize = 0x18,
  kBlockSize = 0x20,
  kPackedBlockSizes = 0x22,
  kHashType = 0x28,
  kFanout = 0x30,
  kMode = 0x38,
  kModified = 0x42,
};

/// Block sizes are at least a byte each and belong to one link each.
Result<void> read_block_size(UnixFsData& out, ByteView& rest) {
  if (out.block_sizes.size() == kMaxLinks) return std::unexpected(Error::kTooManyLinks);
  out.block_sizes.push_back(SUBSTRATEE_TRY(read_protobuf_varint(rest)));
  return {};
}

Result<ByteView> read_field(ByteView& rest) {
  const auto size = SUBSTRATEE_TRY(read_protobuf_varint(rest));
  return read_bytes(rest, size);
}

Result<void> read_type(UnixFsData& out, ByteView& rest) {
  const auto type = SUBSTRATEE_TRY(read_protobuf_varint(rest));
  if (type > static_cast<std::uint8_t>(UnixFsType::kHamtShard)) return std::unexpected(Error::kBadUnixFs);
  out.type = static_cast<UnixFsType>(type);
  return {};
}

Result<void> read_value(UnixFsData& out, std::uint64_t tag, ByteView& rest) {
  switch (tag) {
    case kType: return read_type(out, rest);
    case kData: out.data = to_bytes(SUBSTRATEE_TRY(read_field(rest))); return {};
    case kFileSize: out.file_size = SUBSTRATEE_TRY(read_protobuf_varint(rest)); return {};
    case kBlockSize: return read_block_size(out, rest);
    case kPackedBlockSizes:
      for (auto packed = SUBSTRATEE_TRY(read_field(rest)); !packed.empty();) {
        SUBSTRATEE_TRY(read_block_size(out, packed));
      }
      return {};
    case kHashType: out.hash_type = SUBSTRATEE_TRY(read_protobuf_varint(rest)); return {};
    case kFanout: out.fanout = SUBSTRATEE_TRY(read_protobuf_varint(rest)); return {};
    case kMode: SUBSTRATEE_TRY(read_protobuf_varint(rest)); return {};
    case kModified: SUBSTRATEE_TRY(read_field(rest)); return {};
    default: return std::unexpected(Error::kBadUnixFs);
  }
}

void write_number(Bytes& out, Tag tag, std::uint64_t value) {
  write_varint(out, tag);
  write_varint(out, value);
}

}  // namespace

Bytes encode_unixfs(const UnixFsData& data) {
  Bytes out;
  write_number(out, kType, static_cast<std::uint8_t>(data.type));
  if (data.data) {
    write_number(out, kData, data.data->size());
    append(out, *data.data);
  }
  if (data.file_size) write_number(out, kFileSize, *data.file_size);
  for (const auto size : data.block_sizes) write_number(out, kBlockSize, size);
  if (data.hash_type) write_number(out, kHashType, *data.hash_type);
  if (data.fanout) write_number(out, kFanout, *data.fanout);
  return out;
}

Result<UnixFsData> decode_unixfs(ByteView rest) {
  if (rest.size() > kMaxBlockSize) return std::unexpected(Error::kTooLarge);
  UnixFsData out;
  std::uint64_t last = 0;
  while (!rest.empty()) {
    const auto tag = SUBSTRATEE_TRY(read_protobuf_varint(rest));
    const bool repeats = tag == kBlockSize && last == kBlockSize;
    if ((tag <= last && !repeats) || (last == 0 && tag != kType)) return std::unexpected(Error::kBadUnixFs);
    SUBSTRATEE_TRY(read_value(out, tag, rest));
    last = tag;
  }
  if (last == 0) return std::unexpected(Error::kBadUnixFs);
  return out;
}

}  // namespace substratee::ipld
