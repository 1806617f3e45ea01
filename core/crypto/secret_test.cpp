#include "core/crypto/secret.hpp"

#include "core/crypto/secret_arena.hpp"
#include "tests/support/random.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

namespace substratee::crypto {
namespace {

static_assert(!std::is_copy_constructible_v<Secret<32>> && !std::is_copy_assignable_v<Secret<32>>);
static_assert(std::is_nothrow_move_constructible_v<Secret<32>> && std::is_nothrow_move_assignable_v<Secret<32>>);
static_assert(!std::is_copy_constructible_v<Wiped<32>> && !std::is_copy_constructible_v<WipedBytes>);
static_assert(!std::equality_comparable<Secret<32>>);

bool is_zero(ByteView bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

// The flags that the kernel reports for the mapping with `address`.
std::string mapping_flags(const void* address) {
  std::ifstream maps("/proc/self/smaps");
  const auto wanted = reinterpret_cast<std::uintptr_t>(address);
  bool inside = false;
  for (std::string line; std::getline(maps, line);) {
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;
    char dash = 0;
    std::istringstream range(line);
    if (range >> std::hex >> begin >> dash >> end && dash == '-') inside = begin <= wanted && wanted < end;
    if (inside && line.starts_with("VmFlags:")) return line;
  }
  return {};
}

TEST(secret, starts_as_zero_even_in_a_used_slot) {
  for (int round = 0; round < 3; ++round) {
    Secret<32> secret;
    EXPECT_TRUE(is_zero(secret.view()));
    std::ranges::fill(secret.mutable_view(), 0xff);
    Secret<200> large;
    EXPECT_TRUE(is_zero(large.view()));
    std::ranges::fill(large.mutable_view(), 0xff);
  }
}

TEST(secret, moves_the_bytes_without_copying_them) {
  auto first = *Secret<4>::from(Bytes{1, 2, 3, 4});
  const auto* address = first.view().data();
  Secret<4> second(std::move(first));
  EXPECT_EQ(second.view().data(), address);
  Secret<4> third;
  third = std::move(second);
  EXPECT_EQ(third.view().data(), address);
  EXPECT_EQ(to_bytes(third.view()), (Bytes{1, 2, 3, 4}));
}

TEST(secret, is_taken_only_from_bytes_of_its_size) {
  EXPECT_FALSE(Secret<4>::from(Bytes{1, 2, 3}));
  EXPECT_FALSE(Secret<4>::from(Bytes{1, 2, 3, 4, 5}));
  EXPECT_FALSE(Secret<4>::from({}));
}

TEST(secret, clone_is_a_second_copy) {
  const auto secret = *Secret<4>::from(Bytes{1, 2, 3, 4});
  auto other = secret.clone();
  other.mutable_view()[0] = 9;
  EXPECT_EQ(secret.view()[0], 1);
  EXPECT_EQ(to_bytes(other.view()), (Bytes{9, 2, 3, 4}));
}

TEST(secret, is_drawn_from_the_given_source) {
  test::SeededRandom one(7);
  test::SeededRandom two(7);
  EXPECT_EQ(to_bytes(Secret<32>::draw(one).view()), to_bytes(two.draw<32>().bytes));
}

TEST(secret, stands_on_pages_left_out_of_dumps) {
  const Secret<32> small;
  const Secret<4096> large;
  EXPECT_NE(mapping_flags(small.view().data()).find(" dd"), std::string::npos);
  EXPECT_NE(mapping_flags(large.view().data()).find(" dd"), std::string::npos);
  const auto ordinary = std::make_unique<int>(1);
  EXPECT_EQ(mapping_flags(ordinary.get()).find(" dd"), std::string::npos);
}

TEST(secret, many_live_ones_share_no_bytes) {
  constexpr int kCount = 3000;  // more than two slabs
  std::vector<Secret<64>> secrets(kCount);
  std::set<const std::uint8_t*> addresses;
  for (int i = 0; i < kCount; ++i) {
    std::ranges::fill(secrets[i].mutable_view(), static_cast<std::uint8_t>(i % 251));
    addresses.insert(secrets[i].view().data());
  }
  EXPECT_EQ(addresses.size(), kCount);
  for (int i = 0; i < kCount; ++i) {
    EXPECT_EQ(secrets[i].view()[0], i % 251);
    EXPECT_EQ(secrets[i].view()[63], i % 251);
  }
}

TEST(secret, serves_several_threads) {
  std::vector<std::jthread> threads;
  std::atomic<int> wrong = 0;
  for (std::uint8_t id = 1; id <= 4; ++id) {
    threads.emplace_back([id, &wrong] {
      for (int round = 0; round < 2000; ++round) {
        Secret<32> secret;
        std::ranges::fill(secret.mutable_view(), id);
        if (std::ranges::count(secret.view(), id) != 32) ++wrong;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(wrong, 0);
}

[[noreturn]] void use_secrets_without_locking() {
  const rlimit none{0, 0};
  setrlimit(RLIMIT_MEMLOCK, &none);
  std::vector<Secret<64>> several_slabs(1100);
  Secret<1000> large;
  std::ranges::fill(large.mutable_view(), 0xaa);
  std::ranges::fill(several_slabs.back().mutable_view(), 0xaa);
  _exit(several_slabs.back().view()[63] == 0xaa ? 0 : 1);
}

TEST(secret_death, works_without_permission_to_lock_memory) {
  EXPECT_EXIT(use_secrets_without_locking(), testing::ExitedWithCode(0), "");
}

TEST(secret_death, an_overrun_meets_a_guard_page) {
  const Secret<32> small;
  const Secret<4096> large;
  // A guard as long as a slab stands behind it, so one slab further is always inside the guard.
  const volatile std::uint8_t* behind = small.view().data() + 64 * 1024;
  EXPECT_DEATH(static_cast<void>(*behind), "");
  const volatile std::uint8_t* end = large.view().data() + 4096;
  EXPECT_DEATH(static_cast<void>(*end), "");
}

TEST(secret_death, a_slot_is_not_given_back_at_a_wrong_address) {
  std::uint8_t* slot = detail::take_secret_slot(64);
  EXPECT_DEATH(static_cast<void>(detail::give_back_secret_slot(slot + 1)), "offset");
  EXPECT_TRUE(detail::give_back_secret_slot(slot));
  std::uint8_t outside = 0;
  EXPECT_FALSE(detail::give_back_secret_slot(&outside));
}

TEST(wiped, is_zero_after_its_scope) {
  alignas(Wiped<32>) std::array<std::uint8_t, sizeof(Wiped<32>)> storage;
  auto* wiped = new (storage.data()) Wiped<32>;
  wiped->bytes.fill(0x55);
  wiped->~Wiped();
  EXPECT_TRUE(is_zero(storage));
}

TEST(wiped_bytes, moves_and_leaves_nothing_behind) {
  WipedBytes first(Bytes{1, 2, 3});
  WipedBytes second(std::move(first));
  EXPECT_EQ(to_bytes(second.view()), (Bytes{1, 2, 3}));
  WipedBytes third;
  third = std::move(second);
  EXPECT_EQ(to_bytes(third.view()), (Bytes{1, 2, 3}));
}

TEST(wipe, clears_what_it_is_given) {
  Bytes bytes{1, 2, 3, 4};
  wipe(MutableByteView(bytes).subspan(1, 2));
  EXPECT_EQ(bytes, (Bytes{1, 0, 0, 4}));
  wipe({});
}

TEST(equal_in_constant_time, compares_content_and_size) {
  EXPECT_TRUE(equal_in_constant_time(Bytes{1, 2, 3}, Bytes{1, 2, 3}));
  EXPECT_FALSE(equal_in_constant_time(Bytes{1, 2, 3}, Bytes{1, 2, 4}));
  EXPECT_FALSE(equal_in_constant_time(Bytes{0, 2, 3}, Bytes{1, 2, 3}));
  EXPECT_FALSE(equal_in_constant_time(Bytes{1, 2}, Bytes{1, 2, 3}));
  EXPECT_TRUE(equal_in_constant_time({}, {}));
}

}  // namespace
}  // namespace substratee::crypto
