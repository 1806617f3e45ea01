#pragma once

/// A client's conversation with one shard: asks a node and workers, checks what they say (checks.hpp), hands over only
/// what holds. One thread at a time; blocks, each wait at most `timeout`.
///
///   auto session = Session::open({.node_url = "ws://127.0.0.1:9944", .shard = registry::shard_id("counter",
///   "default")}, random); auto view = (*session)->view(); auto targets = choose(*view, {}); auto key =
///   (*session)->shielding_key(*view, targets->front()); auto nonce = (*session)->next_call_nonce(*view, *key,
///   targets->front(), alice); auto frame = (*session)->frame(*view); auto call = prepare_call({&alice, bytes, *nonce,
///   …}, *key, view->domain, *frame, random); auto inclusion = (*session)->submit(call->extrinsic,
///   rpc::Until::kInBlock); auto agreement = (*session)->wait_agreed(inclusion->block_number, inclusion->block_hash);

#include "client/sdk/chain_reader.hpp"
#include "rpc/worker_client.hpp"

#include <chrono>
#include <map>
#include <memory>

namespace substratee::client {

struct SessionOptions {
  std::string node_url = "ws://127.0.0.1:9944";
  registry::ShardId shard;
  std::optional<BlockHash> genesis;  ///< pinned: another chain is refused
  std::chrono::milliseconds timeout{60'000};
  std::optional<Hash256> charter = std::nullopt;  ///< registry::charter_hash, pinned: another one is refused
};

struct ChainStatus {
  std::string chain;
  BlockHash genesis;
  BlockNumber best_number = 0;
  BlockHash best_hash;
  BlockNumber final_number = 0;
  BlockHash final_hash;
  rpc::RuntimeVersion runtime;
  std::optional<View> view;  ///< absent: the chain has no such shard
};

/// An answer that passed every check.
struct VerifiedAnswer {
  protocol::Answer answer;
  Worker answered_by;
  proof::AnswerFile proof;  ///< shows it to others, question included
};

struct VerifiedReceipt {
  protocol::Receipt receipt;
  registry::StateAgreed agreement;
  Worker answered_by;
  std::optional<proof::ReceiptFile> proof;  ///< shows it to others; absent if neither worker nor node could prove it
};

/// The account's balance and next extrinsic nonce, as System.Account has them.
struct AccountInfo {
  primitives::Nonce nonce = 0;
  std::uint32_t consumers = 0;
  std::uint32_t providers = 0;
  std::uint32_t sufficients = 0;
  primitives::Balance free = 0;
  primitives::Balance reserved = 0;
  primitives::Balance frozen = 0;
  primitives::Balance flags = 0;
  SUBSTRATEE_FIELDS(AccountInfo, nonce, consumers, providers, sufficients, free, reserved, frozen, flags)
  friend bool operator==(const AccountInfo&, const AccountInfo&) = default;
};

class Session {
 public:
  /// Connects, checks the genesis hash, has the engine proved. `random` must outlive the session.
  [[nodiscard]] static Result<std::unique_ptr<Session>> open(SessionOptions options, Random& random);

  /// For what needs no proof: hints, submission.
  [[nodiscard]] rpc::NodeClient& node() noexcept { return *node_; }
  [[nodiscard]] ChainReader& reader() noexcept { return reader_; }
  [[nodiscard]] const protocol::Domain& domain() const noexcept { return domain_; }

  // --- reading the chain, at its newest final block, everything by proof ---
  [[nodiscard]] Result<ChainStatus> status();
  /// kUnknownShard if the chain has no such shard.
  [[nodiscard]] Result<View> view();
  /// Every enclave of the registry, also of other shards.
  [[nodiscard]] Result<std::vector<Worker>> find_workers();
  /// At the newest block. An absent account has nothing.
  [[nodiscard]] Result<AccountInfo> account(const AccountId& account);
  /// Waits until the block is final.
  [[nodiscard]] Result<CheckedBlock> final_block(BlockNumber number);

  // --- asking a worker ---
  [[nodiscard]] Result<ShardKey> shielding_key(const View& view, const Target& target);
  /// Waits while the worker is behind. kNotThere: it did not process that block; kRefused: the enclave said no.
  [[nodiscard]] Result<VerifiedAnswer> ask(const View& view, const ShardKey& key, const Target& target,
                                           const primitives::AccountKey& account, protocol::Query query,
                                           protocol::Mode mode);
  /// After all blocks that the worker has seen; calls still on their way are not counted.
  [[nodiscard]] Result<primitives::Nonce> next_call_nonce(const View& view, const ShardKey& key, const Target& target,
                                                          const primitives::AccountKey& account);
  /// The receipt of call `index` of an agreed block, proven against the agreed root. Only for the call's own account.
  /// With `call_hash` it must be of that call. Asks the targets in order until one has it. Of old blocks only a worker
  /// that kept it has the proof of the agreement.
  [[nodiscard]] Result<VerifiedReceipt> fetch_receipt(const View& view, const ShardKey& key,
                                                      std::span<const Target> targets,
                                                      const primitives::AccountKey& account, BlockNumber block,
                                                      std::uint32_t index,
                                                      const std::optional<Hash256>& call_hash = {});

  // --- acting ---
  /// For extrinsics made now.
  [[nodiscard]] Result<ExtrinsicFrame> frame(const View& view);
  /// The same for extrinsics that have to do with no shard.
  [[nodiscard]] Result<ExtrinsicFrame> frame();
  /// Submits and waits. A call that failed is kRefused and named ("SubstrateeRegistry.NoKey").
  [[nodiscard]] Result<rpc::Inclusion> submit(ByteView extrinsic, rpc::Until until);
  /// Waits until the shard's workers agree on that block. kDisputed if they never will.
  [[nodiscard]] Result<registry::StateAgreed> wait_agreed(BlockNumber block, const BlockHash& hash);

 private:
  using Deadline = std::chrono::steady_clock::time_point;

  Session(SessionOptions options, std::unique_ptr<rpc::NodeClient> node, ChainReader reader, Random& random);
  [[nodiscard]] Deadline deadline() const { return std::chrono::steady_clock::now() + options_.timeout; }
  /// An agreement and the block whose journal announces it.
  struct Announced {
    registry::StateAgreed agreement;
    CheckedBlock in;
  };
  /// An answer, and what the worker gave beside it.
  struct Asked {
    VerifiedAnswer answered;
    Bytes agreement;
  };

  [[nodiscard]] View empty_view(const finality::FinalHeader& head) const;
  [[nodiscard]] Result<std::optional<View>> find_view(const finality::FinalHeader& head);
  [[nodiscard]] Result<std::vector<Worker>> members(const finality::FinalHeader& at, const ProvedState& state,
                                                    const std::vector<AccountId>& accounts);
  [[nodiscard]] Result<std::optional<Announced>> find_agreed(const finality::FinalHeader& at, BlockNumber block,
                                                             const BlockHash& hash);
  [[nodiscard]] Result<Announced> wait_announced(BlockNumber block, const BlockHash& hash);
  [[nodiscard]] Failure not_agreed(BlockNumber block);

  [[nodiscard]] Result<rpc::WorkerClient*> worker(const std::string& url);
  [[nodiscard]] Result<rpc::ReceiptReply> send_query(const Target& target, const PreparedQuery& prepared);
  [[nodiscard]] Result<finality::FinalHeader> answered_at(const protocol::Answer& answer, const Target& target);
  [[nodiscard]] Result<ProvedState> answer_state(const finality::FinalHeader& at, const protocol::Answer& answer,
                                                 const View& view);
  [[nodiscard]] Result<Asked> ask_with_agreement(const View& view, const ShardKey& key, const Target& target,
                                                 const primitives::AccountKey& account, protocol::Query query,
                                                 protocol::Mode mode);
  [[nodiscard]] Result<void> check_proof(const VerifiedAnswer& answered, const Target& target) const;
  [[nodiscard]] std::optional<proof::AgreementProof> prove_agreement(const Bytes& from_worker,
                                                                     const CheckedBlock& block,
                                                                     const std::optional<Announced>& announced);
  [[nodiscard]] proof::Trust trust() const { return {domain_.genesis_hash, options_.charter}; }

  SessionOptions options_;
  std::unique_ptr<rpc::NodeClient> node_;
  ChainReader reader_;
  protocol::Domain domain_;
  Random& random_;
  std::map<std::string, std::unique_ptr<rpc::WorkerClient>, std::less<>> workers_;
};

/// The first target for which `ask` succeeds; one that cannot be reached or does not have it is passed over, any other
/// failure ends it. `targets` is not empty. If none: the last failure.
template <class Ask>
[[nodiscard]] auto first_of(std::span<const Target> targets, Ask ask) {
  auto result = ask(targets.front());
  for (const auto& target : targets.subspan(1)) {
    if (result) break;
    const auto code = result.error().code;
    if (code != Code::kUnreachable && code != Code::kTimeout && code != Code::kNotThere) break;
    result = ask(target);
  }
  return result;
}

}  // namespace substratee::client
