#pragma once

/// Whether a URL can be one: scheme, host, printable characters. Nobody is asked.

#include <string_view>

namespace substratee::node::runtime::substratee_registry {

/// ws, wss, http or https.
[[nodiscard]] bool is_worker_url(std::string_view url) noexcept;
/// tcp://host:port and nothing behind.
[[nodiscard]] bool is_provisioning_url(std::string_view url) noexcept;

}  // namespace substratee::node::runtime::substratee_registry
