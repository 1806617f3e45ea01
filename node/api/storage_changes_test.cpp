#include "node/api/storage_changes.hpp"

#include "core/registry/storage.hpp"
#include "node/api/node_api_fixture_test.hpp"
#include "node/api/state_access.hpp"

namespace substratee::node::api {
namespace {

using test::Inbox;
using test::NodeApiTest;
using test::one;

/// All keys have the same large value.
class LargeValues final : public runtime::StateView {
 public:
  [[nodiscard]] std::optional<Bytes> get(ByteView) const override {
    ++reads;
    return Bytes(640'000, 7);
  }
  [[nodiscard]] std::optional<std::pair<Bytes, Bytes>> next(ByteView) const override { return std::nullopt; }
  mutable std::size_t reads = 0;
};

TEST(storage_changes, stop_at_the_largest_answer_while_they_are_read) {
  std::vector<Bytes> keys;
  for (std::uint8_t i = 0; i < 200; ++i) keys.push_back({i});
  const LargeValues state;
  AnswerBudget budget(std::size_t{15} << 20);
  const auto changes = storage_changes(keys, {}, state, budget);
  ASSERT_FALSE(changes);
  EXPECT_EQ(changes.error().code, net::kResponseTooLarge);
  EXPECT_EQ(state.reads, 13U);
}

TEST(storage_changes, know_each_key_once) {
  EXPECT_EQ(without_repeats({{2}, {1}, {2}, {1}, {3}}), (std::vector<Bytes>{{2}, {1}, {3}}));
  EXPECT_EQ(without_repeats({}), std::vector<Bytes>{});
}

TEST_F(NodeApiTest, a_key_named_often_is_told_once) {
  const auto key = hex_json(registry::key::timestamp_now());
  const auto other = hex_json(as_bytes(":code"));
  json::array keys(500, key);
  keys.push_back(other);
  keys.resize(1000, key);
  const json::array changes{json::array{key, call("state_getStorage", {key})},
                            json::array{other, call("state_getStorage", {other})}};
  EXPECT_EQ(call("state_queryStorageAt", one(keys)).at(0).at("changes"), changes);
  json::array range = one(keys);
  range.emplace_back(hex_json(store->genesis_hash()));
  EXPECT_EQ(call("state_queryStorage", range).at(0).at("changes"), changes);
  Inbox inbox;
  ASSERT_TRUE(client->subscribe("state_subscribeStorage", one(keys), "state_unsubscribeStorage", inbox.callback()));
  EXPECT_EQ(inbox.wait_for(0).at("changes"), changes);
  submit(remark(0));
  EXPECT_EQ(inbox.wait_for(1).at("changes").as_array().size(), 1U);
}

class SmallAnswersTest : public NodeApiTest {
 protected:
  SmallAnswersTest() : NodeApiTest({.max_response = 1000}) {}
};

TEST_F(SmallAnswersTest, end_every_list_of_values) {
  for (primitives::Nonce n = 0; n < 12; ++n) submit(remark(n));
  json::array range = one({hex_json(registry::key::timestamp_now())});
  range.emplace_back(hex_json(store->genesis_hash()));
  EXPECT_EQ(error_of("state_queryStorage", range).code, net::kResponseTooLarge);
  json::array keys;
  const auto state = *store->at(store->best().hash);
  std::size_t size = 0;
  each_entry(*state, {}, std::nullopt, [&](const Bytes& key, const Bytes& value) {
    keys.push_back(hex_json(key));
    size += key.size() + value.size();
    return true;
  });
  ASSERT_GT(size, 1000U);
  for (const auto* method : {"state_queryStorageAt", "state_subscribeStorage"}) {
    EXPECT_EQ(error_of(method, one(keys)).code, net::kResponseTooLarge) << method;
  }
  EXPECT_EQ(error_of("state_getPairs", {"0x"}).code, net::kResponseTooLarge);
  EXPECT_EQ(call("state_queryStorageAt", one({keys[0]})).as_array().size(), 1U);
}

}  // namespace
}  // namespace substratee::node::api
