#pragma once

/// The fixture of network tests: a chain, hosts that follow it, a client.

#include "core/protocol/call.hpp"
#include "core/registry/storage.hpp"
#include "core/stf/transition.hpp"
#include "tests/network/host.hpp"

namespace substratee::test {

using namespace protocol;

class Network : public testing::Test {
 public:
  Network() = default;
  /// On a chain that allows these measurements.
  explicit Network(std::vector<registry::Measurement> allowed) : world(std::move(allowed)) {}

 protected:
  registry::Shard shard() const { return *world.read<registry::Shard>(registry::key::shard(world.shard())); }
  std::optional<registry::MemberStatus> member(const registry::AccountId& account) const {
    const auto found = world.read<registry::Member>(registry::key::member(world.shard(), account));
    return found ? std::optional(found->status) : std::nullopt;
  }
  std::optional<registry::MemberStatus> member(const Host& host) const { return member(host.identity().account); }
  Domain domain() const { return {world.genesis_hash(), world.shard()}; }

  /// Every host takes a step, then a block is made; `count` times.
  void rounds(int count, std::vector<Host*> hosts);
  /// Makes blocks that nobody acts on.
  void idle(int count);
  void found(Host& host);
  void join(Host& joiner, Host& provider);
  /// Up to the point where the joiner may open a session.
  void register_joiner(Host& joiner, Host& provider);

  primitives::AccountKey account(std::string_view uri = "//Alice");
  SignedCall signed_increment(std::uint64_t by, primitives::Nonce nonce, std::string_view uri = "//Alice");
  registry::SealedCall seal(const SignedCall& call, std::string_view sender = "//Alice");
  void submit(const registry::SealedCall& call, std::string_view sender = "//Alice");
  void increment(std::uint64_t by, primitives::Nonce nonce) { submit(seal(signed_increment(by, nonce))); }

  /// A query at the head, signed.
  SignedQuery question(Query query, Mode mode = Mode::kAgreed, std::string_view uri = "//Alice");
  PendingQuery seal(const SignedQuery& query);
  Answer ask(Host& host, const SignedQuery& query);
  Answer ask(Host& host, Query query, Mode mode = Mode::kAgreed, std::string_view uri = "//Alice") {
    return ask(host, question(std::move(query), mode, uri));
  }
  std::string counter(Host& host, Mode mode = Mode::kAgreed);
  primitives::Nonce next_nonce(Host& host);
  /// What the receipt of a call says, asked by `uri`; nothing when the worker does not show it.
  std::optional<Outcome> outcome(Host& host, primitives::BlockNumber block, std::uint32_t index,
                                 std::string_view uri = "//Alice");

  World world;
  Blocks ipfs;
};

/// Why the newest extrinsic of the newest block failed in the registry; nothing when it did not.
std::optional<registry::Error> registry_error(const World& world);

}  // namespace substratee::test
