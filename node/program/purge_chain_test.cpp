/// purge-chain asks: nothing goes without a yes, and the key only with its own word.

#include "node/program/commands.hpp"
#include "node/service/setup.hpp"
#include "tests/support/random.hpp"
#include "tests/support/temporary_directory.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

namespace substratee::node::program {
namespace {

/// Another standard input for as long as it lives.
class StandardInput {
 public:
  explicit StandardInput(int fd) : kept_(::dup(STDIN_FILENO)) {
    ::dup2(fd, STDIN_FILENO);
    ::close(fd);
  }
  StandardInput(const StandardInput&) = delete;
  StandardInput& operator=(const StandardInput&) = delete;
  ~StandardInput() {
    ::dup2(kept_, STDIN_FILENO);
    ::close(kept_);
  }

 private:
  int kept_;
};

struct Said {
  int status = 0;
  std::string output;
  std::string error;
};

class PurgeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    substratee::test::SeededRandom random;
    const auto made = service::open_chain({.base_path = base, .dev = true}, random);
    ASSERT_TRUE(made) << made.error().message;
  }
  Said purge(const PurgeOptions& options) const {
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    Said out{.status = execute(options), .output = {}, .error = {}};
    out.output = testing::internal::GetCapturedStdout();
    out.error = testing::internal::GetCapturedStderr();
    return out;
  }
  /// At a terminal, where somebody types `answer`.
  Said answered(std::string_view answer, bool with_key = false) const {
    const int keyboard = ::posix_openpt(O_RDWR | O_NOCTTY);
    if (keyboard < 0 || ::grantpt(keyboard) != 0 || ::unlockpt(keyboard) != 0) throw std::runtime_error("no terminal");
    const StandardInput input(::open(::ptsname(keyboard), O_RDWR | O_NOCTTY));
    if (::write(keyboard, answer.data(), answer.size()) < 0) throw std::runtime_error("no keyboard");
    auto out = purge({.base_path = base, .with_key = with_key});
    ::close(keyboard);
    return out;
  }
  bool has(const char* name) const { return std::filesystem::exists(base / name); }

  substratee::test::TemporaryDirectory directory;
  std::filesystem::path base = directory.path() / "base";
};

TEST_F(PurgeTest, without_a_terminal_it_wants_the_flag) {
  const StandardInput input(::open("/dev/null", O_RDONLY));
  const auto refused = purge({.base_path = base});
  EXPECT_EQ(refused.status, 1);
  EXPECT_NE(refused.error.find("--yes"), std::string::npos) << refused.error;
  EXPECT_TRUE(has("db"));
  const auto done = purge({.base_path = base, .yes = true});
  EXPECT_EQ(done.status, 0);
  EXPECT_NE(done.output.find("key is kept in " + (base / "keystore/authority").string()), std::string::npos)
      << done.output;
  EXPECT_FALSE(has("db"));
  EXPECT_TRUE(has("keystore/authority"));
  const auto nothing = purge({.base_path = base});
  EXPECT_EQ(nothing.status, 0);
  EXPECT_NE(nothing.output.find("No chain in"), std::string::npos) << nothing.output;
  EXPECT_EQ(purge({.base_path = base, .with_key = true}).status, 1);
  EXPECT_EQ(purge({.base_path = base, .with_key = true, .yes = true}).status, 0);
  EXPECT_FALSE(has("keystore"));
}

TEST_F(PurgeTest, at_a_terminal_only_a_yes_removes) {
  for (const auto* answer : {"\n", "n\n", "yesterday\n", "\x04"}) {
    const auto kept = answered(answer);
    EXPECT_EQ(kept.status, 1) << answer;
    EXPECT_NE(kept.output.find((base / "db").string()), std::string::npos) << kept.output;
    EXPECT_NE(kept.output.find("Aborted"), std::string::npos) << kept.output;
    EXPECT_TRUE(has("db"));
  }
  EXPECT_EQ(answered("y\n").status, 0);
  EXPECT_FALSE(has("db"));
  EXPECT_TRUE(has("keystore/authority"));
}

TEST_F(PurgeTest, the_question_names_the_key) {
  const auto kept = answered("n\n", true);
  EXPECT_NE(kept.output.find("the key that seals the chain"), std::string::npos) << kept.output;
  EXPECT_TRUE(has("keystore/authority"));
  EXPECT_EQ(answered("Y\n", true).status, 0);
  EXPECT_FALSE(has("keystore"));
}

}  // namespace
}  // namespace substratee::node::program
