#include "rpc/collateral/http_source.hpp"

#include "core/base/result.hpp"
#include "rpc/collateral/answer.hpp"
#include "rpc/collateral/endpoints.hpp"

#include <fmt/format.h>

namespace substratee::rpc::collateral {
namespace {

constexpr std::size_t kMaxBody = 2 * attestation::kMaxCollateralSize;  // hexadecimal text is twice its bytes

Failure to_failure(const net::Failure& failure) {
  switch (failure.code) {
    case net::FailureCode::kTooLarge:
    case net::FailureCode::kProtocol: return {FailureCode::kBadAnswer, failure.thing, failure.next_step, {}};
    case net::FailureCode::kBadUrl:
    case net::FailureCode::kSystem: return {FailureCode::kConfig, failure.thing, failure.next_step, {}};
    default: return {FailureCode::kUnreachable, failure.thing, failure.next_step, {}};
  }
}

}  // namespace

HttpSource::HttpSource(Config config, std::string key, std::chrono::milliseconds timeout)
    : config_(std::move(config)), key_(std::move(key)) {
  options_.connect_timeout = std::min(options_.connect_timeout, timeout);
  options_.total_timeout = timeout;
  options_.max_body = kMaxBody;
  options_.ca_file = config_.ca_file.string();
}

Result<net::HttpResponse> HttpSource::get(const std::string& url) const {
  net::HttpRequest request{.url = url, .headers = {}, .body = {}};
  // The key is for the service that it was given for, and for no other host.
  if (!key_.empty() && url.starts_with(config_.url)) request.headers.emplace_back("Ocp-Apim-Subscription-Key", key_);
  auto options = options_;
  // The authority of one's own PCCS says nothing about the public services.
  if (!url.starts_with(config_.url)) options.ca_file.clear();
  auto answer = net::fetch(request, options);
  if (!answer) return std::unexpected(to_failure(answer.error()));
  SUBSTRATEE_TRY(check_status(answer->status, net::find_header(answer->headers, "Retry-After"), url));
  return *std::move(answer);
}

Result<std::string> HttpSource::chain_for(const Endpoint& endpoint, const net::HttpResponse& answer) const {
  const auto other = endpoint.chain_url.empty() ? Result<net::HttpResponse>(answer) : get(endpoint.chain_url);
  if (!other) return std::unexpected(other.error());
  if (endpoint.chain_header.empty()) return other->body;
  for (const auto name : {endpoint.chain_header, endpoint.older_chain_header}) {
    const auto* value = name.empty() ? nullptr : net::find_header(other->headers, name);
    if (value != nullptr) return decode_chain_header(*value, endpoint.url);
  }
  return fail(FailureCode::kBadAnswer, fmt::format("{}: the header {} is missing", endpoint.url, endpoint.chain_header),
              "check that the address names the service, and that no proxy drops its headers");
}

Result<CollateralItem> HttpSource::fetch(const CollateralId& id) {
  const auto endpoint = endpoint_of(config_, id);
  if (!endpoint) return fail(FailureCode::kNotFound, name_of(id) + ": no service is known for this root", "none");
  const auto answer = SUBSTRATEE_TRY(get(endpoint->url));
  const auto chain = SUBSTRATEE_TRY(chain_for(*endpoint, answer));
  return read_item(id.kind, answer.body, chain, endpoint->url);
}

}  // namespace substratee::rpc::collateral
