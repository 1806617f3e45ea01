#include "core/scale/codec.hpp"
#include "node/api/state_access.hpp"
#include "node/runtime/api/answers.hpp"
#include "node/runtime/validity.hpp"

#include <fmt/format.h>

namespace substratee::node::api {

namespace {

using runtime::api::DispatchInfoAnswer;
using runtime::api::FeeDetails;

std::string hex_of(primitives::Balance balance) { return fmt::format("{:#x}", balance); }

/// The answer of a call that takes (extrinsic, length).
template <class T>
Parsed<T> ask(const NodeContext& context, const json::array& raw, std::string_view call, std::string_view failure) {
  const Params params(raw);
  auto arguments = SUBSTRATEE_TRY(params.bytes(0, "extrinsic"));
  const auto extrinsic = runtime::decode(arguments);
  if (!extrinsic && extrinsic.error() == runtime::InvalidReason::kMalformed) {
    return std::unexpected(undecodable_error(failure));
  }
  const auto at = SUBSTRATEE_TRY(state_at(context, params, 1));
  append(arguments, scale::encode(static_cast<std::uint32_t>(arguments.size())));
  const auto answer = SUBSTRATEE_TRY(call_runtime(at, call, arguments));
  const auto decoded = scale::decode<T>(answer);
  if (!decoded) return std::unexpected(client_error("the runtime's answer does not decode"));
  return *decoded;
}

net::RpcResult query_info(const NodeContext& context, const json::array& params) {
  static constexpr std::array<const char*, 3> kClasses = {"normal", "operational", "mandatory"};
  const auto info = SUBSTRATEE_TRY(
      ask<DispatchInfoAnswer>(context, params, "TransactionPaymentApi_query_info", "Unable to query dispatch info."));
  return json::object{
      {"weight", json::object{{"ref_time", info.weight.ref_time.value}, {"proof_size", info.weight.proof_size.value}}},
      {"class", kClasses[static_cast<std::size_t>(info.dispatch_class)]},
      {"partialFee", fmt::format("{}", info.partial_fee)}};
}

net::RpcResult query_fee_details(const NodeContext& context, const json::array& params) {
  const auto details = SUBSTRATEE_TRY(
      ask<FeeDetails>(context, params, "TransactionPaymentApi_query_fee_details", "Unable to query fee details."));
  if (!details.inclusion_fee) return json::object{{"inclusionFee", nullptr}};
  const auto& fee = *details.inclusion_fee;
  return json::object{{"inclusionFee", json::object{{"baseFee", hex_of(fee.base_fee)},
                                                    {"lenFee", hex_of(fee.len_fee)},
                                                    {"adjustedWeightFee", hex_of(fee.adjusted_weight_fee)}}}};
}

}  // namespace

void add_payment_methods(net::JsonRpcServer& server, const NodeContext& context) {
  server.method("payment_queryInfo", [context](const json::array& params) { return query_info(context, params); });
  server.method("payment_queryFeeDetails",
                [context](const json::array& params) { return query_fee_details(context, params); });
}

}  // namespace substratee::node::api
