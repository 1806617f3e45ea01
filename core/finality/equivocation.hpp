#pragma once

/// Evidence that an authority sealed two different blocks at one height. It speaks for itself: nobody needs to have
/// seen either block before. An authority's key is for one chain, so two chains sealed by it are the same offence.
/// All values are public.

#include "core/finality/error.hpp"
#include "core/primitives/header.hpp"
#include "core/registry/types.hpp"

namespace substratee::finality {

/// A longer header is refused before it costs memory. Real ones have some 220 bytes; all that are recent fit one sealed
/// blob.
inline constexpr std::size_t kMaxHeaderSize = 2 * 1024;

struct Equivocation {
  scale::BoundedBytes<kMaxHeaderSize> first;  ///< SCALE Header, sealed
  scale::BoundedBytes<kMaxHeaderSize> second;
  SUBSTRATEE_FIELDS(Equivocation, first, second)
  friend bool operator==(const Equivocation&, const Equivocation&) = default;
};

/// The height at which both stand. kMalformedHeader, kNotEquivocation, kNotFinal (a seal does not hold).
[[nodiscard]] Result<primitives::BlockNumber> check_equivocation(const Equivocation& evidence,
                                                                 const registry::Engine& engine);

/// What an operator hands on: evidence that anybody can check who knows the genesis hash.
/// File: SCALE of this.
struct EquivocationFile {
  std::uint8_t version = 1;
  Bytes genesis_header;
  std::vector<Bytes> engine_proof;  ///< nodes of registry::key::engine() under the genesis state
  Equivocation evidence;
  SUBSTRATEE_FIELDS(EquivocationFile, version, genesis_header, engine_proof, evidence)
  friend bool operator==(const EquivocationFile&, const EquivocationFile&) = default;
};
inline constexpr std::size_t kMaxEquivocationFileSize = std::size_t{64} * 1024;

struct EquivocationFinding {
  primitives::BlockNumber height = 0;
  primitives::BlockHash first;
  primitives::BlockHash second;
  registry::Engine engine;
};

/// Checks a file from anywhere: kMalformedEvidence, kOtherChain, and what start, open, set_engine and
/// check_equivocation refuse.
[[nodiscard]] Result<EquivocationFinding> verify_equivocation_file(ByteView file, const primitives::BlockHash& genesis);

}  // namespace substratee::finality
