#include "client/offline/text.hpp"

#include "core/base/hex.hpp"
#include "core/ipld/cid.hpp"
#include "core/primitives/ss58.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <limits>

namespace substratee::client {

std::string cid_text(const registry::StateCid& cid) {
  const auto parsed = ipld::Cid::from_bytes(cid);
  return parsed ? parsed->to_text() : to_hex_prefixed(cid);
}

std::string time_text(std::uint64_t milliseconds) {
  // Four-digit years only: a chain that writes later times is shown as it writes.
  constexpr std::uint64_t kEnd = 253'402'300'800'000;
  if (milliseconds >= kEnd) return fmt::format("{} ms", milliseconds);
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(milliseconds / 1000)));
}

std::string_view security_text(bool is_hardware) noexcept {
  return is_hardware ? "hardware" : "SIMULATED - NOT SECURE";
}

boost::json::object enclave_json(std::uint64_t index, const registry::Enclave& enclave) {
  const auto text = [](std::string_view view) { return boost::json::string(view); };
  boost::json::array advisories;
  for (const auto& advisory : enclave.advisories.value) advisories.push_back(text(advisory));
  return {{"index", index},
          {"account", primitives::to_ss58(enclave.account)},
          {"kind", text(attestation::to_string(enclave.kind))},
          {"hardware", enclave.hardware},
          {"security", text(security_text(enclave.hardware))},
          {"measurement", text(to_hex_prefixed(enclave.measurement))},
          {"tcb_status", text(attestation::to_string(enclave.tcb_status))},
          {"advisories", std::move(advisories)},
          {"platform_id", text(to_hex_prefixed(enclave.platform_id))},
          {"registered_at", enclave.registered_at},
          {"valid_until", time_text(enclave.valid_until)}};
}

}  // namespace substratee::client
