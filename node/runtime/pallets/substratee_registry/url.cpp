#include "node/runtime/pallets/substratee_registry/url.hpp"

#include "core/registry/types.hpp"

#include <charconv>

namespace substratee::node::runtime::substratee_registry {
namespace {

constexpr std::array kWorkerSchemes = std::to_array<std::string_view>({"ws://", "wss://", "http://", "https://"});
constexpr std::string_view kProvisioningScheme = "tcp://";

/// Log lines and terminals must survive what a stranger writes.
bool is_plain(std::string_view url) noexcept {
  return url.size() <= registry::kMaxUrlSize && std::ranges::all_of(url, [](char c) {
           return c > ' ' && c < '\x7f' && c != '"' && c != '<' && c != '>' && c != '\\' && c != '`';
         });
}

bool has_host(std::string_view rest) noexcept { return !rest.empty() && rest[0] != '/' && rest[0] != ':'; }

bool is_port(std::string_view text) noexcept {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && end == text.data() + text.size() && port != 0;
}

}  // namespace

bool is_worker_url(std::string_view url) noexcept {
  return is_plain(url) && std::ranges::any_of(kWorkerSchemes, [url](std::string_view scheme) {
           return url.starts_with(scheme) && has_host(url.substr(scheme.size()));
         });
}

bool is_provisioning_url(std::string_view url) noexcept {
  if (!is_plain(url) || !url.starts_with(kProvisioningScheme)) return false;
  const auto rest = url.substr(kProvisioningScheme.size());
  const auto colon = rest.rfind(':');
  return has_host(rest) && rest.find('/') == rest.npos && colon != rest.npos && is_port(rest.substr(colon + 1));
}

}  // namespace substratee::node::runtime::substratee_registry
