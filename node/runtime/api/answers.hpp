#pragma once

/// What runtime calls answer, with Substrate's wire forms (sp_runtime::transaction_validity,
/// pallet_transaction_payment).

#include "node/runtime/api/runtime_api.hpp"
#include "node/runtime/frame/weight.hpp"
#include "node/runtime/metadata/describe.hpp"
#include "node/runtime/validity.hpp"

namespace substratee::node::runtime::api {

/// sp_runtime::transaction_validity::ValidTransaction. Tags order one sender's transactions: each requires the one
/// before it.
struct ValidAnswer {
  static constexpr std::string_view kTypePath = "sp_runtime::transaction_validity::ValidTransaction";
  std::uint64_t priority = 0;
  std::vector<Bytes> required;
  std::vector<Bytes> provided;
  std::uint64_t longevity = 0;
  bool propagate = true;
  SUBSTRATEE_FIELDS(ValidAnswer, priority, required, provided, longevity, propagate)
};
/// sp_runtime::transaction_validity::InvalidTransaction, as far as this runtime gives it.
enum class InvalidTransaction : std::uint8_t {
  kCall,
  kPayment,
  kFuture,
  kStale,
  kBadProof,
  kAncientBirthBlock,
  kExhaustsResources,
  kCustom,
  kBadMandatory,
  kMandatoryValidation,
  kBadSigner,
};
constexpr InvalidTransaction scale_last(InvalidTransaction) { return InvalidTransaction::kBadSigner; }
/// Where a transaction comes from; the answer does not depend on it.
enum class TransactionSource : std::uint8_t { kInBlock, kLocal, kExternal };
constexpr TransactionSource scale_last(TransactionSource) { return TransactionSource::kExternal; }
[[nodiscard]] constexpr std::string_view type_path(TransactionSource) {
  return "sp_runtime::transaction_validity::TransactionSource";
}
[[nodiscard]] InvalidTransaction to_invalid_transaction(InvalidReason reason) noexcept;

/// SCALE of Result<ValidTransaction, TransactionValidityError> for a transaction offered after block `best`.
[[nodiscard]] Bytes encode_validity(const std::expected<ValidTransaction, InvalidReason>& validity, BlockNumber best);

/// pallet_transaction_payment::types::RuntimeDispatchInfo.
struct DispatchInfoAnswer {
  static constexpr std::string_view kTypePath = "pallet_transaction_payment::types::RuntimeDispatchInfo";
  Weight weight;
  system::DispatchClass dispatch_class{};
  primitives::Balance partial_fee = 0;
  static constexpr auto scale_fields() {
    // "class" is no name in C++; clients expect it.
    return std::tuple{scale::Field{"weight", &DispatchInfoAnswer::weight},
                      scale::Field{"class", &DispatchInfoAnswer::dispatch_class},
                      scale::Field{"partial_fee", &DispatchInfoAnswer::partial_fee}};
  }
};
[[nodiscard]] DispatchInfoAnswer info_of(const StateView& state, const DecodedExtrinsic& extrinsic);

struct InclusionFee {
  static constexpr std::string_view kTypePath = "pallet_transaction_payment::types::InclusionFee";
  primitives::Balance base_fee = 0;
  primitives::Balance len_fee = 0;
  primitives::Balance adjusted_weight_fee = 0;
  SUBSTRATEE_FIELDS(InclusionFee, base_fee, len_fee, adjusted_weight_fee)
};
struct FeeDetails {
  static constexpr std::string_view kTypePath = "pallet_transaction_payment::types::FeeDetails";
  std::optional<InclusionFee> inclusion_fee;  ///< nothing for a bare extrinsic
  primitives::Balance tip = 0;
  SUBSTRATEE_FIELDS(FeeDetails, inclusion_fee, tip)
};
[[nodiscard]] FeeDetails fee_details_of(const StateView& state, const DecodedExtrinsic& extrinsic);

/// Stand for answers in metadata: metadata as bytes, and Result<ValidTransaction, TransactionValidityError>.
struct OpaqueMetadata {};
struct ValidityResult {};

}  // namespace substratee::node::runtime::api

namespace substratee::node::runtime::metadata {
template <>
struct Described<api::OpaqueMetadata> {
  static TypeId add(TypeRegistry& types);
};
template <>
struct Described<api::ValidityResult> {
  static TypeId add(TypeRegistry& types);
};
}  // namespace substratee::node::runtime::metadata
