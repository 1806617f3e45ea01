#pragma once

/// The signing account from the command line, a file or standard input.

#include "client/cli/options.hpp"

#include <istream>

namespace substratee::client::cli {

/// True for URIs that everybody knows ("//Alice"): without phrase and without seed.
[[nodiscard]] bool is_development_uri(std::string_view uri) noexcept;

/// kUsage if the file cannot be read, or what it says is no secret URI. The text read is wiped.
[[nodiscard]] Result<primitives::AccountKey> load_account(const AccountOptions& options, std::istream& in,
                                                          Random& random);

}  // namespace substratee::client::cli
