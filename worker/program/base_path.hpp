#pragma once

/// The worker's data directory: genesis (the pinned hash), sealed/, receipts/, proofs/, blocks/ (or kubo-pins),
/// evidence/, collateral/, platform/.

#include "core/base/bytes.hpp"
#include "worker/base/failure.hpp"

#include <filesystem>
#include <optional>

namespace substratee::worker::program {

class BasePath {
 public:
  /// Creates it if need be.
  [[nodiscard]] static Result<BasePath> open(const std::filesystem::path& folder);

  [[nodiscard]] std::filesystem::path sealed() const { return folder_ / "sealed"; }
  [[nodiscard]] std::filesystem::path receipts() const { return folder_ / "receipts"; }
  [[nodiscard]] std::filesystem::path proofs() const { return folder_ / "proofs"; }
  [[nodiscard]] std::filesystem::path blocks() const { return folder_ / "blocks"; }
  /// What this worker has pinned in a Kubo daemon.
  [[nodiscard]] std::filesystem::path kubo_pins() const { return folder_ / "kubo-pins"; }
  [[nodiscard]] std::filesystem::path evidence() const { return folder_ / "evidence"; }
  [[nodiscard]] std::filesystem::path collateral() const { return folder_ / "collateral"; }
  [[nodiscard]] std::filesystem::path genesis_file() const { return folder_ / "genesis"; }

  /// The pinned hash, if one is. kOption if `given` contradicts it.
  [[nodiscard]] Result<std::optional<Hash256>> pinned_genesis(const std::optional<Hash256>& given) const;
  [[nodiscard]] Result<void> pin_genesis(const Hash256& hash) const;

 private:
  explicit BasePath(std::filesystem::path folder) : folder_(std::move(folder)) {}
  std::filesystem::path folder_;
};

}  // namespace substratee::worker::program
