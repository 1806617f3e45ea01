#include "core/crypto/hash.hpp"
#include "node/api/modern/follow_session.hpp"
#include "node/api/node_api_fixture_test.hpp"

namespace substratee::node::api {
namespace {

using test::Inbox;
using test::one;

class ChainHeadTest : public test::NodeApiTest {
 protected:
  std::string follow(Inbox& inbox, bool with_runtime = true) {
    const auto id = client->subscribe("chainHead_v1_follow", {with_runtime}, "chainHead_v1_unfollow", inbox.callback());
    if (!id) throw std::runtime_error(id.error().to_string());
    return std::string(id->as_string());
  }
  /// The items of a storage operation, all events together.
  json::array storage(Inbox& inbox, std::size_t first_event, const std::string& id, const json::value& hash,
                      json::array items) {
    json::array list;
    list.emplace_back(std::move(items));
    const auto answer = call("chainHead_v1_storage", {id, hash, list.at(0), nullptr});
    EXPECT_EQ(answer.at("result"), "started");
    json::array out;
    for (auto i = first_event;; ++i) {
      const auto event = inbox.wait_for(i);
      EXPECT_EQ(event.at("operationId"), answer.at("operationId"));
      if (event.at("event") != "operationStorageItems") {
        EXPECT_EQ(event.at("event"), "operationStorageDone");
        return out;
      }
      for (const auto& item : event.at("items").as_array()) out.push_back(item);
    }
  }
  json::value genesis() const { return hex_json(store->genesis_hash()); }
};

const Bytes kCode = to_bytes(as_bytes(":code"));

TEST_F(ChainHeadTest, tells_the_present_and_then_every_block) {
  Inbox inbox;
  follow(inbox);
  const auto initialized = inbox.wait_for(0);
  EXPECT_EQ(initialized.at("event"), "initialized");
  EXPECT_EQ(initialized.at("finalizedBlockHashes"), json::array{genesis()});
  EXPECT_EQ(initialized.at("finalizedBlockRuntime").at("type"), "valid");
  EXPECT_TRUE(initialized.at("finalizedBlockRuntime").at("spec").at("apis").is_object());
  EXPECT_EQ(inbox.wait_for(1), (json::object{{"event", "bestBlockChanged"}, {"bestBlockHash", genesis()}}));
  submit(remark(0));
  const auto hash = hex_json(store->best().hash);
  EXPECT_EQ(inbox.wait_for(2),
            (json::object{
                {"event", "newBlock"}, {"blockHash", hash}, {"parentBlockHash", genesis()}, {"newRuntime", nullptr}}));
  EXPECT_EQ(inbox.wait_for(3), (json::object{{"event", "bestBlockChanged"}, {"bestBlockHash", hash}}));
  EXPECT_EQ(inbox.wait_for(4), (json::object{{"event", "finalized"},
                                             {"finalizedBlockHashes", json::array{hash}},
                                             {"prunedBlockHashes", json::array{}}}));
  Inbox later;
  follow(later, false);
  EXPECT_EQ(later.wait_for(0).at("finalizedBlockHashes"), (json::array{genesis(), hash}));
  EXPECT_FALSE(later.wait_for(0).as_object().contains("finalizedBlockRuntime"));
}

TEST_F(ChainHeadTest, reads_pinned_blocks) {
  Inbox inbox;
  const auto id = follow(inbox);
  inbox.wait_for(1);
  EXPECT_EQ(call("chainHead_v1_header", {id, genesis()}), hex_json(scale::encode(*store->header(0))));
  const auto body = call("chainHead_v1_body", {id, genesis()});
  EXPECT_EQ(inbox.wait_for(2),
            (json::object{
                {"event", "operationBodyDone"}, {"operationId", body.at("operationId")}, {"value", json::array{}}}));
  static_cast<void>(call("chainHead_v1_call", {id, genesis(), "Core_version", "0x"}));
  EXPECT_EQ(inbox.wait_for(3).at("event"), "operationCallDone");
  EXPECT_EQ(inbox.wait_for(3).at("output"), call("state_call", {"Core_version", ""}));
  static_cast<void>(call("chainHead_v1_call", {id, genesis(), "No_such", "0x"}));
  EXPECT_EQ(inbox.wait_for(4).at("event"), "operationError");
}

TEST_F(ChainHeadTest, reads_storage_of_every_type) {
  Inbox inbox;
  const auto id = follow(inbox);
  inbox.wait_for(1);
  const auto value = *(*store->at(store->genesis_hash()))->get(kCode);
  const auto key = hex_json(kCode);
  const auto item = [](const json::value& at, const char* type) { return json::object{{"key", at}, {"type", type}}; };
  EXPECT_EQ(storage(inbox, 2, id, genesis(), {item(key, "value"), item(key, "hash"), item("0xff", "value")}),
            (json::array{json::object{{"key", key}, {"value", hex_json(value)}},
                         json::object{{"key", key}, {"hash", hex_json(crypto::blake2_256(value))}}}));
  // The topmost node of all is the root.
  EXPECT_EQ(storage(inbox, 4, id, genesis(), {item("0x", "closestDescendantMerkleValue")})
                .at(0)
                .at("closestDescendantMerkleValue"),
            hex_json(store->header(0)->state_root));
  const auto all = storage(inbox, 6, id, genesis(), {item("0x", "descendantsHashes")});
  const auto keys = call("state_getKeysPaged", {"0x", 1000}).as_array();
  ASSERT_EQ(all.size(), keys.size());
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i].at("key"), keys[i]);
}

TEST_F(ChainHeadTest, has_the_error_codes_of_the_specification) {
  Inbox inbox;
  const auto id = follow(inbox, false);
  const auto unknown = hex_json(Hash256{});
  EXPECT_EQ(error_of("chainHead_v1_header", {id, unknown}).code, -32801);
  EXPECT_EQ(error_of("chainHead_v1_body", {id, unknown}).code, -32801);
  EXPECT_EQ(error_of("chainHead_v1_call", {id, genesis(), "Core_version", "0x"}).code, -32802);
  EXPECT_EQ(error_of("chainHead_v1_continue", {id, "7"}).code, -32803);
  EXPECT_EQ(error_of("chainHead_v1_unpin", {id, json::array{genesis(), genesis()}}).code, -32804);
  EXPECT_EQ(error_of("chainHead_v1_unpin", {id, unknown}).code, -32801);
  EXPECT_EQ(error_of("chainHead_v1_follow", {}).code, net::kInvalidParams);
  EXPECT_EQ(
      error_of("chainHead_v1_storage", {id, genesis(), json::value(json::array{json::object{{"key", "0x"}}}), nullptr})
          .code,
      net::kInvalidParams);
  EXPECT_EQ(call("chainHead_v1_unpin", {id, genesis()}), json::value(nullptr));
  EXPECT_EQ(error_of("chainHead_v1_header", {id, genesis()}).code, -32801);
  EXPECT_EQ(call("chainHead_v1_stopOperation", {id, "7"}), json::value(nullptr));
}

TEST_F(ChainHeadTest, knows_no_subscription_of_another_connection) {
  Inbox inbox;
  const auto id = follow(inbox);
  const auto other = *net::JsonRpcClient::connect("ws://" + address());
  EXPECT_EQ(*other->call("chainHead_v1_header", {id, genesis()}), json::value(nullptr));
  EXPECT_EQ(other->call("chainHead_v1_body", {id, genesis()})->at("result"), "limitReached");
  EXPECT_EQ(other->call("chainHead_v1_call", {id, genesis(), "Core_version", "0x"})->at("result"), "limitReached");
  client->unsubscribe(json::value(id));
  EXPECT_EQ(call("chainHead_v1_header", {id, genesis()}), json::value(nullptr));
}

TEST_F(ChainHeadTest, bounds_follows_of_a_connection) {
  std::array<Inbox, 4> inboxes;
  for (auto& inbox : inboxes) follow(inbox);
  EXPECT_EQ(error_of("chainHead_v1_follow", {true}).code, -32800);
}

/// What a session tells, without a chain.
class Recorded final : public net::WebSocketSession {
 public:
  bool send(std::string text) override {
    texts.push_back(std::move(text));
    return true;
  }
  void close() override {}
  bool is_open() const override { return true; }
  const std::string& peer_address() const override { return peer; }
  std::vector<std::string> texts;
  std::string peer;
};

TEST(follow_session, stops_who_lets_blocks_pile_up) {
  const auto recorded = std::make_shared<Recorded>();
  const auto subscriber =
      std::make_shared<net::Subscriber>("1", "news", recorded, std::make_shared<net::SubscriptionMemory>(1000));
  subscriber->activate();
  FollowSession session(subscriber, false);
  session.start({Hash256{}}, {});
  bool goes_on = true;
  std::size_t blocks = 0;
  for (; goes_on && blocks < 10'000; ++blocks) {
    primitives::Header header;
    header.number.value = static_cast<BlockNumber>(blocks);
    goes_on = session.on_best(header, header.hash());
  }
  EXPECT_EQ(blocks, FollowSession::kMaxPinned);
  EXPECT_NE(recorded->texts.back().find("\"stop\""), std::string::npos);
  EXPECT_TRUE(subscriber->has_ended());
}

TEST_F(ChainHeadTest, waits_for_the_client_when_there_is_much_to_tell) {
  Inbox inbox;
  const auto id = follow(inbox);
  inbox.wait_for(1);
  // 128 times the whole state: more than goes out in one go.
  json::array items;
  for (int i = 0; i < 200; ++i) items.push_back(json::object{{"key", "0x"}, {"type", "descendantsValues"}});
  json::array list;
  list.emplace_back(std::move(items));
  const auto answer = call("chainHead_v1_storage", {id, genesis(), list.at(0), nullptr});
  EXPECT_EQ(answer.at("discardedItems"), 200 - FollowSession::kMaxItems);
  std::size_t i = 2;
  int waited = 0;
  for (std::string event; event != "operationStorageDone"; ++i) {
    event = std::string(inbox.wait_for(i).at("event").as_string());
    if (event != "operationWaitingForContinue") continue;
    if (++waited == 1) {
      EXPECT_EQ(call("chainHead_v1_storage", {id, genesis(), list.at(0), nullptr}).at("result"), "limitReached");
    }
    static_cast<void>(call("chainHead_v1_continue", {id, answer.at("operationId")}));
  }
  EXPECT_GT(waited, 0);
}

}  // namespace
}  // namespace substratee::node::api
