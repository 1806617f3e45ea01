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

Result<Bytes> Session::send_query(const Target& target, const PreparedQuery& prepared) {
  auto* client = SUBSTRATEE_TRY(worker(target.url));
  const bool is_receipt = std::holds_alternative<protocol::AskReceipt>(prepared.query.query);
  for (const auto end = deadline();;) {
    auto sealed =
        is_receipt ? client->receipt(prepared.pending.sealed) : client->execute_getter(prepared.pending.sealed);
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

Result<AnsweredAt> Session::answered_at(const protocol::Answer& answer, const Target& target) {
  for (const auto end = std::chrono::steady_clock::now() + std::min(options_.timeout, kMaxAhead);;) {
    const auto hash = SUBSTRATEE_TRY(node_->block_hash(answer.block_number));
    if (hash) {
      AnsweredAt out{*hash, {}};
      const auto shard = SUBSTRATEE_TRY(node_->shard(domain_.shard, *hash));
      if (shard && shard->agreed) out.agreed = shard->agreed->state_cid;
      return out;
    }
    if (std::chrono::steady_clock::now() >= end) break;
    std::this_thread::sleep_for(kPoll);
  }
  return fail(Code::kTimeout,
              fmt::format("the worker at {} answered at block {}, which the node at {} does not have", target.url,
                          answer.block_number, node_->url()),
              "is that node behind? see: substratee-client status");
}

Result<VerifiedAnswer> Session::ask(const View& view, const ShardKey& key, const Target& target,
                                    const primitives::AccountKey& account, protocol::Query query, protocol::Mode mode) {
  const auto prepared = SUBSTRATEE_TRY(prepare_query(std::move(query), mode, view, key, account, random_));
  const auto sealed = SUBSTRATEE_TRY(send_query(target, prepared));
  auto answer = SUBSTRATEE_TRY(open_answer(sealed, prepared, domain_));
  const auto chain = SUBSTRATEE_TRY(answered_at(answer, target));
  auto answered_by = SUBSTRATEE_TRY(check_answer(answer, view, target, chain));
  if (answer.status != protocol::AnswerStatus::kAnswered) return std::unexpected(status_failure(answer.status, target));
  return VerifiedAnswer{std::move(answer), std::move(answered_by)};
}

Result<primitives::Nonce> Session::next_call_nonce(const View& view, const ShardKey& key, const Target& target,
                                                   const primitives::AccountKey& account) {
  const auto answered = SUBSTRATEE_TRY(ask(view, key, target, account, protocol::AskNonce{}, protocol::Mode::kLatest));
  return decode_value<primitives::Nonce>(answered);
}

Result<VerifiedReceipt> Session::fetch_receipt(const View& view, const ShardKey& key, std::span<const Target> targets,
                                               const primitives::AccountKey& account, BlockNumber block,
                                               std::uint32_t index, const std::optional<Hash256>& call_hash) {
  const auto carrier = SUBSTRATEE_TRY(final_block(block));
  const auto agreement = SUBSTRATEE_TRY(wait_agreed(block, carrier.hash));
  const auto count = static_cast<std::uint32_t>(std::ranges::count_if(carrier.journal, [&](const auto& entry) {
    const auto* call = std::get_if<registry::CallForwarded>(&entry);
    return call != nullptr && call->shard == domain_.shard;
  }));
  if (index >= count) {
    return fail(Code::kNotThere,
                fmt::format("block {} carries {} calls for the shard, none with index {}", block, count, index),
                "see them with: substratee-client block N; the first index is 0");
  }
  const auto answered = SUBSTRATEE_TRY(first_of(targets, [&](const Target& target) {
    return ask(view, key, target, account, protocol::AskReceipt{block, index}, protocol::Mode::kLatest);
  }));
  const auto value = SUBSTRATEE_TRY(decode_value<protocol::ReceiptAnswer>(answered));
  const ReceiptExpected expected{domain_.shard, block, carrier.hash, {index, count}, call_hash, account.account()};
  auto receipt = SUBSTRATEE_TRY(check_receipt(value, expected, agreement.agreed.receipts_root));
  return VerifiedReceipt{std::move(receipt), agreement, answered.answered_by};
}

}  // namespace substratee::client
