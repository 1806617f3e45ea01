#include "worker/proofs/agreement_keeper.hpp"

#include "core/registry/storage.hpp"

#include <fmt/format.h>

namespace substratee::worker::proofs {

void AgreementKeeper::note(const rpc::VerifiedBlock& block) {
  newest_ = std::max(newest_, block.number);
  const auto journal = scale::decode<registry::Journal>(block.final_block.journal);
  if (!journal) return;  // the enclave refuses it, and says so
  std::shared_ptr<const protocol::FinalBlock> announced_in;
  for (std::uint32_t entry = 0; entry < journal->size(); ++entry) {
    const auto* agreed = std::get_if<registry::StateAgreed>(&(*journal)[entry]);
    if (agreed == nullptr || agreed->shard != shard_) continue;
    if (!announced_in) announced_in = std::make_shared<const protocol::FinalBlock>(block.final_block);
    waiting_.push_back({agreed->agreed.block_number, block.number, entry, announced_in});
  }
  while (waiting_.size() > kMaxWaiting) waiting_.pop_front();
}

void AgreementKeeper::step(Millis now) {
  std::erase_if(waiting_, [this](const auto& one) {
    return one.in + kProvable < newest_ || ports_.store.has(one.block) || !ports_.has_receipts(one.block);
  });
  if (waiting_.empty() || !backoff_.is_due(now)) return;
  for (int i = 0; i < kProofsPerStep && !waiting_.empty(); ++i) {
    if (!prove_engine() || prove(waiting_.front()) == Done::kLater) {
      backoff_.failed(now);
      // The next one first, next time: perhaps only this one cannot be had any more.
      std::ranges::rotate(waiting_, waiting_.begin() + 1);
      return;
    }
    waiting_.pop_front();
  }
  backoff_.succeeded();
}

bool AgreementKeeper::prove_engine() {
  if (engine_) return true;
  auto nodes = read({registry::key::engine()}, genesis_.hash);
  if (!nodes) return false;
  auto engine = finality::ProvedEngine::prove(genesis_.hash, genesis_.header, *std::move(nodes));
  if (!engine) {
    complain(fmt::format("The node does not prove who seals its chain: {}", finality::to_string(engine.error())));
    return false;
  }
  engine_ = *std::move(engine);
  return true;
}

AgreementKeeper::Done AgreementKeeper::prove(const Announcement& announcement) {
  is_node_away_ = false;
  const auto made = proof::assemble_agreement(
      *announcement.announced_in, announcement.entry,
      [this](const auto& keys, const auto& at) { return read(keys, at); },
      [this, &announcement] { return parent_of(announcement.in); });
  if (!made && is_node_away_) return Done::kLater;
  const auto verified = made ? proof::verify_agreement(*made, *engine_, {genesis_.hash, {}})
                             : proof::Result<proof::VerifiedAgreement>(std::unexpected(made.error()));
  if (!verified) {
    complain(fmt::format("The agreement on block #{} cannot be proved: {}; its receipts will not prove themselves",
                         announcement.block, proof::to_string(verified.error())));
    return Done::kNever;
  }
  if (const auto stored = ports_.store.put(announcement.block, scale::encode(*made)); !stored) {
    complain(fmt::format("The proof of the agreement on block #{} was not kept: {}", announcement.block,
                         stored.error().to_string()));
    return Done::kNever;
  }
  return Done::kStored;
}

std::optional<std::vector<Bytes>> AgreementKeeper::read(const std::vector<Bytes>& keys, const BlockHash& at) {
  auto nodes = ports_.chain.read_proof(keys, at);
  if (nodes) return *std::move(nodes);
  is_node_away_ = true;
  return std::nullopt;
}

std::optional<protocol::FinalBlock> AgreementKeeper::parent_of(BlockNumber number) {
  auto blocks = ports_.chain.verified_blocks(number - 1);
  if (blocks && !blocks->empty()) return std::move(blocks->front().final_block);
  is_node_away_ = true;
  return std::nullopt;
}

void AgreementKeeper::complain(std::string text) {
  if (text != last_complaint_) ports_.report.warn(text);
  last_complaint_ = std::move(text);
}

}  // namespace substratee::worker::proofs
