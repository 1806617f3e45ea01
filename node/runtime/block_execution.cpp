#include "node/runtime/runtime.hpp"
#include "node/runtime/validity.hpp"

namespace substratee::node::runtime {

class BlockExecution::State {
 public:
  State(const StateView& parent, BlockNumber number, const BlockHash& parent_hash)
      : context_(parent, number), parent_hash_(parent_hash) {
    system::start_block(context_, parent_hash);
    substratee_registry::start_block(context_, parent_hash);
  }

  Validity<ApplyOutcome> apply(ByteView wire, SignatureCheck check) {
    if (size_ + wire.size() > kMaxBlockSize) return std::unexpected(InvalidReason::kExhaustsResources);
    const auto decoded = SUBSTRATEE_TRY(decode(wire));
    const bool is_signed = decoded.envelope.signed_part.has_value();
    if (weight_ + decoded.weight > kMaxBlockWeight) return std::unexpected(InvalidReason::kExhaustsResources);
    SUBSTRATEE_TRY(is_signed ? check_signed(decoded, check) : check_inherent(decoded.call));

    size_ += wire.size();
    weight_ += decoded.weight;
    context_.phase = ApplyExtrinsic{extrinsics_++};
    return is_signed ? run_signed(decoded) : run_inherent(decoded);
  }

  BlockOutcome finish() {
    context_.phase = Finalization{};
    substratee_registry::finish_block(context_);
    BlockOutcome outcome;
    if (!context_.journal.empty()) outcome.digest.push_back(registry::journal_digest(context_.journal));
    system::finish_block(context_, extrinsics_, outcome.digest);
    outcome.journal = std::move(context_.journal);
    outcome.changes = std::move(context_.state).take();
    return outcome;
  }

  [[nodiscard]] bool has_timestamp() const noexcept { return has_timestamp_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] RefTime weight() const noexcept { return weight_; }

 private:
  /// Cheapest first; the signature last.
  Validity<> check_signed(const DecodedExtrinsic& extrinsic, SignatureCheck check) const {
    if (!has_timestamp_) return std::unexpected(InvalidReason::kCall);
    const auto& part = *extrinsic.envelope.signed_part;
    SUBSTRATEE_TRY(check_signer(part));
    const auto next = account_nonce(context_.state, part.signer);
    if (part.nonce < next) return std::unexpected(InvalidReason::kStale);
    if (part.nonce > next) return std::unexpected(InvalidReason::kFuture);
    SUBSTRATEE_TRY(check_payment(context_.state, extrinsic));
    const Head head{context_.state, context_.number() - 1, parent_hash_};
    if (check == SignatureCheck::kHere) return runtime::check_signature(head, extrinsic.envelope);
    SUBSTRATEE_TRY(signing_context(head, part.era));
    return {};
  }

  Validity<> check_inherent(const RuntimeCall& call) const {
    const auto* inherent = std::get_if<timestamp::Call>(&call);
    if (inherent == nullptr || has_timestamp_) return std::unexpected(InvalidReason::kCall);
    if (std::get<timestamp::Set>(*inherent).now.value < timestamp_now(context_.state)) {
      return std::unexpected(InvalidReason::kBadTimestamp);
    }
    return {};
  }

  ApplyOutcome run_signed(const DecodedExtrinsic& extrinsic) {
    const auto& part = *extrinsic.envelope.signed_part;
    const auto fee = fee_of(context_.state, extrinsic);
    system::spend_nonce(context_, part.signer);
    transaction_payment::charge(context_, part.signer, fee, part.tip);
    const auto before = context_.checkpoint();
    const auto result = dispatch(context_, Signed{part.signer}, extrinsic.call);
    if (!result) context_.roll_back(before);
    return report(result, {to_weight(extrinsic.weight), system::DispatchClass::kNormal, system::Pays::kYes});
  }

  ApplyOutcome run_inherent(const DecodedExtrinsic& extrinsic) {
    const auto result = dispatch(context_, Author{}, extrinsic.call);
    has_timestamp_ = true;
    // Silence and expiry are measured in the chain's time, so they are judged as soon as it is known.
    substratee_registry::pass_time(context_);
    return report(result, {to_weight(extrinsic.weight), system::DispatchClass::kMandatory, system::Pays::kNo});
  }

  ApplyOutcome report(const DispatchResult<>& result, const system::DispatchInfo& info) {
    if (result) {
      context_.deposit(system::kIndex, system::Event{system::ExtrinsicSuccess{info}});
      return {.success = true, .error = std::nullopt};
    }
    context_.deposit(system::kIndex, system::Event{system::ExtrinsicFailed{result.error(), info}});
    return {.success = false, .error = result.error()};
  }

  Context context_;
  BlockHash parent_hash_;
  std::size_t size_ = 0;
  RefTime weight_ = 0;
  std::uint32_t extrinsics_ = 0;
  bool has_timestamp_ = false;
};

BlockExecution::BlockExecution(const StateView& parent, BlockNumber number, const BlockHash& parent_hash)
    : state_(std::make_unique<State>(parent, number, parent_hash)) {}
BlockExecution::BlockExecution(BlockExecution&&) noexcept = default;
BlockExecution& BlockExecution::operator=(BlockExecution&&) noexcept = default;
BlockExecution::~BlockExecution() = default;

std::expected<ApplyOutcome, InvalidReason> BlockExecution::apply(ByteView extrinsic, SignatureCheck check) {
  return state_->apply(extrinsic, check);
}
bool BlockExecution::has_timestamp() const noexcept { return state_->has_timestamp(); }
std::size_t BlockExecution::size() const noexcept { return state_->size(); }
RefTime BlockExecution::weight() const noexcept { return state_->weight(); }
BlockOutcome BlockExecution::finish() && { return state_->finish(); }

}  // namespace substratee::node::runtime
