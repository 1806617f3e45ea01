#include "enclave/platform/simulation/platform_directory.hpp"

#include "core/attestation/policy/development_root.hpp"
#include "core/crypto/system_random.hpp"
#include "tests/support/random.hpp"
#include "tests/support/temporary_directory.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

namespace substratee::enclave::platform::simulation {
namespace {

namespace fs = std::filesystem;

struct Directory : testing::Test {
  test::TemporaryDirectory temporary;
  fs::path path = temporary.path() / "platform";
  crypto::SystemRandom random;

  [[nodiscard]] DirectoryResult<PlatformDirectory> open() { return open_platform_directory(path.c_str(), random); }
  [[nodiscard]] std::optional<DirectoryError> refusal() {
    const auto opened = open();
    return opened ? std::nullopt : std::optional(opened.error());
  }
  [[nodiscard]] Bytes secret() {
    const auto opened = open();
    return opened ? to_bytes(opened->platform_secret.view()) : Bytes();
  }
  void write(const char* name, std::size_t size, fs::perms mode) const {
    std::ofstream(path / name, std::ios::binary) << std::string(size, '\x11');
    fs::permissions(path / name, mode);
  }
};

constexpr auto kOwnerOnly = fs::perms::owner_read | fs::perms::owner_write;

TEST_F(Directory, first_use_draws_a_secret_that_stays) {
  const auto first = secret();
  EXPECT_EQ(first.size(), 32);
  EXPECT_EQ(secret(), first);
  EXPECT_EQ(fs::status(path / kPlatformSecretFile).permissions(), kOwnerOnly);
  EXPECT_EQ(fs::status(path).permissions(), kOwnerOnly | fs::perms::owner_exec);
  EXPECT_EQ(std::distance(fs::directory_iterator(path), {}), 1) << "temporary files remain";
}

TEST_F(Directory, two_directories_are_two_platforms) {
  const auto first = secret();
  path = temporary.path() / "other";
  EXPECT_NE(secret(), first);
}

TEST_F(Directory, root_is_the_development_root_unless_there_is_an_own_one) {
  const auto development = open();
  ASSERT_TRUE(development);
  EXPECT_EQ(development->root.hash(), attestation::development_root());
  write(kRootSecretFile, 32, kOwnerOnly);
  const auto own = open();
  ASSERT_TRUE(own);
  EXPECT_NE(own->root.hash(), attestation::development_root());
}

TEST_F(Directory, files_that_others_may_read_are_refused) {
  ASSERT_TRUE(open());
  for (const auto mode : {fs::perms::group_read, fs::perms::others_read, fs::perms::group_write}) {
    fs::permissions(path / kPlatformSecretFile, kOwnerOnly | mode);
    EXPECT_EQ(refusal(), DirectoryError::kOpenFile);
  }
  fs::permissions(path / kPlatformSecretFile, kOwnerOnly);
  EXPECT_EQ(refusal(), std::nullopt);
}

TEST_F(Directory, directory_that_others_may_write_is_refused) {
  ASSERT_TRUE(open());
  fs::permissions(path, fs::perms::others_write, fs::perm_options::add);
  EXPECT_EQ(refusal(), DirectoryError::kOpenDirectory);
}

TEST_F(Directory, secret_of_another_size_is_refused_and_kept) {
  fs::create_directory(path);
  for (const std::size_t size : {0, 31, 33}) {
    write(kPlatformSecretFile, size, kOwnerOnly);
    EXPECT_EQ(refusal(), DirectoryError::kWrongSize);
    EXPECT_EQ(fs::file_size(path / kPlatformSecretFile), size);
  }
}

TEST_F(Directory, link_or_directory_instead_of_a_file_is_refused) {
  fs::create_directory(path);
  fs::create_symlink("/dev/zero", path / kPlatformSecretFile);
  EXPECT_EQ(refusal(), DirectoryError::kUnreadable);
  fs::remove(path / kPlatformSecretFile);
  fs::create_directory(path / kPlatformSecretFile);
  EXPECT_EQ(refusal(), DirectoryError::kUnreadable);
}

TEST_F(Directory, file_of_another_user_is_refused) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  ASSERT_TRUE(open());
  ASSERT_EQ(::chown((path / kPlatformSecretFile).c_str(), 65534, 65534), 0);
  EXPECT_EQ(refusal(), DirectoryError::kForeignFile);
}

TEST_F(Directory, processes_that_start_at_once_get_the_same_secret) {
  constexpr int kProcesses = 8;
  int pipe[2];
  ASSERT_EQ(::pipe(pipe), 0);
  for (int i = 0; i < kProcesses; ++i) {
    if (::fork() != 0) continue;
    const auto mine = secret();
    ::_exit(::write(pipe[1], mine.data(), mine.size()) == 32 ? 0 : 1);
  }
  for (int i = 0; i < kProcesses; ++i) {
    int status = -1;
    ::wait(&status);
    ASSERT_EQ(status, 0);
    Bytes theirs(32);
    ASSERT_EQ(::read(pipe[0], theirs.data(), 32), 32);
    EXPECT_EQ(theirs, secret());
  }
  ::close(pipe[0]);
  ::close(pipe[1]);
}

TEST_F(Directory, path_that_cannot_be_made_is_refused) {
  path = temporary.path() / "a" / "b";
  EXPECT_EQ(refusal(), DirectoryError::kNoDirectory);
}

TEST_F(Directory, stale_half_secret_of_a_crash_does_no_harm) {
  fs::create_directory(path);
  write(("platform_secret.new." + std::to_string(::getpid())).c_str(), 5, kOwnerOnly);
  EXPECT_EQ(secret().size(), 32);
}

}  // namespace
}  // namespace substratee::enclave::platform::simulation
