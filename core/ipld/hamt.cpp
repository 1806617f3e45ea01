#include "core/ipld/hamt.hpp"

#include "core/base/result.hpp"
#include "core/ipld/dag_pb.hpp"
#include "core/ipld/murmur3.hpp"
#include "core/ipld/unixfs.hpp"

#include <bit>

namespace substratee::ipld {
namespace {

constexpr std::uint64_t kMurmur3 = 0x22;
constexpr std::size_t kMinFanout = 8;
constexpr std::size_t kMaxFanout = 1024;
constexpr unsigned kHashBits = 64;

std::unexpected<Error> bad() { return std::unexpected(Error::kBadUnixFs); }

std::optional<std::size_t> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

/// Hexadecimal digits of the largest slot number.
std::size_t digits_of(std::size_t fanout) { return (std::bit_width(fanout - 1) + 3) / 4; }

/// The bitfield is a big-endian number of any length; bit i stands for slot i.
bool is_set(ByteView bitfield, std::size_t slot) {
  const auto byte = slot / 8;
  return byte < bitfield.size() && (bitfield[bitfield.size() - 1 - byte] >> (slot % 8) & 1) != 0;
}

std::size_t count_set(ByteView bitfield) {
  std::size_t count = 0;
  for (const auto byte : bitfield) count += static_cast<std::size_t>(std::popcount(byte));
  return count;
}

Result<HamtLink> read_link(Link& link, std::size_t fanout) {
  const auto digits = digits_of(fanout);
  if (!link.name || link.name->size() < digits) return bad();
  HamtLink out;
  for (std::size_t i = 0; i < digits; ++i) {
    const auto digit = hex_digit((*link.name)[i]);
    if (!digit) return bad();
    out.slot = out.slot * 16 + *digit;
  }
  if (out.slot >= fanout) return bad();
  out.name = link.name->substr(digits);
  out.cid = std::move(link.cid);
  return out;
}

}  // namespace

Result<HamtShard> read_hamt_shard(ByteView block) {
  auto node = SUBSTRATEE_TRY(decode_dag_pb(block));
  if (!node.data) return bad();
  const auto data = SUBSTRATEE_TRY(decode_unixfs(*node.data));
  if (data.type != UnixFsType::kHamtShard || data.hash_type != kMurmur3 || !data.fanout) return bad();
  if (*data.fanout < kMinFanout || *data.fanout > kMaxFanout || !std::has_single_bit(*data.fanout)) return bad();
  HamtShard out{.fanout = static_cast<std::size_t>(*data.fanout), .links = {}};
  const ByteView bitfield = data.data ? ByteView(*data.data) : ByteView();
  if (bitfield.size() > out.fanout / 8 || count_set(bitfield) != node.links.size()) return bad();
  for (auto& link : node.links) {
    auto read = SUBSTRATEE_TRY(read_link(link, out.fanout));
    const bool is_in_order = out.links.empty() || out.links.back().slot < read.slot;
    if (!is_in_order || !is_set(bitfield, read.slot)) return bad();
    out.links.push_back(std::move(read));
  }
  return out;
}

HamtPath::HamtPath(std::string_view name) : name_(name), hash_(murmur3_x64_64(as_bytes(name))) {}

Result<HamtLink> HamtPath::next(const HamtShard& shard) {
  const auto bits = static_cast<unsigned>(std::bit_width(shard.fanout - 1));
  if (used_ + bits > kHashBits) return bad();
  const std::size_t slot = (hash_ << used_) >> (kHashBits - bits);
  used_ += bits;
  for (const auto& link : shard.links) {
    if (link.slot == slot && (link.name.empty() || link.name == name_)) return link;
  }
  return std::unexpected(Error::kNotFound);
}

}  // namespace substratee::ipld
