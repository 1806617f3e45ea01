#include "node/runtime/scenario_test.hpp"

#include "core/registry/storage.hpp"

#include <limits>

namespace substratee::node::runtime::test {
namespace {

using primitives::Balance;

GenesisConfig with_fees(Balance per_byte, Balance per_microsecond = 0) {
  auto config = test_genesis();
  config.fees = {.per_byte = per_byte, .per_microsecond = per_microsecond};
  return config;
}
Bytes remark(std::size_t size = 0) { return concat(Bytes{registry::kSystemIndex, 0}, scale::encode(Bytes(size))); }

Balance free_of(const Chain& chain, const Actor& actor) {
  return system::kAccount.get(chain.state(), actor.account()).data.free;
}

TEST(transaction_payment, a_fee_is_taken_by_the_byte_and_destroyed) {
  Chain chain(with_fees(10));
  const auto before = free_of(chain, client());
  const auto issued = balances::kTotalIssuance.get(chain.state());
  const auto extrinsic = chain.sign(client(), remark(100), 0);
  chain.build({extrinsic});
  ASSERT_TRUE(chain.results[0].has_value());
  EXPECT_EQ(free_of(chain, client()), before - 10 * extrinsic.size());
  EXPECT_EQ(balances::kTotalIssuance.get(chain.state()), issued - 10 * extrinsic.size());
}

TEST(transaction_payment, by_weight_in_started_microseconds) {
  Chain chain(with_fees(0, 7));
  EXPECT_EQ(transaction_payment::fee_of(chain.state(), 50, 1).total(), 7u);
  EXPECT_EQ(transaction_payment::fee_of(chain.state(), 50, kMicrosecond).total(), 7u);
  EXPECT_EQ(transaction_payment::fee_of(chain.state(), 50, kMicrosecond + 1).total(), 14u);
  EXPECT_EQ(transaction_payment::fee_of(chain.state(), 50, 0).total(5), 5u);
}

TEST(transaction_payment, saturates) {
  constexpr auto kMost = std::numeric_limits<Balance>::max();
  Chain chain(with_fees(kMost / 2, 1));
  EXPECT_EQ(transaction_payment::fee_of(chain.state(), 3, 1).total(), kMost);
  EXPECT_EQ(transaction_payment::fee_of(chain.state(), 1, 1).total(kMost), kMost);
}

TEST(transaction_payment, a_failing_call_pays_too) {
  Chain chain(with_fees(10));
  const auto before = free_of(chain, client());
  EXPECT_TRUE(chain.failure(client(), registry::encode_transfer(Actor(7).account(), before)));
  EXPECT_LT(free_of(chain, client()), before);
}

TEST(transaction_payment, who_cannot_pay_is_refused_and_nothing_is_left) {
  Chain chain(with_fees(10));
  const auto broke = chain.sign(Actor(9), remark(), 0);
  chain.build({broke});
  ASSERT_FALSE(chain.results[0].has_value());
  EXPECT_EQ(chain.results[0].error(), InvalidReason::kPayment);
  EXPECT_EQ(validate_transaction(chain.state(), chain.best(), chain.best_hash(), broke).error(),
            InvalidReason::kPayment);
  EXPECT_FALSE(system::kAccount.contains(chain.state(), Actor(9).account()));
}

TEST(transaction_payment, fee_and_tip_together_must_be_payable) {
  Chain chain(with_fees(1));
  const auto all = free_of(chain, client());
  const auto generous = chain.sign(client(), remark(), 0, primitives::Era::immortal(), all);
  EXPECT_EQ(validate_transaction(chain.state(), chain.best(), chain.best_hash(), generous).error(),
            InvalidReason::kPayment);
}

TEST(transaction_payment, tells_what_was_paid) {
  Chain chain(with_fees(10));
  const auto extrinsic = chain.sign(client(), remark(), 0, primitives::Era::immortal(), 33);
  chain.build({extrinsic});
  const auto events = chain.state().get(registry::key::system_events()).value();
  const auto paid = scale::encode(transaction_payment::Event{
      transaction_payment::TransactionFeePaid{client().account(), 10 * extrinsic.size() + 33, 33}});
  EXPECT_FALSE(std::ranges::search(events, concat(Bytes{registry::kTransactionPaymentIndex}, paid)).empty());
}

TEST(transaction_payment, a_development_chain_asks_nothing_of_anybody) {
  Chain chain;
  chain.build({chain.sign(Actor(9), remark(), 0)});
  EXPECT_TRUE(chain.results[0].has_value());
}

}  // namespace
}  // namespace substratee::node::runtime::test
