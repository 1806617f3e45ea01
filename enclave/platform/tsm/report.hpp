#pragma once

/// One report from Linux configfs-tsm (Documentation/ABI/testing/configfs-tsm-report; Linux 6.7 and later).
/// Each request has a folder of its own. The kernel hands inblob to the driver at close() only and hides what the
/// driver says to it, so `generation` is read before and after: it must have grown by our own writes and no others.

#include "core/attestation/claims.hpp"
#include "core/base/random.hpp"
#include "enclave/platform/files.hpp"

#include <cstdint>
#include <string_view>

namespace substratee::enclave::platform::tsm {

enum class Error : std::uint8_t {
  kNoProvider,    ///< no driver of a TEE has registered itself (ENXIO)
  kProviderGone,  ///< it has, and went away (ENOTTY)
  kForbidden,     ///< this user may not (EACCES, EPERM, EROFS)
  kTooLarge,      ///< beyond the kernel's limit or ours (EFBIG)
  kEmpty,         ///< the host's quoting service gave nothing
  kDisturbed,     ///< somebody else wrote into our request, or our own write did not arrive
  kFailed,        ///< any other error, also after the retries
};
/// One fixed sentence with the next step.
[[nodiscard]] std::string_view to_string(Error error) noexcept;

struct Failure {
  Error error{};
  std::string_view file;  ///< "outblob"; empty for the request's folder
  int number = 0;         ///< errno; 0 where none was given
  /// "configfs-tsm: <sentence> (outblob: timed out (errno 110))".
  [[nodiscard]] std::string to_string() const;
};

struct Report {
  std::string provider;  ///< "tdx_guest", "sev_guest"
  Bytes outblob;         ///< the quote or report, as the driver gave it
  Bytes auxblob;         ///< empty where the provider has none
};

/// Asks up to `kAttempts` times: what is busy or disturbed now may work the next time. The folder is removed always.
inline constexpr int kAttempts = 4;
inline constexpr std::size_t kMaxBlobSize = 32 * 1024;
[[nodiscard]] std::expected<Report, Failure> request_report(Files& files, Random& random, const std::string& root,
                                                            const attestation::ReportData& report_data);

}  // namespace substratee::enclave::platform::tsm
