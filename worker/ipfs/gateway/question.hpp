#pragma once

/// What a request asks for, from its path, its query and its Accept header.

#include "core/ipld/cid.hpp"
#include "core/ipld/traversal.hpp"
#include "net/http.hpp"
#include "worker/ipfs/gateway/limits.hpp"

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace substratee::worker::ipfs::gateway {

inline constexpr std::string_view kMount = "/ipfs/";
inline constexpr std::string_view kRawType = "application/vnd.ipld.raw";
inline constexpr std::string_view kCarType = "application/vnd.ipld.car";

enum class Format : std::uint8_t { kRaw, kCar };

/// Why a request is not answered.
struct Refusal {
  unsigned status = 400;
  std::string reason;  ///< one sentence, for a person
};

struct Question {
  Format format = Format::kRaw;
  bool format_is_accepted = false;  ///< named by the Accept header, not by the query
  ipld::Cid root;
  ipld::Selection selection;  ///< kCar: path, scope, range, repeats
  std::string filename;       ///< of the query; empty if there is none
};

/// 400 or 406.
[[nodiscard]] std::expected<Question, Refusal> read_question(const net::Request& request, const Limits& limits);

}  // namespace substratee::worker::ipfs::gateway
