#include "enclave/platform/simulation/surroundings.hpp"

#include "core/attestation/simulation/platform.hpp"
#include "tests/support/temporary_directory.hpp"

#include <fstream>
#include <iterator>

namespace substratee::enclave::platform::simulation {
namespace {

TEST(surroundings, own_measurement_is_that_of_the_file) {
  std::ifstream file("/proc/self/exe", std::ios::binary);
  const Bytes bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  EXPECT_EQ(measure_own_executable(), attestation::simulation::measure(bytes));
}

TEST(surroundings, each_sign_of_a_real_tee_is_seen) {
  for (const std::string sign : {"/dev/attestation/quote", "/dev/sgx_enclave", "/dev/tdx_guest", "/dev/sev-guest",
                                 "/sys/kernel/config/tsm/report"}) {
    const test::TemporaryDirectory machine;
    EXPECT_EQ(find_real_tee(machine.path().string()), std::nullopt);
    std::filesystem::create_directories((machine.path().string() + sign).c_str());
    EXPECT_EQ(find_real_tee(machine.path().string()), sign);
  }
}

}  // namespace
}  // namespace substratee::enclave::platform::simulation
