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
  RefTime weight = 0;  ///< all of it: call, signature, size
};

/// kMalformed, kExhaustsResources (it fits into no block).
[[nodiscard]] Validity<DecodedExtrinsic> decode(ByteView extrinsic);

/// CheckNonZeroSender.
[[nodiscard]] Validity<> check_signer(const primitives::SignedPart& part);
/// CheckMortality, and what CheckGenesis, CheckSpecVersion and CheckTxVersion put under the signature.
[[nodiscard]] Validity<primitives::SigningContext> signing_context(const Head& head, const primitives::Era& era);
[[nodiscard]] Validity<> check_signature(const Head& head, const primitives::Extrinsic& extrinsic);
/// ChargeTransactionPayment: fee and tip must be payable.
[[nodiscard]] transaction_payment::Fee fee_of(const StateView& state, const DecodedExtrinsic& extrinsic);
[[nodiscard]] Validity<> check_payment(const StateView& state, const DecodedExtrinsic& extrinsic);

}  // namespace substratee::node::runtime
