// Queries: those that name a block ahead wait a little for it.
#include "worker/driver/driver.hpp"

namespace substratee::worker::driver {
namespace {

QueryError behind() {
  return {rpc::kWorkerBehind, "behind", "this worker has not reached the block that the query names; ask again later"};
}

QueryError to_error(const protocol::Refused& refused) {
  using enum protocol::Refusal;
  const auto message = conversation::Conversation::to_failure(refused).to_string();
  switch (refused.reason) {
    case kBehind: return behind();
    case kNoKey:
    case kWrongPhase:
    case kNotStarted:
      return {rpc::kWorkerNotReady, "not_ready",
              "this worker has no keys or no state yet; ask again later or another worker"};
    case kStopped:
      return {rpc::kWorkerStopped, "stopped",
              "this worker was replaced or quarantined, or the chain has two faces; ask another worker"};
    default: return {rpc::kWorkerRefused, std::string(protocol::to_string(refused.reason)), message};
  }
}

}  // namespace

Result<void> Driver::answer_queries() {
  for (auto& job : ports_.desk.take()) queries_.push_back({std::move(job), now_ + options_.query_wait, std::nullopt});
  std::vector<WaitingQuery> rest;
  for (auto& query : queries_) {
    if (!SUBSTRATEE_TRY(answer(query))) rest.push_back(std::move(query));
  }
  queries_ = std::move(rest);
  return {};
}

Result<bool> Driver::answer(WaitingQuery& query) {
  // Nothing new since the enclave said that it is behind.
  if (query.asked_at == status_.head && now_ < query.deadline) return false;
  // After an outage nothing is answered from the past that may have been left behind.
  const bool is_query = std::holds_alternative<protocol::ExecuteQuery>(query.job.request);
  if (is_query && !verdict() && !follower_.is_caught_up()) {
    follower_.announce();
    if (now_ < query.deadline) return false;
    query.job.result.set_value(std::unexpected(behind()));
    return true;
  }
  auto reply = ports_.conversation.ask(query.job.request);
  if (!reply) {
    const auto& failure = reply.error();
    query.job.result.set_value(std::unexpected(QueryError{rpc::kWorkerStopped, "stopped", failure.to_string()}));
    if (failure.ends_the_worker()) return std::unexpected(failure);
    return true;
  }
  const auto* refused = std::get_if<protocol::Refused>(&*reply);
  if (refused == nullptr) {
    if (auto* status = std::get_if<protocol::Status>(&*reply)) SUBSTRATEE_TRY(note(*status));
    query.job.result.set_value(*std::move(reply));
    return true;
  }
  if (refused->reason == protocol::Refusal::kBehind && now_ < query.deadline) {
    query.asked_at = status_.head;
    follower_.announce();
    return false;
  }
  query.job.result.set_value(std::unexpected(to_error(*refused)));
  return true;
}

}  // namespace substratee::worker::driver
