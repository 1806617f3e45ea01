#include "node/runtime/api/runtime_api.hpp"

#include "core/base/hex.hpp"
#include "core/crypto/hash.hpp"
#include "node/runtime/api/answers.hpp"
#include "node/runtime/metadata/metadata.hpp"
#include "node/runtime/scenario_test.hpp"
#include "tests/support/vectors.hpp"

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
  const auto version = scale::decode<RuntimeVersion>(*answer);
  ASSERT_TRUE(version.has_value());
  EXPECT_EQ(version->spec_name, runtime_version().spec_name);
  EXPECT_EQ(version->spec_version, runtime_version().spec_version);
  ASSERT_EQ(version->apis.size(), api_versions().size());
  EXPECT_EQ(to_hex(version->apis[0].id.bytes), "df6acb689907609b");
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

TEST(runtime_api, versions_encode_as_substrate_does) {
  const auto vectors = substratee::test::load_json("substrate/runtime_version.json").as_object();
  const auto& ids = vectors.at("api_ids").as_object();
  RuntimeVersion version{"registry", "registry-cpp", 1, 100, 1, {}, 1, 1};
  constexpr auto kApis = std::to_array<std::pair<std::string_view, std::uint32_t>>({{"Core", 5},
                                                                                    {"Metadata", 2},
                                                                                    {"BlockBuilder", 6},
                                                                                    {"TaggedTransactionQueue", 3},
                                                                                    {"AccountNonceApi", 1},
                                                                                    {"TransactionPaymentApi", 4}});
  for (const auto& [name, number] : kApis) {
    const auto id = crypto::blake2_64(as_bytes(name));
    EXPECT_EQ(to_hex_prefixed(id.bytes), std::string(ids.at(name).as_string()));
    version.apis.push_back({id, number});
  }
  EXPECT_EQ(to_hex_prefixed(scale::encode(version)), std::string(vectors.at("core_version_scale").as_string()));
}

TEST(runtime_api, gives_metadata_in_every_version) {
  const Chain chain;
  EXPECT_EQ(call(chain, "Metadata_metadata_versions"), from_hex("0c0e0000000f00000010000000").value());
  EXPECT_EQ(call(chain, "Metadata_metadata"), scale::encode(metadata::metadata(14)));
  for (const std::uint32_t version : metadata::kVersions) {
    EXPECT_EQ(call(chain, "Metadata_metadata_at_version", scale::encode(version)),
              scale::encode(std::optional(metadata::metadata(version))));
  }
  EXPECT_EQ(call(chain, "Metadata_metadata_at_version", scale::encode(std::uint32_t{99})), Bytes{0});
  EXPECT_EQ(call(chain, "Metadata_metadata_at_version").error(), ApiError::kBadArguments);
}

TEST(runtime_api, tells_what_an_extrinsic_costs) {
  auto config = test::test_genesis();
  config.fees = {.per_byte = 10, .per_microsecond = 3};
  Chain chain(config);
  const auto extrinsic =
      chain.sign(Actor(101), registry::encode_transfer(Actor(100).account(), 5), 0, primitives::Era::immortal(), 77);
  const auto size = static_cast<std::uint32_t>(extrinsic.size());
  const auto arguments = concat(extrinsic, scale::encode(size));
  const auto info =
      scale::decode<DispatchInfoAnswer>(call(chain, "TransactionPaymentApi_query_info", arguments).value());
  ASSERT_TRUE(info.has_value());
  EXPECT_GT(info->weight.ref_time.value, kBaseExtrinsicWeight);
  const auto details =
      scale::decode<FeeDetails>(call(chain, "TransactionPaymentApi_query_fee_details", arguments).value());
  ASSERT_TRUE(details.has_value() && details->inclusion_fee);
  EXPECT_EQ(details->inclusion_fee->len_fee, 10u * size);
  EXPECT_EQ(details->inclusion_fee->adjusted_weight_fee, 3u * ((info->weight.ref_time.value + 999'999) / 1'000'000));
  EXPECT_EQ(info->partial_fee, details->inclusion_fee->len_fee + details->inclusion_fee->adjusted_weight_fee);
  EXPECT_EQ(details->tip, 77u);
  EXPECT_EQ(call(chain, "TransactionPaymentApi_query_info", Bytes(3)).error(), ApiError::kBadArguments);
  EXPECT_EQ(call(chain, "TransactionPaymentApi_query_length_to_fee", scale::encode(std::uint32_t{7})),
            scale::encode(primitives::Balance{70}));
}

}  // namespace
}  // namespace substratee::node::runtime::api
