#pragma once

/// The block header and its digest. Hash = blake2_256 of the SCALE encoding. Vectors: substrate/headers.json.

#include "core/primitives/types.hpp"
#include "core/scale/codec.hpp"

#include <variant>

namespace substratee::primitives {

using EngineId = FixedBytes<4>;

[[nodiscard]] constexpr EngineId engine_id(const char (&text)[5]) {
  EngineId id;
  for (std::size_t i = 0; i < 4; ++i) id[i] = static_cast<std::uint8_t>(text[i]);
  return id;
}

struct DigestOther {
  static constexpr std::uint8_t kScaleIndex = 0;
  Bytes data;
  SUBSTRATEE_FIELDS(DigestOther, data)
  friend bool operator==(const DigestOther&, const DigestOther&) = default;
};
struct DigestConsensus {
  static constexpr std::uint8_t kScaleIndex = 4;
  EngineId engine;
  Bytes data;
  SUBSTRATEE_FIELDS(DigestConsensus, engine, data)
  friend bool operator==(const DigestConsensus&, const DigestConsensus&) = default;
};
struct DigestSeal {
  static constexpr std::uint8_t kScaleIndex = 5;
  EngineId engine;
  Bytes data;
  SUBSTRATEE_FIELDS(DigestSeal, engine, data)
  friend bool operator==(const DigestSeal&, const DigestSeal&) = default;
};
struct DigestPreRuntime {
  static constexpr std::uint8_t kScaleIndex = 6;
  EngineId engine;
  Bytes data;
  SUBSTRATEE_FIELDS(DigestPreRuntime, engine, data)
  friend bool operator==(const DigestPreRuntime&, const DigestPreRuntime&) = default;
};
struct DigestRuntimeUpdated {
  static constexpr std::uint8_t kScaleIndex = 8;
  SUBSTRATEE_FIELDS(DigestRuntimeUpdated)
  friend bool operator==(const DigestRuntimeUpdated&, const DigestRuntimeUpdated&) = default;
};

using DigestItem = std::variant<DigestOther, DigestConsensus, DigestSeal, DigestPreRuntime, DigestRuntimeUpdated>;

struct Header {
  BlockHash parent_hash;
  scale::Compact<BlockNumber> number;
  Hash256 state_root;
  Hash256 extrinsics_root;
  std::vector<DigestItem> digest;
  SUBSTRATEE_FIELDS(Header, parent_hash, number, state_root, extrinsics_root, digest)
  friend bool operator==(const Header&, const Header&) = default;

  [[nodiscard]] BlockHash hash() const;
};

}  // namespace substratee::primitives
