#include "core/stf/transition.hpp"

#include "core/stf/counter/counter.hpp"

namespace substratee::stf {

std::string_view to_string(Error error) noexcept {
  switch (error) {
    case Error::kUnknownFunction: return "this build has no such state transition function";
    case Error::kMalformedCall: return "the call does not decode";
    case Error::kRefused: return "the state transition function refuses the call";
  }
  return "unknown error";
}

const Transition* find(std::string_view name) noexcept {
  static constexpr const Transition* kAll[] = {&counter::kTransition};
  for (const auto* transition : kAll) {
    if (transition->name == name) return transition;
  }
  return nullptr;
}

}  // namespace substratee::stf
