#include "node/storage/pruning.hpp"

#include <gtest/gtest.h>

namespace substratee::node::storage {
namespace {

TEST(pruning, is_a_number_of_blocks_or_archive) {
  EXPECT_EQ(pruning_from("archive"), Pruning{std::nullopt});
  EXPECT_EQ(pruning_from("1"), Pruning{1});
  EXPECT_EQ(pruning_from("1000000000"), Pruning{1'000'000'000});
  for (const auto* text : {"", "0", "-1", "1000000001", "4294967297", "12x", " 1", "Archive"})
    EXPECT_FALSE(pruning_from(text)) << text;
  for (const auto& mode : {Pruning{}, Pruning{7}, Pruning{std::nullopt}})
    EXPECT_EQ(pruning_from(to_string(mode)), mode);
}

}  // namespace
}  // namespace substratee::node::storage
