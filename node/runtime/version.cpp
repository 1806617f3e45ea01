#include "node/runtime/version.hpp"

#include "node/runtime/api/runtime_api.hpp"

namespace substratee::node::runtime {

const RuntimeVersion& runtime_version() {
  static const RuntimeVersion version{.spec_name = "substratee-node",
                                      .impl_name = "substratee-node-cpp",
                                      .authoring_version = 1,
                                      .spec_version = 2,
                                      .impl_version = 1,
                                      .apis = api::api_versions(),
                                      .transaction_version = 1,
                                      .state_version = 1};
  return version;
}

}  // namespace substratee::node::runtime
