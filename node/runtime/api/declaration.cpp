#include "node/runtime/api/declaration.hpp"

#include "node/runtime/api/answers.hpp"
#include "node/runtime/metadata/metadata.hpp"
#include "node/runtime/metadata/substrate_types.hpp"
#include "node/runtime/validity.hpp"
#include "node/runtime/version.hpp"

namespace substratee::node::runtime::api {
namespace {

using metadata::describe;
using metadata::TypeRegistry;
using metadata::UncheckedExtrinsic;
using Answer = std::expected<Bytes, ApiError>;

template <class Output, class... Inputs>
void describe_as(TypeRegistry& types, metadata::Method& method,
                 const std::array<std::string_view, sizeof...(Inputs)>& names) {
  const std::vector<metadata::TypeId> inputs{describe<Inputs>(types, Meaning::kHash)...};
  for (std::size_t i = 0; i < inputs.size(); ++i) method.inputs.push_back({std::string(names[i]), inputs[i]});
  method.output = describe<Output>(types);
}

template <class... T>
std::expected<std::tuple<T...>, ApiError> arguments_of(ByteView bytes) {
  return SUBSTRATEE_TRY_OR(ApiError::kBadArguments, scale::decode<std::tuple<T...>>(bytes));
}

Answer version(const Asked&, ByteView bytes) {
  SUBSTRATEE_TRY(arguments_of<>(bytes));
  return scale::encode(runtime_version());
}

Answer newest_metadata_14(const Asked&, ByteView bytes) {
  SUBSTRATEE_TRY(arguments_of<>(bytes));
  return scale::encode(metadata::metadata(14));
}
Answer metadata_at_version(const Asked&, ByteView bytes) {
  const auto& blob = metadata::metadata(std::get<0>(SUBSTRATEE_TRY(arguments_of<std::uint32_t>(bytes))));
  return scale::encode(blob.empty() ? std::optional<Bytes>{} : std::optional(blob));
}
Answer metadata_versions(const Asked&, ByteView bytes) {
  SUBSTRATEE_TRY(arguments_of<>(bytes));
  return scale::encode(std::vector<std::uint32_t>(metadata::kVersions.begin(), metadata::kVersions.end()));
}

Answer validate_transaction(const Asked& asked, ByteView bytes) {
  constexpr std::size_t kHashSize = 32;
  constexpr auto kLastSource = static_cast<std::uint8_t>(scale_last(TransactionSource{}));
  if (bytes.size() < 1 + kHashSize || bytes[0] > kLastSource) return std::unexpected(ApiError::kBadArguments);
  const auto extrinsic = bytes.subspan(1, bytes.size() - 1 - kHashSize);
  return encode_validity(runtime::validate_transaction(asked.state, asked.best, asked.best_hash, extrinsic),
                         asked.best);
}

Answer account_nonce(const Asked& asked, ByteView bytes) {
  return scale::encode(
      runtime::account_nonce(asked.state, std::get<0>(SUBSTRATEE_TRY(arguments_of<AccountId>(bytes)))));
}

/// The extrinsic, then its length as u32: what clients say of it is not needed.
std::expected<DecodedExtrinsic, ApiError> extrinsic_of(ByteView bytes) {
  if (bytes.size() < sizeof(std::uint32_t)) return std::unexpected(ApiError::kBadArguments);
  return SUBSTRATEE_TRY_OR(ApiError::kBadArguments, decode(bytes.first(bytes.size() - sizeof(std::uint32_t))));
}
Answer query_info(const Asked& asked, ByteView bytes) {
  return scale::encode(info_of(asked.state, SUBSTRATEE_TRY(extrinsic_of(bytes))));
}
Answer query_fee_details(const Asked& asked, ByteView bytes) {
  return scale::encode(fee_details_of(asked.state, SUBSTRATEE_TRY(extrinsic_of(bytes))));
}
Answer query_weight_to_fee(const Asked& asked, ByteView bytes) {
  const auto weight = std::get<0>(SUBSTRATEE_TRY(arguments_of<Weight>(bytes)));
  return scale::encode(transaction_payment::fee_of(asked.state, 0, weight.ref_time.value).by_weight);
}
Answer query_length_to_fee(const Asked& asked, ByteView bytes) {
  const auto size = std::get<0>(SUBSTRATEE_TRY(arguments_of<std::uint32_t>(bytes)));
  return scale::encode(transaction_payment::fee_of(asked.state, size, 0).by_size);
}

constexpr auto kCore =
    std::to_array<Method>({{"version", "The runtime's version.", version,
                            [](auto& types, auto& out) { describe_as<RuntimeVersion>(types, out, {}); }}});
constexpr auto kMetadata = std::to_array<Method>(
    {{"metadata", "The runtime's metadata, version 14.", newest_metadata_14,
      [](auto& types, auto& out) { describe_as<OpaqueMetadata>(types, out, {}); }},
     {"metadata_at_version", "The runtime's metadata in a version, if there is that version.", metadata_at_version,
      [](auto& types, auto& out) {
        describe_as<std::optional<OpaqueMetadata>, std::uint32_t>(types, out, {"version"});
      }},
     {"metadata_versions", "The versions of metadata that there are.", metadata_versions,
      [](auto& types, auto& out) { describe_as<std::vector<std::uint32_t>>(types, out, {}); }}});
constexpr auto kTaggedTransactionQueue =
    std::to_array<Method>({{"validate_transaction", "Whether the transaction may enter the pool.", validate_transaction,
                            [](auto& types, auto& out) {
                              describe_as<ValidityResult, TransactionSource, UncheckedExtrinsic, Hash256>(
                                  types, out, {"source", "tx", "block_hash"});
                            }}});
constexpr auto kAccountNonceApi =
    std::to_array<Method>({{"account_nonce", "The account's next nonce.", account_nonce, [](auto& types, auto& out) {
                              out.inputs.push_back({"account", describe<AccountId>(types, Meaning::kAccount)});
                              out.output = describe<Nonce>(types);
                            }}});
constexpr auto kTransactionPaymentApi = std::to_array<Method>(
    {{"query_info", "What the extrinsic weighs and costs, without its tip.", query_info,
      [](auto& types, auto& out) {
        describe_as<DispatchInfoAnswer, UncheckedExtrinsic, std::uint32_t>(types, out, {"uxt", "len"});
      }},
     {"query_fee_details", "What the extrinsic's fee is made of.", query_fee_details,
      [](auto& types, auto& out) {
        describe_as<FeeDetails, UncheckedExtrinsic, std::uint32_t>(types, out, {"uxt", "len"});
      }},
     {"query_weight_to_fee", "What a weight costs.", query_weight_to_fee,
      [](auto& types, auto& out) { describe_as<primitives::Balance, Weight>(types, out, {"weight"}); }},
     {"query_length_to_fee", "What so many bytes cost.", query_length_to_fee,
      [](auto& types, auto& out) { describe_as<primitives::Balance, std::uint32_t>(types, out, {"length"}); }}});

constexpr auto kApis =
    std::to_array<Api>({{"Core", 5, "What every runtime has.", kCore},
                        {"Metadata", 2, "The runtime's metadata.", kMetadata},
                        {"TaggedTransactionQueue", 3, "For transaction pools.", kTaggedTransactionQueue},
                        {"AccountNonceApi", 1, "Nonces of accounts.", kAccountNonceApi},
                        {"TransactionPaymentApi", 4, "What extrinsics cost.", kTransactionPaymentApi}});

}  // namespace

std::span<const Api> apis() noexcept { return kApis; }

}  // namespace substratee::node::runtime::api
