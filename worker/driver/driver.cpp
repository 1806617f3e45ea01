#include "worker/driver/driver.hpp"

#include "worker/base/log_report.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace substratee::worker::driver {
namespace {

/// Bytes of blocks in one ImportBlocks, below the frame's limit even with one block of 4 MiB at its end.
constexpr std::size_t kMaxImportSize = std::size_t{3} << 20;
/// Batches in one step, so that queries and peers are not forgotten during a long catch-up.
constexpr int kMaxBatches = 4;
constexpr Millis kIdle{1'000};
constexpr Millis kSoon{50};

std::size_t size_of(const protocol::FinalBlock& block) {
  return block.header.size() + block.journal.size() + block.justification.size();
}

}  // namespace

Driver::Driver(Ports ports, DriverOptions options, std::stop_token stop)
    : ports_(ports),
      options_(std::move(options)),
      submissions_(ports.chain),
      follower_(ports.chain, ports.report),
      relay_(ports.conversation, ports.chain, submissions_, ports.wires, ports.report),
      keeper_({ports.conversation, ports.chain, ports.store, ports.receipts, ports.evidence, ports.desk, ports.report},
              options_.shard, options_.kept_states, std::move(stop)),
      confirmer_(ports.conversation, ports.chain, submissions_, ports.report),
      registrar_({ports.conversation, ports.chain, submissions_, ports.report, options_.find_collateral},
                 {options_.worker_url, options_.provisioning_url}) {
  ports_.conversation.set_supplier(this);
}

Driver::~Driver() { ports_.conversation.set_supplier(nullptr); }

Result<protocol::Started> Driver::start(Bytes genesis_header) {
  auto blobs = SUBSTRATEE_TRY(ports_.blobs.all());
  genesis_header_ = genesis_header;
  enclave_ = SUBSTRATEE_TRY(ports_.conversation.ask_for<protocol::Started>(protocol::Start{std::move(genesis_header),
                                                                                           options_.shard,
                                                                                           {std::move(blobs)},
                                                                                           options_.state_cache_mib,
                                                                                           options_.state_padding,
                                                                                           options_.state_cover}));
  ports_.report.started(enclave_);
  place_kept_at_ = enclave_.head;
  SUBSTRATEE_TRY(refresh());
  SUBSTRATEE_TRY(show_kept_evidence());
  return enclave_;
}

Result<Driver::Step> Driver::step(Millis now) {
  now_ = now;
  if (is_announced_.exchange(false)) follower_.announce();
  SUBSTRATEE_TRY(absorb(follow()));
  SUBSTRATEE_TRY(absorb(settle()));
  SUBSTRATEE_TRY(absorb(relay_.step(position())));
  SUBSTRATEE_TRY(absorb(take_joined()));
  SUBSTRATEE_TRY(absorb(keep_outputs()));
  SUBSTRATEE_TRY(absorb(act()));
  SUBSTRATEE_TRY(absorb(keep_registration()));
  SUBSTRATEE_TRY(absorb(answer_queries()));
  SUBSTRATEE_TRY(absorb(keep_place()));
  SUBSTRATEE_TRY(absorb(keep_evidence()));
  SUBSTRATEE_TRY(absorb(look_for_dispute()));
  publish();
  Step out{std::nullopt, next_wake()};
  if (verdict() == Ending::kReplaced) out.ending = Ending::kReplaced;
  return out;
}

std::optional<Ending> Driver::verdict() const noexcept {
  switch (status_.phase) {
    case protocol::Phase::kReplaced: return Ending::kReplaced;
    case protocol::Phase::kQuarantined: return Ending::kQuarantined;
    case protocol::Phase::kEquivocation: return Ending::kEquivocation;
    default: return std::nullopt;
  }
}

Result<void> Driver::absorb(Result<void> result) {
  if (result || result.error().ends_the_worker()) return result;
  auto text = result.error().to_string();
  if (text != last_warning_) ports_.report.warn(text);
  last_warning_ = std::move(text);
  return {};
}

provisioning_relay::Position Driver::position() const { return {enclave_.account, status_.head, status_.epoch, now_}; }

bool Driver::is_ready() const noexcept {
  return was_live_ && status_.phase == protocol::Phase::kLive && follower_.is_caught_up() &&
         keeper_.store_error().empty();
}

Result<void> Driver::follow() {
  if (verdict()) return {};              // the enclave takes no blocks any more
  if (keeper_.has_waiting()) return {};  // what it makes of them could not be stored
  for (int batch = 0; batch < kMaxBatches; ++batch) {
    auto blocks = SUBSTRATEE_TRY(follower_.pull(status_.head, now_));
    if (blocks.empty()) {
      if (follower_.waited(now_) >= chain_follower::ChainFollower::kLongWait) SUBSTRATEE_TRY(absorb(look_for_fork()));
      break;
    }
    if (!SUBSTRATEE_TRY(import(std::move(blocks)))) break;
  }
  return {};
}

Result<bool> Driver::import(std::vector<rpc::VerifiedBlock> blocks) {
  protocol::ImportBlocks batch;
  std::vector<Imported> names;
  std::size_t size = 0;
  const auto flush = [&]() -> Result<bool> {
    if (!SUBSTRATEE_TRY(import_batch(std::exchange(batch, {})))) return false;
    // Only looked at while something is on the way.
    for (const auto& name : names) unsettled_.push_back(name);
    names.clear();
    size = 0;
    return true;
  };
  for (auto& block : blocks) {
    const auto more = size_of(block.final_block);
    if (!names.empty() && (size + more > kMaxImportSize || names.size() == protocol::kMaxBlocksPerImport)) {
      if (!SUBSTRATEE_TRY(flush())) return false;
    }
    size += more;
    names.push_back({block.number, block.hash});
    batch.blocks.value.push_back(std::move(block.final_block));
  }
  return flush();
}

Result<bool> Driver::import_batch(protocol::ImportBlocks batch) {
  const auto first = status_.head + 1;
  auto status = ports_.conversation.ask_for<protocol::Status>(std::move(batch));
  if (!status) {
    if (status.error().code != FailureCode::kRefused) {
      // A paged enclave may have imported some, and then lacked a leaf that nobody brought.
      if (!status.error().ends_the_worker()) SUBSTRATEE_TRY(refresh());
      return std::unexpected(status.error());
    }
    follower_.refused(now_);
    SUBSTRATEE_TRY(absorb(fail(FailureCode::kNode, fmt::format("blocks from #{} on: {}", first, status.error().thing),
                               "the node gives a chain that does not hold; use another --node-url")));
    // What was good before the bad one counts.
    SUBSTRATEE_TRY(refresh());
    SUBSTRATEE_TRY(absorb(look_for_fork()));
    return false;
  }
  follower_.accepted();
  SUBSTRATEE_TRY(note(*std::move(status)));
  return true;
}

Result<void> Driver::refresh() {
  auto status = SUBSTRATEE_TRY(ports_.conversation.ask_for<protocol::Status>(protocol::GetStatus{}));
  return note(std::move(status));
}

Result<void> Driver::note(protocol::Status status) {
  for (const auto& block : status.processed.value) ports_.report.processed(block);
  if (status.member && status.member != status_.member) ports_.report.member_changed(*status.member);
  SUBSTRATEE_TRY(keeper_.note(status));
  SUBSTRATEE_TRY(note_divergence(status));
  status_ = std::move(status);
  status_.processed.value.clear();
  has_new_status_ = true;
  return {};
}

Result<void> Driver::settle() {
  const bool has_moved = !unsettled_.empty();
  while (!unsettled_.empty()) {
    const auto block = unsettled_.front();
    const auto outcomes = SUBSTRATEE_TRY(submissions_.on_block(block.number, block.hash));
    unsettled_.pop_front();
    for (const auto& outcome : outcomes) SUBSTRATEE_TRY(settled(outcome));
  }
  return has_moved ? relay_.poll(position()) : Result<void>{};
}

Result<void> Driver::settled(const chain_follower::Outcome& outcome) {
  using chain_follower::Purpose;
  if (outcome.purpose == Purpose::kConfirmation) {
    confirmer_.settled(outcome, status_.head);
    return {};
  }
  if (outcome.purpose == Purpose::kRegistration || outcome.purpose == Purpose::kCollateral) {
    registrar_.settled(outcome);
    if (outcome.purpose == Purpose::kCollateral) return {};
  }
  if (outcome.purpose == Purpose::kRelease) return relay_.released(outcome.subject, outcome.found);
  if (!outcome.found) {
    ports_.report.warn(fmt::format("{} was not included in time; sending it again", to_string(outcome.purpose)));
    return {};
  }
  if (outcome.found->error) {
    constexpr BlockNumber kPause = 5;
    action_pause_ = status_.head + kPause;
    ports_.report.warn(fmt::format("{} refused by the chain in block #{}: {}", to_string(outcome.purpose),
                                   outcome.found->block, *outcome.found->error));
    return {};
  }
  if (outcome.purpose == Purpose::kFounding) ports_.report.founded(outcome.found->block, status_.epoch);
  return {};
}

Result<void> Driver::import_up_to(BlockNumber number) {
  while (status_.head < number) {
    auto blocks = SUBSTRATEE_TRY(ports_.chain.verified_blocks(status_.head + 1));
    if (blocks.empty()) {
      return fail(FailureCode::kNode, fmt::format("block #{} is not final at the node yet", number), "trying again");
    }
    if (!SUBSTRATEE_TRY(import(std::move(blocks)))) {
      return fail(FailureCode::kNode, fmt::format("block #{} could not be verified", number), {});
    }
  }
  return {};
}

Result<std::vector<protocol::StateBlock>> Driver::state_blocks(const protocol::NeedState& need) {
  return keeper_.bring(need, enclave_.account);
}

void Driver::publish() {
  rpc::WorkerHealth health;
  health.phase = protocol::to_string(status_.phase);
  health.head = status_.head;
  health.is_ready = is_ready();
  if (status_.member) health.member = registry::to_string(*status_.member);
  if (status_.root) health.root = cid_text(*status_.root);
  health.agreed = status_.agreed;
  health.epoch = status_.epoch;
  health.waiting_seconds =
      static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::seconds>(follower_.waited(now_)).count());
  health.is_disputed = is_disputed_;
  health.store_error = keeper_.store_error();
  if (status_.divergence) health.diverged_at = status_.divergence->block;
  health.kind = attestation::to_code(enclave_.kind);
  health.hardware = enclave_.hardware;
  if (const auto until = registrar_.valid_until()) health.valid_until = *until / 1000;
  ports_.desk.set_health(std::move(health));
}

Millis Driver::next_wake() const {
  if (verdict()) return now_ + kIdle;
  auto wake = std::min(now_ + kIdle, follower_.due());
  if (status_.phase == protocol::Phase::kLive && !was_live_) wake = std::min(wake, now_ + kSoon);
  for (const auto& query : queries_) wake = std::min(wake, query.deadline);
  if (action_backoff_.is_failing()) wake = std::min(wake, action_backoff_.due());
  return std::max(wake, now_);
}

}  // namespace substratee::worker::driver
