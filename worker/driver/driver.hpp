#pragma once

/// The worker's logic on one thread: follows the chain, registers, founds or joins, loads the state, keeps outputs,
/// confirms, relays provisioning, answers queries. Each step looks at what there is to do now and says when to look
/// again; clock, sockets and threads are outside.

#include "worker/chain_follower/chain_follower.hpp"
#include "worker/driver/confirmer.hpp"
#include "worker/driver/query_desk.hpp"
#include "worker/driver/registrar.hpp"
#include "worker/driver/state_keeper.hpp"
#include "worker/provisioning_relay/relay.hpp"

#include <atomic>
#include <deque>

namespace substratee::worker::driver {

/// How a worker ends by itself, as the status of its process.
enum class Ending : std::uint8_t { kReplaced = 3, kQuarantined = 4, kEquivocation = 5 };

struct DriverOptions {
  registry::ShardId shard;
  std::string worker_url;
  std::string provisioning_url;
  Millis query_wait{2'000};                        ///< how long a query for a block ahead waits
  FindCollateral find_collateral{};                ///< where newer collateral comes from; empty: nowhere
  std::optional<std::uint32_t> state_cache_mib{};  ///< paged state: the enclave's cache of leaves
  bool state_padding = false;                      ///< of a state that is founded here: padding leaves
  std::uint16_t state_cover = 0;                   ///< of a state that is founded here: cover writes
  std::size_t kept_states = 64;                    ///< newest states that stay beside those in use
};

class Driver final : public conversation::Supplier {
 public:
  struct Ports {
    conversation::Conversation& conversation;
    chain_follower::Chain& chain;
    ipfs::StateStore& store;
    const conversation::BlobStore& blobs;
    const conversation::ReceiptStore& receipts;
    const conversation::EvidenceStore& evidence;
    provisioning_relay::Wires& wires;
    QueryDesk& desk;
    Report& report;
  };
  struct Step {
    std::optional<Ending> ending;  ///< only a replaced worker ends by itself; the others keep their evidence available
    Millis wake_at{0};             ///< the latest time for the next step
  };

  Driver(Ports ports, DriverOptions options, std::stop_token stop);
  ~Driver() override;

  /// The first word with the enclave. `genesis_header` is SCALE.
  [[nodiscard]] Result<protocol::Started> start(Bytes genesis_header);
  /// Failures that end the worker only. `now` is any clock that does not go back.
  [[nodiscard]] Result<Step> step(Millis now);
  /// From any thread: a new final head was announced.
  void announce() noexcept { is_announced_ = true; }

  [[nodiscard]] const protocol::Status& status() const noexcept { return status_; }
  /// Why this worker serves nothing any more, if so: the status of its process, whoever ends it.
  [[nodiscard]] std::optional<Ending> verdict() const noexcept;
  /// Live, and all final blocks are processed.
  [[nodiscard]] bool is_ready() const noexcept;

  // Supplier
  Result<void> import_up_to(BlockNumber number) override;
  Result<std::vector<protocol::StateBlock>> state_blocks(const protocol::NeedState& need) override;

 private:
  struct Imported {
    BlockNumber number = 0;
    BlockHash hash;
  };
  struct WaitingQuery {
    QueryDesk::Job job;
    Millis deadline{0};
    std::optional<BlockNumber> asked_at;  ///< head at which the enclave said "behind"
  };

  // following
  [[nodiscard]] Result<void> follow();
  [[nodiscard]] Result<bool> import(std::vector<rpc::VerifiedBlock> blocks);
  [[nodiscard]] Result<bool> import_batch(protocol::ImportBlocks batch);
  [[nodiscard]] Result<void> refresh();
  [[nodiscard]] Result<void> note(protocol::Status status);
  [[nodiscard]] Result<void> settle();
  [[nodiscard]] Result<void> settled(const chain_follower::Outcome& outcome);

  // acting
  [[nodiscard]] Result<void> act();
  [[nodiscard]] Result<void> act_on_phase();
  [[nodiscard]] Result<void> register_enclave();
  [[nodiscard]] Result<void> keep_registration();
  [[nodiscard]] Result<void> found_shard();
  [[nodiscard]] Result<void> unregister();
  [[nodiscard]] Result<void> join();
  [[nodiscard]] Result<void> take_joined();
  [[nodiscard]] Result<void> load_state();
  [[nodiscard]] Result<void> become_live();
  [[nodiscard]] Result<void> keep_outputs();

  // watching
  [[nodiscard]] Result<void> show_kept_evidence();
  [[nodiscard]] Result<void> keep_evidence();
  [[nodiscard]] Result<void> note_divergence(const protocol::Status& status);
  [[nodiscard]] Result<void> look_for_fork();
  [[nodiscard]] Result<void> look_for_dispute();
  [[nodiscard]] Result<void> keep_place();

  // answering
  [[nodiscard]] Result<void> answer_queries();
  /// True if it is answered, false if it waits on.
  [[nodiscard]] Result<bool> answer(WaitingQuery& query);

  /// Says a passing failure once; hands on one that ends the worker.
  [[nodiscard]] Result<void> absorb(Result<void> result);
  [[nodiscard]] provisioning_relay::Position position() const;
  void publish();
  [[nodiscard]] Millis next_wake() const;

  Ports ports_;
  DriverOptions options_;
  chain_follower::Submissions submissions_;
  chain_follower::ChainFollower follower_;
  provisioning_relay::Relay relay_;
  StateKeeper keeper_;
  Confirmer confirmer_;
  Registrar registrar_;
  protocol::Started enclave_;
  protocol::Status status_;
  std::deque<Imported> unsettled_;  ///< imported blocks in which submissions have not been looked for yet
  std::vector<WaitingQuery> queries_;
  chain_follower::Backoff action_backoff_;
  BlockNumber action_pause_ = 0;  ///< no registration or founding before this block
  std::size_t join_attempts_ = 0;
  bool has_new_status_ = true;
  std::optional<BlockNumber> live_at_;
  bool was_live_ = false;  ///< and clients can see on the chain what made this worker live
  Bytes genesis_header_;
  bool is_evidence_kept_ = false;
  bool is_disputed_ = false;
  BlockNumber dispute_asked_at_ = 0;
  BlockNumber place_kept_at_ = 0;
  Millis fork_asked_at_{0};
  std::string last_warning_;
  Millis now_{0};
  std::atomic<bool> is_announced_ = false;
};

}  // namespace substratee::worker::driver
