#pragma once

/// Chain values as text. Hashes, keys: 0x hex; accounts: SS58; states: CID text.

#include "core/registry/types.hpp"

#include <boost/json.hpp>

#include <string>

namespace substratee::client {

[[nodiscard]] std::string cid_text(const registry::StateCid& cid);
/// "2026-01-02T03:04:05Z" from milliseconds since 1970.
[[nodiscard]] std::string time_text(std::uint64_t milliseconds);
/// "hardware", or what has to be shouted.
[[nodiscard]] std::string_view security_text(bool is_hardware) noexcept;
/// What the chain says an enclave is, worth as much as its evidence.
[[nodiscard]] boost::json::object enclave_json(std::uint64_t index, const registry::Enclave& enclave);

}  // namespace substratee::client
