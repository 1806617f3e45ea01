#include "core/crypto/system_random.hpp"

namespace substratee::crypto {
namespace {

TEST(system_random, may_be_initialised_twice) {
  initialise();
  initialise();
}

TEST(system_random, fills_all_bytes_and_never_the_same) {
  SystemRandom random;
  random.fill({});
  for (const std::size_t size : {32, 255, 256, 257, 5000}) {
    Bytes one(size);
    Bytes two(size);
    random.fill(one);
    random.fill(two);
    EXPECT_NE(one, two);
    // The chance that the last 16 bytes are all zero is 2^-128.
    EXPECT_NE(Bytes(one.end() - 16, one.end()), Bytes(16));
  }
}

}  // namespace
}  // namespace substratee::crypto
