#pragma once

/// The file with the authority's seed: 64 hexadecimal digits, readable by its owner only. Secret.

#include "core/crypto/secret.hpp"
#include "node/storage/error.hpp"

#include <filesystem>
#include <optional>

namespace substratee::node::service {

using Seed = crypto::Secret<32>;

/// On the disk, file and directory entry, when it returns. Replaces.
[[nodiscard]] storage::Result<void> write_seed(const std::filesystem::path& file, const Seed& seed);

/// Nothing if there is no file; kCorrupt if it is not a seed; kDisk if others may read it.
[[nodiscard]] storage::Result<std::optional<Seed>> read_seed(const std::filesystem::path& file);

}  // namespace substratee::node::service
