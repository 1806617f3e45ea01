#pragma once

/// TCB levels as Intel publishes them: security versions that a platform must have reached, and what is said of a
/// platform that has.

#include "core/attestation/evidence.hpp"
#include "core/attestation/json.hpp"
#include "core/base/hex.hpp"

#include <string>
#include <vector>

namespace substratee::attestation::dcap {

/// Security versions, one byte each.
using Components = std::array<std::uint8_t, 16>;

/// What is said of whoever reaches a level.
struct Level {
  UnixSeconds date{};  ///< tcbDate
  TcbStatus status{};
  std::vector<std::string> advisories;
  friend bool operator==(const Level&, const Level&) = default;
};

/// A level of TCB info.
struct PlatformLevel : Level {
  Components sgx{};
  std::uint16_t pce_svn{};
  Components tdx{};  ///< zeros for SGX
  friend bool operator==(const PlatformLevel&, const PlatformLevel&) = default;
};

/// A level of an enclave's or a TDX module's identity.
struct IsvLevel : Level {
  std::uint16_t isv_svn{};
  friend bool operator==(const IsvLevel&, const IsvLevel&) = default;
};

/// {"tcb":{"isvsvn":…},"tcbDate":…,"tcbStatus":…,"advisoryIDs":[…]} of an identity, as an array of at least one; in
/// descending order, none twice. Status UpToDate, OutOfDate or Revoked.
[[nodiscard]] Result<std::vector<IsvLevel>> read_isv_levels(json::Reader& in);
/// The same for TCB info. `tdx`: with components of TDX. `version` 2 or 3 decides how components are written.
[[nodiscard]] Result<std::vector<PlatformLevel>> read_platform_levels(json::Reader& in, unsigned version, bool tdx);

/// "2025-06-19T10:56:11Z".
[[nodiscard]] Result<UnixSeconds> read_date(json::Reader& in);

/// Hexadecimal digits of either case, exactly N bytes.
template <std::size_t N>
[[nodiscard]] Result<FixedBytes<N>> read_hex(json::Reader& in) {
  const auto text = SUBSTRATEE_TRY(in.string());
  const auto value = text.size() == 2 * N ? fixed_from_hex<N>(text) : std::nullopt;
  if (!value) return std::unexpected(Error::kBadJson);
  return *value;
}

}  // namespace substratee::attestation::dcap
