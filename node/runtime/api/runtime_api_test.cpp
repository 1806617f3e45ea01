#include "node/runtime/api/runtime_api.hpp"

#include "core/base/hex.hpp"
#include "core/crypto/hash.hpp"
#include "node/runtime/api/answers.hpp"
#include "node/runtime/scenario_test.hpp"

namespace substratee::node::runtime::api {
namespace {

using test::Actor;
using test::Chain;

std::expected<Bytes, ApiError> call(const Chain& chain, std::string_view name, ByteView arguments = {}) {
  return call_runtime_api(chain.state(), chain.best(), chain.best_hash(), name, arguments);
}

Bytes to_validate(const Chain& chain, ByteView extrinsic, std::uint8_t source = 2) {
  Bytes out{source};
  append(out, extrinsic);
  append(out, chain.best_hash().bytes);
  return out;
}

TEST(runtime_api, refuses_a_name_that_it_does_not_know) {
  EXPECT_EQ(call(Chain(), "Core_execute_block").error(), ApiError::kUnknownName);
  EXPECT_EQ(call(Chain(), "").error(), ApiError::kUnknownName);
}

TEST(runtime_api, tells_the_version) {
  const auto answer = call(Chain(), "Core_version");
  ASSERT_TRUE(answer.has_value());
  const auto version = scale::decode<VersionAnswer>(*answer);
  ASSERT_TRUE(version.has_value());
  EXPECT_EQ(version->spec_name, runtime_version().spec_name);
  EXPECT_EQ(version->spec_version, runtime_version().spec_version);
  ASSERT_EQ(version->apis.size(), api_versions().size());
  EXPECT_EQ(to_hex(version->apis[0].first.bytes), "df6acb689907609b");
  EXPECT_EQ(call(Chain(), "Core_version", Bytes{0}).error(), ApiError::kBadArguments);
}

TEST(runtime_api, tells_the_next_nonce) {
  Chain chain;
  const Actor alice(101);
  EXPECT_EQ(call(chain, "AccountNonceApi_account_nonce", alice.account().bytes), (Bytes{0, 0, 0, 0}));
  chain.block({{alice, registry::encode_transfer(Actor(100).account(), 5)}});
  EXPECT_EQ(call(chain, "AccountNonceApi_account_nonce", alice.account().bytes), (Bytes{1, 0, 0, 0}));
  EXPECT_EQ(call(chain, "AccountNonceApi_account_nonce", Bytes(31)).error(), ApiError::kBadArguments);
  EXPECT_EQ(call(chain, "AccountNonceApi_account_nonce", Bytes(33)).error(), ApiError::kBadArguments);
}

TEST(runtime_api, validates_a_transaction) {
  Chain chain;
  const Actor alice(101);
  const auto transfer = registry::encode_transfer(Actor(100).account(), 5);
  const auto next =
      call(chain, "TaggedTransactionQueue_validate_transaction", to_validate(chain, chain.sign(alice, transfer, 0)));
  ASSERT_TRUE(next.has_value());
  ASSERT_EQ((*next)[0], 0);
  const auto valid = scale::decode<ValidAnswer>(ByteView(*next).subspan(1));
  ASSERT_TRUE(valid.has_value());
  EXPECT_TRUE(valid->required.empty());
  ASSERT_EQ(valid->provided.size(), 1u);

  const auto later =
      call(chain, "TaggedTransactionQueue_validate_transaction", to_validate(chain, chain.sign(alice, transfer, 1)));
  const auto waits = scale::decode<ValidAnswer>(ByteView(*later).subspan(1));
  ASSERT_TRUE(waits.has_value());
  EXPECT_EQ(waits->required, valid->provided);
}

TEST(runtime_api, tells_why_a_transaction_is_invalid) {
  Chain chain;
  const Actor alice(101);
  chain.block({{alice, registry::encode_transfer(Actor(100).account(), 5)}});
  const auto used = chain.sign(alice, registry::encode_transfer(Actor(100).account(), 5), 0);
  EXPECT_EQ(call(chain, "TaggedTransactionQueue_validate_transaction", to_validate(chain, used)), (Bytes{1, 0, 3}));
  EXPECT_EQ(call(chain, "TaggedTransactionQueue_validate_transaction", to_validate(chain, Bytes{1, 2})),
            (Bytes{1, 0, 7, 1}));
  EXPECT_EQ(call(chain, "TaggedTransactionQueue_validate_transaction", to_validate(chain, used, 3)).error(),
            ApiError::kBadArguments);
  EXPECT_EQ(call(chain, "TaggedTransactionQueue_validate_transaction", Bytes(32)).error(), ApiError::kBadArguments);
}

}  // namespace
}  // namespace substratee::node::runtime::api
