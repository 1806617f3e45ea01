#include "core/stf/counter/counter.hpp"

#include <charconv>
#include <limits>

namespace substratee::stf::counter {
namespace {

std::uint64_t value_of(const StateReader& state, const primitives::AccountId& account) {
  const auto value = state.get(account_key(account, kCounterField));
  if (!value) return 0;
  return scale::decode<std::uint64_t>(*value).value_or(0);
}

Result<void> apply(StateMap& state, const primitives::AccountId& account, ByteView encoded) {
  const auto call = SUBSTRATEE_TRY_OR(Error::kMalformedCall, scale::decode<Call>(encoded));
  const auto by = std::get<Increment>(call).by;
  const auto old = value_of(state, account);
  if (by > std::numeric_limits<std::uint64_t>::max() - old) return std::unexpected(Error::kRefused);
  state.put(account_key(account, kCounterField), scale::encode(old + by));
  return {};
}

Result<Bytes> query(const StateReader& state, const primitives::AccountId& account, ByteView encoded) {
  SUBSTRATEE_TRY_OR(Error::kMalformedCall, scale::decode<Query>(encoded));
  return scale::encode(value_of(state, account));
}

Result<Bytes> call_from_text(std::string_view text) {
  constexpr std::string_view kVerb = "increment ";
  if (!text.starts_with(kVerb)) return std::unexpected(Error::kMalformedCall);
  const auto digits = text.substr(kVerb.size());
  std::uint64_t by = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), by);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::unexpected(Error::kMalformedCall);
  return scale::encode(Call{Increment{by}});
}

Result<Bytes> query_from_text(std::string_view text) {
  if (text != "counter") return std::unexpected(Error::kMalformedCall);
  return scale::encode(Query{ReadCounter{}});
}

Result<std::string> value_to_text(ByteView value) {
  return std::to_string(SUBSTRATEE_TRY_OR(Error::kMalformedCall, scale::decode<std::uint64_t>(value)));
}

}  // namespace

const Transition kTransition{"counter", &apply, &query, &call_from_text, &query_from_text, &value_to_text};

}  // namespace substratee::stf::counter
