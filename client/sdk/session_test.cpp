#include "client/sdk/session.hpp"

#include "client/testing/fake_network.hpp"
#include "core/stf/counter/counter.hpp"

#include <gtest/gtest.h>

namespace substratee::client {
namespace {

using testing::FakeNetwork;
using testing::Lie;

const Bytes kCounterQuery = scale::encode(stf::counter::Query{stf::counter::ReadCounter{}});

struct Scene {
  FakeNetwork network{2};
  test::SeededRandom random{5};
  primitives::AccountKey alice = *primitives::AccountKey::from_uri("//Alice", primitives::Scheme::kSr25519, random);
  std::unique_ptr<Session> session;

  Scene() {
    auto opened = Session::open(options(), random);
    if (!opened) throw std::runtime_error(opened.error().to_string());
    session = *std::move(opened);
  }
  [[nodiscard]] SessionOptions options() const {
    return {.node_url = network.node_url(),
            .shard = registry::shard_id("counter", "default"),
            .genesis = network.genesis(),
            .timeout = std::chrono::milliseconds{700}};
  }
  /// Sends "increment by" the way the header's example does.
  Result<std::pair<PreparedCall, rpc::Inclusion>> send(std::uint64_t by, primitives::Nonce nonce) {
    const auto view = SUBSTRATEE_TRY(session->view());
    const auto key = SUBSTRATEE_TRY(chain_key(view));
    const auto frame = SUBSTRATEE_TRY(session->frame(view));
    const CallOrder order{&alice, scale::encode(stf::counter::Call{stf::counter::Increment{by}}), nonce, 0,
                          view.number + 64};
    auto call = SUBSTRATEE_TRY(prepare_call(order, key, view.domain, frame, random));
    auto inclusion = SUBSTRATEE_TRY(session->submit(call.extrinsic, rpc::Until::kInBlock));
    return std::pair(std::move(call), std::move(inclusion));
  }
  Result<VerifiedAnswer> query(protocol::Mode mode, const Choice& choice = {}) {
    const auto view = SUBSTRATEE_TRY(session->view());
    const auto key = SUBSTRATEE_TRY(chain_key(view));
    const auto targets = SUBSTRATEE_TRY(choose(view, choice));
    return session->ask(view, key, targets.front(), alice, protocol::AskState{{kCounterQuery}}, mode);
  }
  Result<VerifiedReceipt> receipt(BlockNumber block, std::uint32_t index, const std::optional<Hash256>& hash = {}) {
    const auto view = SUBSTRATEE_TRY(session->view());
    const auto key = SUBSTRATEE_TRY(chain_key(view));
    const auto targets = SUBSTRATEE_TRY(choose(view, {}));
    return session->fetch_receipt(view, key, targets, alice, block, index, hash);
  }
};

template <class T>
void expect_failure(const Result<T>& result, Code code, std::string_view part) {
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, code) << result.error().to_string();
  EXPECT_NE(result.error().to_string().find(part), std::string::npos) << result.error().to_string();
}

TEST(session, carries_a_call_to_its_receipt_and_its_value) {
  Scene scene;
  const auto sent = scene.send(42, 0);
  ASSERT_TRUE(sent) << sent.error().to_string();
  const auto& [call, inclusion] = *sent;
  const auto agreed = scene.session->wait_agreed(inclusion.block_number, inclusion.block_hash);
  ASSERT_TRUE(agreed) << agreed.error().to_string();
  EXPECT_EQ(agreed->active, 2);
  EXPECT_EQ(agreed->confirmed_by.value.size(), 2);
  const auto receipt = scene.receipt(inclusion.block_number, 0, call.call_hash);
  ASSERT_TRUE(receipt) << receipt.error().to_string();
  EXPECT_EQ(receipt->receipt.outcome, protocol::Outcome::kApplied);
  const auto answer = scene.query(protocol::Mode::kAgreed, {{}, 2});
  ASSERT_TRUE(answer) << answer.error().to_string();
  EXPECT_EQ(answer->answer.value.value, scale::encode(std::uint64_t{42}));
  EXPECT_EQ(answer->answered_by.index, 2);
}

TEST(session, knows_the_next_call_nonce) {
  Scene scene;
  ASSERT_TRUE(scene.send(1, 0));
  const auto view = scene.session->view();
  const auto targets = choose(*view, {});
  const auto key = scene.session->shielding_key(*view, targets->front());
  ASSERT_TRUE(key) << key.error().to_string();
  EXPECT_EQ(*scene.session->next_call_nonce(*view, *key, targets->front(), scene.alice), 1);
}

TEST(session, refuses_a_node_of_another_chain) {
  Scene scene;
  auto options = scene.options();
  options.genesis->bytes[0] ^= 1;
  expect_failure(Session::open(options, scene.random), Code::kWrongChain, "serves the chain");
}

TEST(session, names_a_node_that_does_not_answer) {
  test::SeededRandom random;
  expect_failure(
      Session::open(
          {.node_url = "ws://127.0.0.1:1", .shard = {}, .genesis = {}, .timeout = std::chrono::milliseconds{500}},
          random),
      Code::kUnreachable, "ws://127.0.0.1:1");
}

TEST(session, names_an_unknown_shard) {
  Scene scene;
  auto options = scene.options();
  options.shard = registry::shard_id("counter", "other");
  auto session = Session::open(options, scene.random);
  expect_failure((*session)->view(), Code::kUnknownShard, "has no shard");
  EXPECT_FALSE((*session)->status()->view.has_value());
}

TEST(session, names_the_error_of_a_refused_call) {
  Scene scene;
  scene.network.fail_with(registry::Error::kBacklog);
  expect_failure(scene.send(1, 0), Code::kRefused, "SubstrateeRegistry.Backlog");
}

TEST(session, refuses_forged_answers_and_receipts) {
  Scene scene;
  const auto sent = scene.send(1, 0);
  ASSERT_TRUE(sent);
  for (const auto lie : {Lie::kUnsigned, Lie::kForeign, Lie::kOtherState, Lie::kOtherMode, Lie::kOldBlock}) {
    scene.network.set_lie(0, lie);
    expect_failure(scene.query(protocol::Mode::kAgreed), Code::kForged, "");
  }
  for (const auto lie : {Lie::kOtherReceipt, Lie::kBrokenPath, Lie::kBadValue}) {
    scene.network.set_lie(0, lie);
    expect_failure(scene.receipt(sent->second.block_number, 0, sent->first.call_hash), Code::kForged, "");
  }
}

TEST(session, does_not_wait_for_ever_for_a_block_that_the_node_lacks) {
  Scene scene;
  scene.network.set_lie(0, Lie::kOtherBlock);
  expect_failure(scene.query(protocol::Mode::kLatest), Code::kTimeout, "does not have");
}

TEST(session, refuses_a_forged_journal) {
  Scene scene;
  ASSERT_TRUE(scene.session->final_block(1));
  scene.network.forge_journals();
  expect_failure(scene.session->final_block(1), Code::kForged, "journal");
}

TEST(session, says_that_agreement_is_missing_or_disputed) {
  Scene scene;
  scene.network.stop_agreement();
  const auto sent = scene.send(1, 0);
  ASSERT_TRUE(sent) << sent.error().to_string();
  expect_failure(scene.session->wait_agreed(sent->second.block_number, sent->second.block_hash), Code::kTimeout,
                 "not agreed after");
  scene.network.set_disputed();
  expect_failure(scene.session->wait_agreed(sent->second.block_number, sent->second.block_hash), Code::kDisputed,
                 "disagree");
}

TEST(session, passes_over_a_worker_that_is_offline) {
  Scene scene;
  const auto sent = scene.send(1, 0);
  scene.network.stop_worker(0);
  const auto receipt = scene.receipt(sent->second.block_number, 0);
  ASSERT_TRUE(receipt) << receipt.error().to_string();
  EXPECT_EQ(receipt->answered_by.index, 2);
}

TEST(session, names_a_receipt_that_does_not_exist) {
  Scene scene;
  const auto sent = scene.send(1, 0);
  expect_failure(scene.receipt(sent->second.block_number, 1), Code::kNotThere, "none with index 1");
  expect_failure(scene.receipt(99, 0), Code::kTimeout, "block 99 is not final");
}

/// What a stranger makes of the receipt, with nothing but the genesis hash.
void expect_proves(const Scene& scene, const Result<VerifiedReceipt>& receipt) {
  ASSERT_TRUE(receipt) << receipt.error().to_string();
  ASSERT_TRUE(receipt->proof);
  const auto verified = proof::verify_receipt(*receipt->proof, {scene.network.genesis(), {}});
  ASSERT_TRUE(verified) << proof::to_string(verified.error());
  EXPECT_EQ(verified->receipt, receipt->receipt);
  EXPECT_EQ(verified->agreement.agreement, receipt->agreement);
  EXPECT_EQ(verified->agreement.confirmed_by.size(), 2);
}

TEST(session, gives_a_receipt_that_proves_itself) {
  Scene scene;
  const auto sent = scene.send(42, 0);
  expect_proves(scene, scene.receipt(sent->second.block_number, 0));
  scene.network.withhold_agreements();
  expect_proves(scene, scene.receipt(sent->second.block_number, 0));
}

TEST(session, of_old_blocks_a_worker_has_the_proof) {
  Scene scene;
  const auto sent = scene.send(42, 0);
  ASSERT_TRUE(scene.send(1, 1));
  scene.network.prune(1);
  expect_proves(scene, scene.receipt(sent->second.block_number, 0));
  scene.network.withhold_agreements();
  expect_failure(scene.receipt(sent->second.block_number, 0), Code::kNotThere, "no agreement of its own");
}

}  // namespace
}  // namespace substratee::client
