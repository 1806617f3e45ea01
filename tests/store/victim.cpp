// What crash_test.cpp kills: works on a store of blocks and says each thing once it is durable, one line each.
//   victim commit DIR   "told N": state N is kept
//   victim gc DIR       the same, and "dropping N" before state N may be collected
//   victim join DIR URL CID
//   victim full DIR     fills a small file system of its own at DIR, is given a larger one, and goes on: "ok"; "skip"
//                       where it may not mount one
#include "core/base/result.hpp"
#include "tests/store/states.hpp"
#include "worker/ipfs/fetcher.hpp"

#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

using namespace substratee;
using namespace substratee::worker::ipfs;

void say(const std::string& line) {
  const auto text = line + "\n";
  if (::write(STDOUT_FILENO, text.data(), text.size()) < 0) std::exit(1);
}

Result<void> commit(BlockStore& store, std::uint32_t number) {
  SUBSTRATEE_TRY(store.put_all(tests::new_blocks(number), tests::state(number).root));
  say("told " + std::to_string(number));
  return {};
}

Result<void> run_commits(BlockStore& store, bool collects) {
  auto next = static_cast<std::uint32_t>(SUBSTRATEE_TRY(store.roots()).size());
  std::uint32_t oldest = 0;
  if (collects) {
    // The states that are left are the newest ones, without a gap.
    while (!SUBSTRATEE_TRY(store.roots()).empty() &&
           SUBSTRATEE_TRY(store.roots()).front() != tests::state(oldest).root) {
      ++oldest;
    }
    next += oldest;
  }
  for (;; ++next) {
    SUBSTRATEE_TRY(commit(store, next));
    if (!collects || next - oldest < tests::kKeptStates) continue;
    say("dropping " + std::to_string(oldest));
    SUBSTRATEE_TRY(store.unpin(tests::state(oldest++).root));
    SUBSTRATEE_TRY(store.collect_garbage());
  }
}

bool mount_memory(const std::string& directory, const char* options, unsigned long flags) {
  return ::mount("tmpfs", directory.c_str(), "tmpfs", flags, options) == 0;
}

ipld::Block large_block(std::uint32_t number) {
  Bytes content(std::size_t{1} << 20, static_cast<std::uint8_t>(number));
  return {.cid = ipld::Cid::of_raw_block(content), .bytes = std::move(content)};
}

Result<void> expect_all(const BlockStore& store, std::uint32_t count) {
  for (std::uint32_t i = 0; i < count; ++i) {
    if (SUBSTRATEE_TRY(store.get(large_block(i).cid)) != large_block(i).bytes) std::exit(3);
  }
  return {};
}

Result<void> fill(const std::string& directory) {
  // Nobody else sees this mount, and it goes with the process.
  const bool may_mount = (::unshare(CLONE_NEWNS) == 0 || ::unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0) &&
                         ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                         mount_memory(directory, "size=24m", 0);
  if (!may_mount) {
    say("skip");
    return {};
  }
  constexpr std::uint32_t kMany = 64;
  std::uint32_t kept = 0;
  {
    const auto store = SUBSTRATEE_TRY(BlockStore::open(directory + "/blocks", {.reserve = 0, .free_space = {}}));
    for (int attempt = 0; attempt < 3; ++attempt) {
      while (kept < kMany) {
        const auto put = store->put_all(std::vector{large_block(kept)});
        if (!put && put.error().code != FailureCode::kDiskFull) return put;
        if (!put) break;
        ++kept;
      }
      if (kept == kMany) std::exit(4);  // it never was full
      SUBSTRATEE_TRY(expect_all(*store, kept));
    }
    if (!mount_memory(directory, "size=256m", MS_REMOUNT)) std::exit(5);
    for (; kept < kMany; ++kept) SUBSTRATEE_TRY(store->put_all(std::vector{large_block(kept)}));
    SUBSTRATEE_TRY(expect_all(*store, kept));
  }
  const auto again = SUBSTRATEE_TRY(BlockStore::open(directory + "/blocks"));
  SUBSTRATEE_TRY(expect_all(*again, kept));
  say("ok");
  return {};
}

Result<void> run(const std::string& what, const std::string& directory, int argc, char** argv) {
  if (what == "full") return fill(directory);
  const auto store = SUBSTRATEE_TRY(BlockStore::open(directory));
  if (what == "commit" || what == "gc") return run_commits(*store, what == "gc");
  if (argc != 5) std::exit(2);
  FetchOptions options;
  options.in_flight = 2;
  SUBSTRATEE_TRY(fetch_dag(*store, *ipld::Cid::from_text(argv[4]), std::vector<std::string>{argv[3]}, options));
  say("joined");
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const auto done = run(argv[1], argv[2], argc, argv);
  if (!done) std::fprintf(stderr, "%s\n", done.error().to_string().c_str());
  return done ? 0 : 1;
}
