#include "node/runtime/scenario_test.hpp"

#include "core/registry/storage.hpp"

namespace substratee::node::runtime::test {
namespace {

using primitives::Balance;

constexpr Balance kUnit = 1'000'000;  // the existential deposit
constexpr std::uint8_t kBatch = 0;
constexpr std::uint8_t kBatchAll = 2;
constexpr std::uint8_t kForceBatch = 4;

Bytes batch(std::uint8_t which, const std::vector<Bytes>& calls) {
  scale::Encoder out;
  out.byte(registry::kUtilityIndex);
  out.byte(which);
  out.compact(calls.size());
  for (const auto& call : calls) out.raw(call);
  return std::move(out).take();
}

Bytes pays(std::uint8_t to, Balance amount) { return registry::encode_transfer(Actor(to).account(), amount); }
/// More than the client has.
Bytes fails() { return pays(7, 5000 * kUnit); }
const DispatchError kPoor = TokenError{TokenReason::kFundsUnavailable};

Balance free_of(const Chain& chain, std::uint8_t actor) {
  return system::kAccount.get(chain.state(), Actor(actor).account()).data.free;
}

/// The utility events of the newest block, in order.
std::vector<Bytes> told(const Chain& chain) {
  std::vector<Bytes> out;
  const auto events = chain.state().get(registry::key::system_events()).value();
  const auto prefix = concat(Bytes{0, 1, 0, 0, 0}, Bytes{registry::kUtilityIndex});
  for (auto at = events.begin(); (at = std::search(at, events.end(), prefix.begin(), prefix.end())) != events.end();) {
    at += static_cast<std::ptrdiff_t>(prefix.size());
    scale::Decoder in(ByteView(at, events.end()));
    const auto event = scale::decode_from<utility::Event>(in);
    EXPECT_TRUE(event.has_value());
    if (event) out.push_back(scale::encode(*event));
  }
  return out;
}
Bytes event(utility::Event event) { return scale::encode(event); }

TEST(utility, a_batch_stops_at_the_first_failure_and_keeps_what_was_done) {
  Chain chain;
  EXPECT_FALSE(chain.failure(client(), batch(kBatch, {pays(7, kUnit), fails(), pays(8, kUnit)})));
  EXPECT_EQ(free_of(chain, 7), kUnit);
  EXPECT_EQ(free_of(chain, 8), 0u);
  EXPECT_EQ(told(chain), (std::vector{event(utility::ItemCompleted{}), event(utility::BatchInterrupted{1, kPoor})}));
}

TEST(utility, a_batch_that_succeeds_says_so) {
  Chain chain;
  EXPECT_FALSE(chain.failure(client(), batch(kBatch, {pays(7, kUnit), pays(8, kUnit)})));
  EXPECT_EQ(free_of(chain, 8), kUnit);
  EXPECT_EQ(told(chain), (std::vector{event(utility::ItemCompleted{}), event(utility::ItemCompleted{}),
                                      event(utility::BatchCompleted{})}));
}

TEST(utility, batch_all_is_all_or_nothing) {
  Chain chain;
  EXPECT_EQ(chain.failure(client(), batch(kBatchAll, {pays(7, kUnit), fails()})), kPoor);
  EXPECT_EQ(free_of(chain, 7), 0u);
  EXPECT_TRUE(told(chain).empty());
  EXPECT_FALSE(chain.failure(client(), batch(kBatchAll, {pays(7, kUnit), pays(8, kUnit)})));
  EXPECT_EQ(free_of(chain, 7), kUnit);
}

TEST(utility, force_batch_goes_on) {
  Chain chain;
  EXPECT_FALSE(chain.failure(client(), batch(kForceBatch, {fails(), pays(8, kUnit)})));
  EXPECT_EQ(free_of(chain, 8), kUnit);
  EXPECT_EQ(told(chain), (std::vector{event(utility::ItemFailed{kPoor}), event(utility::ItemCompleted{}),
                                      event(utility::BatchCompletedWithErrors{})}));
}

TEST(utility, batches_by_root_are_by_root) {
  Chain chain;
  const auto allow = registry::encode_call(registry::AllowMeasurement{hash_of("another")});
  EXPECT_EQ(chain.failure(client(), batch(kBatchAll, {allow})), (DispatchError{BadOrigin{}}));
  EXPECT_FALSE(chain.failure(root(), as_root(batch(kBatchAll, {allow}))));
  const auto allowed = substratee_registry::kAllowedMeasurements.get(chain.state()).value;
  EXPECT_NE(std::ranges::find(allowed, hash_of("another")), allowed.end());
}

TEST(utility, sealed_calls_stand_at_the_top_level_only) {
  Chain chain;
  const Worker worker(1);
  found_with(chain, worker);
  EXPECT_FALSE(chain.failure(client(), calls_worker()));
  EXPECT_EQ(chain.failure(client(), batch(kBatchAll, {calls_worker()})), refused(registry::Error::kNotTopLevel));
  EXPECT_EQ(chain.failure(client(), batch(kBatchAll, {batch(kBatchAll, {calls_worker()})})),
            refused(registry::Error::kNotTopLevel));
}

TEST(utility, the_timestamp_cannot_be_set_in_a_batch) {
  Chain chain;
  const auto set = concat(Bytes{registry::kTimestampIndex, 0}, scale::encode(scale::Compact<std::uint64_t>{1}));
  EXPECT_EQ(chain.failure(client(), batch(kBatchAll, {set})), (DispatchError{BadOrigin{}}));
}

TEST(utility, an_extrinsic_holds_only_so_many_calls) {
  const Bytes remark{registry::kSystemIndex, 0, 0};
  EXPECT_TRUE(decode_call(batch(kBatch, std::vector<Bytes>(utility::kMaxCalls, remark))));
  EXPECT_EQ(decode_call(batch(kBatch, std::vector<Bytes>(utility::kMaxCalls + 1, remark))).error(),
            scale::Error::kTooLong);
  // In all, however they are nested.
  const auto half = batch(kBatch, std::vector<Bytes>(utility::kMaxCalls / 2, remark));
  EXPECT_EQ(decode_call(batch(kBatch, {half, half})).error(), scale::Error::kTooLong);
  EXPECT_TRUE(decode_call(batch(kBatch, {half}))) << "the count begins anew with each extrinsic";
}

TEST(utility, calls_nest_only_so_deep) {
  Bytes call{registry::kSystemIndex, 0, 0};
  for (int i = 0; i < kMaxCallDepth - 1; ++i) call = batch(kBatch, {call});
  EXPECT_TRUE(decode_call(call));
  EXPECT_EQ(decode_call(batch(kBatch, {call})).error(), scale::Error::kTooLong);
  EXPECT_TRUE(decode_call(call)) << "a refusal leaves no depth behind";
}

TEST(utility, truncations_are_refused) {
  const auto whole = batch(kBatchAll, {pays(7, kUnit), as_root(pays(8, kUnit))});
  ASSERT_TRUE(decode_call(whole));
  for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_FALSE(decode_call(ByteView(whole).first(size)));
  EXPECT_EQ(decode_call(concat(whole, Bytes{0})).error(), scale::Error::kTrailingBytes);
}

TEST(utility, a_batch_weighs_what_its_calls_weigh) {
  const auto one = decode_call(pays(7, 1)).value();
  const auto three = decode_call(batch(kBatch, {pays(7, 1), pays(7, 1), pays(7, 1)})).value();
  EXPECT_GT(weight_of(three), 3 * weight_of(one));
  const auto nested = decode_call(batch(kBatch, {batch(kBatch, {pays(7, 1), pays(7, 1), pays(7, 1)})})).value();
  EXPECT_GT(weight_of(nested), weight_of(three));
}

}  // namespace
}  // namespace substratee::node::runtime::test
