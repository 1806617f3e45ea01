#include "rpc/dispatch_outcome.hpp"

#include <gtest/gtest.h>

namespace substratee::rpc {
namespace {

// Two events: success of extrinsic 0; failure of extrinsic 1 with Module{index 10, error [10, 0, 0, 0]}.
const Bytes kEvents = {8, 0, 0, 0, 0, 0, 0, 0, 4, 4, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 10, 10, 0, 0, 0, 4, 4, 0, 0, 0};

TEST(dispatch_outcome, names_the_pallets_error) {
  EXPECT_EQ(find_dispatch_error(kEvents, 1), "SubstrateeRegistry.WrongInstance");
}

TEST(dispatch_outcome, success_is_no_error) {
  EXPECT_EQ(find_dispatch_error(kEvents, 0), std::nullopt);
  EXPECT_EQ(find_dispatch_error({}, 0), std::nullopt);
}

TEST(dispatch_outcome, other_errors_have_names_too) {
  EXPECT_EQ(find_dispatch_error(Bytes{4, 0, 2, 0, 0, 0, 0, 1, 2}, 2), "BadOrigin");
  EXPECT_EQ(find_dispatch_error(Bytes{4, 0, 2, 0, 0, 0, 0, 1, 3, 2, 5}, 2), "pallet 2 error 5");
  EXPECT_EQ(find_dispatch_error(Bytes{4, 0, 2, 0, 0, 0, 0, 1}, 2), "unknown");
  EXPECT_EQ(find_dispatch_error(Bytes{4, 0, 2, 0, 0, 0, 0, 1, 99}, 2), "unknown");
}

}  // namespace
}  // namespace substratee::rpc
