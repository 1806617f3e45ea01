#pragma once

/// Whether an extrinsic may stand in the block after `best`: the signed extensions, one check each.

#include "core/primitives/extrinsic.hpp"
#include "node/runtime/call.hpp"
#include "node/runtime/runtime.hpp"

namespace substratee::node::runtime {

template <class T = void>
using Validity = std::expected<T, InvalidReason>;

/// The chain as an extrinsic's checks see it.
struct Head {
  const StateView& state;
  BlockNumber best = 0;
  BlockHash best_hash;
};

struct DecodedExtrinsic {
  primitives::Extrinsic envelope;
  RuntimeCall call;
  std::size_t wire_size = 0;
};

/// kMalformed, kExhaustsResources (it fits into no block).
[[nodiscard]] Validity<DecodedExtrinsic> decode(ByteView extrinsic);

/// CheckWeight: all that it weighs, call, signature and size. kExhaustsResources: more than a block may.
[[nodiscard]] Validity<RefTime> weigh(const StateView& state, const DecodedExtrinsic& extrinsic);
/// What a signed extrinsic with that call weighs.
[[nodiscard]] RefTime weight_of_signed(const RuntimeCall& call, std::size_t wire_size, Rights rights);
/// CheckNonZeroSender.
[[nodiscard]] Validity<> check_signer(const primitives::SignedPart& part);
/// CheckMortality, and what CheckGenesis, CheckSpecVersion and CheckTxVersion put under the signature.
[[nodiscard]] Validity<primitives::SigningContext> signing_context(const Head& head, const primitives::Era& era);
[[nodiscard]] Validity<> check_signature(const Head& head, const primitives::Extrinsic& extrinsic);
/// ChargeTransactionPayment: fee and tip must be payable. Returns the fee.
[[nodiscard]] Validity<transaction_payment::Fee> check_payment(const StateView& state,
                                                               const DecodedExtrinsic& extrinsic, RefTime weight);

}  // namespace substratee::node::runtime
