// What crash_test.cpp kills: works on a store of blocks and says each thing once it is durable, one line each.
//   victim commit DIR   "told N": state N is kept
//   victim gc DIR       the same, and "dropping N" before state N may be collected
//   victim join DIR URL CID
#include "core/base/result.hpp"
#include "tests/store/states.hpp"
#include "worker/ipfs/fetcher.hpp"

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

Result<void> run(const std::string& what, const std::string& directory, int argc, char** argv) {
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
