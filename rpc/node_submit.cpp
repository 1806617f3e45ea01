// Extrinsics: submit, watch, wait, and what became of them.
#include "rpc/node_client.hpp"

#include "core/registry/storage.hpp"
#include "rpc/dispatch_outcome.hpp"
#include "rpc/json_forms.hpp"

#include <fmt/format.h>

#include <condition_variable>
#include <mutex>

namespace substratee::rpc {
namespace json = net::json;
namespace {

constexpr const char* kAdvice = "is substratee-node running? try --node-url";

/// Gathers the states of one extrinsic for a thread that waits. Shared, because news may come after the wait is over.
class Watch {
 public:
  void add(const TransactionStatus& status) {
    const std::lock_guard lock(mutex_);
    last_ = status;
    if (status.hash && (status.state == TransactionState::kInBlock || status.state == TransactionState::kFinalized)) {
      block_ = status.hash;
      is_final_ = status.state == TransactionState::kFinalized;
    }
    changed_.notify_all();
  }
  /// The last state when it is what is waited for, or a failure; nothing when time is over.
  std::optional<TransactionStatus> wait(Until until, NodeClient::Timeout timeout) {
    std::unique_lock lock(mutex_);
    const auto is_there = [&] {
      return (last_ && last_->is_failure()) || is_final_ || (block_ && until == Until::kInBlock);
    };
    if (!changed_.wait_for(lock, timeout, is_there)) return std::nullopt;
    if (block_ && !last_->is_failure()) return TransactionStatus{TransactionState::kInBlock, block_};
    return last_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<TransactionStatus> last_;
  std::optional<Hash256> block_;
  bool is_final_ = false;
};

}  // namespace

Result<Hash256> NodeClient::submit(ByteView extrinsic) {
  const auto answer = SUBSTRATEE_TRY(call(node_method::kSubmit, {hex_json(extrinsic)}));
  const auto hash = fixed_from_json<32>(answer);
  if (!hash) return std::unexpected(bad_answer(node_method::kSubmit, "no hash"));
  return *hash;
}

Result<NodeClient::Subscription> NodeClient::submit_and_watch(ByteView extrinsic, StatusCallback callback) {
  auto on_news = [callback = std::move(callback)](const json::value& value) {
    if (const auto status = status_from_json(value)) callback(*status);
  };
  auto id = client_->subscribe(node_method::kSubmitAndWatch, {hex_json(extrinsic)}, node_method::kUnwatch,
                               std::move(on_news), timeout_);
  if (!id) {
    return std::unexpected(
        to_failure(id.error(), fmt::format("the node at {}", url_), node_method::kSubmitAndWatch, kAdvice));
  }
  return Subscription{*std::move(id)};
}

Result<Inclusion> NodeClient::submit_and_wait(ByteView extrinsic, Until until, Timeout timeout) {
  const auto watch = std::make_shared<Watch>();
  const auto subscription =
      SUBSTRATEE_TRY(submit_and_watch(extrinsic, [watch](const TransactionStatus& status) { watch->add(status); }));
  const auto status = watch->wait(until, timeout);
  unsubscribe(subscription);
  if (!status) {
    return fail(FailureCode::kTimeout,
                fmt::format("the node at {} has not included the extrinsic within {} s", url_, timeout.count() / 1000),
                "does it make blocks? look at its log");
  }
  if (status->is_failure()) {
    return fail(FailureCode::kInvalid,
                fmt::format("the node at {} gave the extrinsic up: {}", url_, to_string(status->state)),
                "send it again");
  }
  auto inclusion = SUBSTRATEE_TRY(find_inclusion(extrinsic, *status->hash));
  if (!inclusion)
    return std::unexpected(bad_answer(node_method::kExtrinsicNews, "the extrinsic is not in the block named"));
  return *std::move(inclusion);
}

Result<std::optional<Inclusion>> NodeClient::find_inclusion(ByteView extrinsic, const primitives::BlockHash& at) {
  const auto found = SUBSTRATEE_TRY(block(at));
  if (!found) return std::optional<Inclusion>{};
  for (std::size_t index = 0; index < found->extrinsics.size(); ++index) {
    if (!std::ranges::equal(found->extrinsics[index], extrinsic)) continue;
    Inclusion out{at, found->header.number.value, static_cast<std::uint32_t>(index), {}};
    if (const auto events = SUBSTRATEE_TRY(storage(registry::key::system_events(), at))) {
      out.error = find_dispatch_error(*events, out.index);
    }
    return out;
  }
  return std::optional<Inclusion>{};
}

}  // namespace substratee::rpc
