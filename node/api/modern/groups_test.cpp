#include "core/registry/storage.hpp"
#include "node/api/modern/broadcasts.hpp"
#include "node/api/node_api_fixture_test.hpp"

namespace substratee::node::api {
namespace {

using test::Inbox;
using test::one;

class OpenSession final : public net::WebSocketSession {
 public:
  bool send(std::string) override { return true; }
  void close() override {}
  [[nodiscard]] bool is_open() const override { return true; }
  [[nodiscard]] const std::string& peer_address() const override { return peer_; }

 private:
  std::string peer_;
};

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
                           "archive_v1_storageDiff",
                           "archive_v1_stopStorageDiff",
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

TEST_F(GroupsTest, broadcast_four_of_the_largest_transactions) {
  // Not all of them fit into a block, so they stay on offer.
  constexpr std::size_t kBulk = 2'000'000;
  for (primitives::Nonce n = 0; n < 4; ++n) {
    const auto transaction = hex_json(alice.remark(store->genesis_hash(), n, 0, kBulk));
    EXPECT_TRUE(call("transaction_v1_broadcast", {transaction}).is_string()) << n;
  }
  for (int i = 0; i < 500 && store->best().number < 2; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_GE(store->best().number, 2U);
}

TEST_F(GroupsTest, broadcast_no_more_than_there_is_memory_for) {
  const auto operation = [kept = std::make_shared<net::SubscriptionMemory>(0),
                          session = std::make_shared<OpenSession>()] {
    return std::make_shared<net::Subscriber>("1", "news", session, kept);
  };
  const auto future = [this](primitives::Nonce nonce) {
    return alice.remark(store->genesis_hash(), nonce, 0, 100'000);
  };
  Broadcasts broadcasts({*store, *thread, feed, "1.2.3"}, 250'000);
  const auto first = operation();
  EXPECT_TRUE(broadcasts.add(future(10), first));
  EXPECT_TRUE(broadcasts.add(future(11), operation()));
  EXPECT_FALSE(broadcasts.add(future(12), operation()));
  EXPECT_TRUE(broadcasts.add(Bytes(40'000, 1), operation())) << "one that is no transaction is not kept";
  first->end();
  EXPECT_TRUE(broadcasts.add(future(12), operation()));
}

TEST_F(GroupsTest, take_parameters_by_name_like_the_legacy_methods) {
  submit(remark(0));
  const auto hash = hex_json(store->best().hash);
  const auto key = hex_json(registry::key::system_account(alice.account()));
  const auto ask = [&](std::string_view method, json::object params) {
    const json::object request{{"jsonrpc", "2.0"}, {"id", 1}, {"method", method}, {"params", std::move(params)}};
    return json::parse(rpc.answer(json::serialize(request))).at("result");
  };
  EXPECT_EQ(ask("archive_v1_call", {{"callParameters", "0x"}, {"function", "Core_version"}, {"hash", hash}}),
            call("archive_v1_call", {hash, "Core_version", "0x"}));
  EXPECT_EQ(ask("archive_v1_hashByHeight", {{"height", 1}}), json::array{hash});
  EXPECT_EQ(ask("chainHead_v1_header", {{"hash", hash}, {"followSubscription", "7"}}), json::value(nullptr));
  EXPECT_EQ(ask("chainSpec_v1_genesisHash", {}), hex_json(store->genesis_hash()));
  EXPECT_EQ(ask("state_getStorage", {{"key", key}, {"hash", hex_json(store->genesis_hash())}}),
            call("state_getStorage", {key, hex_json(store->genesis_hash())}));
  EXPECT_EQ(ask("state_getStorageAt", {{"key", key}}), call("state_getStorage", {key}));
  EXPECT_EQ(ask("state_getKeysPaged", {{"count", 3}, {"startKey", key}}),
            call("state_getKeysPaged", {nullptr, 3, key}));
  EXPECT_EQ(ask("chain_getBlock", {}), call("chain_getBlock"));
  EXPECT_EQ(ask("system_health", {}), call("system_health"));
}

TEST_F(GroupsTest, archive_says_when_a_block_is_unknown) {
  json::array items{json::object{{"key", "0x"}, {"type", "value"}}};
  json::array params{hex_json(Hash256{})};
  params.emplace_back(std::move(items));
  Inbox inbox;
  EXPECT_TRUE(client->subscribe("archive_v1_storage", params, "archive_v1_stopStorage", inbox.callback()));
  EXPECT_EQ(inbox.wait_for(0).at("event"), "storageError");
}

class DifferencesTest : public GroupsTest {
 protected:
  /// All events of one request.
  std::vector<json::value> ask(json::array params) {
    Inbox inbox;
    const auto id =
        client->subscribe("archive_v1_storageDiff", std::move(params), "archive_v1_stopStorageDiff", inbox.callback());
    EXPECT_TRUE(id);
    std::vector<json::value> out;
    do {
      out.push_back(inbox.wait_for(out.size()));
    } while (out.back().at("event") == "storageDiff");
    EXPECT_EQ(call("archive_v1_stopStorageDiff", {*id}), json::value(nullptr));
    return out;
  }
  json::value hash_of(BlockNumber number) { return hex_json(store->hash(number).value()); }
  /// Of the state at a block, as state_getPairs tells it.
  std::map<json::string, json::string> pairs_at(BlockNumber number) {
    std::map<json::string, json::string> out;
    for (const auto& pair : call("state_getPairs", {"0x", hash_of(number)}).as_array()) {
      out.emplace(pair.at(0).as_string(), pair.at(1).as_string());
    }
    return out;
  }
  /// The events that a comparison of two states asks for.
  std::vector<json::value> compared(BlockNumber before, BlockNumber after) {
    const auto old_pairs = pairs_at(before);
    const auto new_pairs = pairs_at(after);
    auto all = new_pairs;
    all.insert(old_pairs.begin(), old_pairs.end());
    std::vector<json::value> out;
    for (const auto& [key, value] : all) {
      const bool was = old_pairs.contains(key);
      const bool is = new_pairs.contains(key);
      if (was && is && old_pairs.at(key) == new_pairs.at(key)) continue;
      out.push_back(json::object{{"event", "storageDiff"},
                                 {"key", key},
                                 {"value", value},
                                 {"type", !was  ? "added"
                                          : !is ? "deleted"
                                                : "modified"}});
    }
    out.push_back(json::object{{"event", "storageDiffDone"}});
    return out;
  }
};

TEST_F(DifferencesTest, are_those_between_a_block_and_its_parent_or_an_ancestor) {
  for (primitives::Nonce n = 0; n < 3; ++n) submit(remark(n));
  const auto last = compared(2, 3);
  ASSERT_GT(last.size(), 3U);
  EXPECT_EQ(ask({hash_of(3)}), last);
  EXPECT_EQ(ask({hash_of(3), nullptr, hash_of(2)}), last);
  EXPECT_EQ(ask({hash_of(3), json::array{}, hash_of(0)}), compared(0, 3));
  EXPECT_EQ(ask({hash_of(3), nullptr, hash_of(3)}), (std::vector<json::value>{{{"event", "storageDiffDone"}}}));
}

TEST_F(DifferencesTest, are_told_for_the_items_asked_for) {
  submit(remark(0));
  const auto all = compared(0, 1);
  const auto account = hex_json(registry::key::system_account(alice.account()));
  const auto value = call("state_getStorage", {account});
  const auto ask_items = [&](json::array items) {
    json::array params{hash_of(1)};
    params.emplace_back(std::move(items));
    return ask(std::move(params));
  };
  const json::value done = json::object{{"event", "storageDiffDone"}};
  const json::value as_value =
      json::object{{"event", "storageDiff"}, {"key", account}, {"value", value}, {"type", "modified"}};
  const json::value as_hash = json::object{{"event", "storageDiff"},
                                           {"key", account},
                                           {"hash", call("state_getStorageHash", {account})},
                                           {"type", "modified"}};
  const json::object value_item{{"key", account}, {"returnType", "value"}};
  const json::object hash_item{{"key", account}, {"returnType", "hash"}};
  EXPECT_EQ(ask_items({value_item}), (std::vector{as_value, done}));
  EXPECT_EQ(ask_items({hash_item, value_item, value_item}), (std::vector{as_value, as_hash, done}));
  // What covers another one of the same form is enough; a child trie is empty.
  EXPECT_EQ(ask_items({value_item, json::object{{"returnType", "value"}}}), all);
  EXPECT_EQ(ask_items({json::object{{"returnType", "value"}, {"childTrieKey", "0x01"}}}), std::vector{done});
}

TEST_F(DifferencesTest, are_refused_with_the_reason) {
  submit(remark(0));
  const auto reason = [&](json::array params) {
    const auto events = ask(std::move(params));
    EXPECT_EQ(events.size(), 1U);
    EXPECT_EQ(events.back().at("event"), "storageDiffError");
    return std::string(events.back().at("error").as_string());
  };
  EXPECT_NE(reason({hash_of(0)}).find("no parent"), std::string::npos);
  EXPECT_NE(reason({hash_of(0), nullptr, hash_of(1)}).find("no ancestor"), std::string::npos);
  EXPECT_NE(reason({hex_json(Hash256{})}), "");
  const auto bad_items = [&](json::value items) {
    json::array params{hash_of(1)};
    params.push_back(std::move(items));
    return error_of("archive_v1_storageDiff", std::move(params)).code;
  };
  EXPECT_EQ(bad_items("all"), net::kInvalidParams);
  EXPECT_EQ(bad_items(one({json::object{{"key", "0x"}}}).at(0)), net::kInvalidParams);
  EXPECT_EQ(bad_items(one({json::object{{"key", "no hex"}, {"returnType", "hash"}}}).at(0)), net::kInvalidParams);
  EXPECT_EQ(bad_items(one({json::object{{"returnType", "both"}}}).at(0)), net::kInvalidParams);
  EXPECT_EQ(error_of("archive_v1_storageDiff", {}).code, net::kInvalidParams);
  EXPECT_EQ(call("archive_v1_stopStorageDiff", {"77"}), json::value(nullptr));
}

}  // namespace
}  // namespace substratee::node::api
