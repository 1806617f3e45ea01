#pragma once

/// Chain over the node's JSON-RPC. Connects when asked and again after the connection was lost; checks at each
/// connection that it is the same chain.

#include "rpc/node_client.hpp"
#include "worker/chain_follower/chain.hpp"

#include <functional>
#include <memory>

namespace substratee::worker::chain_follower {

class RpcChain final : public Chain {
 public:
  /// `on_news` is called from another thread at each new final head and when the connection is lost.
  RpcChain(std::string url, std::function<void()> on_news) : url_(std::move(url)), on_news_(std::move(on_news)) {}

  /// Connects. Without `expected` any chain will do. kNode if the node is away or of another chain.
  [[nodiscard]] Result<BlockHash> pin(const std::optional<BlockHash>& expected);
  /// SCALE; after pin.
  [[nodiscard]] Result<Bytes> genesis_header();

  Result<std::vector<rpc::VerifiedBlock>> verified_blocks(BlockNumber from) override;
  Result<BlockNumber> finalized() override;
  Result<std::vector<Bytes>> read_proof(const std::vector<Bytes>& keys, const BlockHash& at) override;
  Result<protocol::ExtrinsicHints> hints(const AccountId& account) override;
  Result<void> submit(ByteView extrinsic) override;
  Result<std::optional<Found>> find(ByteView extrinsic, const BlockHash& block) override;
  Result<bool> is_disputed(const registry::ShardId& shard) override;
  Result<std::vector<PeerWorker>> workers(const registry::ShardId& shard) override;
  Result<std::optional<Registration>> registration(const AccountId& account) override;
  Result<std::optional<registry::Collateral>> collateral(const attestation::CollateralId& id) override;

 private:
  /// The open connection, or a new one.
  [[nodiscard]] Result<rpc::NodeClient*> node();
  [[nodiscard]] Result<void> connect();

  const std::string url_;
  const std::function<void()> on_news_;
  std::optional<BlockHash> genesis_;
  std::optional<rpc::RuntimeVersion> version_;  ///< as of this connection
  std::unique_ptr<rpc::NodeClient> node_;
};

}  // namespace substratee::worker::chain_follower
