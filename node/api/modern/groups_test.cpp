#include "node/api/node_api_fixture_test.hpp"

namespace substratee::node::api {
namespace {

using test::Inbox;

class GroupsTest : public test::NodeApiTest {
 protected:
  Inbox& watch(const Bytes& transaction) {
    inboxes.push_back(std::make_unique<Inbox>());
    EXPECT_TRUE(client->subscribe("transactionWatch_v1_submitAndWatch", {hex_json(transaction)},
                                  "transactionWatch_v1_unwatch", inboxes.back()->callback()));
    return *inboxes.back();
  }
  std::vector<std::unique_ptr<Inbox>> inboxes;
};

TEST_F(GroupsTest, are_listed_whole) {
  const auto names = call("rpc_methods").at("methods").as_array();
  for (const auto* name : {"chainSpec_v1_chainName",
                           "chainSpec_v1_genesisHash",
                           "chainSpec_v1_properties",
                           "chainHead_v1_follow",
                           "chainHead_v1_unfollow",
                           "chainHead_v1_header",
                           "chainHead_v1_body",
                           "chainHead_v1_call",
                           "chainHead_v1_storage",
                           "chainHead_v1_unpin",
                           "chainHead_v1_continue",
                           "chainHead_v1_stopOperation",
                           "transaction_v1_broadcast",
                           "transaction_v1_stop",
                           "transactionWatch_v1_submitAndWatch",
                           "transactionWatch_v1_unwatch",
                           "archive_v1_body",
                           "archive_v1_header",
                           "archive_v1_call",
                           "archive_v1_storage",
                           "archive_v1_stopStorage",
                           "archive_v1_hashByHeight",
                           "archive_v1_finalizedHeight",
                           "archive_v1_genesisHash"}) {
    EXPECT_NE(std::ranges::find(names, json::value(name)), names.end()) << name;
  }
  EXPECT_EQ(call("chainSpec_v1_chainName"), call("system_chain"));
  EXPECT_EQ(call("chainSpec_v1_genesisHash"), hex_json(store->genesis_hash()));
  EXPECT_EQ(call("chainSpec_v1_properties"), call("system_properties"));
}

TEST_F(GroupsTest, watch_a_transaction_with_its_place_in_the_block) {
  auto& inbox = watch(remark(0));
  EXPECT_EQ(inbox.wait_for(0), (json::object{{"event", "validated"}}));
  const auto included = inbox.wait_for(1);
  EXPECT_EQ(included.at("event"), "bestChainBlockIncluded");
  EXPECT_EQ(included.at("block"), (json::object{{"hash", hex_json(store->best().hash)}, {"index", 1}}));
  EXPECT_EQ(inbox.wait_for(2).at("event"), "finalized");
  EXPECT_EQ(inbox.wait_for(2).at("block"), included.at("block"));
}

TEST_F(GroupsTest, tell_what_is_wrong_with_a_watched_transaction_as_an_event) {
  auto forged = remark(0);
  forged.back() ^= 1;
  EXPECT_EQ(watch(forged).wait_for(0),
            (json::object{{"event", "invalid"}, {"error", "Transaction has a bad signature"}}));
  auto& future = watch(remark(7));
  auto& usurper = watch(remark(7, 1));
  EXPECT_EQ(future.wait_for(0).at("event"), "dropped");
  static_cast<void>(usurper);
  EXPECT_EQ(error_of("transactionWatch_v1_submitAndWatch", {"no hex"}).code, net::kInvalidParams);
}

TEST_F(GroupsTest, broadcast_until_stopped) {
  const auto operation = call("transaction_v1_broadcast", {hex_json(remark(0))});
  ASSERT_TRUE(operation.is_string());
  for (int i = 0; i < 200 && store->best().number == 0; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_EQ(store->best().number, 1U);
  EXPECT_EQ(call("transaction_v1_stop", {operation}), json::value(nullptr));
  EXPECT_EQ(error_of("transaction_v1_stop", {operation}).code, net::kInvalidParams);
  // What is wrong with a transaction is not said.
  for (int i = 0; i < 16; ++i) EXPECT_TRUE(call("transaction_v1_broadcast", {"0x0102"}).is_string());
  EXPECT_EQ(call("transaction_v1_broadcast", {"0x0102"}), json::value(nullptr));
}

TEST_F(GroupsTest, archive_knows_every_block) {
  submit(remark(0));
  const auto best = store->best();
  const auto hash = hex_json(best.hash);
  EXPECT_EQ(call("archive_v1_genesisHash"), hex_json(store->genesis_hash()));
  EXPECT_EQ(call("archive_v1_hashByHeight", {1}), json::array{hash});
  EXPECT_EQ(call("archive_v1_hashByHeight", {9}), json::array{});
  EXPECT_EQ(call("archive_v1_header", {hash}), hex_json(scale::encode(store->best_header())));
  EXPECT_EQ(call("archive_v1_body", {hash}).at(1), hex_json(remark(0)));
  EXPECT_EQ(call("archive_v1_body", {hex_json(Hash256{})}), json::value(nullptr));
  const auto answer = call("archive_v1_call", {hash, "Core_version", "0x"});
  EXPECT_EQ(answer.at("success"), true);
  EXPECT_EQ(answer.at("value"), call("state_call", {"Core_version", ""}));
  EXPECT_EQ(call("archive_v1_call", {hash, "No_such", "0x"}).at("success"), false);
  EXPECT_EQ(call("archive_v1_call", {hex_json(Hash256{}), "Core_version", "0x"}), json::value(nullptr));
}

TEST_F(GroupsTest, archive_reads_storage_in_pages) {
  const auto all = call("state_getPairs", {"0x"}).as_array();
  const auto ask = [&](json::object item) {
    json::array items{std::move(item)};
    json::array params{hex_json(store->genesis_hash())};
    params.emplace_back(std::move(items));
    Inbox inbox;
    EXPECT_TRUE(client->subscribe("archive_v1_storage", params, "archive_v1_stopStorage", inbox.callback()));
    std::vector<json::value> out;
    for (std::size_t i = 0;; ++i) {
      const auto event = inbox.wait_for(i);
      if (event.at("event") == "storageDone") return out;
      EXPECT_EQ(event.at("event"), "storage");
      out.push_back(event);
    }
  };
  const auto told = ask({{"key", "0x"}, {"type", "descendantsValues"}});
  ASSERT_EQ(told.size(), all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(told[i].at("key"), all[i].at(0));
    EXPECT_EQ(told[i].at("value"), all[i].at(1));
  }
  const auto rest = ask({{"key", "0x"}, {"type", "descendantsHashes"}, {"paginationStartKey", all[2].at(0)}});
  ASSERT_EQ(rest.size(), all.size() - 3);
  EXPECT_EQ(rest[0].at("key"), all[3].at(0));
}

TEST_F(GroupsTest, archive_says_when_a_block_is_unknown) {
  json::array items{json::object{{"key", "0x"}, {"type", "value"}}};
  json::array params{hex_json(Hash256{})};
  params.emplace_back(std::move(items));
  Inbox inbox;
  EXPECT_TRUE(client->subscribe("archive_v1_storage", params, "archive_v1_stopStorage", inbox.callback()));
  EXPECT_EQ(inbox.wait_for(0).at("event"), "storageError");
}

}  // namespace
}  // namespace substratee::node::api
