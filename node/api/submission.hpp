#pragma once

/// The way of a transaction from a request to the chain's thread.

#include "node/api/json_forms.hpp"
#include "node/api/node_api.hpp"

namespace substratee::node::api {

/// `on_taken` runs on the chain's thread before anybody is told anything about the transaction. Nothing: the chain's
/// thread has no time.
[[nodiscard]] std::optional<std::expected<Hash256, service::SubmitError>> submit(
    const NodeContext& context, Bytes extrinsic, std::function<void(const Hash256&)> on_taken);

}  // namespace substratee::node::api
