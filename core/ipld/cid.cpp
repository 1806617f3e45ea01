#include "core/ipld/cid.hpp"

#include "core/base/result.hpp"
#include "core/crypto/hash.hpp"
#include "core/ipld/multibase.hpp"
#include "core/ipld/varint.hpp"

namespace substratee::ipld {
namespace {

constexpr std::size_t kTextSizeV0 = 46;

Result<Codec> to_codec(std::uint64_t code) {
  for (const auto codec : {Codec::kRaw, Codec::kDagPb, Codec::kDagCbor}) {
    if (code == static_cast<std::uint8_t>(codec)) return codec;
  }
  return std::unexpected(Error::kUnsupportedCodec);
}

Result<HashCode> to_hash_code(std::uint64_t code) {
  for (const auto hash : {HashCode::kIdentity, HashCode::kSha256}) {
    if (code == static_cast<std::uint8_t>(hash)) return hash;
  }
  return std::unexpected(Error::kUnsupportedHash);
}

bool is_digest_size(HashCode hash, std::uint64_t size) {
  return hash == HashCode::kSha256 ? size == Hash256::kSize : size <= kMaxIdentitySize;
}

void read_multihash_into(Cid& cid, HashCode hash, ByteView digest) {
  cid.hash = hash;
  cid.digest = to_bytes(digest);
}

Result<Cid> read_v1(ByteView& rest) {
  Cid cid;
  const auto codec = SUBSTRATEE_TRY(read_varint(rest));
  cid.codec = SUBSTRATEE_TRY(to_codec(codec));
  const auto code = SUBSTRATEE_TRY(read_varint(rest));
  const auto hash = SUBSTRATEE_TRY(to_hash_code(code));
  const auto size = SUBSTRATEE_TRY(read_varint(rest));
  if (!is_digest_size(hash, size)) return std::unexpected(Error::kBadDigestSize);
  read_multihash_into(cid, hash, SUBSTRATEE_TRY(read_bytes(rest, size)));
  return cid;
}

Result<Cid> read_v0(ByteView& rest) {
  Cid cid{.version = Version::kV0, .codec = Codec::kDagPb, .hash = HashCode::kSha256, .digest = {}};
  SUBSTRATEE_TRY(read_bytes(rest, 2));
  read_multihash_into(cid, HashCode::kSha256, SUBSTRATEE_TRY(read_bytes(rest, Hash256::kSize)));
  return cid;
}

}  // namespace

Result<Cid> read_cid(ByteView& rest) {
  if (rest.size() >= 2 && rest[0] == 0x12 && rest[1] == 0x20) return read_v0(rest);
  if (SUBSTRATEE_TRY(read_varint(rest)) != 1) return std::unexpected(Error::kBadVersion);
  return read_v1(rest);
}

Cid Cid::of(Codec codec, const Hash256& sha256) {
  return {.version = Version::kV1, .codec = codec, .hash = HashCode::kSha256, .digest = ::substratee::to_bytes(sha256)};
}

Cid Cid::of_raw_block(ByteView block) { return of(Codec::kRaw, crypto::sha256(block)); }

Cid Cid::of_dag_pb(ByteView block) { return of(Codec::kDagPb, crypto::sha256(block)); }

Result<Cid> Cid::from_bytes(ByteView bytes) {
  auto cid = SUBSTRATEE_TRY(read_cid(bytes));
  if (!bytes.empty()) return std::unexpected(Error::kTrailingBytes);
  return cid;
}

Result<Cid> Cid::from_text(std::string_view text) {
  const bool is_v0 = text.size() == kTextSizeV0 && text.starts_with("Qm");
  const auto bytes = SUBSTRATEE_TRY(is_v0 ? from_base58(text) : from_multibase(text));
  auto cid = SUBSTRATEE_TRY(from_bytes(bytes));
  if ((cid.version == Version::kV0) != is_v0) return std::unexpected(Error::kBadVersion);
  return cid;
}

Bytes Cid::multihash() const {
  Bytes out;
  out.reserve(3 + digest.size());
  write_varint(out, static_cast<std::uint8_t>(hash));
  write_varint(out, digest.size());
  append(out, digest);
  return out;
}

Bytes Cid::to_bytes() const {
  if (version == Version::kV0) return multihash();
  Bytes out{1};
  write_varint(out, static_cast<std::uint8_t>(codec));
  append(out, multihash());
  return out;
}

std::string Cid::to_text() const {
  return version == Version::kV0 ? to_base58(to_bytes()) : to_multibase('b', to_bytes());
}

Cid Cid::as_v1() const {
  Cid out = *this;
  out.version = Version::kV1;
  return out;
}

std::optional<CidBytes> Cid::to_cid_bytes() const {
  if (hash != HashCode::kSha256) return std::nullopt;
  return CidBytes::from(as_v1().to_bytes());
}

bool Cid::verify(ByteView block) const {
  if (hash == HashCode::kIdentity) return std::ranges::equal(digest, block);
  return std::ranges::equal(digest, crypto::sha256(block));
}

}  // namespace substratee::ipld
