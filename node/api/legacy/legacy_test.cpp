#include "node/api/node_api_fixture_test.hpp"

#include <set>

namespace substratee::node::api {
namespace {

using test::Inbox;
using test::NodeApiTest;
using test::one;

TEST_F(NodeApiTest, lists_every_legacy_name_with_its_aliases) {
  const auto names = call("rpc_methods").at("methods").as_array();
  for (const auto* name : {"rpc_methods",
                           "system_chain",
                           "system_name",
                           "system_version",
                           "system_properties",
                           "system_chainType",
                           "system_health",
                           "system_accountNextIndex",
                           "account_nextIndex",
                           "system_dryRun",
                           "system_dryRunAt",
                           "system_localPeerId",
                           "system_localListenAddresses",
                           "system_peers",
                           "system_nodeRoles",
                           "system_syncState",
                           "chain_getBlockHash",
                           "chain_getHead",
                           "chain_getHeader",
                           "chain_getBlock",
                           "chain_getFinalizedHead",
                           "chain_getFinalisedHead",
                           "chain_subscribeNewHeads",
                           "chain_subscribeNewHead",
                           "subscribe_newHead",
                           "chain_unsubscribeNewHeads",
                           "chain_unsubscribeNewHead",
                           "unsubscribe_newHead",
                           "chain_subscribeFinalizedHeads",
                           "chain_subscribeFinalisedHeads",
                           "chain_unsubscribeFinalizedHeads",
                           "chain_unsubscribeFinalisedHeads",
                           "chain_subscribeAllHeads",
                           "chain_unsubscribeAllHeads",
                           "state_getMetadata",
                           "state_getRuntimeVersion",
                           "chain_getRuntimeVersion",
                           "state_subscribeRuntimeVersion",
                           "chain_subscribeRuntimeVersion",
                           "state_unsubscribeRuntimeVersion",
                           "chain_unsubscribeRuntimeVersion",
                           "state_call",
                           "state_callAt",
                           "state_getStorage",
                           "state_getStorageAt",
                           "state_getStorageHash",
                           "state_getStorageHashAt",
                           "state_getStorageSize",
                           "state_getStorageSizeAt",
                           "state_queryStorageAt",
                           "state_queryStorage",
                           "state_subscribeStorage",
                           "state_unsubscribeStorage",
                           "state_getKeysPaged",
                           "state_getKeysPagedAt",
                           "state_getKeys",
                           "state_getPairs",
                           "state_getReadProof",
                           "author_submitExtrinsic",
                           "author_submitAndWatchExtrinsic",
                           "author_unwatchExtrinsic",
                           "author_pendingExtrinsics",
                           "payment_queryInfo",
                           "payment_queryFeeDetails"}) {
    EXPECT_NE(std::ranges::find(names, json::value(name)), names.end()) << name;
  }
}

TEST_F(NodeApiTest, calls_the_runtime_at_a_block) {
  submit(remark(0));
  const auto account = hex_json(alice.account());
  EXPECT_EQ(call("state_call", {"AccountNonceApi_account_nonce", account}), "0x01000000");
  EXPECT_EQ(call("state_call", {"AccountNonceApi_account_nonce", account, hex_json(store->genesis_hash())}),
            "0x00000000");
  // Data may be empty text, or lack its 0x.
  EXPECT_EQ(call("state_call", {"Core_version", ""}), call("state_call", {"Core_version", "0x"}));
  EXPECT_EQ(call("state_callAt", {"Core_version"}), call("state_call", {"Core_version", nullptr, nullptr}));
  EXPECT_EQ(error_of("state_call", {"No_such", "0x"}).code, kClientError);
  EXPECT_EQ(error_of("state_call", {"Core_version", "0x00"}).code, kClientError);
  EXPECT_EQ(error_of("state_call", {5, "0x"}).code, net::kInvalidParams);
}

TEST_F(NodeApiTest, runtime_version_lists_the_apis) {
  const auto version = call("state_getRuntimeVersion");
  for (const auto* name : {"specName", "implName", "authoringVersion", "specVersion", "implVersion", "apis",
                           "transactionVersion", "systemVersion", "stateVersion"}) {
    EXPECT_TRUE(version.as_object().contains(name)) << name;
  }
  const json::value core{"0xdf6acb689907609b", 5};
  const auto& apis = version.at("apis").as_array();
  EXPECT_NE(std::ranges::find(apis, core), apis.end());
  Inbox inbox;
  ASSERT_TRUE(
      client->subscribe("state_subscribeRuntimeVersion", {}, "state_unsubscribeRuntimeVersion", inbox.callback()));
  EXPECT_EQ(inbox.wait_for(0), version);
}

TEST_F(NodeApiTest, dry_runs_without_leaving_anything) {
  EXPECT_EQ(call("system_dryRun", {hex_json(remark(0))}), "0x0000");
  EXPECT_EQ(call("system_dryRun", {hex_json(remark(0))}), "0x0000");
  auto forged = remark(0);
  forged.back() ^= 1;
  EXPECT_EQ(call("system_dryRun", {hex_json(forged)}), "0x010004");  // invalid: bad proof
  submit(remark(0));
  EXPECT_EQ(call("system_dryRun", {hex_json(remark(0))}), "0x010003");  // invalid: stale
  EXPECT_EQ(call("system_dryRun", {hex_json(remark(0)), hex_json(store->genesis_hash())}), "0x0000");
}

TEST_F(NodeApiTest, lists_keys_and_pairs_below_a_prefix) {
  const auto keys = call("state_getKeysPaged", {nullptr, 1000, nullptr}).as_array();
  ASSERT_GT(keys.size(), 5U);
  EXPECT_EQ(call("state_getKeys", {"0x"}), keys);
  const auto pairs = call("state_getPairs", {"0x"}).as_array();
  ASSERT_EQ(pairs.size(), keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) EXPECT_EQ(pairs[i].at(1), call("state_getStorage", {keys[i]}));
  // The first page of polkadot.js starts at the prefix itself.
  const auto prefix = std::string(keys[3].as_string()).substr(0, 34);
  const auto below = call("state_getKeysPaged", {prefix, 1000, prefix}).as_array();
  EXPECT_EQ(below, call("state_getKeys", {prefix}).as_array());
  EXPECT_NE(std::ranges::find(below, keys[3]), below.end());
  EXPECT_EQ(error_of("state_getKeysPaged", {"0x", 1001}).code, kCountTooLarge);
  EXPECT_EQ(call("state_getKeysPaged", {"0x", 0}), json::array{});
}

TEST_F(NodeApiTest, tells_what_changed_in_a_range_of_blocks) {
  submit(remark(0));
  submit(remark(1));
  const auto number_key = hex_json(*from_hex("26aa394eea5630e07c48ae0c9558cef702a5c1b19ab7a04f536c519aca4983ac"));
  const auto code = hex_json(as_bytes(":code"));
  json::array params = one({number_key, code});
  params.emplace_back(hex_json(store->genesis_hash()));
  const auto range = call("state_queryStorage", params).as_array();
  ASSERT_EQ(range.size(), 3U);
  EXPECT_EQ(range[0].at("changes").as_array().size(), 2U);
  EXPECT_EQ(range[2].at("block"), hex_json(store->best().hash));
  EXPECT_EQ(range[2].at("changes"), one({number_key, "0x02000000"}));
  json::array backwards = one({number_key});
  backwards.emplace_back(hex_json(store->best().hash));
  backwards.emplace_back(hex_json(store->genesis_hash()));
  EXPECT_EQ(error_of("state_queryStorage", backwards).code, kRangeTooLarge);
}

TEST_F(NodeApiTest, says_when_an_extrinsic_does_not_decode) {
  for (const auto* method : {"system_dryRun", "payment_queryInfo", "payment_queryFeeDetails"}) {
    const auto error = error_of(method, {"0x010203"});
    EXPECT_EQ(error.code, 2) << method;
    EXPECT_EQ(error.data, json::value("Transaction could not be decoded")) << method;
    EXPECT_NE(error.message.find("Unable to "), std::string::npos) << method;
  }
}

/// What a method takes as its first parameter.
enum class First {
  kNothing,
  kBytes,
  kPrefix,
  kHash,
  kHashOrNothing,
  kNumber,
  kNumberOrNothing,
  kText,
  kFlag,
  kList,
  kId
};

First first_parameter(std::string_view method) {
  static const std::map<std::string_view, First> kOthers = {
      {"account_nextIndex", First::kHash},
      {"archive_v1_hashByHeight", First::kNumber},
      {"author_pendingExtrinsics", First::kNothing},
      {"chainHead_v1_follow", First::kFlag},
      {"chain_getBlock", First::kHashOrNothing},
      {"chain_getBlockHash", First::kNumberOrNothing},
      {"chain_getHead", First::kNumberOrNothing},
      {"chain_getHeader", First::kHashOrNothing},
      {"chain_getRuntimeVersion", First::kHashOrNothing},
      {"rpc_methods", First::kNothing},
      {"state_call", First::kText},
      {"state_callAt", First::kText},
      {"state_getKeys", First::kPrefix},
      {"state_getMetadata", First::kHashOrNothing},
      {"state_getPairs", First::kPrefix},
      {"state_getRuntimeVersion", First::kHashOrNothing},
      {"substratee_appraiseMembers", First::kHashOrNothing},
      {"substratee_getVerifiedBlocks", First::kNumber},
      {"system_accountNextIndex", First::kHash},
      {"system_dryRun", First::kBytes},
      {"system_dryRunAt", First::kBytes},
      {"transaction_v1_stop", First::kHash},  // an id that is not known is refused too
  };
  if (const auto found = kOthers.find(method); found != kOthers.end()) return found->second;
  const auto has = [method](std::string_view part) { return method.find(part) != std::string_view::npos; };
  if (has("unsubscribe") || has("_unwatch") || has("_unfollow") || has("_stop")) return First::kId;
  if (method.starts_with("chainHead_v1_")) return First::kText;
  if (method.starts_with("archive_v1_") && !has("genesisHash") && !has("finalizedHeight")) return First::kHash;
  if (method.starts_with("author_") || method.starts_with("payment_") || method.starts_with("transaction")) {
    return First::kBytes;
  }
  if (has("queryStorage") || has("subscribeStorage") || has("getReadProof")) return First::kList;
  if (method.starts_with("state_getStorage")) return First::kBytes;
  return First::kNothing;
}

TEST_F(NodeApiTest, refuses_malformed_parameters_of_every_method) {
  // Odd types, wrong counts, bad hex, numbers out of range, each with those that may take it.
  using enum First;
  struct Case {
    json::array params;
    std::set<First> takers;
  };
  const std::vector<Case> cases = {
      {json::array{}, {kPrefix, kHashOrNothing, kNumberOrNothing}},
      {json::array{nullptr}, {kPrefix, kHashOrNothing, kNumberOrNothing}},
      {json::array{-1}, {kId}},
      {json::array{1e300}, {}},
      {json::array{18446744073709551615ULL}, {}},
      {json::array{"0x"}, {kBytes, kPrefix, kText, kId}},
      {json::array{"0xzz"}, {kText, kId}},
      {json::array{"0x123"}, {kText, kId, kNumber, kNumberOrNothing}},
      {json::array{json::object{}}, {}},
      {one({1, nullptr, json::object{}}), {}},
      {json::array{true, false, nullptr, "x", 5}, {kFlag}},
      {json::array{std::string(10'000, 'f')}, {kBytes, kPrefix, kText, kId}},
  };
  // Those whose further parameters are missing or wrong: refused, whatever the first is.
  const std::set<std::string_view> more = {"state_getKeysPaged",           "state_getKeysPagedAt",
                                           "substratee_getVerifiedBlocks", "chainHead_v1_unpin",
                                           "chainHead_v1_continue",        "chainHead_v1_stopOperation"};
  for (const auto& name : call("rpc_methods").at("methods").as_array()) {
    const std::string method(name.as_string());
    const auto first = first_parameter(method);
    for (const auto& [params, takers] : cases) {
      const auto answer = client->call(method, params);
      const auto* error = answer ? nullptr : answer.error().rpc();
      ASSERT_TRUE(answer || error != nullptr) << method << json::value(params);
      if (error != nullptr) {
        EXPECT_NE(error->code, net::kInternalError) << method << json::value(params);
      }
      const bool is_refused = error != nullptr && error->code == net::kInvalidParams;
      const bool is_taken = !more.contains(method) && (first == kNothing || takers.contains(first));
      EXPECT_EQ(is_refused, !is_taken) << method << json::value(params);
    }
  }
  EXPECT_EQ(call("system_health").at("isSyncing"), false);
}

}  // namespace
}  // namespace substratee::node::api
