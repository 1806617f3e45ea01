#pragma once

/// What lies in a folder that is to be a store of blocks.

#include <cstdint>
#include <filesystem>

namespace substratee::worker::ipfs {

enum class Folder : std::uint8_t {
  kAbsent,
  kEmpty,  ///< or a store that was killed while it was made
  kStore,
  kTorn,   ///< files of a store, but not the one that says which of them count
  kOther,  ///< something else, or no folder
};

/// Looks at names only; opens and changes nothing.
[[nodiscard]] Folder look_into(const std::filesystem::path& folder);

}  // namespace substratee::worker::ipfs
