#pragma once

/// Headers of questions and answers. RFC 9110 and the Trustless Gateway.

#include "net/http.hpp"
#include "worker/ipfs/gateway/question.hpp"

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace substratee::worker::ipfs::gateway {

/// If-None-Match: a list of tags, compared weakly, or "*".
[[nodiscard]] bool client_has(const net::Request& request, std::string_view etag);

[[nodiscard]] bool is_only_if_cached(const net::Request& request);

struct Span {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  friend bool operator==(const Span&, const Span&) = default;
};

/// The first range of the Range header in a body of `size` bytes. Nothing if the whole body is to be sent (no header,
/// one that is not understood, or an If-Range that names another body); a failure if it lies outside.
[[nodiscard]] std::expected<std::optional<Span>, Refusal> read_range(const net::Request& request, std::uint64_t size,
                                                                     std::string_view etag);

/// `"<cid>.raw"`, or weak and with a digest of all that shapes the CAR.
[[nodiscard]] std::string etag_of(const Question& question);

/// What both formats say: name of the file, caching, where it was found. `resolved` as Traversal has it.
[[nodiscard]] net::Headers content_headers(const net::Request& request, const Question& question,
                                           std::span<const ipld::Cid> resolved);

/// The media type with its parameters.
[[nodiscard]] std::string content_type_of(const Question& question);

}  // namespace substratee::worker::ipfs::gateway
