#include "node/runtime/version.hpp"

namespace substratee::node::runtime {

const RuntimeVersion& runtime_version() noexcept {
  static constexpr RuntimeVersion version{
      .spec_name = "substratee-node",
      .impl_name = "substratee-node-cpp",
      .authoring_version = 1,
      .spec_version = 1,
      .impl_version = 1,
      .transaction_version = 1,
      .state_version = 1,
  };
  return version;
}

}  // namespace substratee::node::runtime
