#pragma once

/// What hides how large a state is and what a transition changed: padding leaves round their number up, cover writes
/// leaves anew that nobody changed. Both are off unless the founder chose them; the manifest carries the choice, so
/// that all enclaves of a shard agree. Specification: enclave/state/FORMAT.md, "Padding and cover".

#include "core/crypto/secret.hpp"
#include "core/scale/fields.hpp"
#include "enclave/state/nodes.hpp"

#include <vector>

namespace substratee::enclave::state {

/// Most leaves that a founder may have each transition cover.
inline constexpr std::uint16_t kMaxCover = 1'024;

struct Shape {
  bool padding = false;
  std::uint16_t cover = 0;  ///< so many leaves beside the changed ones, rounded up; 0 = none
  SUBSTRATEE_FIELDS(Shape, padding, cover)
  friend bool operator==(const Shape&, const Shape&) = default;
};

/// The Padmé rule (Nikitin et al., 2019): at most 12 % more, so that O(log log count) bits of it show.
[[nodiscard]] std::uint64_t padded_count(std::uint64_t count) noexcept;

/// The key of a padding leaf: 64 bytes 0xff, number u32 big-endian. Longer than a record's key and behind all of them.
inline constexpr std::size_t kPaddingKeySize = 68;
[[nodiscard]] Bytes padding_key(std::uint32_t number);
[[nodiscard]] bool is_padding_key(ByteView key) noexcept;
/// They stand at the end.
[[nodiscard]] std::uint32_t padding_count(const Level& leaves) noexcept;

/// How many blocks a transition writes that has to write `dirty`: dirty + cover, rounded up to 8, 16, 32…
[[nodiscard]] std::size_t cover_target(std::size_t dirty, std::uint16_t cover) noexcept;

/// `count` of the leaves that `writer` has not written (or all, if there are fewer), by a PRF under the cut key.
/// Ascending. Looks at every leaf.
[[nodiscard]] std::vector<Bytes> choose_cover(const crypto::Secret<32>& cut_key, const Level& leaves,
                                              const Writer& writer, std::size_t count);

}  // namespace substratee::enclave::state
