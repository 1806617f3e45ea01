/// The same blocks give the same roots: again in this process, in another one, and on every machine.

#include "core/base/hex.hpp"
#include "core/trie/trie.hpp"
#include "node/runtime/scenario_test.hpp"

#include <cstdio>
#include <cstdlib>

namespace substratee::node::runtime::test {
namespace {

using Blocks = std::vector<std::vector<Bytes>>;

GenesisConfig fixed_genesis() {
  auto config = test_genesis();
  config.fees = {.per_byte = 3, .per_microsecond = 1};
  return config;
}

Bytes batch_of(const std::vector<Bytes>& calls) {
  scale::Encoder out;
  out.byte(registry::kUtilityIndex);
  out.byte(4);  // force_batch
  out.compact(calls.size());
  for (const auto& call : calls) out.raw(call);
  return std::move(out).take();
}

/// Transfers that make and reap accounts, batches, failures, root's calls, sealed calls that are refused.
Blocks some_blocks(unsigned count) {
  Chain chain(fixed_genesis());
  Blocks out;
  for (unsigned i = 0; i < count; ++i) {
    const auto pays = [&](unsigned to) {
      return registry::encode_transfer(Actor(static_cast<std::uint8_t>(10 + to % 50)).account(), 1'000'000 + i);
    };
    const auto nonce = 4 * i;
    std::vector<Bytes> block{
        chain.sign(root(), pays(i), nonce),
        chain.sign(root(), batch_of({pays(i + 1), pays(i + 2), Bytes{registry::kSystemIndex, 7, 4, 9}}), nonce + 1),
        chain.sign(root(), calls_worker(100 + i), nonce + 2, Era::mortal(64, chain.best())),
        chain.sign(root(), as_root(registry::encode_call(registry::AllowMeasurement{hash_of(std::to_string(i))})),
                   nonce + 3, Era::immortal(), 5)};
    chain.build(block);
    for (const auto& result : chain.results) EXPECT_TRUE(result.has_value());
    out.push_back(std::move(block));
  }
  return out;
}

/// The state's root and the events' hash after each block.
std::vector<std::pair<Hash256, Hash256>> execute(const Blocks& blocks) {
  Chain chain(fixed_genesis());
  std::vector<std::pair<Hash256, Hash256>> out;
  for (const auto& block : blocks) {
    chain.build(block);
    out.emplace_back(trie::root(chain.state().content(), trie::Layout::kV1),
                     crypto::blake2_256(chain.state().get(system::kEvents.key()).value()));
  }
  return out;
}

TEST(determinism, the_same_blocks_give_the_same_roots) {
  const auto blocks = some_blocks(20);
  const auto first = execute(blocks);
  EXPECT_EQ(execute(blocks), first);
  EXPECT_EQ(execute(some_blocks(20)), first);
}

/// Of all roots, as text.
std::string fingerprint(const Blocks& blocks) {
  scale::Encoder out;
  for (const auto& [state, events] : execute(blocks)) {
    out.raw(state);
    out.raw(events);
  }
  return to_hex(crypto::blake2_256(out.bytes()));
}

TEST(determinism, another_process_comes_to_the_same_roots) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");  // a new process, from its beginning
  const auto here = fingerprint(some_blocks(5));
  const auto tell_and_end = [] {
    std::fputs(fingerprint(some_blocks(5)).c_str(), stderr);
    std::_Exit(0);
  };
  EXPECT_EXIT(tell_and_end(), testing::ExitedWithCode(0), here);
}

struct Root {
  std::string_view state;
  std::string_view events;
};

/// After genesis (no events) and each block. They change when what the runtime does or its metadata say changes (the
/// metadata name the code in the state). To renew them: copy what the failing test prints into here.
constexpr std::array kRoots = {
    Root{"1bb271a33d4932f5ff7fe078ac1af1cfcfe64bcf994e557c1859c4c080ea4d94", ""},
    Root{"01e40b0d9c2eddc056b8838edb92f9da0be58a75fa1a4d06ab1a445a66d1d143",
         "919746f19e1d8b45159ad1e5894dd99ff00f62d7f0015bd5b9614f6babe98b5a"},
    Root{"803a0ea2e9a4d65fe12e3b163f26b6542787aaff6a04db3ef456677989834ae8",
         "910323031eb6334ec6b4cfd00f360f6eb1fa5844ab2abb1282e98b88f8d586de"},
    Root{"bb601bd7d405b8f04ef11454679e3b74d7cab745a8e44b96651ba404ddc5288c",
         "002e7c16d565c594bcb1661de622eea6f894e867e1272d11c5d3332304aaf51a"},
};

TEST(determinism, the_roots_are_those_of_every_machine) {
  Chain chain(fixed_genesis());
  EXPECT_EQ(to_hex(trie::root(chain.state().content(), trie::Layout::kV1)), kRoots[0].state);
  const auto roots = execute(some_blocks(kRoots.size() - 1));
  for (std::size_t i = 0; i < roots.size(); ++i) {
    EXPECT_EQ(to_hex(roots[i].first), kRoots[i + 1].state) << "state after block " << i + 1;
    EXPECT_EQ(to_hex(roots[i].second), kRoots[i + 1].events) << "events of block " << i + 1;
  }
}

}  // namespace
}  // namespace substratee::node::runtime::test
