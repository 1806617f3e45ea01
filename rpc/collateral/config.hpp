#pragma once

/// Where collateral comes from: a file that workers and clients read alike (intel_cert/collateral.toml). TOML, the part
/// with `key = "text"`, `key = number` and comments:
///   source                 "pccs", "pcs" or "directory"
///   url                    of the service, with or without "/sgx/certification/v4"; PCS has a default
///   subscription_key_file  for pcs: a file of mode 0600 that holds the key and nothing else; https only
///   ca_file                PEM of the authorities that the service's certificate stands under (default: the system's)
///   directory              for "directory" (rpc/collateral/source.hpp says which files)
///   kds_url                AMD's service (default: https://kdsintf.amd.com), for SEV-SNP
///   root_crl_url           where Intel's root list is, for pcs (default: Intel's)
///   refresh_hours          1 to 720, default 24
/// Paths are relative to the file's folder.

#include "rpc/collateral/failure.hpp"

#include <cstdint>
#include <filesystem>
#include <string>

namespace substratee::rpc::collateral {

enum class SourceKind : std::uint8_t { kPccs, kPcs, kDirectory };

struct Config {
  SourceKind source{};
  std::string url;  ///< without the path of a method, without '/' at its end
  std::filesystem::path subscription_key_file;
  std::filesystem::path ca_file;
  std::filesystem::path directory;
  std::string kds_url = "https://kdsintf.amd.com";
  std::string root_crl_url = "https://certificates.trustedservices.intel.com/IntelSGXRootCA.der";
  std::uint32_t refresh_hours = 24;
  friend bool operator==(const Config&, const Config&) = default;
};

/// kConfig names the line.
[[nodiscard]] Result<Config> parse_config(std::string_view text, const std::filesystem::path& folder);
[[nodiscard]] Result<Config> read_config(const std::filesystem::path& file);

/// The key in a file; empty without a file. kConfig if group or others may read it. Secret: never logged.
[[nodiscard]] Result<std::string> read_subscription_key(const std::filesystem::path& file);

}  // namespace substratee::rpc::collateral
