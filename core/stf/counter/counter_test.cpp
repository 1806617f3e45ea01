#include "core/stf/counter/counter.hpp"

namespace substratee::stf::counter {
namespace {

class MapState final : public StateMap {
 public:
  std::optional<Bytes> get(ByteView key) const override {
    const auto found = content.find(to_bytes(key));
    if (found == content.end()) return std::nullopt;
    return found->second;
  }
  void put(ByteView key, ByteView value) override { content[to_bytes(key)] = to_bytes(value); }
  void erase(ByteView key) override { content.erase(to_bytes(key)); }
  std::map<Bytes, Bytes> content;
};

const Transition& transition() { return *find("counter"); }

std::string counter_of(const MapState& state, const primitives::AccountId& account) {
  const auto value = transition().query(state, account, *transition().query_from_text("counter"));
  return *transition().value_to_text(*value);
}

TEST(counter, adds_to_the_callers_own_number) {
  MapState state;
  const primitives::AccountId alice{{1}};
  const primitives::AccountId bob{{2}};
  ASSERT_TRUE(transition().apply(state, alice, *transition().call_from_text("increment 42")));
  ASSERT_TRUE(transition().apply(state, alice, *transition().call_from_text("increment 42")));
  EXPECT_EQ(counter_of(state, alice), "84");
  EXPECT_EQ(counter_of(state, bob), "0");
}

TEST(counter, refuses_an_overflow_and_keeps_the_value) {
  MapState state;
  const primitives::AccountId alice{};
  ASSERT_TRUE(transition().apply(state, alice, *transition().call_from_text("increment 18446744073709551615")));
  EXPECT_EQ(transition().apply(state, alice, *transition().call_from_text("increment 1")).error(), Error::kRefused);
  EXPECT_EQ(counter_of(state, alice), "18446744073709551615");
}

TEST(counter, refuses_what_does_not_decode) {
  MapState state;
  const primitives::AccountId alice{};
  EXPECT_EQ(transition().apply(state, alice, Bytes{9}).error(), Error::kMalformedCall);
  EXPECT_EQ(transition().apply(state, alice, Bytes{}).error(), Error::kMalformedCall);
  EXPECT_EQ(transition().query(state, alice, Bytes{0, 0}).error(), Error::kMalformedCall);
  for (const auto* text :
       {"", "increment", "increment x", "increment 1 ", "increment -1", "increment 18446744073709551616"}) {
    EXPECT_FALSE(transition().call_from_text(text)) << text;
  }
  EXPECT_FALSE(transition().query_from_text("total"));
}

TEST(stf, an_unknown_name_is_not_found) { EXPECT_EQ(find("no such"), nullptr); }

TEST(stf, nonces_start_at_zero) {
  MapState state;
  const primitives::AccountId alice{};
  EXPECT_EQ(nonce_of(state, alice), 0U);
  set_nonce(state, alice, 7);
  EXPECT_EQ(nonce_of(state, alice), 7U);
}

}  // namespace
}  // namespace substratee::stf::counter
