#include "node/runtime/validity.hpp"

namespace substratee::node::runtime {

Validity<DecodedExtrinsic> decode(ByteView extrinsic) {
  if (extrinsic.size() > kMaxBlockSize) return std::unexpected(InvalidReason::kExhaustsResources);
  auto envelope = SUBSTRATEE_TRY_OR(InvalidReason::kMalformed, primitives::decode_extrinsic(extrinsic));
  auto call = SUBSTRATEE_TRY_OR(InvalidReason::kMalformed, decode_call(envelope.call));
  auto weight = weight_of(call);
  if (envelope.signed_part) weight = plus(weight, kBaseExtrinsicWeight + extrinsic.size() * kWeightPerByte);
  if (weight > kMaxBlockWeight) return std::unexpected(InvalidReason::kExhaustsResources);
  return DecodedExtrinsic{std::move(envelope), std::move(call), extrinsic.size(), weight};
}

Validity<> check_signer(const primitives::SignedPart& part) {
  if (part.signer == AccountId{}) return std::unexpected(InvalidReason::kBadSigner);
  return {};
}

Validity<primitives::SigningContext> signing_context(const Head& head, const primitives::Era& era) {
  const auto hash_at = [&head](BlockNumber number) {
    return system::block_hash(head.state, head.best, head.best_hash, number);
  };
  const auto genesis = hash_at(0);
  const auto checkpoint = hash_at(era.birth(head.best + 1));
  if (!genesis || !checkpoint) return std::unexpected(InvalidReason::kAncientBirthBlock);
  return primitives::SigningContext{.spec_version = runtime_version().spec_version,
                                    .transaction_version = runtime_version().transaction_version,
                                    .genesis_hash = *genesis,
                                    .checkpoint_hash = *checkpoint};
}

Validity<> check_signature(const Head& head, const primitives::Extrinsic& extrinsic) {
  if (!extrinsic.signed_part) return {};
  const auto context = SUBSTRATEE_TRY(signing_context(head, extrinsic.signed_part->era));
  if (!primitives::verify_extrinsic(extrinsic, context)) return std::unexpected(InvalidReason::kBadSignature);
  return {};
}

transaction_payment::Fee fee_of(const StateView& state, const DecodedExtrinsic& extrinsic) {
  return transaction_payment::fee_of(state, extrinsic.wire_size, extrinsic.weight);
}

Validity<> check_payment(const StateView& state, const DecodedExtrinsic& extrinsic) {
  const auto& part = *extrinsic.envelope.signed_part;
  const auto amount = fee_of(state, extrinsic).total(part.tip);
  if (!transaction_payment::can_pay(state, part.signer, amount)) return std::unexpected(InvalidReason::kPayment);
  return {};
}

std::expected<void, InvalidReason> check_signature(const StateView& state, BlockNumber best, const BlockHash& best_hash,
                                                   ByteView extrinsic) {
  const auto envelope = SUBSTRATEE_TRY_OR(InvalidReason::kMalformed, primitives::decode_extrinsic(extrinsic));
  return check_signature(Head{state, best, best_hash}, envelope);
}

std::expected<ValidTransaction, InvalidReason> validate_transaction(const StateView& state, BlockNumber best,
                                                                    const BlockHash& best_hash, ByteView extrinsic) {
  const Head head{state, best, best_hash};
  const auto decoded = SUBSTRATEE_TRY(decode(extrinsic));
  const auto& part = decoded.envelope.signed_part;
  if (!part) return std::unexpected(InvalidReason::kCall);
  SUBSTRATEE_TRY(check_signer(*part));
  const auto next = account_nonce(state, part->signer);
  if (part->nonce < next) return std::unexpected(InvalidReason::kStale);
  SUBSTRATEE_TRY(check_payment(state, decoded));
  SUBSTRATEE_TRY(check_signature(head, decoded.envelope));
  constexpr primitives::Balance limit = std::numeric_limits<std::uint64_t>::max();
  return ValidTransaction{.sender = part->signer,
                          .nonce = part->nonce,
                          .next_expected = next,
                          .priority = static_cast<std::uint64_t>(std::min(part->tip, limit)),
                          .longevity = part->era.death(best + 1)};
}

Nonce account_nonce(const StateView& state, const AccountId& account) {
  return system::kAccount.get(state, account).nonce;
}

std::uint64_t timestamp_now(const StateView& state) { return timestamp::kNow.get(state); }

Bytes timestamp_inherent(std::uint64_t milliseconds) {
  scale::Encoder call;
  call.byte(timestamp::Pallet::kIndex);
  scale::encode_to(call, timestamp::Call{timestamp::Set{{milliseconds}}});
  return primitives::encode_extrinsic({.signed_part = std::nullopt, .call = std::move(call).take()});
}

std::string_view to_string(InvalidReason reason) noexcept {
  switch (reason) {
    case InvalidReason::kMalformed: return "Transaction could not be decoded";
    case InvalidReason::kBadSignature: return "Transaction has a bad signature";
    case InvalidReason::kBadSigner: return "Invalid signing address";
    case InvalidReason::kStale: return "Transaction is outdated";
    case InvalidReason::kFuture: return "Transaction will be valid in the future";
    case InvalidReason::kAncientBirthBlock: return "Transaction has an ancient birth block";
    case InvalidReason::kPayment: return "Inability to pay some fees (e.g. account balance too low)";
    case InvalidReason::kExhaustsResources: return "Transaction would exhaust the block limits";
    case InvalidReason::kCall: return "Transaction call is not expected";
    case InvalidReason::kBadTimestamp: return "The block's timestamp is earlier than its parent's";
  }
  return "Invalid transaction";
}

}  // namespace substratee::node::runtime
