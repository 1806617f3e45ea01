#include "enclave/state/cut.hpp"

#include "enclave/state/fixture_test.hpp"

#include <set>

namespace substratee::enclave::state::test {
namespace {

Records records_of(std::uint32_t count, std::size_t value_size) {
  Records out;
  for (std::uint32_t i = 0; i < count; ++i) out.emplace(key_of(i), crypto::WipedBytes(value_of(i, value_size)));
  return out;
}

std::set<Bytes> cuts_of(const Records& records, const crypto::Secret<32>& cut_key) {
  std::set<Bytes> out;
  for (auto record = records.begin(); record != records.end(); record = leaf_end(cut_key, records, record)) {
    out.insert(record->first);
  }
  return out;
}

TEST(cut, leaves_are_within_their_bounds_and_12_kib_on_average) {
  for (const std::size_t value_size : {20U, 107U, 1000U}) {
    const auto cut_key = test_cut_key();
    const auto records = records_of(static_cast<std::uint32_t>(2'000'000 / (value_size + 40)), value_size);
    const auto one = record_size(key_of(0), value_size);
    std::size_t count = 0;
    std::size_t full = 0;
    for (auto record = records.begin(); record != records.end(); ++count) {
      const auto end = leaf_end(cut_key, records, record);
      const auto size = static_cast<std::size_t>(std::distance(record, end)) * one;
      EXPECT_LE(size, kMaxNodeSize);
      if (end != records.end()) EXPECT_GT(size, kMinNodeSize);
      if (size + one > kMaxNodeSize) ++full;
      record = end;
    }
    const auto average = records.size() * one / count;
    EXPECT_GT(average, 11U * 1024U) << value_size;
    EXPECT_LT(average, 13U * 1024U) << value_size;
    EXPECT_LT(full * 10, count) << value_size;
  }
}

TEST(cut, values_of_the_same_size_move_no_cut) {
  const auto cut_key = test_cut_key();
  auto records = records_of(2000, 100);
  const auto before = cuts_of(records, cut_key);
  for (auto& [key, value] : records) value = crypto::WipedBytes(Bytes(100, 0xee));
  EXPECT_EQ(cuts_of(records, cut_key), before);
}

TEST(cut, another_key_cuts_elsewhere) {
  const auto records = records_of(2000, 100);
  EXPECT_NE(cuts_of(records, test_cut_key()), cuts_of(records, secret(9)));
}

TEST(cut, records_that_fill_a_leaf_stand_alone) {
  const auto records = records_of(5, 8192);
  EXPECT_EQ(cuts_of(records, test_cut_key()).size(), 5U);
}

}  // namespace
}  // namespace substratee::enclave::state::test
