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

VersionAnswer version_answer() {
  const auto& version = runtime_version();
  VersionAnswer out{.spec_name = std::string(version.spec_name),
                    .impl_name = std::string(version.impl_name),
                    .authoring_version = version.authoring_version,
                    .spec_version = version.spec_version,
                    .impl_version = version.impl_version,
                    .apis = {},
                    .transaction_version = version.transaction_version,
                    .system_version = version.state_version};
  for (const auto& api : api_versions()) out.apis.emplace_back(api.id, api.version);
  return out;
}

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

}  // namespace substratee::node::runtime::api
