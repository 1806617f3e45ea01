#include "client/sdk/chain_reader.hpp"

#include "client/sdk/session.hpp"
#include "client/testing/fake_network.hpp"
#include "core/stf/counter/counter.hpp"

#include <gtest/gtest.h>

namespace substratee::client {
namespace {

using testing::FakeNetwork;
using testing::NodeLie;

const Bytes kCounterQuery = scale::encode(stf::counter::Query{stf::counter::ReadCounter{}});

struct Scene {
  FakeNetwork network{2};
  test::SeededRandom random{5};
  primitives::AccountKey alice = *primitives::AccountKey::from_uri("//Alice", primitives::Scheme::kSr25519, random);
  std::unique_ptr<Session> session = *Session::open(options(), random);

  [[nodiscard]] SessionOptions options() const {
    return {.node_url = network.node_url(),
            .shard = registry::shard_id("counter", "default"),
            .genesis = network.genesis(),
            .timeout = std::chrono::milliseconds{700}};
  }
  void expect_refused(NodeLie lie, std::string_view part, Code code = Code::kForged) {
    network.set_node_lie(NodeLie::kNone);
    ASSERT_TRUE(session->view()) << "the honest way";
    network.set_node_lie(lie);
    const auto opened = Session::open(options(), random);
    expect_failure(opened ? (*opened)->view() : Result<View>(std::unexpected(opened.error())), part, code);
    // A session that began while the node was honest.
    if (lie != NodeLie::kFalseEngine) expect_failure(session->view(), part, code);
  }
  static void expect_failure(const Result<View>& result, std::string_view part, Code code) {
    ASSERT_FALSE(result.has_value()) << part;
    EXPECT_EQ(result.error().code, code) << result.error().to_string();
    EXPECT_NE(result.error().to_string().find(part), std::string::npos) << result.error().to_string();
    EXPECT_NE(result.error().to_string().find("ws://127.0.0.1"), std::string::npos) << "names the node";
  }
};

TEST(chain_reader, believes_an_honest_node) {
  Scene scene;
  const auto view = scene.session->view();
  ASSERT_TRUE(view) << view.error().to_string();
  EXPECT_EQ(view->workers.size(), 2);
  EXPECT_EQ(chain_key(*view)->key, scene.network.shard().shard_key().key);
  EXPECT_EQ(scene.session->find_workers()->size(), 2);
  EXPECT_EQ(scene.session->account(scene.alice.account())->free, 1'000'000);
}

TEST(NodeAttack, attack_false_shielding_key) {
  Scene scene;
  scene.expect_refused(NodeLie::kFalseValue, "not proved");
}

TEST(NodeAttack, attack_false_charter) {
  Scene scene;
  scene.expect_refused(NodeLie::kFalseCharter, "not proved");
}

TEST(NodeAttack, attack_half_a_proof) {
  Scene scene;
  scene.expect_refused(NodeLie::kHalfProof, "not proved");
}

TEST(NodeAttack, attack_headers_without_the_authoritys_seal) {
  Scene scene;
  scene.expect_refused(NodeLie::kUnsealed, "is not of the chain");
  scene.expect_refused(NodeLie::kForeignSeal, "is not of the chain");
}

TEST(NodeAttack, attack_header_of_another_block) {
  Scene scene;
  ASSERT_TRUE(Session::open(scene.options(), scene.random));
  scene.network.set_node_lie(NodeLie::kOtherHeader);
  EXPECT_EQ(Session::open(scene.options(), scene.random).error().code, Code::kForged);
}

TEST(NodeAttack, attack_false_authority) {
  Scene scene;
  scene.expect_refused(NodeLie::kFalseEngine, "does not prove who seals");
}

TEST(NodeAttack, attack_head_that_goes_back) {
  Scene scene;
  ASSERT_TRUE(scene.session->view());
  scene.network.set_node_lie(NodeLie::kOldHead);
  Scene::expect_failure(scene.session->view(), "after it has shown", Code::kForged);
}

TEST(NodeAttack, attack_two_blocks_of_one_height) {
  Scene scene;
  ASSERT_TRUE(scene.session->view());
  scene.network.set_node_lie(NodeLie::kTwoChains);
  Scene::expect_failure(scene.session->view(), "has signed two chains", Code::kForged);
}

TEST(NodeAttack, attack_every_read_of_the_registry) {
  Scene scene;
  ASSERT_TRUE(scene.session->status());
  scene.network.set_node_lie(NodeLie::kHalfProof);
  EXPECT_EQ(scene.session->status().error().code, Code::kForged);
  EXPECT_EQ(scene.session->find_workers().error().code, Code::kForged);
  EXPECT_EQ(scene.session->account(scene.alice.account()).error().code, Code::kForged);
  EXPECT_EQ(scene.session->wait_agreed(1, {}).error().code, Code::kForged);
  scene.network.set_node_lie(NodeLie::kForeignSeal);
  EXPECT_EQ(scene.session->final_block(1).error().code, Code::kForged);
  EXPECT_EQ(scene.session->frame().error().code, Code::kForged);
}

TEST(NodeAttack, attack_false_registration_of_who_answers) {
  Scene scene;
  const auto view = *scene.session->view();
  const auto targets = *choose(view, {});
  const auto ask = [&] {
    return scene.session->ask(view, *chain_key(view), targets.front(), scene.alice, protocol::AskState{{kCounterQuery}},
                              protocol::Mode::kAgreed);
  };
  const auto good = ask();
  ASSERT_TRUE(good) << good.error().to_string();
  const auto verified = proof::verify_answer(good->proof, {scene.network.genesis(), {}});
  ASSERT_TRUE(verified);
  EXPECT_EQ(verified->answer, good->answer);
  EXPECT_EQ(verified->query->account, scene.alice.account());
  for (const auto lie : {NodeLie::kHalfProof, NodeLie::kFalseValue, NodeLie::kForeignSeal}) {
    scene.network.set_node_lie(lie);
    EXPECT_EQ(ask().error().code, Code::kForged);
  }
}

TEST(chain_reader, pins_the_charter) {
  Scene scene;
  auto options = scene.options();
  options.charter = registry::charter_hash(scene.session->view()->shard.charter);
  EXPECT_TRUE((*Session::open(options, scene.random))->view());
  options.charter->bytes[3] ^= 1;
  const auto refused = (*Session::open(options, scene.random))->view();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kWrongCharter);
}

}  // namespace
}  // namespace substratee::client
