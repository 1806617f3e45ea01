#include "worker/ipfs/gateway/gateway.hpp"

#include "core/base/result.hpp"
#include "worker/ipfs/gateway/car_stream.hpp"
#include "worker/ipfs/gateway/headers.hpp"
#include "worker/ipfs/gateway/question.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace substratee::worker::ipfs::gateway {
namespace {

using Answer = std::expected<net::Response, Refusal>;

constexpr std::string_view kComeAgain = "5";  ///< seconds

Refusal to_refusal(const net::Request& request, const ipld::Cid& cid, const Failure& failure) {
  if (failure.code == FailureCode::kNotFound) {
    return {is_only_if_cached(request) ? 412U : 404U, fmt::format("Block {} is not here", cid.to_text())};
  }
  spdlog::error("{}", failure.to_string());
  const bool is_far = failure.code == FailureCode::kUnreachable || failure.code == FailureCode::kRefused;
  return {is_far ? 502U : 500U, fmt::format("Block {} cannot be read here; ask another gateway", cid.to_text())};
}

std::expected<Bytes, Refusal> read_block(const net::Request& request, const BlockSource& store, const ipld::Cid& cid) {
  auto block = store.get(cid);
  if (!block) return std::unexpected(to_refusal(request, cid, block.error()));
  return *std::move(block);
}

net::Response without_body(unsigned status, net::Headers headers) {
  auto out = net::Response::text(status, {});
  out.headers = std::move(headers);
  return out;
}

net::Response refuse_range(const Refusal& refusal, std::size_t size) {
  auto out = net::Response::text(refusal.status, refusal.reason + "\n");
  out.headers.emplace_back("Content-Range", fmt::format("bytes */{}", size));
  return out;
}

Answer answer_raw(const net::Request& request, const Question& question, const BlockSource& store) {
  auto block = SUBSTRATEE_TRY(read_block(request, store, question.root));
  auto headers = content_headers(request, question, {&question.root, 1});
  const auto etag = etag_of(question);
  if (client_has(request, etag)) return without_body(304, std::move(headers));
  const auto range = read_range(request, block.size(), etag);
  if (!range) return refuse_range(range.error(), block.size());
  auto out = net::Response::bytes(content_type_of(question), {});
  out.headers = std::move(headers);
  if (const auto& span = *range) {
    out.status = 206;
    out.headers.emplace_back("Content-Range", fmt::format("bytes {}-{}/{}", span->first, span->last, block.size()));
    block = to_bytes(ByteView(block).subspan(span->first, span->last - span->first + 1));
  }
  out.body = std::move(block);
  return out;
}

std::expected<ipld::Traversal, Refusal> begin(const Question& question) {
  auto out = ipld::Traversal::begin(question.root, question.selection);
  if (out) return *std::move(out);
  return std::unexpected(Refusal{404, fmt::format("The path cannot be followed: {}", ipld::to_string(out.error()))});
}

/// Reads up to the end of the path, so that what is not here is told while it still can be. The CIDs on the way.
std::expected<std::vector<ipld::Cid>, Refusal> resolve(const net::Request& request, const Question& question,
                                                       const BlockSource& store) {
  auto traversal = SUBSTRATEE_TRY(begin(question));
  while (!traversal.is_resolved() && traversal.wanted()) {
    const auto block = SUBSTRATEE_TRY(read_block(request, store, *traversal.wanted()));
    const auto given = traversal.give(block);
    if (!given && !traversal.is_resolved()) {
      const auto reason = ipld::to_string(given.error());
      return std::unexpected(Refusal{404, fmt::format("The path cannot be followed: {}", reason)});
    }
  }
  if (traversal.is_out_of_range()) return std::unexpected(Refusal{400, "entity-bytes lies outside the file"});
  return traversal.resolved();
}

Answer answer_car(const net::Request& request, const Question& question, const BlockSource& store, const Limits& limits,
                  Slots& slots) {
  const auto resolved = SUBSTRATEE_TRY(resolve(request, question, store));
  auto headers = content_headers(request, question, resolved);
  if (client_has(request, etag_of(question))) return without_body(304, std::move(headers));
  auto slot = slots.take(request.peer_address);
  if (!slot) return std::unexpected(Refusal{429, "Too many CARs are being sent; come again later"});
  auto body =
      std::make_shared<CarStream>(store, question.root, SUBSTRATEE_TRY(begin(question)), limits, std::move(slot));
  auto out = net::Response::stream(content_type_of(question), std::move(body));
  out.headers = std::move(headers);
  return out;
}

net::Response to_response(const Refusal& refusal) {
  auto out = net::Response::text(refusal.status, refusal.reason + "\n");
  if (refusal.status == 429) out.headers.emplace_back("Retry-After", std::string(kComeAgain));
  return out;
}

}  // namespace

Gateway::Gateway(const BlockSource& store, const Limits& limits)
    : store_(store),
      limits_(limits),
      slots_(std::make_shared<Slots>(limits.max_streams, limits.max_streams_per_address)) {}

net::Response Gateway::answer(const net::Request& request) const {
  const auto question = read_question(request, limits_);
  if (!question) return to_response(question.error());
  store_.note_served(question->root);
  auto answer = question->format == Format::kRaw ? answer_raw(request, *question, store_)
                                                 : answer_car(request, *question, store_, limits_, *slots_);
  if (!answer) return to_response(answer.error());
  return *std::move(answer);
}

void mount(net::Server& server, const BlockSource& store, const Limits& limits) {
  const auto gateway = std::make_shared<Gateway>(store, limits);
  server.route("GET", std::string(kMount), [gateway](const net::Request& request) { return gateway->answer(request); });
}

}  // namespace substratee::worker::ipfs::gateway
