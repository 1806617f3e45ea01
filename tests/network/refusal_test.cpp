#include "tests/network/network.hpp"

/// Requests at the wrong time, and starts that must not succeed.

namespace substratee::test {
namespace {

std::vector<Request> every_request_but_start() {
  return {SupplyProof{},      SupplyState{},         Stored{},
          ImportBlocks{},     GetStatus{},           ComposeRegistration{},
          ComposeFounding{},  ComposeConfirmation{}, ComposeUnregistration{},
          JoinBegin{},        ProvideBegin{},        TlsInput{},
          TlsClose{},         ComposeRelease{},      LoadState{},
          TakeOutputs{},      ExecuteQuery{},        SupplyReceipts{},
          GetShieldingKey{},  KeepPlace{},           ReportEquivocation{},
          ComposeCollateral{}};
}

class Refusals : public Network {
 protected:
  Refusal reason(const Reply& reply) const {
    const auto* why = std::get_if<Refused>(&reply);
    EXPECT_NE(why, nullptr) << "not refused, reply " << reply.index();
    return why == nullptr ? Refusal{} : why->reason;
  }
  SeededRandom random{9};
  enclave::platform::simulation::SimulatedPlatform platform{crypto::Secret<32>::draw(random),
                                                            attestation::simulation::SimulationRoot::development(),
                                                            test_measurement(), random};
  enclave::Enclave enclave{platform};
  Host worker{world, ipfs, 1};

  /// Start up to the point where only proofs are missing.
  NeedProofs start() {
    const Start request{world.genesis_header(), world.shard(), {}};
    const auto blob = std::get<NeedStore>(std::get<Need>(enclave.handle(request)).what).blob;
    EXPECT_TRUE(std::holds_alternative<Done>(
        enclave.handle(Stored{blob.name, blob.version, crypto::sha256(blob.sealed.value)})));
    return std::get<NeedProofs>(std::get<Need>(enclave.handle(request)).what);
  }
};

TEST_F(Refusals, every_request_before_start) {
  for (const auto& request : every_request_but_start()) {
    EXPECT_EQ(reason(enclave.handle(request)), Refusal::kNotStarted) << request.index();
  }
}

TEST_F(Refusals, no_request_between_the_first_start_and_its_success_gives_anything) {
  static_cast<void>(start());
  for (const auto& request : every_request_but_start()) {
    const auto reply = enclave.handle(request);
    EXPECT_TRUE(std::holds_alternative<Refused>(reply) || std::holds_alternative<Done>(reply)) << request.index();
  }
  EXPECT_EQ(reason(enclave.handle(GetStatus{})), Refusal::kNotStarted);
  EXPECT_EQ(reason(enclave.handle(ImportBlocks{})), Refusal::kNotStarted);
}

TEST_F(Refusals, start_with_another_header) {
  EXPECT_EQ(reason(enclave.handle(Start{})), Refusal::kBadHeader);
  EXPECT_EQ(reason(enclave.handle(Start{world.mine().header, world.shard(), {}})), Refusal::kBadHeader);
}

TEST_F(Refusals, start_repeated_with_another_shard_or_chain) {
  static_cast<void>(start());
  EXPECT_EQ(reason(enclave.handle(Start{world.genesis_header(), {}, {}})), Refusal::kUnexpected);
  const World other({test_measurement()}, 2);
  EXPECT_EQ(reason(enclave.handle(Start{other.genesis_header(), world.shard(), {}})), Refusal::kUnexpected);
}

TEST_F(Refusals, start_after_a_block) {
  found(worker);
  EXPECT_EQ(worker.refused(Start{world.genesis_header(), world.shard(), {}}), Refusal::kAlreadyStarted);
}

TEST_F(Refusals, unknown_shard) {
  const Start request{world.genesis_header(), registry::shard_id("counter", "no such"), {}};
  const auto blob = std::get<NeedStore>(std::get<Need>(enclave.handle(request)).what).blob;
  static_cast<void>(enclave.handle(Stored{blob.name, blob.version, crypto::sha256(blob.sealed.value)}));
  const auto proofs = std::get<NeedProofs>(std::get<Need>(enclave.handle(request)).what);
  EXPECT_TRUE(std::holds_alternative<Done>(
      enclave.handle(SupplyProof{proofs.block_hash, {world.prove(proofs.block_hash, proofs.keys.value)}})));
  EXPECT_EQ(reason(enclave.handle(request)), Refusal::kCharterRefused);
}

TEST_F(Refusals, engine_that_is_not_proved_or_unknown) {
  const auto proofs = start();
  EXPECT_EQ(reason(enclave.handle(SupplyProof{proofs.block_hash, {}})), Refusal::kUnknownEngine);
  EXPECT_EQ(reason(enclave.handle(SupplyProof{{}, {}})), Refusal::kBadProof);
  const auto shard_only = world.prove(proofs.block_hash, std::vector<Bytes>{registry::key::shard(world.shard())});
  EXPECT_EQ(reason(enclave.handle(SupplyProof{proofs.block_hash, {shard_only}})), Refusal::kUnknownEngine);
  EXPECT_TRUE(std::holds_alternative<Done>(
      enclave.handle(SupplyProof{proofs.block_hash, {world.prove(proofs.block_hash, proofs.keys.value)}})));
  EXPECT_TRUE(std::holds_alternative<Started>(enclave.handle(Start{world.genesis_header(), world.shard(), {}})));
}

TEST_F(Refusals, requests_in_the_wrong_phase) {
  worker.start_again();
  worker.follow();
  for (const Request& request :
       std::vector<Request>{ComposeFounding{}, ComposeConfirmation{}, JoinBegin{}, ProvideBegin{}, LoadState{}}) {
    EXPECT_EQ(worker.refused(request), Refusal::kWrongPhase) << request.index();
  }
  EXPECT_EQ(worker.refused(SupplyState{}), Refusal::kUnexpected);
  EXPECT_EQ(worker.refused(GetShieldingKey{}), Refusal::kNoKey);
  EXPECT_EQ(worker.refused(ExecuteQuery{}), Refusal::kBehind);
  rounds(6, {&worker});
  for (const Request& request : std::vector<Request>{ComposeFounding{}, JoinBegin{}, LoadState{}}) {
    EXPECT_EQ(worker.refused(request), Refusal::kWrongPhase) << request.index();
  }
}

}  // namespace
}  // namespace substratee::test
