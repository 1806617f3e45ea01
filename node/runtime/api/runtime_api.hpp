#pragma once

/// Runtime calls by name, as state_call, chainHead_v1_call and archive_v1_call carry them: SCALE arguments in, SCALE
/// answer out. Names are "<Api>_<method>", as Substrate's runtime has them.
/// Vocabulary: best = the block whose state is asked; a transaction is validated for the block after it.
/// Not its job: hex, JSON, which block is meant.

#include "node/runtime/runtime.hpp"

namespace substratee::node::runtime::api {

enum class ApiError : std::uint8_t {
  kUnknownName,   ///< there is no such runtime call
  kBadArguments,  ///< the arguments do not decode, or something stands behind them
};
/// For the client: "unknown runtime call".
[[nodiscard]] std::string_view to_string(ApiError error) noexcept;

/// Safe to call from many threads on one view.
[[nodiscard]] std::expected<Bytes, ApiError> call_runtime_api(const StateView& state, BlockNumber best,
                                                              const BlockHash& best_hash, std::string_view name,
                                                              ByteView arguments);

/// All runtime APIs in a fixed order.
[[nodiscard]] std::vector<ApiVersion> api_versions();

}  // namespace substratee::node::runtime::api
