// Asking workers. Nothing that they say is handed over before it is checked.
#include "client/sdk/session.hpp"

#include "core/base/hex.hpp"

#include <fmt/format.h>

#include <thread>

namespace substratee::client {
namespace {

constexpr std::chrono::milliseconds kMaxCallTime{10'000};
constexpr std::chrono::milliseconds kPoll{200};
/// How long a worker may be ahead of the client's node.
constexpr std::chrono::milliseconds kMaxAhead{5'000};

bool is_later(const rpc::Failure& failure) {
  return failure.code == rpc::FailureCode::kRefused &&
         (failure.rpc_code == rpc::kWorkerBehind || failure.rpc_code == rpc::kWorkerNotReady);
}

Failure status_failure(protocol::AnswerStatus status, const Target& target) {
  switch (status) {
    case protocol::AnswerStatus::kNotHere:
      return {Code::kNotThere,
              fmt::format("the worker at {} did not process that block, or it has no such call", target.url),
              "ask another worker with --worker-index"};
    case protocol::AnswerStatus::kForbidden:
      return {Code::kRefused, fmt::format("the enclave of {} says that this receipt is somebody else's", target.url),
              "ask with the account that sent the call"};
    default:
      return {Code::kRefused, fmt::format("the enclave of {} does not understand the query", target.url),
              "is it of the same version and state transition function?"};
  }
}

template <class T>
Result<T> decode_value(const VerifiedAnswer& answered) {
  auto value = scale::decode<T>(answered.answer.value.value);
  if (value) return *std::move(value);
  return fail(Code::kForged,
              fmt::format("the enclave of {} answered with a value that does not decode",
                          answered.answered_by.enclave.worker_url.value),
              "ask another worker with --worker-index");
}

}  // namespace

Result<rpc::WorkerClient*> Session::worker(const std::string& url) {
  if (const auto known = workers_.find(url); known != workers_.end()) return known->second.get();
  auto client = SUBSTRATEE_TRY(rpc::WorkerClient::connect(url, std::min(options_.timeout, kMaxCallTime)));
  return workers_.emplace(url, std::move(client)).first->second.get();
}

Result<ShardKey> Session::shielding_key(const View& view, const Target& target) {
  SUBSTRATEE_TRY(chain_key(view));
  auto* client = SUBSTRATEE_TRY(worker(target.url));
  auto answer = client->shielding_key();
  for (const auto end = deadline(); !answer && is_later(answer.error()) && std::chrono::steady_clock::now() < end;) {
    std::this_thread::sleep_for(kPoll);
    answer = client->shielding_key();
  }
  if (!answer) {
    if (answer.error().is_connection()) workers_.erase(target.url);
    return std::unexpected(std::move(answer).error());
  }
  return check_shielding_key(*answer, view, target);
}

Result<rpc::ReceiptReply> Session::send_query(const Target& target, const PreparedQuery& prepared) {
  auto* client = SUBSTRATEE_TRY(worker(target.url));
  const bool is_receipt = std::holds_alternative<protocol::AskReceipt>(prepared.query.query);
  const auto send = [&]() -> rpc::Result<rpc::ReceiptReply> {
    if (is_receipt) return client->receipt(prepared.pending.sealed);
    return rpc::ReceiptReply{SUBSTRATEE_TRY(client->execute_getter(prepared.pending.sealed)), {}};
  };
  for (const auto end = deadline();;) {
    auto sealed = send();
    if (sealed) return *std::move(sealed);
    if (sealed.error().is_connection()) workers_.erase(target.url);
    if (!is_later(sealed.error())) return std::unexpected(std::move(sealed).error());
    if (std::chrono::steady_clock::now() >= end) {
      return fail(Code::kTimeout,
                  fmt::format("the worker at {} has not reached block {} in {} s: {}", target.url,
                              prepared.query.block_number, options_.timeout.count() / 1000, sealed.error().thing),
                  "ask another worker, or see how it is with: substratee-client worker-health " + target.url);
    }
    std::this_thread::sleep_for(kPoll);
  }
}

Result<finality::FinalHeader> Session::answered_at(const protocol::Answer& answer, const Target& target) {
  for (const auto end = std::chrono::steady_clock::now() + std::min(options_.timeout, kMaxAhead);;) {
    auto header = SUBSTRATEE_TRY(reader_.header(answer.block_hash));
    if (header) return *std::move(header);
    if (std::chrono::steady_clock::now() >= end) break;
    std::this_thread::sleep_for(kPoll);
  }
  return fail(Code::kTimeout,
              fmt::format("the worker at {} answered at block {}, which the node at {} does not have", target.url,
                          answer.block_number, node_->url()),
              "is that node behind? see: substratee-client status");
}

/// All that verify_answer reads. The enclave's index in the view is where it most likely still stands.
Result<ProvedState> Session::answer_state(const finality::FinalHeader& at, const protocol::Answer& answer,
                                          const View& view) {
  const auto* known = view.find(answer.enclave);
  const auto index = known == nullptr ? 0 : known->index;
  auto state = SUBSTRATEE_TRY(reader_.read(at, proof::answer_keys(domain_.shard, answer.enclave, index)));
  const auto actual = SUBSTRATEE_TRY(state.get<std::uint64_t>(registry::key::enclave_index(answer.enclave)));
  if (!actual || *actual == index) return state;
  return reader_.read(at, proof::answer_keys(domain_.shard, answer.enclave, *actual));
}

/// What is handed over is what anybody else could check.
Result<void> Session::check_proof(const VerifiedAnswer& answered, const Target& target) const {
  const auto verified = proof::verify_answer(answered.proof, trust());
  if (verified) return {};
  const auto error = verified.error();
  // Silent for a moment, perhaps: the chain says so, nobody has lied.
  if (error == proof::Error::kNotAMember || error == proof::Error::kNotRegistered) {
    return fail(Code::kNotThere,
                fmt::format("the enclave of {} was no member that may answer at block {}", target.url,
                            answered.answer.block_number),
                "ask another worker with --worker-index");
  }
  return fail(Code::kForged, fmt::format("the answer of {} is not proved: {}", target.url, proof::to_string(error)),
              "do not use it; ask another worker, or connect to another node");
}

Result<Session::Asked> Session::ask_with_agreement(const View& view, const ShardKey& key, const Target& target,
                                                   const primitives::AccountKey& account, protocol::Query query,
                                                   protocol::Mode mode) {
  const auto prepared = SUBSTRATEE_TRY(prepare_query(std::move(query), mode, view, key, account, random_));
  auto reply = SUBSTRATEE_TRY(send_query(target, prepared));
  auto answer = SUBSTRATEE_TRY(open_answer(reply.answer, prepared, domain_));
  const auto at = SUBSTRATEE_TRY(answered_at(answer, target));
  const auto state = SUBSTRATEE_TRY(answer_state(at, answer, view));
  AnsweredAt chain{at.number() == answer.block_number ? at.hash : BlockHash{}, {}};
  const auto shard = SUBSTRATEE_TRY(state.get<registry::Shard>(registry::key::shard(domain_.shard)));
  if (shard && shard->agreed) chain.agreed = shard->agreed->state_cid;
  auto answered_by = SUBSTRATEE_TRY(check_answer(answer, view, target, chain));
  proof::AnswerFile file{reader_.chain_proof(),
                         domain_.shard,
                         {scale::encode(at.header), {}, {state.nodes()}},
                         prepared.pending.sealed,
                         FixedBytes<32>::from(prepared.pending.ephemeral.view()),
                         answer};
  Asked out{{std::move(answer), std::move(answered_by), std::move(file)}, std::move(reply.agreement)};
  SUBSTRATEE_TRY(check_proof(out.answered, target));
  if (out.answered.answer.status != protocol::AnswerStatus::kAnswered) {
    return std::unexpected(status_failure(out.answered.answer.status, target));
  }
  return out;
}

Result<VerifiedAnswer> Session::ask(const View& view, const ShardKey& key, const Target& target,
                                    const primitives::AccountKey& account, protocol::Query query, protocol::Mode mode) {
  return SUBSTRATEE_TRY(ask_with_agreement(view, key, target, account, std::move(query), mode)).answered;
}

Result<primitives::Nonce> Session::next_call_nonce(const View& view, const ShardKey& key, const Target& target,
                                                   const primitives::AccountKey& account) {
  const auto answered = SUBSTRATEE_TRY(ask(view, key, target, account, protocol::AskNonce{}, protocol::Mode::kLatest));
  return decode_value<primitives::Nonce>(answered);
}

/// From the worker, if what it gives holds; else made from what the node says.
std::optional<proof::AgreementProof> Session::prove_agreement(const Bytes& from_worker, const CheckedBlock& block,
                                                              const std::optional<Announced>& announced) {
  const auto holds = [&](const proof::AgreementProof& proof) {
    const auto verified = proof::verify_agreement(proof, reader_.engine(), trust());
    return verified && verified->agreement.shard == domain_.shard &&
           verified->agreement.agreed.block_hash == block.hash;
  };
  if (auto given = scale::decode<proof::AgreementProof>(from_worker); given && holds(*given)) return *std::move(given);
  if (!announced) return std::nullopt;
  const auto& in = announced->in;
  const auto entry = proof::find_agreement(in.journal, domain_.shard, block.number);
  const auto read = [&](const std::vector<Bytes>& keys, const BlockHash& at) -> std::optional<std::vector<Bytes>> {
    auto nodes = node_->read_proof(keys, at);
    if (!nodes) return std::nullopt;
    return std::move(nodes->nodes);
  };
  const auto parent = [&]() -> std::optional<protocol::FinalBlock> {
    auto blocks = node_->verified_blocks(in.number - 1, 1);
    if (!blocks || blocks->empty()) return std::nullopt;
    return std::move(blocks->front().final_block);
  };
  auto made = proof::assemble_agreement({scale::encode(in.header), scale::encode(in.journal), in.justification},
                                        entry.value_or(0), read, parent);
  if (!made || !holds(*made)) return std::nullopt;
  return *std::move(made);
}

Result<VerifiedReceipt> Session::fetch_receipt(const View& view, const ShardKey& key, std::span<const Target> targets,
                                               const primitives::AccountKey& account, BlockNumber block,
                                               std::uint32_t index, const std::optional<Hash256>& call_hash) {
  const auto carrier = SUBSTRATEE_TRY(final_block(block));
  const auto count = static_cast<std::uint32_t>(std::ranges::count_if(carrier.journal, [&](const auto& entry) {
    const auto* call = std::get_if<registry::CallForwarded>(&entry);
    return call != nullptr && call->shard == domain_.shard;
  }));
  if (index >= count) {
    return fail(Code::kNotThere,
                fmt::format("block {} carries {} calls for the shard, none with index {}", block, count, index),
                "see them with: substratee-client block N; the first index is 0");
  }
  auto waited = wait_announced(block, carrier.hash);
  if (!waited && waited.error().code != Code::kNotThere) return std::unexpected(std::move(waited).error());
  const auto announced = waited ? std::optional(*waited) : std::nullopt;

  const auto asked = SUBSTRATEE_TRY(first_of(targets, [&](const Target& target) {
    return ask_with_agreement(view, key, target, account, protocol::AskReceipt{block, index}, protocol::Mode::kLatest);
  }));
  const auto value = SUBSTRATEE_TRY(decode_value<protocol::ReceiptAnswer>(asked.answered));
  auto proved = prove_agreement(asked.agreement, carrier, announced);
  if (!proved && !announced) return std::unexpected(std::move(waited).error());
  const auto agreement =
      announced ? announced->agreement : proof::verify_agreement(*proved, reader_.engine(), trust())->agreement;

  const ReceiptExpected expected{domain_.shard, block, carrier.hash, {index, count}, call_hash, account.account()};
  auto receipt = SUBSTRATEE_TRY(check_receipt(value, expected, agreement.agreed.receipts_root));
  VerifiedReceipt out{std::move(receipt), agreement, asked.answered.answered_by, {}};
  if (proved) out.proof = proof::ReceiptFile{reader_.chain_proof(), *std::move(proved), value};
  return out;
}

}  // namespace substratee::client
