#include "enclave/core.hpp"

namespace substratee::enclave {

using protocol::AnswerStatus;
using protocol::Refusal;
using provisioning::refuse;

/// A query is answered from the state that the enclave itself stands at; a client that has seen a newer block is told
/// so.
protocol::Reply Enclave::Core::on(const protocol::ExecuteQuery& request) {
  if (!state_ || !is_live()) return refuse(Refusal::kBehind, "this worker has not caught up yet");
  if (auto need = catch_up()) return *std::move(need);
  const auto opened =
      protocol::open_query(request.query, keys_->newest().shielding(), keys_->newest().epoch(), domain_);
  if (!opened) return refuse(Refusal::kBadQuery, protocol::to_string(opened.error()));
  const auto& query = opened->query;
  if (!protocol::verify_query(query, domain_))
    return refuse(Refusal::kBadQuery, "the query is not signed by its account");
  if (query.block_number > chain_.head().number) return refuse(Refusal::kBehind, "the query names a newer block");
  if (!chain_.is_recent(query.block_number, query.block_hash)) {
    return refuse(Refusal::kBadQuery, "the query names a block that is not among the newest of this chain");
  }
  if (query.mode == protocol::Mode::kAgreed && !view_.agreed())
    return refuse(Refusal::kBehind, "nothing is agreed yet");
  if (query.mode == protocol::Mode::kAgreed && state_->contradicts(*view_.agreed())) {
    return refuse(Refusal::kBadState, "the agreed state is not the one that this enclave computed");
  }
  return answer(request.query, *opened);
}

protocol::Reply Enclave::Core::answer(const protocol::SealedQuery& sealed, const protocol::OpenedQuery& opened) {
  const auto& query = opened.query;
  protocol::Answer out;
  out.mode = query.mode;
  out.block_number = chain_.head().number;
  out.block_hash = chain_.head().hash;
  out.state_cid = query.mode == protocol::Mode::kAgreed ? view_.agreed()->state_cid : state_->root();
  out.query_hash = protocol::query_hash(sealed);
  out.enclave = identity_.account();
  out.status = AnswerStatus::kAnswered;

  Bytes value;
  std::optional<primitives::BlockNumber> receipts_of;
  if (const auto* ask = std::get_if<protocol::AskReceipt>(&query.query)) {
    const auto status = answer_receipt(query, *ask, value);
    if (!status) return protocol::Need{protocol::NeedReceipts{ask->block}};
    out.status = *status;
    receipts_of = ask->block;
  } else {
    auto answered = state_->read(query.mode, [&](const stf::StateReader& state) -> Bytes {
      if (std::holds_alternative<protocol::AskNonce>(query.query)) {
        return scale::encode(stf::nonce_of(state, query.account));
      }
      const auto found =
          transition_->query(state, query.account, std::get<protocol::AskState>(query.query).query.value);
      if (!found) out.status = AnswerStatus::kMalformed;
      return found ? *found : Bytes{};
    });
    if (!answered) return protocol::Need{state_->need()};
    value = *std::move(answered);
  }
  if (value.size() > protocol::kMaxQueryValueSize) return refuse(Refusal::kBadQuery, "the answer is too large");
  out.value.value = std::move(value);
  out.signature = identity_.signing().sign(protocol::answer_message(out, domain_));
  return protocol::SealedAnswer{protocol::seal_answer(out, sealed.enc, opened.exporter, platform_.random()),
                                receipts_of};
}

/// Nothing: the host has to supply the block's receipts first.
std::optional<AnswerStatus> Enclave::Core::answer_receipt(const protocol::SignedQuery& query,
                                                          const protocol::AskReceipt& ask, Bytes& value) {
  if (!supplied_receipts_ || supplied_receipts_->first != ask.block) return std::nullopt;
  const auto sealed = std::move(supplied_receipts_->second);
  supplied_receipts_.reset();
  const auto leaves = executor::open_receipts(sealed, domain_.shard, ask.block, *keys_);
  if (!leaves || ask.index >= leaves->size()) return AnswerStatus::kNotHere;
  const auto& leaf = (*leaves)[ask.index];
  if (leaf.receipt.account != query.account) return AnswerStatus::kForbidden;
  std::vector<Bytes> encoded;
  for (const auto& item : *leaves) encoded.push_back(scale::encode(item));
  value = scale::encode(protocol::ReceiptAnswer{leaf, static_cast<std::uint32_t>(leaves->size()),
                                                protocol::merkle_path(encoded, ask.index)});
  return AnswerStatus::kAnswered;
}

protocol::Reply Enclave::Core::on(const protocol::SupplyReceipts& request) {
  supplied_receipts_ = {request.block, request.sealed.value};
  return protocol::Done{};
}

protocol::Reply Enclave::Core::on(const protocol::GetShieldingKey&) {
  if (!state_ || !has_current_keys()) return refuse(Refusal::kNoKey, "this enclave holds no key for the shard");
  protocol::ShieldingKeyAnswer out;
  out.key = {keys_->newest().shielding().public_key().bytes};
  out.epoch = keys_->newest().epoch();
  out.enclave = identity_.account();
  out.signature = identity_.signing().sign(protocol::shielding_key_message(domain_, out.epoch, out.key));
  return out;
}

}  // namespace substratee::enclave
