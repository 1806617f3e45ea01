#pragma once

/// One chainHead_v1_follow subscription: the blocks that its client has been told and not yet released (pinned), and
/// its operations. An operation runs on the worker thread that took the request, right behind the answer; one with much
/// to tell stops now and then and waits for the client's chainHead_v1_continue.
/// Bounded: who lets more than kMaxPinned blocks pile up is told "stop".
/// Safe from any thread.

#include "node/api/modern/storage_items.hpp"

#include <set>

namespace substratee::node::api {

class FollowSession final : public HeadListener {
 public:
  static constexpr std::size_t kMaxPinned = 512;
  static constexpr std::size_t kMaxItems = 128;  ///< of all operations at a time

  FollowSession(SubscriberPtr subscriber, bool with_runtime)
      : subscriber_(std::move(subscriber)), with_runtime_(with_runtime) {}

  /// "initialized" with `finals` (oldest first), then the blocks behind them.
  void start(const std::vector<BlockHash>& finals, const std::vector<primitives::Header>& unfinalized);
  [[nodiscard]] bool on_best(const primitives::Header& header, const BlockHash& hash) override;
  [[nodiscard]] bool on_final(const storage::BlockId& block) override;

  [[nodiscard]] bool with_runtime() const noexcept { return with_runtime_; }
  [[nodiscard]] bool is_pinned(const BlockHash& hash) const;

  enum class Unpin { kDone, kUnknown, kTwice };
  /// All or none.
  [[nodiscard]] Unpin unpin(const std::vector<BlockHash>& hashes);

  [[nodiscard]] std::string new_operation();
  /// How many more items may be under way.
  [[nodiscard]] std::size_t room() const;

  void run_body(const NodeContext& context, const std::string& operation, const BlockHash& hash);
  void run_call(const NodeContext& context, const std::string& operation, const BlockHash& hash,
                const std::string& function, const Bytes& arguments);
  void run_storage(const NodeContext& context, const std::string& operation, const BlockHash& hash,
                   StorageReader reader);
  /// False if no such operation waits.
  [[nodiscard]] bool can_continue(const std::string& operation) const;
  void continue_storage(const NodeContext& context, const std::string& operation);
  void stop(const std::string& operation);

 private:
  struct Suspended {
    BlockHash hash;
    StorageReader reader;
  };
  [[nodiscard]] bool tell_new_block(const primitives::Header& header, const BlockHash& hash);
  void tell(std::string_view event, const std::string& operation, json::object more = {});
  void tell_failure(const std::string& operation, const RpcError& error);

  const SubscriberPtr subscriber_;
  const bool with_runtime_;
  mutable std::mutex mutex_;
  std::set<BlockHash> pinned_;
  std::map<std::string, Suspended> suspended_;
  std::uint64_t operations_ = 0;
};

}  // namespace substratee::node::api
