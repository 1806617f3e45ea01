/// The same blocks give the same roots: again in this process, and in every other one on every machine, which is what
/// the recorded roots are for.

#include "core/base/hex.hpp"
#include "core/trie/trie.hpp"
#include "node/runtime/scenario_test.hpp"
#include "tests/protocol/vector_file.hpp"

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

TEST(determinism, roots_are_those_that_were_recorded) {
  boost::json::array roots;
  const auto blocks = some_blocks(20);
  boost::json::array bodies;
  for (const auto& block : blocks) bodies.push_back(substratee::test::hex_json(scale::encode(block)));
  for (const auto& [state, events] : execute(blocks)) {
    roots.push_back(
        {{"state_root", substratee::test::hex_json(state)}, {"events", substratee::test::hex_json(events)}});
  }
  substratee::test::check(
      "execution.json", {{"spec_version", runtime_version().spec_version}, {"blocks", bodies}, {"after_each", roots}});
}

}  // namespace
}  // namespace substratee::node::runtime::test
