#include "rpc/worker_api.hpp"

#include "rpc/json_forms.hpp"

namespace substratee::rpc {
namespace json = net::json;
namespace {

std::optional<std::string> text_member(const json::value& value, std::string_view name) {
  const auto* member = find(value, name);
  if (member == nullptr) return std::nullopt;
  if (member->is_null()) return std::string();
  if (!member->is_string()) return std::nullopt;
  return std::string(member->as_string());
}

template <std::size_t N>
std::optional<FixedBytes<N>> fixed_member(const json::value& value, std::string_view name) {
  const auto* member = find(value, name);
  return member == nullptr ? std::nullopt : fixed_from_json<N>(*member);
}

std::optional<std::uint32_t> u32_member(const json::value& value, std::string_view name) {
  const auto* member = find(value, name);
  return member == nullptr ? std::nullopt : u32_from_json(*member);
}

json::value text_or_null(const std::string& text) { return text.empty() ? json::value(nullptr) : json::value(text); }

template <class Number>
std::optional<Number> number_member(const json::value& value, std::string_view name) {
  const auto* member = find(value, name);
  if (member == nullptr || !member->is_number()) return std::nullopt;
  boost::system::error_code error;
  const auto number = member->to_number<Number>(error);
  return error ? std::nullopt : std::optional(number);
}

template <class Number>
json::value number_or_null(const std::optional<Number>& number) {
  return number ? json::value(*number) : json::value(nullptr);
}

json::value collateral_json(const std::optional<CollateralHealth>& health) {
  if (!health) return nullptr;
  return json::object{{"state", health->state},
                      {"expires", number_or_null(health->expires)},
                      {"days_left", number_or_null(health->days_left)},
                      {"error", text_or_null(health->error)}};
}

std::optional<CollateralHealth> collateral_from_json(const json::value& value) {
  const auto* member = find(value, "collateral");
  if (member == nullptr || member->is_null()) return std::nullopt;
  return CollateralHealth{
      text_member(*member, "state").value_or(std::string()), number_member<std::uint64_t>(*member, "expires"),
      number_member<std::int64_t>(*member, "days_left"), text_member(*member, "error").value_or(std::string())};
}

json::value loading_json(const std::optional<LoadProgress>& loading) {
  if (!loading) return nullptr;
  return json::object{{"done_bytes", loading->done_bytes},
                      {"total_bytes", loading->total_bytes},
                      {"bytes_per_second", loading->bytes_per_second},
                      {"seconds_left", number_or_null(loading->seconds_left)}};
}

std::optional<LoadProgress> loading_from_json(const json::value& value) {
  const auto* member = find(value, "loading");
  if (member == nullptr || member->is_null()) return std::nullopt;
  return LoadProgress{number_member<std::uint64_t>(*member, "done_bytes").value_or(0),
                      number_member<std::uint64_t>(*member, "total_bytes").value_or(0),
                      number_member<std::uint64_t>(*member, "bytes_per_second").value_or(0),
                      number_member<std::uint64_t>(*member, "seconds_left")};
}

}  // namespace

json::value to_json(const WorkerHealth& health) {
  return json::object{{"phase", health.phase},
                      {"head", health.head},
                      {"is_ready", health.is_ready},
                      {"member", text_or_null(health.member)},
                      {"root", text_or_null(health.root)},
                      {"agreed", health.agreed ? json::value(*health.agreed) : json::value(nullptr)},
                      {"epoch", health.epoch},
                      {"waiting_seconds", health.waiting_seconds},
                      {"is_disputed", health.is_disputed},
                      {"diverged_at", health.diverged_at ? json::value(*health.diverged_at) : json::value(nullptr)},
                      {"kind", text_or_null(health.kind)},
                      {"hardware", health.hardware},
                      {"valid_until", health.valid_until ? json::value(*health.valid_until) : json::value(nullptr)},
                      {"collateral", collateral_json(health.collateral)},
                      {"loading", loading_json(health.loading)},
                      {"store_error", text_or_null(health.store_error)}};
}

std::optional<WorkerHealth> worker_health_from_json(const json::value& value) {
  const auto phase = text_member(value, "phase");
  const auto head = u32_member(value, "head");
  const auto* is_ready = find(value, "is_ready");
  const auto member = text_member(value, "member");
  const auto root = text_member(value, "root");
  const auto epoch = u32_member(value, "epoch");
  const auto kind = text_member(value, "kind");
  const auto* hardware = find(value, "hardware");
  if (!phase || !head || is_ready == nullptr || !is_ready->is_bool() || !member || !root || !epoch) return std::nullopt;
  if (!kind || hardware == nullptr || !hardware->is_bool()) return std::nullopt;
  const auto* valid_until = find(value, "valid_until");
  const auto* disputed = find(value, "is_disputed");
  return WorkerHealth{.phase = *phase,
                      .head = *head,
                      .is_ready = is_ready->as_bool(),
                      .member = *member,
                      .root = *root,
                      .agreed = u32_member(value, "agreed"),
                      .epoch = *epoch,
                      .waiting_seconds = u32_member(value, "waiting_seconds").value_or(0),
                      .is_disputed = disputed != nullptr && disputed->is_bool() && disputed->as_bool(),
                      .diverged_at = u32_member(value, "diverged_at"),
                      .kind = *kind,
                      .hardware = hardware->as_bool(),
                      .valid_until = valid_until == nullptr ? std::nullopt : number_from_json(*valid_until),
                      .collateral = collateral_from_json(value),
                      .loading = loading_from_json(value),
                      .store_error = text_member(value, "store_error").value_or(std::string())};
}

json::value to_json(const protocol::ShieldingKeyAnswer& answer) {
  return json::object{{"shielding_key", hex_json(answer.key)},
                      {"epoch", answer.epoch},
                      {"enclave", hex_json(answer.enclave)},
                      {"signature", hex_json(answer.signature)}};
}

std::optional<protocol::ShieldingKeyAnswer> shielding_key_from_json(const json::value& value) {
  const auto key = fixed_member<32>(value, "shielding_key");
  const auto epoch = u32_member(value, "epoch");
  const auto enclave = fixed_member<32>(value, "enclave");
  const auto signature = fixed_member<64>(value, "signature");
  if (!key || !epoch || !enclave || !signature) return std::nullopt;
  return protocol::ShieldingKeyAnswer{*key, *epoch, *enclave, *signature};
}

}  // namespace substratee::rpc
