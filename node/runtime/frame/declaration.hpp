#pragma once

/// What pallets declare for people and clients beside what they encode: constants, and what 32 bytes mean.

#include <cstdint>
#include <string_view>

namespace substratee::node::runtime {

/// How clients show 32 bytes.
enum class Meaning : std::uint8_t { kHash, kAccount };

/// A value that the runtime is built with.
template <class T>
struct Constant {
  using Value = T;
  std::string_view name;
  T value{};
  std::string_view docs;
};
template <class T>
Constant(std::string_view, T, std::string_view) -> Constant<T>;

}  // namespace substratee::node::runtime
