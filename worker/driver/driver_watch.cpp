// What the driver watches beside its work: whether the chain has two faces, whether workers differ; and its enclave's
// place on the chain.
#include "worker/driver/driver.hpp"

#include "core/registry/storage.hpp"

#include <fmt/format.h>

namespace substratee::worker::driver {
namespace {

/// Blocks between two looks at the shard's dispute, and between two places that are kept during a long catch-up.
constexpr BlockNumber kDisputeInterval = 10;
constexpr BlockNumber kPlaceInCatchUp = 8'192;

}  // namespace

/// An operator who lets the enclave go on removes the file.
Result<void> Driver::show_kept_evidence() {
  auto bytes = SUBSTRATEE_TRY(ports_.evidence.equivocation());
  if (!bytes) return {};
  const auto file = scale::decode<finality::EquivocationFile>(*bytes);
  if (!file) {
    return fail(FailureCode::kOption, fmt::format("{} is no evidence", ports_.evidence.equivocation_path().string()),
                "restore it, or remove it if you mean the enclave to serve");
  }
  ports_.report.equivocation(ports_.evidence.equivocation_path().string());
  ports_.desk.set_equivocation(*std::move(bytes));
  is_evidence_kept_ = true;
  auto status = ports_.conversation.ask_for<protocol::Status>(protocol::ReportEquivocation{file->evidence});
  if (status) return note(*std::move(status));
  if (status.error().ends_the_worker()) return std::unexpected(status.error());
  return fail(FailureCode::kOption,
              fmt::format("{}: {}", ports_.evidence.equivocation_path().string(), status.error().thing),
              "it is of another chain or changed: remove it");
}

/// Until it is on disk with the engine's proof, at each step: the node may be away.
Result<void> Driver::keep_evidence() {
  if (!status_.equivocation || is_evidence_kept_) return {};
  auto proof = SUBSTRATEE_TRY(ports_.chain.read_proof({registry::key::engine()}, enclave_.genesis_hash));
  auto file = scale::encode(finality::EquivocationFile{1, genesis_header_, std::move(proof), *status_.equivocation});
  SUBSTRATEE_TRY(ports_.evidence.put_equivocation(file));
  ports_.desk.set_equivocation(std::move(file));
  is_evidence_kept_ = true;
  ports_.report.equivocation(ports_.evidence.equivocation_path().string());
  return {};
}

/// What this worker computed, and what others computed when another one differs, is evidence from then on.
Result<void> Driver::note_divergence(const protocol::Status& status) {
  if (status.divergence && !status_.divergence) {
    ports_.report.diverged(*status.divergence);
    SUBSTRATEE_TRY(keeper_.hold(status.divergence->own_state));
  }
  if (status.quarantined > status_.quarantined) SUBSTRATEE_TRY(keeper_.hold_all());
  return {};
}

/// The node's chain does not go on where the enclave stands: its block at that height, or its last one if it is
/// shorter, is the same one or evidence.
Result<void> Driver::look_for_fork() {
  if (verdict() || status_.head == 0) return {};
  if (fork_asked_at_ != Millis(0) && now_ - fork_asked_at_ < chain_follower::ChainFollower::kPollInterval) return {};
  fork_asked_at_ = now_;
  const auto height = std::min(status_.head, SUBSTRATEE_TRY(ports_.chain.finalized()));
  if (height == 0) return {};
  auto blocks = SUBSTRATEE_TRY(ports_.chain.verified_blocks(height));
  if (blocks.empty() || (height == status_.head && blocks.front().hash == status_.head_hash)) return {};
  auto reply =
      SUBSTRATEE_TRY(ports_.conversation.ask(protocol::ImportBlocks{{{std::move(blocks.front().final_block)}}}));
  if (auto* status = std::get_if<protocol::Status>(&reply)) return note(std::move(*status));
  return {};
}

/// The chain says so in its state only, not in a journal: a hint to the operator.
Result<void> Driver::look_for_dispute() {
  const bool is_due = status_.head >= dispute_asked_at_ + kDisputeInterval;
  if (!is_due || !follower_.is_caught_up() || status_.phase != protocol::Phase::kLive) return {};
  dispute_asked_at_ = status_.head;
  const auto was_disputed = std::exchange(is_disputed_, SUBSTRATEE_TRY(ports_.chain.is_disputed(options_.shard)));
  if (is_disputed_ && !was_disputed) {
    ports_.report.warn(
        "The shard is disputed: its Active workers computed different states and none has a majority. Nothing more is "
        "agreed until root quarantines one of them: docs/recipes.md, \"When workers differ\"");
    return keeper_.hold_all();
  }
  if (!is_disputed_ && was_disputed) ports_.report.info("The shard's dispute is settled");
  return {};
}

/// At quiet moments, and now and then on a long way.
Result<void> Driver::keep_place() {
  const bool is_quiet = follower_.is_caught_up() || status_.head >= place_kept_at_ + kPlaceInCatchUp;
  if (!status_.has_place || !is_quiet || verdict()) return {};
  SUBSTRATEE_TRY(ports_.conversation.ask_for<protocol::Done>(protocol::KeepPlace{}));
  status_.has_place = false;
  place_kept_at_ = status_.head;
  return {};
}

}  // namespace substratee::worker::driver
