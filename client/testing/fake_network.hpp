#pragma once

/// A node and its workers on loopback, for tests of everything that speaks to them: real RPC, one call a block, agreed
/// in the block after it.

#include "client/testing/fake_shard.hpp"
#include "core/registry/calls.hpp"
#include "core/trie/trie.hpp"
#include "net/json_rpc_server.hpp"

#include <memory>
#include <mutex>

namespace substratee::client::testing {

/// What a node can try.
enum class NodeLie : std::uint8_t {
  kNone,
  kFalseValue,    ///< read proofs of a state in which the shard's key is another
  kHalfProof,     ///< read proofs without their last node
  kUnsealed,      ///< headers without seal
  kForeignSeal,   ///< headers under somebody else's seal
  kFalseEngine,   ///< another authority in the proof of the genesis
  kOtherHeader,   ///< the header of another block than asked for
  kOldHead,       ///< the newest final block is the first one
  kTwoChains,     ///< the authority itself has sealed another block at each height
  kFalseCharter,  ///< a charter that allows everything
};

class FakeNetwork {
 public:
  /// A founded shard with `workers` Active members.
  explicit FakeNetwork(std::size_t workers = 2);
  ~FakeNetwork();

  [[nodiscard]] std::string node_url() const;
  [[nodiscard]] std::string worker_url(std::size_t worker) const;
  [[nodiscard]] BlockHash genesis() const { return blocks_.front().hash; }
  [[nodiscard]] FakeShard& shard() { return *shard_; }

  // Before the next request:
  void set_lie(std::size_t worker, Lie lie);
  void set_status(std::size_t worker, registry::MemberStatus status);
  /// The next extrinsics fail with this error of the registry.
  void fail_with(registry::Error error) { error_ = error; }
  /// Blocks are no longer agreed on.
  void stop_agreement() { agrees_ = false; }
  void set_disputed();
  /// The node shows journals with an entry of its own.
  void forge_journals() { forges_journals_ = true; }
  void stop_worker(std::size_t worker);
  void set_node_lie(NodeLie lie);
  /// Workers give no proof of the agreement beside a receipt.
  void withhold_agreements() { gives_agreements_ = false; }
  /// The node forgets the states of all blocks but the last `count`, and old confirmations.
  void prune(std::size_t count);
  /// A block with nothing but these journal entries.
  void add_block(registry::Journal journal);
  [[nodiscard]] std::size_t height() const { return blocks_.size() - 1; }

 private:
  struct Block {
    primitives::Header header;
    BlockHash hash;
    registry::Journal journal;
    std::vector<Bytes> extrinsics;
    trie::Content storage;
  };
  struct Place {
    std::unique_ptr<FakeEnclave> enclave;
    std::unique_ptr<net::JsonRpcServer> rpc;
    std::unique_ptr<net::Server> server;
    registry::MemberStatus status = registry::MemberStatus::kActive;
  };

  Block& seal(registry::Journal journal, std::vector<Bytes> extrinsics = {});
  void store_registry();
  void agree(const Block& block);
  [[nodiscard]] std::expected<BlockHash, net::RpcError> include(const net::json::array& params);
  [[nodiscard]] const Block* find(const net::json::array& params, std::size_t position) const;
  [[nodiscard]] Head head() const;
  void add_node_methods();
  void add_block_methods();
  void add_submission();
  void add_worker(std::uint8_t number);
  [[nodiscard]] primitives::Header shown(const Block& block) const;
  [[nodiscard]] std::optional<std::vector<Bytes>> prove(const std::vector<Bytes>& keys, const Block& block) const;
  [[nodiscard]] net::json::value agreement_of(const protocol::SealedQuery& query) const;
  [[nodiscard]] net::json::value verified_blocks(std::size_t from, std::size_t count) const;

  mutable std::mutex mutex_;
  std::vector<Block> blocks_;
  trie::Content storage_;
  std::unique_ptr<FakeShard> shard_;
  registry::Shard on_chain_;
  std::vector<Place> places_;
  std::optional<registry::Error> error_;
  NodeLie lie_ = NodeLie::kNone;
  bool gives_agreements_ = true;
  std::size_t first_kept_ = 0;  ///< states of older blocks are gone, but for the genesis
  crypto::ed25519::KeyPair authority_;
  bool agrees_ = true;
  bool forges_journals_ = false;
  net::JsonRpcServer rpc_;
  net::Server server_;
};

}  // namespace substratee::client::testing
