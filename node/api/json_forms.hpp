#pragma once

/// JSON forms of the node's own values and errors, as Substrate nodes write them. Those that clients read too are in
/// rpc/json_forms.hpp.

#include "node/api/params.hpp"
#include "node/pool/transaction_pool.hpp"
#include "node/service/chain.hpp"
#include "node/service/chain_spec.hpp"
#include "rpc/json_forms.hpp"

namespace substratee::node::api {

using rpc::hex_json;
using rpc::to_json;

/// "ready", {"inBlock": "0x…"}, …
[[nodiscard]] json::value to_json(const pool::Notice& notice);

/// How RuntimeVersion lists its APIs: pairs of the legacy methods, an object of the new ones.
enum class ApisForm { kPairs, kObject };
/// Pairs: state_getRuntimeVersion. Object: the "spec" of chainHead_v1.
[[nodiscard]] json::value runtime_version_json(ApisForm form = ApisForm::kPairs);
[[nodiscard]] json::value properties_json(const service::ChainIdentity& identity);

/// Codes of Substrate's state API.
inline constexpr int kRangeTooLarge = 4001;
inline constexpr int kCountTooLarge = 4002;
inline constexpr int kClientError = 4003;

[[nodiscard]] RpcError to_rpc_error(const service::SubmitError& error);
[[nodiscard]] RpcError to_rpc_error(const storage::Error& error);
[[nodiscard]] RpcError client_error(std::string_view what);
/// The extrinsic in a question does not decode; `what` failed.
[[nodiscard]] RpcError undecodable_error(std::string_view what);
/// The chain thread has stopped or has too much to do.
[[nodiscard]] RpcError busy_error();
/// For people: "Transaction is outdated".
[[nodiscard]] std::string to_text(const service::SubmitError& error);

template <class T>
[[nodiscard]] Parsed<T> or_error(storage::Result<T> result) {
  if (!result) return std::unexpected(to_rpc_error(result.error()));
  return *std::move(result);
}

}  // namespace substratee::node::api
