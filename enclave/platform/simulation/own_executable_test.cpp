#include "enclave/platform/simulation/own_executable.hpp"

#include "core/attestation/simulation/platform.hpp"

#include <fstream>
#include <iterator>

namespace substratee::enclave::platform::simulation {
namespace {

TEST(own_executable, measurement_is_that_of_the_file) {
  std::ifstream file("/proc/self/exe", std::ios::binary);
  const Bytes bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  EXPECT_EQ(measure_own_executable(), attestation::simulation::measure(bytes));
}

}  // namespace
}  // namespace substratee::enclave::platform::simulation
