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

/// The end of the leaf that begins at `first`.
Records::const_iterator leaf_end(const crypto::Secret<32>& cut_key, const Records& records,
                                 Records::const_iterator first) {
  Cutter cutter(cut_key);
  for (auto record = first; record != records.end(); ++record) {
    const auto size = record_size(record->first, record->second.view().size());
    if (cutter.ends_before(size)) return record;
    if (cutter.ends_behind(record->first, size)) return std::next(record);
  }
  return records.end();
}

LeafRecords views(Records::const_iterator first, Records::const_iterator last) {
  LeafRecords out;
  for (; first != last; ++first) out.push_back(record_of(first->first, first->second.view(), {}));
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

TEST(cut, the_shapes_of_leaves_tell_whether_they_follow_the_rule) {
  const auto cut_key = test_cut_key();
  for (const std::size_t value_size : {20U, 107U, 5000U, 8192U}) {
    const auto records = records_of(1000, value_size);
    const auto second = leaf_end(cut_key, records, records.begin());
    const auto third = leaf_end(cut_key, records, second);
    const auto shape = [&](auto first, auto last) { return shape_of(cut_key, views(first, last)); };
    const auto next = shape(second, third);
    const auto whole = shape(records.begin(), second);
    EXPECT_TRUE(whole.is_whole) << value_size;
    EXPECT_TRUE(ends_before(whole, next)) << value_size;
    EXPECT_FALSE(shape(records.begin(), std::next(second)).is_whole) << value_size;
    EXPECT_FALSE(shape(records.begin(), third).is_whole) << value_size;
    if (std::next(records.begin()) == second) continue;
    const auto shorter = shape(records.begin(), std::prev(second));
    EXPECT_TRUE(shorter.is_whole) << value_size;
    EXPECT_FALSE(ends_before(shorter, shape(std::prev(second), third))) << value_size;
  }
}

}  // namespace
}  // namespace substratee::enclave::state::test
