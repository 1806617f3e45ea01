#include "core/finality/dev_seal.hpp"
#include "core/primitives/ss58.hpp"
#include "core/registry/storage.hpp"
#include "node/api/node_api_fixture_test.hpp"

namespace substratee::node::api {
namespace {

using test::Inbox;
using test::NodeApiTest;
using test::one;
using namespace std::chrono_literals;

TEST_F(NodeApiTest, tells_who_it_is) {
  EXPECT_EQ(call("system_chain"), json::value("substraTEE Development"));
  EXPECT_EQ(call("system_version"), json::value("1.2.3"));
  EXPECT_EQ(call("system_health").at("isSyncing"), json::value(false));
  EXPECT_EQ(call("system_properties").at("ss58Format"), json::value(42));
  EXPECT_EQ(call("state_getRuntimeVersion").at("stateVersion"), json::value(1));
  const auto names = call("rpc_methods").at("methods").as_array();
  for (const auto* name :
       {"chain_subscribeNewHead", "state_getReadProof", "substratee_getVerifiedBlocks", "author_unwatchExtrinsic"}) {
    EXPECT_NE(std::ranges::find(names, json::value(name)), names.end()) << name;
  }
}

TEST_F(NodeApiTest, serves_http_on_the_same_port) {
  const auto health = get("/health");
  ASSERT_TRUE(health);
  EXPECT_EQ(health->status, 200U);
  EXPECT_EQ(get("/ready")->status, 200U);
  const auto posted = net::fetch({.method = "POST",
                                  .url = "http://" + address() + "/",
                                  .headers = {{"Content-Type", "application/json"}},
                                  .body = R"({"jsonrpc":"2.0","id":1,"method":"system_chain","params":[]})"});
  ASSERT_TRUE(posted);
  EXPECT_NE(posted->body.find("substraTEE Development"), std::string::npos);
}

TEST_F(NodeApiTest, answers_about_blocks) {
  submit(remark(0));
  const auto best = store->best();
  ASSERT_EQ(best.number, 1U);
  EXPECT_EQ(call("chain_getBlockHash"), hex_json(best.hash));
  EXPECT_EQ(call("chain_getBlockHash", {0}), hex_json(store->genesis_hash()));
  EXPECT_EQ(call("chain_getBlockHash", {"0x1"}), hex_json(best.hash));
  EXPECT_EQ(call("chain_getBlockHash", one({0, 1, 2})),
            (json::array{hex_json(store->genesis_hash()), hex_json(best.hash), nullptr}));
  EXPECT_EQ(call("chain_getHeader"), to_json(store->best_header()));
  EXPECT_EQ(call("chain_getHeader", {hex_json(Hash256{})}), json::value(nullptr));
  const auto block = call("chain_getBlock", {hex_json(best.hash)}).at("block");
  EXPECT_EQ(block.at("header"), to_json(store->best_header()));
  EXPECT_EQ(block.at("extrinsics").as_array().size(), 2U);
  EXPECT_EQ(block.at("extrinsics").at(1), hex_json(remark(0)));
  EXPECT_EQ(error_of("chain_getHeader", {"0x12"}).code, net::kInvalidParams);
}

TEST_F(NodeApiTest, json_header_is_lossless) {
  submit(remark(0));
  const auto header = call("chain_getHeader");
  Bytes encoded = *from_hex(header.at("parentHash").as_string());
  append(encoded, scale::encode(scale::Compact<std::uint32_t>{*rpc::u32_from_json(header.at("number"))}));
  append(encoded, *from_hex(header.at("stateRoot").as_string()));
  append(encoded, *from_hex(header.at("extrinsicsRoot").as_string()));
  const auto& logs = header.at("digest").at("logs").as_array();
  append(encoded, scale::encode(scale::Compact<std::uint32_t>{static_cast<std::uint32_t>(logs.size())}));
  for (const auto& log : logs) append(encoded, *from_hex(log.as_string()));
  EXPECT_EQ(crypto::blake2_256(encoded), store->best().hash);
}

TEST_F(NodeApiTest, verified_blocks_are_what_an_enclave_needs) {
  submit(remark(0));
  submit(remark(1));
  const auto blocks = call("substratee_getVerifiedBlocks", {1, 256}).as_array();
  ASSERT_EQ(blocks.size(), 2U);
  for (const auto& block : blocks) {
    const auto header = scale::decode<primitives::Header>(*from_hex(block.at("header").as_string()));
    ASSERT_TRUE(header);
    EXPECT_TRUE(finality::verify_seal(*header, node::test::authority().public_key()));
    EXPECT_EQ(block.at("hash"), hex_json(header->hash()));
    EXPECT_EQ(block.at("number"), json::value(header->number.value));
    EXPECT_EQ(block.at("justification"), json::value("0x"));
    const auto journal = scale::decode<registry::Journal>(*from_hex(block.at("journal").as_string()));
    ASSERT_TRUE(journal);
    EXPECT_TRUE(registry::journal_matches(*header, *journal));
  }
  EXPECT_EQ(call("substratee_getVerifiedBlocks", {2, 1}).as_array().size(), 1U);
  EXPECT_EQ(call("substratee_getVerifiedBlocks", {3, 10}).as_array().size(), 0U);
  EXPECT_EQ(error_of("substratee_getVerifiedBlocks", {0, 257}).code, net::kInvalidParams);
}

TEST_F(NodeApiTest, reads_state_now_and_then) {
  const auto key = registry::key::system_account(alice.account());
  const auto before = call("state_getStorage", {hex_json(key)});
  submit(remark(0));
  EXPECT_NE(call("state_getStorage", {hex_json(key)}), before);
  EXPECT_EQ(call("state_getStorage", {hex_json(key), hex_json(store->genesis_hash())}), before);
  EXPECT_EQ(call("state_getStorage", {"0x1234"}), json::value(nullptr));
  EXPECT_EQ(error_of("state_getStorage", {"0x12", hex_json(Hash256{})}).code, 4003);
  const auto query = call("state_queryStorageAt", one({hex_json(key)}));
  EXPECT_EQ(query.at(0).at("changes").at(0).at(0), hex_json(key));
}

TEST_F(NodeApiTest, proofs_hold_against_the_named_header) {
  submit(remark(0));
  submit(remark(1));
  const std::vector<Bytes> keys = {registry::key::system_account(alice.account()), Bytes{1, 2, 3}};
  for (primitives::BlockNumber n = 0; n <= 2; ++n) {
    const auto header = store->header(n).value();
    const auto answer =
        call("state_getReadProof", {json::array{hex_json(keys[0]), hex_json(keys[1])}, hex_json(header.hash())});
    EXPECT_EQ(answer.at("at"), hex_json(header.hash()));
    std::vector<Bytes> nodes;
    for (const auto& node : answer.at("proof").as_array()) nodes.push_back(*from_hex(node.as_string()));
    const auto proof = trie::ReadProof::from(header.state_root, nodes);
    ASSERT_TRUE(proof);
    EXPECT_EQ(proof->get(keys[0]).value(), store->at(header.hash()).value()->get(keys[0]));
    EXPECT_EQ(proof->get(keys[1]).value(), std::nullopt);
  }
}

TEST_F(NodeApiTest, pages_through_keys) {
  json::array all;
  json::value start = "0x";
  while (true) {
    const auto page = call("state_getKeysPaged", {"0x", 3, start}).as_array();
    if (page.empty()) break;
    all.insert(all.end(), page.begin(), page.end());
    start = all.back();
  }
  EXPECT_EQ(json::value(all), call("state_getKeysPaged", {nullptr, 1000}));
  EXPECT_TRUE(std::ranges::is_sorted(all, {}, [](const json::value& key) { return std::string(key.as_string()); }));
  const auto prefix = registry::key::system_account({});
  const auto accounts = hex_json(ByteView(prefix).first(32));
  EXPECT_EQ(call("state_getKeysPaged", {accounts, 10, accounts}), call("state_getKeysPaged", {accounts, 10}));
  EXPECT_EQ(error_of("state_getKeysPaged", {"0x", 1001}).code, 4002);
}

TEST_F(NodeApiTest, follows_heads_finality_and_storage) {
  Inbox heads;
  Inbox finals;
  Inbox values;
  const auto key = registry::key::timestamp_now();
  ASSERT_TRUE(client->subscribe("chain_subscribeNewHead", {}, "chain_unsubscribeNewHead", heads.callback()));
  ASSERT_TRUE(
      client->subscribe("chain_subscribeFinalizedHeads", {}, "chain_unsubscribeFinalizedHeads", finals.callback()));
  ASSERT_TRUE(
      client->subscribe("state_subscribeStorage", one({hex_json(key)}), "state_unsubscribeStorage", values.callback()));
  EXPECT_EQ(heads.wait_for(0).at("number"), json::value("0x0"));
  EXPECT_EQ(finals.wait_for(0).at("number"), json::value("0x0"));
  static_cast<void>(values.wait_for(0));
  const auto start = std::chrono::steady_clock::now();
  submit(remark(0));
  EXPECT_EQ(heads.wait_for(1).at("number"), json::value("0x1"));
  EXPECT_EQ(values.wait_for(1).at("block"), hex_json(store->best().hash));
  EXPECT_EQ(finals.wait_for(1), to_json(store->best_header()));
  EXPECT_GE(std::chrono::steady_clock::now() - start, 250ms);
  EXPECT_EQ(call("chain_getFinalizedHead"), hex_json(store->best().hash));
}

TEST_F(NodeApiTest, watches_a_transaction_to_its_end) {
  Inbox inbox;
  ASSERT_TRUE(client->subscribe("author_submitAndWatchExtrinsic", {hex_json(remark(0))}, "author_unwatchExtrinsic",
                                inbox.callback()));
  EXPECT_EQ(inbox.wait_for(0), json::value("ready"));
  EXPECT_EQ(inbox.wait_for(1), (json::object{{"inBlock", hex_json(store->hash(1).value())}}));
  EXPECT_EQ(inbox.wait_for(2), (json::object{{"finalized", hex_json(store->hash(1).value())}}));
}

TEST_F(NodeApiTest, future_transactions_wait_and_count_for_the_next_index_when_ready) {
  const auto address = primitives::to_ss58(alice.account());
  EXPECT_EQ(call("system_accountNextIndex", {address}), json::value(0));
  Inbox inbox;
  ASSERT_TRUE(client->subscribe("author_submitAndWatchExtrinsic", {hex_json(remark(1))}, "author_unwatchExtrinsic",
                                inbox.callback()));
  EXPECT_EQ(inbox.wait_for(0), json::value("future"));
  EXPECT_EQ(call("system_accountNextIndex", {address}), json::value(0));
  const auto hash = call("author_submitExtrinsic", {hex_json(remark(0))});
  EXPECT_EQ(hash, hex_json(primitives::extrinsic_hash(remark(0))));
  EXPECT_EQ(inbox.wait_for(1), json::value("ready"));
  EXPECT_TRUE(inbox.wait_for(2).as_object().contains("inBlock"));
  EXPECT_EQ(call("system_accountNextIndex", {address}), json::value(2));
  EXPECT_EQ(call("author_pendingExtrinsics"), json::array{});
  EXPECT_EQ(error_of("system_accountNextIndex", {"nobody"}).code, net::kInvalidParams);
}

TEST_F(NodeApiTest, refusals_have_substrates_codes) {
  EXPECT_EQ(error_of("author_submitExtrinsic", {"0x010203"}).code, 1001);
  auto forged = remark(0);
  forged.back() ^= 1;
  const auto bad_signature = error_of("author_submitExtrinsic", {hex_json(forged)});
  EXPECT_EQ(bad_signature.code, 1010);
  EXPECT_EQ(bad_signature.data, json::value("Transaction has a bad signature"));
  static_cast<void>(call("author_submitExtrinsic", {hex_json(remark(5))}));
  EXPECT_EQ(error_of("author_submitExtrinsic", {hex_json(remark(5))}).code, 1013);
  EXPECT_EQ(error_of("author_submitExtrinsic", {hex_json(alice.remark(store->genesis_hash(), 5, 0, 9))}).code, 1014);
  submit(remark(0));
  const auto stale = error_of("author_submitExtrinsic", {hex_json(remark(0))});
  EXPECT_EQ(stale.code, 1010);
  EXPECT_EQ(stale.data, json::value("Transaction is outdated"));
  EXPECT_EQ(error_of("author_submitExtrinsic", {"no hex"}).code, net::kInvalidParams);
  EXPECT_EQ(error_of("no_such_method", {}).code, net::kMethodNotFound);
}

TEST_F(NodeApiTest, a_stopped_chain_is_an_answer_too) {
  thread->stop();
  EXPECT_EQ(error_of("author_submitExtrinsic", {hex_json(remark(0))}).code, net::kServerIsBusy);
  EXPECT_EQ(get("/ready")->status, 503U);
  EXPECT_EQ(call("chain_getBlockHash", {0}), hex_json(store->genesis_hash()));
}

}  // namespace
}  // namespace substratee::node::api
