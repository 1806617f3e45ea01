#pragma once

/// Collateral on disk, one file for each item, written whole (temporary name, fsync, rename): what a worker had when it
/// stopped is there when it starts, even while the service is away. Not secret, not trusted: verified when it is read.

#include "core/attestation/collateral.hpp"
#include "worker/base/failure.hpp"

#include <filesystem>

namespace substratee::worker::collateral {

class Cache {
 public:
  /// Makes the folder if need be. kStorage.
  [[nodiscard]] static Result<Cache> open(std::filesystem::path folder);
  [[nodiscard]] Result<void> put(const attestation::CollateralId& id, const attestation::CollateralItem& item) const;
  /// Those that can be read; damaged ones are passed over.
  [[nodiscard]] std::vector<attestation::CollateralItem> all() const;

 private:
  explicit Cache(std::filesystem::path folder) : folder_(std::move(folder)) {}
  std::filesystem::path folder_;
};

}  // namespace substratee::worker::collateral
