#pragma once

/// Names of types and enumerators as the source has them, so that no second list can drift from the declaration.

#include <array>
#include <concepts>
#include <string_view>
#include <utility>

namespace substratee::node::runtime {

namespace detail {

/// What stands between the last `mark` and the closing bracket of a compiler's function name.
constexpr std::string_view between(std::string_view text, std::string_view mark) {
  const auto begin = text.rfind(mark) + mark.size();
  return text.substr(begin, text.rfind(']') - begin);
}

template <class T>
constexpr std::string_view raw_type() {
  return between(__PRETTY_FUNCTION__, "[T = ");
}
template <auto kValue>
constexpr std::string_view raw_value() {
  return between(__PRETTY_FUNCTION__, "[kValue = ");
}

}  // namespace detail

/// "substratee::registry::Enclave".
template <class T>
inline constexpr std::string_view kTypeName = detail::raw_type<T>();

/// "Enclave".
[[nodiscard]] constexpr std::string_view last_part(std::string_view path) {
  const auto colon = path.rfind(':');
  return colon == std::string_view::npos ? path : path.substr(colon + 1);
}

/// "SgxDcap" of Kind::kSgxDcap.
template <auto kValue>
[[nodiscard]] constexpr std::string_view enumerator_name() {
  return last_part(detail::raw_value<kValue>()).substr(1);
}

/// The names of all values, from 0 to scale_last.
template <class Enum>
[[nodiscard]] constexpr auto enumerator_names() {
  constexpr auto kCount = static_cast<std::size_t>(scale_last(Enum{})) + 1;
  return []<std::size_t... I>(std::index_sequence<I...>) {
    return std::array<std::string_view, kCount>{enumerator_name<static_cast<Enum>(I)>()...};
  }(std::make_index_sequence<kCount>{});
}

}  // namespace substratee::node::runtime
