/// Kills a process at random moments while it commits to a store of blocks, collects its garbage, or joins: what it
/// said is kept is there, whole, and it goes on.

#include "net/server.hpp"
#include "tests/store/states.hpp"
#include "tests/support/effort.hpp"
#include "tests/support/random.hpp"
#include "tests/support/temporary_directory.hpp"
#include "worker/ipfs/block_store.hpp"
#include "worker/ipfs/fetcher.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <set>
#include <sstream>
#include <thread>

namespace substratee::tests {
namespace {

using worker::ipfs::BlockStore;

/// One life of the process.
class Victim {
 public:
  explicit Victim(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), SUBSTRATEE_STORE_VICTIM);
    std::vector<char*> pointers;
    for (auto& argument : arguments) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    int ends[2];
    if (::pipe(ends) != 0) throw std::runtime_error("pipe");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    if (::posix_spawn(&pid_, SUBSTRATEE_STORE_VICTIM, &actions, nullptr, pointers.data(), environ) != 0) {
      throw std::runtime_error("spawn");
    }
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    reader_ = std::thread([this, from = ends[0]] {
      char buffer[4096];
      for (ssize_t size = 0; (size = ::read(from, buffer, sizeof buffer)) > 0;) {
        output_.append(buffer, static_cast<std::size_t>(size));
        has_spoken_ = true;
      }
      ::close(from);
    });
  }
  Victim(const Victim&) = delete;
  Victim& operator=(const Victim&) = delete;
  ~Victim() {
    if (pid_ > 0) static_cast<void>(kill());
  }

  void wait_for_a_word() const {
    for (int i = 0; i < 6'000 && !has_spoken_; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  /// Whole lines of what it said.
  std::vector<std::string> kill() {
    ::kill(pid_, SIGKILL);
    return end();
  }
  std::vector<std::string> end() {
    int status = 0;
    ::waitpid(std::exchange(pid_, -1), &status, 0);
    exit_status_ = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    reader_.join();
    std::vector<std::string> lines;
    for (std::size_t start = 0, stop = 0; (stop = output_.find('\n', start)) != std::string::npos; start = stop + 1) {
      lines.push_back(output_.substr(start, stop - start));
    }
    return lines;
  }
  [[nodiscard]] int exit_status() const { return exit_status_; }

 private:
  pid_t pid_ = -1;
  std::atomic<bool> has_spoken_ = false;
  std::string output_;
  std::thread reader_;
  int exit_status_ = -1;
};

std::uint32_t number_in(const std::string& line) {
  return static_cast<std::uint32_t>(std::stoul(line.substr(line.find(' ') + 1)));
}

void expect_whole(const BlockStore& store, std::uint32_t number) {
  for (const auto& block : state(number).blocks) {
    const auto read = store.get(block.cid);
    ASSERT_TRUE(read) << "state " << number << ": " << read.error().to_string();
    ASSERT_EQ(*read, block.bytes);
  }
}

int lives() { return static_cast<int>(test::effort(10)); }

TEST(crash, a_killed_store_has_every_state_that_it_said_it_kept) {
  const test::TemporaryDirectory directory;
  test::SeededRandom random(static_cast<std::uint64_t>(::getpid()));
  std::set<std::uint32_t> told;
  for (int life = 0; life < lives(); ++life) {
    Victim victim({"commit", directory.path().string()});
    victim.wait_for_a_word();
    std::this_thread::sleep_for(std::chrono::milliseconds(random.below(100)));
    const auto lines = victim.kill();
    ASSERT_FALSE(lines.empty());
    for (const auto& line : lines) {
      EXPECT_TRUE(told.insert(number_in(line)).second) << line << " again: it was lost";
    }
    const auto store = BlockStore::open(directory.path());
    ASSERT_TRUE(store) << store.error().to_string();
    const auto roots = (*store)->roots();
    ASSERT_TRUE(roots);
    ASSERT_GE(roots->size(), told.size());
    ASSERT_LE(roots->size(), told.size() + 1) << "at most one state may be kept and not said";
    // A state that was written and not said is whole as well, and will not be told again.
    for (std::uint32_t number = 0; number < roots->size(); ++number) told.insert(number);
    for (std::uint32_t back = 0; back < 5 && back < roots->size(); ++back) {
      expect_whole(**store, static_cast<std::uint32_t>(roots->size()) - 1 - back);
    }
  }
  const auto store = BlockStore::open(directory.path()).value();
  for (const auto number : told) expect_whole(*store, number);
}

TEST(crash, a_store_killed_while_it_collects_garbage_has_every_state_that_it_did_not_drop) {
  const test::TemporaryDirectory directory;
  test::SeededRandom random(static_cast<std::uint64_t>(::getpid()));
  std::set<std::uint32_t> kept;
  for (int life = 0; life < lives(); ++life) {
    Victim victim({"gc", directory.path().string()});
    victim.wait_for_a_word();
    std::this_thread::sleep_for(std::chrono::milliseconds(random.below(150)));
    for (const auto& line : victim.kill()) {
      if (line.starts_with("told ")) kept.insert(number_in(line));
      if (line.starts_with("dropping ")) kept.erase(number_in(line));
    }
    const auto store = BlockStore::open(directory.path());
    ASSERT_TRUE(store) << store.error().to_string();
    for (const auto number : kept) expect_whole(**store, number);
    // The counts are those of what is there.
    const auto usage = (*store)->usage();
    ASSERT_TRUE((*store)->collect_garbage());
    EXPECT_LE((*store)->usage().blocks, usage.blocks);
    for (const auto number : kept) expect_whole(**store, number);
    EXPECT_LE((*store)->usage().blocks, (kKeptStates + 2) * (kLeaves + 10)) << "garbage stays";
  }
}

TEST(crash, a_killed_join_goes_on_where_it_was) {
  const test::TemporaryDirectory folder;
  const auto source = BlockStore::open(folder.path() / "source").value();
  const auto whole = state(7);
  ASSERT_TRUE(source->put_all(whole.blocks, whole.root));
  std::atomic<unsigned> served = 0;
  net::Server server({});
  server.route("GET", "/ipfs/", [&](const net::Request& request) {
    if (request.query.starts_with("format=car")) return net::Response::text(406, "blocks only");
    ++served;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    const auto cid = ipld::Cid::from_text(request.path.substr(6));
    auto block = source->get(*cid);
    if (!block) return net::Response::text(404, "not here");
    return net::Response::bytes("application/vnd.ipld.raw", *std::move(block));
  });
  ASSERT_TRUE(server.start());
  const auto url = "http://127.0.0.1:" + std::to_string(server.port());
  test::SeededRandom random(static_cast<std::uint64_t>(::getpid()));
  for (int life = 0; life < lives(); ++life) {
    const auto directory = folder.path() / ("target" + std::to_string(life));
    const std::vector<std::string> arguments = {"join", directory.string(), url, whole.root.to_text()};
    const auto before = served.load();
    {
      Victim victim(arguments);
      while (served == before) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      std::this_thread::sleep_for(std::chrono::milliseconds(random.below(60)));
      static_cast<void>(victim.kill());
    }
    Victim again(arguments);
    const auto lines = again.end();
    ASSERT_EQ(again.exit_status(), 0);
    EXPECT_EQ(lines, std::vector<std::string>{"joined"});
    const auto store = BlockStore::open(directory);
    ASSERT_TRUE(store) << store.error().to_string();
    expect_whole(**store, 7);
    EXPECT_EQ((*store)->usage(), source->usage());
  }
  server.stop();
}

TEST(crash, a_killed_join_does_not_ask_again_for_what_came_before_its_last_second) {
  const test::TemporaryDirectory folder;
  const auto source = BlockStore::open(folder.path() / "source").value();
  const auto whole = state(7);
  ASSERT_TRUE(source->put_all(whole.blocks, whole.root));
  const unsigned first_part = static_cast<unsigned>(whole.blocks.size()) / 2;
  std::atomic<unsigned> asked = 0;
  std::atomic<bool> is_stalled = true;
  net::Server server({});
  server.route("GET", "/ipfs/", [&](const net::Request& request) {
    if (request.query.starts_with("format=car")) return net::Response::text(406, "blocks only");
    ++asked;
    for (int i = 0; asked > first_part && is_stalled && i < 2'000; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    auto block = source->get(*ipld::Cid::from_text(request.path.substr(6)));
    if (!block) return net::Response::text(404, "not here");
    return net::Response::bytes("application/vnd.ipld.raw", *std::move(block));
  });
  ASSERT_TRUE(server.start());
  const auto directory = folder.path() / "target";
  const std::vector<std::string> arguments = {
      "join", directory.string(), "http://127.0.0.1:" + std::to_string(server.port()), whole.root.to_text()};
  {
    Victim victim(arguments);
    while (asked <= first_part) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    std::this_thread::sleep_for(std::chrono::milliseconds(2'000));
    static_cast<void>(victim.kill());
  }
  is_stalled = false;
  const auto before = asked.exchange(0);
  Victim again(arguments);
  EXPECT_EQ(again.end(), std::vector<std::string>{"joined"});
  // All that was answered before the stall is there: the requests of then, without those that hung.
  EXPECT_LE(asked.load(), whole.blocks.size() - first_part + 1) << "of " << before << " before";
  const auto store = BlockStore::open(directory);
  ASSERT_TRUE(store) << store.error().to_string();
  expect_whole(**store, 7);
  server.stop();
}

TEST(store, a_disk_that_is_really_full_loses_nothing_and_the_store_goes_on_when_there_is_room) {
  const test::TemporaryDirectory directory;
  Victim victim({"full", directory.path().string()});
  const auto lines = victim.end();
  if (lines == std::vector<std::string>{"skip"}) GTEST_SKIP() << "no file system may be mounted here";
  EXPECT_EQ(victim.exit_status(), 0);
  EXPECT_EQ(lines, std::vector<std::string>{"ok"});
}

}  // namespace
}  // namespace substratee::tests
