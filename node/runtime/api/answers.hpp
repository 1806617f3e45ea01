#pragma once

/// What runtime calls answer, with Substrate's wire forms (sp_version, sp_runtime::transaction_validity).

#include "node/runtime/api/runtime_api.hpp"
#include "node/runtime/version.hpp"

#include <string>

namespace substratee::node::runtime::api {

/// sp_version::RuntimeVersion.
struct VersionAnswer {
  std::string spec_name;
  std::string impl_name;
  std::uint32_t authoring_version = 0;
  std::uint32_t spec_version = 0;
  std::uint32_t impl_version = 0;
  std::vector<std::pair<FixedBytes<8>, std::uint32_t>> apis;
  std::uint32_t transaction_version = 0;
  std::uint8_t system_version = 0;
  SUBSTRATEE_FIELDS(VersionAnswer, spec_name, impl_name, authoring_version, spec_version, impl_version, apis,
                    transaction_version, system_version)
};
[[nodiscard]] VersionAnswer version_answer();

/// sp_runtime::transaction_validity::ValidTransaction. Tags order one sender's transactions: each requires the one
/// before it.
struct ValidAnswer {
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
[[nodiscard]] InvalidTransaction to_invalid_transaction(InvalidReason reason) noexcept;

/// SCALE of Result<ValidTransaction, TransactionValidityError> for a transaction offered after block `best`.
[[nodiscard]] Bytes encode_validity(const std::expected<ValidTransaction, InvalidReason>& validity, BlockNumber best);

}  // namespace substratee::node::runtime::api
