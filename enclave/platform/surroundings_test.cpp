#include "enclave/platform/surroundings.hpp"

#include "tests/support/temporary_directory.hpp"

namespace substratee::enclave::platform {
namespace {

Surroundings with(const std::vector<std::string>& paths) {
  const test::TemporaryDirectory machine;
  for (const auto& path : paths) std::filesystem::create_directories(machine.path().string() + path);
  return look_around(machine.path().string());
}

TEST(surroundings, each_platform_is_known_by_its_files) {
  EXPECT_EQ(with({}), Surroundings::kNoTee);
  EXPECT_EQ(with({"/dev/attestation/attestation_type"}), Surroundings::kGramine);
  EXPECT_EQ(with({"/dev/attestation/quote"}), Surroundings::kGramine);
  EXPECT_EQ(with({"/sys/kernel/config/tsm/report"}), Surroundings::kTsm);
  for (const std::string device : {"/dev/sgx_enclave", "/dev/tdx_guest", "/dev/sev-guest"}) {
    EXPECT_EQ(with({device}), Surroundings::kUnreachableTee) << device;
  }
}

TEST(surroundings, gramine_without_sgx_protects_nothing) {
  EXPECT_EQ(with({"/dev/attestation/keys"}), Surroundings::kGramineDirect);
  EXPECT_FALSE(has_real_tee(Surroundings::kGramineDirect));
}

TEST(surroundings, the_platform_that_protects_this_process_comes_first) {
  EXPECT_EQ(with({"/dev/attestation/attestation_type", "/dev/sgx_enclave"}), Surroundings::kGramine);
  EXPECT_EQ(with({"/sys/kernel/config/tsm/report", "/dev/sev-guest"}), Surroundings::kTsm);
}

TEST(surroundings, configfs_without_tsm_is_no_tee) { EXPECT_EQ(with({"/sys/kernel/config"}), Surroundings::kNoTee); }

}  // namespace
}  // namespace substratee::enclave::platform
