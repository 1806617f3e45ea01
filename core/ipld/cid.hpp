#pragma once

/// Content identifiers (multiformats/cid), versions 0 and 1, over sha2-256; identity CIDs are read but never made.
/// A CID is public. Blocks are stored under the multihash, so that all names of one block meet.

#include "core/base/bytes.hpp"
#include "core/ipld/error.hpp"

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace substratee::ipld {

/// A CIDv1 over sha2-256 as it stands on the chain: 01 codec 12 20 digest.
using CidBytes = FixedBytes<36>;

enum class Codec : std::uint8_t { kRaw = 0x55, kDagPb = 0x70, kDagCbor = 0x71 };
enum class HashCode : std::uint8_t { kIdentity = 0x00, kSha256 = 0x12 };
enum class Version : std::uint8_t { kV0 = 0, kV1 = 1 };

/// Largest digest of an identity CID, which is the block itself (IPIP-512).
inline constexpr std::size_t kMaxIdentitySize = 128;

/// The default value is the name of the empty identity block, "bafkqaaa".
struct Cid {
  Version version = Version::kV1;
  Codec codec = Codec::kRaw;
  HashCode hash = HashCode::kIdentity;
  Bytes digest;  ///< 32 bytes for sha2-256; the block itself for identity

  [[nodiscard]] static Cid of_raw_block(ByteView block);
  [[nodiscard]] static Cid of_dag_pb(ByteView block);
  [[nodiscard]] static Cid of(Codec codec, const Hash256& sha256);

  /// All of `bytes` and nothing behind it.
  [[nodiscard]] static Result<Cid> from_bytes(ByteView bytes);
  /// "Qm..." (version 0) or multibase text of version 1.
  [[nodiscard]] static Result<Cid> from_text(std::string_view text);

  [[nodiscard]] Bytes to_bytes() const;
  /// base58btc without prefix for version 0, base32 lower for version 1.
  [[nodiscard]] std::string to_text() const;
  /// Hash code, size and digest.
  [[nodiscard]] Bytes multihash() const;
  /// The same content under version 1.
  [[nodiscard]] Cid as_v1() const;
  /// The form on the chain; nothing for an identity CID.
  [[nodiscard]] std::optional<CidBytes> to_cid_bytes() const;
  /// True if `block` is the content that this CID names.
  [[nodiscard]] bool verify(ByteView block) const;

  friend auto operator<=>(const Cid&, const Cid&) = default;
  friend bool operator==(const Cid&, const Cid&) = default;
};

/// A block with its name. Whoever makes one vouches that they agree.
struct Block {
  Cid cid;
  Bytes bytes;
  friend bool operator==(const Block&, const Block&) = default;
};

/// Takes a CID off the front of `rest` (as in a CAR section).
[[nodiscard]] Result<Cid> read_cid(ByteView& rest);

}  // namespace substratee::ipld
