#pragma once

/// Imports files and folders as `ipfs add` does. Reading and hashing go on while another thread writes.

#include "core/ipld/file_builder.hpp"
#include "worker/ipfs_commands/file.hpp"
#include "worker/ipfs_commands/options.hpp"
#include "worker/ipfs_commands/work.hpp"

namespace substratee::worker::ipfs_commands {

/// On the disk and pinned when it returns. kStorage (a file that cannot be read, or is neither file nor folder),
/// kLimit (a folder that Kubo would shard), or what the store says.
[[nodiscard]] Result<ipld::Child> add(const Work& work, const Add& options);

}  // namespace substratee::worker::ipfs_commands
