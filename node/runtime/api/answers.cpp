#include "node/runtime/api/answers.hpp"

#include <limits>

namespace substratee::node::runtime::api {
namespace {

constexpr std::uint8_t kOk = 0;
constexpr std::uint8_t kErr = 1;
constexpr std::uint8_t kInvalid = 0;  ///< TransactionValidityError::Invalid
/// InvalidTransaction::Custom carries one byte: what does not decode has no reason of its own in Substrate's list.
constexpr std::uint8_t kCustomMalformed = 1;

Bytes tag(const AccountId& sender, Nonce nonce) { return scale::encode(std::pair{sender, nonce}); }

ValidAnswer to_answer(const ValidTransaction& valid, BlockNumber best) {
  constexpr auto kForever = std::numeric_limits<std::uint64_t>::max();
  ValidAnswer out{.priority = valid.priority,
                  .required = {},
                  .provided = {tag(valid.sender, valid.nonce)},
                  .longevity = valid.longevity == kForever
                                   ? kForever
                                   : valid.longevity - std::min<std::uint64_t>(valid.longevity, best),
                  .propagate = true};
  if (valid.nonce > valid.next_expected) out.required.push_back(tag(valid.sender, valid.nonce - 1));
  return out;
}

}  // namespace

InvalidTransaction to_invalid_transaction(InvalidReason reason) noexcept {
  switch (reason) {
    case InvalidReason::kMalformed: return InvalidTransaction::kCustom;
    case InvalidReason::kBadSignature: return InvalidTransaction::kBadProof;
    case InvalidReason::kBadSigner: return InvalidTransaction::kBadSigner;
    case InvalidReason::kStale: return InvalidTransaction::kStale;
    case InvalidReason::kFuture: return InvalidTransaction::kFuture;
    case InvalidReason::kAncientBirthBlock: return InvalidTransaction::kAncientBirthBlock;
    case InvalidReason::kPayment: return InvalidTransaction::kPayment;
    case InvalidReason::kExhaustsResources: return InvalidTransaction::kExhaustsResources;
    case InvalidReason::kCall: return InvalidTransaction::kCall;
    case InvalidReason::kBadTimestamp: return InvalidTransaction::kCall;
  }
  return InvalidTransaction::kCustom;
}

Bytes encode_validity(const std::expected<ValidTransaction, InvalidReason>& validity, BlockNumber best) {
  scale::Encoder out;
  if (validity) {
    out.byte(kOk);
    scale::encode_to(out, to_answer(*validity, best));
    return std::move(out).take();
  }
  const auto reason = to_invalid_transaction(validity.error());
  out.byte(kErr);
  out.byte(kInvalid);
  out.byte(static_cast<std::uint8_t>(reason));
  if (reason == InvalidTransaction::kCustom) out.byte(kCustomMalformed);
  return std::move(out).take();
}

DispatchInfoAnswer info_of(const StateView& state, const DecodedExtrinsic& extrinsic) {
  const bool is_signed = extrinsic.envelope.signed_part.has_value();
  return {.weight = to_weight(extrinsic.weight),
          .dispatch_class = is_signed ? system::DispatchClass::kNormal : system::DispatchClass::kMandatory,
          .partial_fee = is_signed ? fee_of(state, extrinsic).total() : 0};
}

FeeDetails fee_details_of(const StateView& state, const DecodedExtrinsic& extrinsic) {
  const auto& part = extrinsic.envelope.signed_part;
  if (!part) return {};
  const auto fee = fee_of(state, extrinsic);
  return {.inclusion_fee = InclusionFee{.base_fee = 0, .len_fee = fee.by_size, .adjusted_weight_fee = fee.by_weight},
          .tip = part->tip};
}

}  // namespace substratee::node::runtime::api

namespace substratee::node::runtime::metadata {
namespace {

/// The cases of an enum without fields, but one with a byte.
Variant with_byte(TypeRegistry& types, Variant variant, std::initializer_list<std::string_view> cases) {
  for (auto& one : variant.cases) {
    if (std::ranges::find(cases, one.name) != cases.end()) {
      one.fields.push_back(unnamed(types.primitive(Primitive::kU8)));
    }
  }
  return variant;
}

}  // namespace

TypeId Described<api::OpaqueMetadata>::add(TypeRegistry& types) {
  return types.add({"sp_core::OpaqueMetadata"}, [&] { return Composite{{unnamed(types.bytes())}}; });
}

TypeId Described<api::ValidityResult>::add(TypeRegistry& types) {
  constexpr std::string_view kPath = "sp_runtime::transaction_validity::";
  const auto path = [&](std::string_view name) { return Named{std::string(kPath) + std::string(name)}; };
  const auto invalid = types.add(path("InvalidTransaction"), [&] {
    return with_byte(types, variant_of_enum<api::InvalidTransaction>(), {"Custom"});
  });
  const auto unknown = types.add(path("UnknownTransaction"), [&] {
    return Variant{{{"CannotLookup", {}, 0, {}},
                    {"NoUnsignedValidator", {}, 1, {}},
                    {"Custom", {unnamed(types.primitive(Primitive::kU8))}, 2, {}}}};
  });
  const auto error = types.add(path("TransactionValidityError"), [&] {
    return Variant{{{"Invalid", {unnamed(invalid)}, 0, {}}, {"Unknown", {unnamed(unknown)}, 1, {}}}};
  });
  return types.result(describe<api::ValidAnswer>(types), error);
}

}  // namespace substratee::node::runtime::metadata
