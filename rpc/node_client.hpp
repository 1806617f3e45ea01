#pragma once

/// A typed client of substratee-node. Thread-safe: many threads may call at once; callbacks run on one thread of the
/// client, in order, and may call() but must not destroy the client. Not reconnecting: when the connection has ended
/// every call fails with kClosed and the owner connects anew.
/// What a node says here is not verified; enclaves verify, clients that must not trust it use read proofs.

#include "core/registry/calls.hpp"
#include "core/registry/journal.hpp"
#include "core/registry/storage.hpp"
#include "rpc/failure.hpp"
#include "rpc/node_api.hpp"

#include <functional>
#include <memory>

namespace substratee::rpc {

/// Until when submit_and_wait waits.
enum class Until : std::uint8_t { kInBlock, kFinalized };

/// An extrinsic in a block.
struct Inclusion {
  primitives::BlockHash block_hash;
  primitives::BlockNumber block_number = 0;
  std::uint32_t index = 0;           ///< position among the block's extrinsics
  std::optional<std::string> error;  ///< why its call failed ("SubstrateeRegistry.WrongInstance"); nothing: success
};

class NodeClient {
 public:
  using At = std::optional<primitives::BlockHash>;  ///< nothing: the best block
  using Timeout = std::chrono::milliseconds;
  using HeaderCallback = std::function<void(const primitives::Header&)>;
  using StatusCallback = std::function<void(const TransactionStatus&)>;
  /// Names a subscription of this client.
  struct Subscription {
    net::json::value id;
  };

  /// ws://host:port. `timeout` bounds connecting and each call.
  [[nodiscard]] static Result<std::unique_ptr<NodeClient>> connect(std::string url, Timeout timeout = Timeout{10'000});
  ~NodeClient();
  NodeClient(const NodeClient&) = delete;
  NodeClient& operator=(const NodeClient&) = delete;

  [[nodiscard]] const std::string& url() const noexcept { return url_; }
  [[nodiscard]] bool is_open() const;
  /// Called once on the callback thread when the connection ends.
  void on_closed(std::function<void(const Failure&)> callback);

  // --- chain ---
  [[nodiscard]] Result<std::string> chain_name();
  [[nodiscard]] Result<NodeHealth> health();
  [[nodiscard]] Result<primitives::BlockHash> genesis_hash();
  /// Nothing if there is no such block; without number: the best block's.
  [[nodiscard]] Result<std::optional<primitives::BlockHash>> block_hash(
      std::optional<primitives::BlockNumber> number = {});
  [[nodiscard]] Result<std::optional<primitives::Header>> header(At at = {});
  [[nodiscard]] Result<std::optional<Block>> block(At at = {});
  [[nodiscard]] Result<primitives::BlockHash> finalized_head();
  /// Final blocks from `from` on, at most `count` ≤ kMaxVerifiedBlocks; empty when `from` is not final yet.
  [[nodiscard]] Result<std::vector<VerifiedBlock>> verified_blocks(primitives::BlockNumber from, std::uint32_t count);
  [[nodiscard]] Result<Subscription> subscribe_finalized_heads(HeaderCallback callback);
  [[nodiscard]] Result<Subscription> subscribe_new_heads(HeaderCallback callback);
  void unsubscribe(const Subscription& subscription);

  // --- state ---
  [[nodiscard]] Result<std::optional<Bytes>> storage(ByteView key, At at = {});
  [[nodiscard]] Result<ReadProof> read_proof(const std::vector<Bytes>& keys, const primitives::BlockHash& at);
  [[nodiscard]] Result<std::vector<Bytes>> keys_paged(ByteView prefix, std::uint32_t count,
                                                      const std::optional<Bytes>& start_key = {}, At at = {});
  [[nodiscard]] Result<RuntimeVersion> runtime_version();
  [[nodiscard]] Result<primitives::Nonce> next_nonce(const primitives::AccountId& account);
  /// A storage value of known type; kBadAnswer if it does not decode.
  template <class T>
  [[nodiscard]] Result<std::optional<T>> read(ByteView key, At at = {}) {
    auto bytes = storage(key, at);
    if (!bytes) return std::unexpected(std::move(bytes).error());
    if (!*bytes) return std::optional<T>{};
    auto value = scale::decode<T>(**bytes);
    if (!value) return std::unexpected(bad_answer("state_getStorage", scale::to_string(value.error())));
    return std::optional<T>{*std::move(value)};
  }

  // --- registry ---
  /// All registered enclaves, by index.
  [[nodiscard]] Result<std::vector<registry::Enclave>> enclaves(At at = {});
  [[nodiscard]] Result<std::optional<registry::Enclave>> enclave(const registry::AccountId& account, At at = {});
  [[nodiscard]] Result<std::optional<registry::Shard>> shard(const registry::ShardId& shard, At at = {});
  [[nodiscard]] Result<std::optional<registry::Member>> member(const registry::ShardId& shard,
                                                               const registry::AccountId& account, At at = {});
  [[nodiscard]] Result<std::vector<std::pair<registry::AccountId, registry::Member>>> members(
      const registry::ShardId& shard, At at = {});
  [[nodiscard]] Result<std::optional<registry::BlockConfirmations>> confirmations(const registry::ShardId& shard,
                                                                                  primitives::BlockNumber block,
                                                                                  At at = {});

  /// What would become of the members; without a policy the chain's, without a time now.
  [[nodiscard]] Result<MemberProspects> appraise_members(const std::optional<attestation::Policy>& policy = {},
                                                         std::optional<std::uint64_t> time = {});

  // --- extrinsics ---
  /// The extrinsic's hash.
  [[nodiscard]] Result<Hash256> submit(ByteView extrinsic);
  [[nodiscard]] Result<Subscription> submit_and_watch(ByteView extrinsic, StatusCallback callback);
  /// Submits and blocks until it is in a block (or final); kInvalid if it never will be, kTimeout after `timeout`.
  /// A call that failed is no Failure: see Inclusion::error.
  [[nodiscard]] Result<Inclusion> submit_and_wait(ByteView extrinsic, Until until, Timeout timeout = Timeout{60'000});
  /// Where an extrinsic stands in a block and what became of its call; nothing if it is not in there.
  [[nodiscard]] Result<std::optional<Inclusion>> find_inclusion(ByteView extrinsic, const primitives::BlockHash& block);

  /// Any other method.
  [[nodiscard]] Result<net::json::value> call(const char* method, net::json::array params = {});

 private:
  NodeClient(std::string url, Timeout timeout, std::unique_ptr<net::JsonRpcClient> client);
  [[nodiscard]] Result<Subscription> subscribe_heads(const char* subscribe, const char* unsubscribe,
                                                     HeaderCallback callback);
  [[nodiscard]] Failure bad_answer(std::string_view method, std::string_view what) const;

  std::string url_;
  Timeout timeout_;
  std::unique_ptr<net::JsonRpcClient> client_;
};

}  // namespace substratee::rpc
