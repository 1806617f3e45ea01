#pragma once

/// A typed client of substratee-worker. Thread-safe. Nothing that it returns is to be believed before the caller has
/// checked it against the chain: the shielding key must equal Shards.shielding_key, an answer is opened and verified by
/// protocol::open_answer.

#include "rpc/failure.hpp"
#include "rpc/worker_api.hpp"

#include <chrono>
#include <memory>

namespace substratee::rpc {

/// What worker_getReceipt gives.
struct ReceiptReply {
  Bytes answer;     ///< sealed for the asker
  Bytes agreement;  ///< SCALE of proof::AgreementProof of that block, public; empty if the worker has none
};

class WorkerClient {
 public:
  using Timeout = std::chrono::milliseconds;

  /// The registered worker_url ("http://host:port") or its "ws://" form.
  [[nodiscard]] static Result<std::unique_ptr<WorkerClient>> connect(std::string url,
                                                                     Timeout timeout = Timeout{10'000});
  ~WorkerClient();
  WorkerClient(const WorkerClient&) = delete;
  WorkerClient& operator=(const WorkerClient&) = delete;

  [[nodiscard]] const std::string& url() const noexcept { return url_; }

  [[nodiscard]] Result<protocol::ShieldingKeyAnswer> shielding_key();
  /// The sealed answer. kRefused with rpc_code kWorkerBehind and its like.
  [[nodiscard]] Result<Bytes> execute_getter(const protocol::SealedQuery& query);
  /// As execute_getter, for a query that asks for a receipt.
  [[nodiscard]] Result<ReceiptReply> receipt(const protocol::SealedQuery& query);
  [[nodiscard]] Result<WorkerHealth> health();
  [[nodiscard]] Result<std::string> version();
  /// Evidence against the chain's authority (SCALE of finality::EquivocationFile); nothing if the worker has none.
  [[nodiscard]] Result<std::optional<Bytes>> equivocation();
  /// Hands evidence to the worker. kRefused if it is none.
  [[nodiscard]] Result<void> report_equivocation(ByteView evidence);

 private:
  WorkerClient(std::string url, Timeout timeout, std::unique_ptr<net::JsonRpcClient> client);
  [[nodiscard]] Result<net::json::value> call(const char* method, net::json::array params = {});
  [[nodiscard]] Result<ReceiptReply> query(const char* method, const protocol::SealedQuery& query);
  [[nodiscard]] Failure bad_answer(std::string_view method) const;

  std::string url_;
  Timeout timeout_;
  std::unique_ptr<net::JsonRpcClient> client_;
};

}  // namespace substratee::rpc
