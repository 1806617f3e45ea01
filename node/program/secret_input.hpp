#pragma once

/// Secrets from files and standard input: phrases and seeds, never from a command line.

#include "core/crypto/secret.hpp"
#include "core/primitives/keyring.hpp"
#include "node/storage/error.hpp"

#include <filesystem>

namespace substratee::node::program {

/// First line of a file, or of standard input for "-", without what is blank around it. Secret.
[[nodiscard]] storage::Result<crypto::WipedBytes> read_secret_line(const std::filesystem::path& file);

/// "<phrase or 0x seed or nothing><//junctions>[///password]" as a secret URI that begins with 0x and the seed, if it
/// begins with a phrase. kForeign.
[[nodiscard]] storage::Result<crypto::WipedBytes> uri_of(std::string_view secret);

/// The seed of a phrase or 0x…, without junctions. kForeign.
[[nodiscard]] storage::Result<crypto::Secret<32>> seed_of(std::string_view secret);

}  // namespace substratee::node::program
