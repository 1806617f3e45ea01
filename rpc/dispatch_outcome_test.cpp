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

TEST(dispatch_outcome, a_strangers_bytes_inside_an_event_are_no_event) {
  Bytes events = {12, 0, 1, 0, 0, 0, 2, 2};  // extrinsic 1 transfers, to an account that looks like a failure of 2
  Bytes account = {0, 2, 0, 0, 0, 0, 1, 3, 10, 10};
  account.resize(32);
  append(events, Bytes(32, 7));
  append(events, account);
  append(events, Bytes(16, 1));
  append(events, Bytes{0, 0, 1, 0, 0, 0, 0, 0, 4, 4, 0, 0, 0});
  append(events, Bytes{0, 2, 0, 0, 0, 0, 0, 4, 4, 0, 0, 0});
  EXPECT_EQ(find_dispatch_error(events, 1), std::nullopt);
  EXPECT_EQ(find_dispatch_error(events, 2), std::nullopt);
}

TEST(dispatch_outcome, an_unknown_or_cut_event_before_it_makes_it_unknown) {
  EXPECT_EQ(find_dispatch_error(Bytes{8, 2, 99, 0, 0, 0, 2, 0, 0, 0, 0, 0, 4, 4, 0, 0, 0}, 2), "unknown");
  for (std::size_t size = 1; size < 20; ++size) {
    EXPECT_EQ(find_dispatch_error(ByteView(kEvents).first(size), 1), "unknown") << size;
  }
}

TEST(dispatch_outcome, other_errors_have_names_too) {
  EXPECT_EQ(find_dispatch_error(Bytes{4, 0, 2, 0, 0, 0, 0, 1, 2}, 2), "BadOrigin");
  EXPECT_EQ(find_dispatch_error(Bytes{4, 0, 2, 0, 0, 0, 0, 1, 3, 2, 5}, 2), "pallet 2 error 5");
  EXPECT_EQ(find_dispatch_error(Bytes{4, 0, 2, 0, 0, 0, 0, 1}, 2), "unknown");
  EXPECT_EQ(find_dispatch_error(Bytes{4, 0, 2, 0, 0, 0, 0, 1, 99}, 2), "unknown");
}

}  // namespace
}  // namespace substratee::rpc
