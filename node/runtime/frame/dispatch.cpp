#include "node/runtime/frame/dispatch.hpp"

#include <fmt/format.h>

namespace substratee::node::runtime {
namespace {

struct Describe {
  std::string operator()(const OtherError&) const { return "Other"; }
  std::string operator()(const BadOrigin&) const { return "BadOrigin"; }
  std::string operator()(const ModuleError& error) const {
    if (error.index == registry::kRegistryIndex) {
      return fmt::format("SubstrateeRegistry.{}", registry::to_string(static_cast<registry::Error>(error.error[0])));
    }
    return fmt::format("Module {} error {}", error.index, error.error[0]);
  }
  std::string operator()(const TokenError& error) const {
    return fmt::format("Token.{}", kTokenReasonNames[static_cast<std::size_t>(error.reason)]);
  }
  std::string operator()(const ArithmeticError& error) const {
    return fmt::format("Arithmetic.{}", kArithmeticReasonNames[static_cast<std::size_t>(error.reason)]);
  }
};

}  // namespace

std::string to_string(const DispatchError& error) { return std::visit(Describe{}, error); }

}  // namespace substratee::node::runtime
