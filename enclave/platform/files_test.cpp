#include "enclave/platform/files.hpp"

#include "tests/support/temporary_directory.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <thread>

namespace substratee::enclave::platform {
namespace {

struct Posix : testing::Test {
  test::TemporaryDirectory folder;
  PosixFiles files;
  std::string path(const std::string& name) const { return (folder.path() / name).string(); }
  void put(const std::string& name, std::size_t size) const {
    std::ofstream(path(name), std::ios::binary) << std::string(size, 'x');
  }
};

TEST_F(Posix, reads_to_the_end_and_no_further_than_allowed) {
  for (const std::size_t size : {0, 1, 4095, 4096, 4097, 20'000}) {
    put("file", size);
    EXPECT_EQ(files.read(path("file"), size).value_or(Bytes(1)).size(), size);
    if (size > 0) {
      EXPECT_EQ(files.read(path("file"), size - 1).error(), EFBIG);
    }
  }
  EXPECT_EQ(files.read(path("none"), 10).error(), ENOENT);
  EXPECT_EQ(files.read(folder.path().string(), 10).error(), EISDIR);
}

TEST_F(Posix, writes_into_what_is_there_only) {
  EXPECT_EQ(files.write(path("none"), Bytes{1}).error(), ENOENT);
  put("file", 3);
  ASSERT_TRUE(files.write(path("file"), as_bytes("ab")));
  EXPECT_EQ(files.read(path("file"), 10), to_bytes(as_bytes("abx")));
}

TEST_F(Posix, folders_come_and_go) {
  ASSERT_TRUE(files.make_directory(path("new")));
  EXPECT_EQ(files.make_directory(path("new")).error(), EEXIST);
  ASSERT_TRUE(files.remove_directory(path("new")));
  EXPECT_EQ(files.remove_directory(path("new")).error(), ENOENT);
}

// As a driver's attribute: what is written arrives in one piece and is complete at close.
TEST_F(Posix, a_fifo_gets_one_write_and_its_end) {
  ASSERT_EQ(::mkfifo(path("fifo").c_str(), 0600), 0);
  std::string seen;
  std::jthread reader([&] {
    std::ifstream in(path("fifo"), std::ios::binary);
    seen.assign(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  });
  EXPECT_TRUE(files.write(path("fifo"), Bytes(64, 7)));
  reader.join();
  EXPECT_EQ(seen, std::string(64, '\7'));
}

TEST(describe_errno, says_words_and_number) {
  EXPECT_EQ(describe_errno(ETIMEDOUT), "timed out (errno 110)");
  EXPECT_EQ(describe_errno(12345), "failed (errno 12345)");
}

}  // namespace
}  // namespace substratee::enclave::platform
