#include "core/attestation/ias/report.hpp"

#include "core/attestation/base64.hpp"
#include "core/attestation/json.hpp"
#include "core/attestation/time.hpp"

#include <optional>

namespace substratee::attestation::ias {
namespace {

constexpr std::size_t kMaxAdvisories = 64;
constexpr std::size_t kQuoteHeaderSize = 48;
/// Header and report body of an EPID quote; IAS leaves its signature out.
constexpr std::size_t kQuoteSize = kQuoteHeaderSize + dcap::kReportSize;
constexpr std::size_t kSecondsSize = 19;
constexpr std::size_t kMaxFractionDigits = 9;

std::unexpected<Error> bad() { return std::unexpected(Error::kBadIasReport); }

struct Status {
  std::string_view word;
  std::optional<TcbStatus> status;  ///< nothing: refused
};
constexpr std::array<Status, 10> kStatuses{{
    {"OK", TcbStatus::kUpToDate},
    {"SW_HARDENING_NEEDED", TcbStatus::kSwHardeningNeeded},
    {"CONFIGURATION_NEEDED", TcbStatus::kConfigurationNeeded},
    {"CONFIGURATION_AND_SW_HARDENING_NEEDED", TcbStatus::kConfigurationAndSwHardeningNeeded},
    {"GROUP_OUT_OF_DATE", TcbStatus::kOutOfDate},
    {"SIGNATURE_INVALID", {}},
    {"GROUP_REVOKED", {}},
    {"SIGNATURE_REVOKED", {}},
    {"KEY_REVOKED", {}},
    {"SIGRL_VERSION_MISMATCH", {}},
}};

Result<TcbStatus> to_status(std::string_view word) {
  const auto found = std::ranges::find(kStatuses, word, &Status::word);
  if (found == kStatuses.end()) return bad();
  if (!found->status) return std::unexpected(Error::kIasQuoteRefused);
  return *found->status;
}

/// "2019-06-17T12:46:04.002066", which is UTC.
Result<UnixSeconds> read_timestamp(std::string_view text) {
  if (text.size() < kSecondsSize) return bad();
  const auto fraction = text.substr(kSecondsSize);
  if (!fraction.empty()) {
    const auto digits = fraction.substr(1);
    const bool all = std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
    if (fraction[0] != '.' || digits.empty() || digits.size() > kMaxFractionDigits || !all) return bad();
  }
  return SUBSTRATEE_TRY_OR(Error::kBadIasReport, x509::read_rfc3339(std::string(text.substr(0, kSecondsSize)) + "Z"));
}

Result<void> read_quote(std::string_view base64, Report& out) {
  constexpr std::uint16_t kVersion = 2;
  const auto quote = from_base64(base64);
  if (!quote || quote->size() != kQuoteSize) return bad();
  const ByteView bytes(*quote);
  if ((bytes[0] | bytes[1] << 8) != kVersion) return bad();
  for (std::size_t i = 0; i < 4; ++i) out.group |= static_cast<std::uint32_t>(bytes[4 + i]) << (8 * i);
  out.enclave = SUBSTRATEE_TRY(dcap::parse_report(bytes.subspan(kQuoteHeaderSize)));
  return {};
}

/// Members that every report has.
struct Required {
  bool id = false;
  bool timestamp = false;
  std::optional<std::string_view> status;
  bool quote = false;
};

Result<void> read_advisories(json::Reader& in, Report& out) {
  return in.array([&](json::Reader& element) -> Result<void> {
    if (out.advisories.size() == kMaxAdvisories) return bad();
    out.advisories.push_back(SUBSTRATEE_TRY(element.text()));
    return {};
  });
}

Result<void> read_member(std::string_view name, json::Reader& in, Report& out, Required& seen) {
  if (name == "id") {
    out.id = SUBSTRATEE_TRY(in.text());
    seen.id = true;
  } else if (name == "timestamp") {
    const auto text = SUBSTRATEE_TRY(in.string());
    out.timestamp = SUBSTRATEE_TRY(read_timestamp(text));
    seen.timestamp = true;
  } else if (name == "version") {
    out.version = SUBSTRATEE_TRY(in.integer(UINT32_MAX));
  } else if (name == "isvEnclaveQuoteStatus") {
    seen.status = SUBSTRATEE_TRY(in.string());
  } else if (name == "isvEnclaveQuoteBody") {
    const auto base64 = SUBSTRATEE_TRY(in.string());
    SUBSTRATEE_TRY(read_quote(base64, out));
    seen.quote = true;
  } else if (name == "epidPseudonym") {
    out.pseudonym = SUBSTRATEE_TRY(in.text());
  } else if (name == "advisoryIDs") {
    return read_advisories(in, out);
  } else {
    SUBSTRATEE_TRY(in.skip());
  }
  return {};
}

}  // namespace

Result<Report> parse_report(ByteView json) {
  Report out;
  Required seen;
  json::Reader in(json);
  SUBSTRATEE_TRY(
      in.object([&](std::string_view name, json::Reader& value) { return read_member(name, value, out, seen); }));
  SUBSTRATEE_TRY(in.finish());
  if (!seen.id || !seen.timestamp || !seen.status || !seen.quote) return bad();
  out.status = SUBSTRATEE_TRY(to_status(*seen.status));
  return out;
}

}  // namespace substratee::attestation::ias
