#include "core/finality/dev_seal.hpp"
#include "core/registry/storage.hpp"
#include "enclave/place.hpp"
#include "tests/network/network.hpp"

/// Attacks on where an enclave stands in time: the past, a copy, a standstill, a second chain. The honest path: a
/// restarted enclave goes on from its sealed place, catches up, registers anew, and serves then.

namespace substratee::test {
namespace {

using registry::MemberStatus;

class ChainPlace : public Network {
 protected:
  /// A live worker with a sealed place, a counter of 42, and a chain somewhat longer than that place.
  void SetUp() override {
    found(worker);
    increment(42, 0);
    rounds(3, {&worker});
    idle(70);
    rounds(3, {&worker});
    ASSERT_TRUE(worker.blobs.contains("place"));
  }
  Started restart(Host& host) {
    host.start_again();
    return host.identity();
  }
  /// Nothing of the past is answered, no key goes anywhere.
  void expect_serves_nothing(Host& host) {
    EXPECT_EQ(host.refused(ExecuteQuery{seal(question(AskNonce{})).sealed}), Refusal::kBehind);
    EXPECT_EQ(host.refused(LoadState{}), Refusal::kWrongPhase);
    EXPECT_EQ(host.refused(ProvideBegin{}), Refusal::kWrongPhase);
    EXPECT_EQ(host.refused(ComposeConfirmation{0, host.hints()}), Refusal::kWrongPhase);
  }
  registry::Instance registered_instance(const registry::AccountId& account) {
    const auto index = world.read<std::uint64_t>(registry::key::enclave_index(account));
    return world.read<registry::Enclave>(registry::key::enclave(*index))->instance;
  }
  Host worker{world, ipfs, 1};
};

TEST_F(ChainPlace, a_restarted_founder_goes_on_from_its_place_and_opens_the_agreed_state) {
  const auto started = restart(worker);
  EXPECT_GE(started.head, enclave::kPlaceInterval);
  EXPECT_LE(started.head, world.height());
  increment(1, 1);
  rounds(6, {&worker});
  EXPECT_EQ(counter(worker), "43");
  ASSERT_EQ(worker.processed().size(), 1u) << "nothing of the past was processed again";
  EXPECT_GT(worker.processed().front().block, started.head);
}

TEST_F(ChainPlace, without_a_place_it_verifies_from_genesis) {
  worker.blobs.erase("place");
  EXPECT_EQ(restart(worker).head, 0u);
  rounds(4, {&worker});
  EXPECT_EQ(counter(worker), "42");
}

TEST_F(ChainPlace, is_not_sealed_before_the_work_behind_it_is_agreed) {
  while ((world.height() + 1) % enclave::kPlaceInterval != 0) world.mine();
  rounds(0, {&worker});
  static_cast<void>(worker.expect<Done>(KeepPlace{}));
  increment(1, 1);
  world.mine();
  ASSERT_EQ(world.height() % enclave::kPlaceInterval, 0u);
  EXPECT_FALSE(worker.follow().has_place);
  worker.submit_confirmations();
  world.mine();
  EXPECT_EQ(shard().agreed->block_number, world.height() - 1);
  EXPECT_TRUE(worker.follow().has_place);
  const auto before = worker.blobs.at("place").version;
  static_cast<void>(worker.expect<Done>(KeepPlace{}));
  EXPECT_EQ(worker.blobs.at("place").version, before + 1);
  EXPECT_FALSE(worker.follow().has_place);
  EXPECT_EQ(restart(worker).head, world.height() - 1);
  rounds(4, {&worker});
  EXPECT_EQ(counter(worker), "43");
}

TEST_F(ChainPlace, attack_sealed_files_of_the_past) {
  const auto past = worker.blobs;
  const auto old_head = world.height();
  increment(1, 1);
  rounds(3, {&worker});
  idle(130);
  rounds(3, {&worker});
  ASSERT_GT(worker.blobs.at("place").version, past.at("place").version);
  worker.blobs = past;
  EXPECT_LE(restart(worker).head, old_head);
  expect_serves_nothing(worker);
  rounds(6, {&worker});
  EXPECT_EQ(counter(worker), "43") << "it has caught up; nothing was lost";
}

TEST_F(ChainPlace, attack_state_rollback) {
  const auto past = ipfs;
  const auto old_root = shard().agreed->state_cid;
  increment(1, 1);
  rounds(3, {&worker});
  const auto present = std::exchange(ipfs, past);  // the host's disk of yesterday
  restart(worker);
  rounds(3, {&worker});
  EXPECT_EQ(worker.follow().phase, Phase::kLoading);
  const auto need = std::get<NeedState>(std::get<Need>(worker.raw(LoadState{})).what);
  EXPECT_EQ(need.root, shard().agreed->state_cid);
  EXPECT_NE(need.root, old_root);
  EXPECT_EQ(worker.refused(SupplyState{
                {{{Bytes(need.root.begin(), need.root.end()), ipfs.at(Bytes(old_root.begin(), old_root.end()))}}}}),
            Refusal::kBadState);
  EXPECT_EQ(worker.refused(ExecuteQuery{seal(question(AskNonce{})).sealed}), Refusal::kBehind);
  ipfs = present;
  rounds(3, {&worker});
  EXPECT_EQ(counter(worker), "43");
}

TEST_F(ChainPlace, attack_copied_data_directory) {
  Host copy(world, ipfs, 1);
  copy.blobs = worker.blobs;
  restart(copy);
  ASSERT_EQ(copy.identity().account, worker.identity().account);
  expect_serves_nothing(copy);
  rounds(2, {&copy});
  EXPECT_EQ(registered_instance(copy.identity().account), copy.identity().instance);
  EXPECT_EQ(worker.follow().phase, Phase::kReplaced) << "the first one has wiped its memory";
  EXPECT_EQ(worker.refused(GetShieldingKey{}), Refusal::kStopped);
  rounds(4, {&copy});
  EXPECT_EQ(counter(copy), "42");
  restart(worker);
  rounds(2, {&worker});
  EXPECT_EQ(copy.follow().phase, Phase::kReplaced) << "never both";
  EXPECT_EQ(copy.refused(ExecuteQuery{seal(question(AskNonce{})).sealed}), Refusal::kStopped);
  rounds(4, {&worker});
  EXPECT_EQ(counter(worker), "42");
}

TEST_F(ChainPlace, attack_data_directory_copied_to_another_machine) {
  Host elsewhere(world, ipfs, 2);
  for (const auto& name : {"identity", "shard", "place"}) {
    elsewhere.blobs = {{name, worker.blobs.at(name)}};
    const auto reply = elsewhere.start();
    ASSERT_TRUE(std::holds_alternative<Refused>(reply)) << name;
    EXPECT_EQ(std::get<Refused>(reply).reason, Refusal::kCorruptBlob) << name;
  }
}

TEST_F(ChainPlace, attack_frozen_chain) {
  EXPECT_EQ(counter(worker), "42");
  increment(1, 1);
  world.mine();
  // A client that has seen the new block is not served from the old one.
  EXPECT_EQ(worker.refused(ExecuteQuery{seal(question(AskNonce{})).sealed}), Refusal::kBehind);
  // A restart at the standstill serves nobody, and its registration is too old for the chain of today.
  restart(worker);
  expect_serves_nothing(worker);
  const auto registration =
      worker.expect<Extrinsic>(ComposeRegistration{{"http://127.0.0.1:1"}, {"tcp://127.0.0.1:2"}, worker.hints()});
  idle(140);
  world.submit(registration.wire);
  world.mine();
  ASSERT_EQ(world.rejected().size(), 1u);
  EXPECT_EQ(world.rejected().front(), node::runtime::InvalidReason::kBadSignature)
      << "an era of the past: signed over another block";
  rounds(7, {&worker});
  EXPECT_EQ(counter(worker), "43") << "fed again, it catches up";
}

TEST_F(ChainPlace, attack_corrupt_place) {
  const auto genuine = worker.blobs;
  const auto start_refused = [&] {
    const auto reply = worker.start();
    EXPECT_TRUE(std::holds_alternative<Refused>(reply));
    return std::holds_alternative<Refused>(reply) ? std::get<Refused>(reply) : Refused{};
  };
  const auto size = genuine.at("place").sealed.value.size();
  for (std::size_t at = size - 1; at > 60; at -= std::min<std::size_t>(at, 997)) {
    worker.blobs["place"].sealed.value[at] ^= 1;
    const auto refused = start_refused();
    EXPECT_EQ(refused.reason, Refusal::kCorruptBlob);
    EXPECT_NE(refused.detail.value.find("\"place\""), std::string::npos) << "it says which file";
    worker.blobs = genuine;
  }
  worker.blobs["place"].sealed = genuine.at("shard").sealed;
  EXPECT_EQ(start_refused().reason, Refusal::kCorruptBlob);
  worker.blobs.erase("place");
  static_cast<void>(restart(worker));
}

TEST_F(ChainPlace, attack_place_of_another_chain) {
  World other_world({test_measurement()}, 2);
  Host other(other_world, ipfs, 1);
  other.blobs["place"] = worker.blobs.at("place");
  const auto reply = other.start();
  ASSERT_TRUE(std::holds_alternative<Refused>(reply));
  EXPECT_EQ(std::get<Refused>(reply).reason, Refusal::kWrongChain);
}

/// A second chain from the same genesis, sealed by the same authority.
class Fork : public ChainPlace {
 protected:
  void SetUp() override {
    ChainPlace::SetUp();
    for (primitives::BlockNumber i = 0; i < world.height(); ++i) fork.mine(2000);
    ASSERT_EQ(fork.genesis_hash(), world.genesis_hash());
    ASSERT_NE(fork.hash_of(1), world.hash_of(1));
  }
  static ImportBlocks import(const FinalBlock& block) { return {{{block}}}; }
  finality::Equivocation evidence(primitives::BlockNumber at) const {
    return {{world.block(at).header}, {fork.block(at).header}};
  }
  void expect_stopped(const Status& status) {
    EXPECT_EQ(status.phase, Phase::kEquivocation);
    EXPECT_FALSE(status.root.has_value());
    ASSERT_TRUE(status.equivocation.has_value());
    EXPECT_EQ(worker.expect<Status>(GetStatus{}), status);
    const auto query = seal(question(AskNonce{}));
    for (const Request& request : std::vector<Request>{
             ImportBlocks{}, ComposeRegistration{}, ComposeConfirmation{}, ProvideBegin{}, TlsInput{}, ComposeRelease{},
             LoadState{}, ExecuteQuery{query.sealed}, GetShieldingKey{}, KeepPlace{}, ReportEquivocation{}}) {
      EXPECT_EQ(worker.refused(request), Refusal::kStopped) << request.index();
    }
    // Whoever has the file and the genesis hash can check it alone.
    const std::vector<Bytes> keys{registry::key::engine()};
    const finality::EquivocationFile file{1, world.genesis_header(), world.prove(world.genesis_hash(), keys),
                                          *status.equivocation};
    EXPECT_TRUE(finality::verify_equivocation_file(scale::encode(file), world.genesis_hash()).has_value());
  }
  World fork{{test_measurement()}, 1};
};

TEST_F(Fork, attack_forked_chain) {
  const auto head = world.height();
  // The next block of the fork does not follow; the block at a known height is evidence.
  EXPECT_EQ(worker.refused(import(fork.mine())), Refusal::kBadHeader);
  EXPECT_EQ(counter(worker), "42") << "still serving";
  const auto status = worker.expect<Status>(import(fork.block(head)));
  expect_stopped(status);
  EXPECT_EQ(*status.equivocation, evidence(head));
}

TEST_F(Fork, attack_forked_chain_after_a_restart_from_the_past) {
  const auto head = world.height();
  const auto place = restart(worker).head;
  // What it knows of before its place suffices; the fork cannot even be begun there.
  EXPECT_EQ(worker.refused(import(fork.block(place + 1))), Refusal::kBadHeader);
  const auto status = worker.expect<Status>(import(fork.block(place)));
  expect_stopped(status);
  EXPECT_LE(place, head);
}

TEST_F(Fork, evidence_from_anybody_about_blocks_long_past) {
  expect_stopped(worker.expect<Status>(ReportEquivocation{evidence(1)}));
  // The host may hide it after a restart: then the enclave goes on with the chain that it has verified. It stops again
  // as soon as anybody shows it.
  restart(worker);
  rounds(5, {&worker});
  EXPECT_EQ(counter(worker), "42");
  expect_stopped(worker.expect<Status>(ReportEquivocation{evidence(1)}));
}

TEST_F(Fork, what_is_no_evidence) {
  const auto head = world.height();
  const auto status = worker.expect<Status>(GetStatus{});
  EXPECT_EQ(worker.refused(import(world.block(head))), Refusal::kBadHeader) << "the same header again";
  auto unsealed = fork.block(head);
  FixedBytes<64> signature;
  const auto header = *finality::strip_seal(*scale::decode<primitives::Header>(unsealed.header), signature);
  unsealed.header = scale::encode(header);
  EXPECT_EQ(worker.refused(import(unsealed)), Refusal::kBadHeader);
  const auto stranger = crypto::ed25519::KeyPair::from_seed(FixedBytes<32>{}.bytes);
  auto forged = unsealed;
  forged.header = scale::encode(finality::with_seal(header, stranger.sign(finality::seal_message(header))));
  EXPECT_EQ(worker.refused(import(forged)), Refusal::kBadHeader);
  const auto genuine = world.block(head).header;
  for (const auto& bad : std::vector<finality::Equivocation>{{{genuine}, {genuine}},
                                                             {{genuine}, {unsealed.header}},
                                                             {{forged.header}, {genuine}},
                                                             {{genuine}, {world.block(head - 1).header}},
                                                             {{genuine}, {Bytes(5)}},
                                                             {}}) {
    EXPECT_EQ(worker.refused(ReportEquivocation{bad}), Refusal::kNotEquivocation);
  }
  EXPECT_EQ(worker.expect<Status>(GetStatus{}), status);
  EXPECT_EQ(counter(worker), "42");
}

using Founder = Network;

TEST_F(Founder, that_restarts_before_anything_is_agreed_begins_anew_at_its_founding) {
  Host founder(world, ipfs, 1);
  founder.start_again();
  while (!shard().shielding_key) rounds(1, {&founder});
  ASSERT_FALSE(shard().agreed.has_value());
  founder.start_again();
  EXPECT_EQ(founder.follow().phase, Phase::kFollowing);
  rounds(6, {&founder});
  EXPECT_TRUE(shard().agreed.has_value());
  increment(42, 0);
  rounds(3, {&founder});
  EXPECT_EQ(counter(founder), "42");
}

}  // namespace
}  // namespace substratee::test
