#include "node/program/base_directory.hpp"

#include "tests/support/temporary_directory.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace substratee::node::program {
namespace {

TEST(ready_file, is_there_from_write_to_end) {
  const substratee::test::TemporaryDirectory directory;
  const auto path = directory.path() / "ready";
  {
    ReadyFile ready(path);
    EXPECT_FALSE(std::filesystem::exists(path));
    ASSERT_TRUE(ready.write("ws://127.0.0.1:1"));
    std::string line;
    std::getline(std::ifstream(path), line);
    EXPECT_EQ(line, "ws://127.0.0.1:1");
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(ready_file, tells_why_it_cannot_be_written) {
  const substratee::test::TemporaryDirectory directory;
  const auto told = ReadyFile(directory.path() / "none" / "ready").write("ws://127.0.0.1:1");
  ASSERT_FALSE(told);
  EXPECT_NE(told.error().message.find("No such file or directory"), std::string::npos) << told.error().message;
  std::filesystem::create_directory(directory.path() / "taken.new");
  const auto directory_there = ReadyFile(directory.path() / "taken").write("ws://127.0.0.1:1");
  ASSERT_FALSE(directory_there);
  EXPECT_NE(directory_there.error().message.find("Is a directory"), std::string::npos)
      << directory_there.error().message;
}

}  // namespace
}  // namespace substratee::node::program
