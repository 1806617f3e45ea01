#include "core/proof/verify.hpp"

#include "core/registry/storage.hpp"

namespace substratee::proof {
namespace key = registry::key;
using finality::FinalHeader;
using finality::ProvedEngine;
using finality::VerifiedState;
using registry::MemberStatus;
namespace {

Error of_genesis(finality::Error error) {
  switch (error) {
    case finality::Error::kMalformedHeader: return Error::kBadGenesis;
    case finality::Error::kNotGenesis: return Error::kWrongGenesis;
    case finality::Error::kUnknownEngine: return Error::kUnknownEngine;
    default: return Error::kNoEngine;
  }
}

Result<FinalHeader> check_header(const StateProof& proof, const ProvedEngine& engine) {
  auto header = engine.check(proof.header, proof.justification);
  if (header) return *std::move(header);
  return std::unexpected(header.error() == finality::Error::kNotFinal ? Error::kNotFinal : Error::kBadHeader);
}

Result<VerifiedState> open_state(const FinalHeader& header, const StateProof& proof) {
  return SUBSTRATEE_TRY_OR(Error::kStateNotProved, ProvedEngine::open(header, proof.nodes.value));
}

Result<ShardFacts> read_shard(const VerifiedState& state, const registry::ShardId& id, const Trust& trust) {
  auto shard = SUBSTRATEE_TRY_OR(Error::kStateNotProved, state.get<registry::Shard>(key::shard(id)));
  if (!shard) return std::unexpected(Error::kNoShard);
  const auto charter = registry::charter_hash(shard->charter);
  if (trust.charter && *trust.charter != charter) return std::unexpected(Error::kWrongCharter);
  const auto time = SUBSTRATEE_TRY_OR(Error::kStateNotProved, state.get<std::uint64_t>(key::timestamp_now()));
  return ShardFacts{*std::move(shard), charter, time};
}

/// kNotRegistered when the proof shows that the account has no entry.
Result<Registration> read_registration(const VerifiedState& state, const primitives::AccountId& account) {
  const auto index = SUBSTRATEE_TRY_OR(Error::kStateNotProved, state.get<std::uint64_t>(key::enclave_index(account)));
  if (!index) return std::unexpected(Error::kNotRegistered);
  auto enclave = SUBSTRATEE_TRY_OR(Error::kStateNotProved, state.get<registry::Enclave>(key::enclave(*index)));
  if (!enclave || enclave->account != account) return std::unexpected(Error::kNotRegistered);
  return Registration{*index, *std::move(enclave)};
}

Result<registry::StateAgreed> read_entry(const FinalHeader& header, const AgreementProof& proof) {
  const auto root = registry::journal_root_of(header.header);
  if (!root) return std::unexpected(Error::kNoJournal);
  const auto entry = registry::entry_of(*root, proof.entry, proof.journal.value);
  if (!entry) return std::unexpected(Error::kNotInJournal);
  const auto* agreed = std::get_if<registry::StateAgreed>(&*entry);
  if (agreed == nullptr) return std::unexpected(Error::kNoAgreement);
  auto accounts = agreed->confirmed_by.value;
  std::ranges::sort(accounts);
  if (accounts.empty() || std::ranges::adjacent_find(accounts) != accounts.end()) {
    return std::unexpected(Error::kNobodyConfirmed);
  }
  return *agreed;
}

/// The state before the block, for those who left in it.
Result<std::optional<VerifiedState>> open_before(const AgreementProof& proof, const FinalHeader& header,
                                                 const ProvedEngine& engine) {
  if (!proof.before) return std::optional<VerifiedState>{};
  const auto parent = SUBSTRATEE_TRY(check_header(*proof.before, engine));
  if (parent.hash != header.header.parent_hash) return std::unexpected(Error::kNotParent);
  return std::optional(SUBSTRATEE_TRY(open_state(parent, *proof.before)));
}

/// A worker serves the newest state only while Active; the agreed one, which is the chain's own, also while Silent.
bool may_answer(MemberStatus status, protocol::Mode mode) {
  return status == MemberStatus::kActive || (status == MemberStatus::kSilent && mode == protocol::Mode::kAgreed);
}

Result<std::optional<protocol::SignedQuery>> reveal(const AnswerFile& file, const ShardFacts& facts,
                                                    const protocol::Domain& domain) {
  if (!file.ephemeral) return std::optional<protocol::SignedQuery>{};
  if (!facts.shard.shielding_key) return std::unexpected(Error::kNotRevealed);
  auto query = SUBSTRATEE_TRY_OR(
      Error::kNotRevealed,
      protocol::reveal_query(file.query, file.ephemeral->bytes, *facts.shard.shielding_key, facts.shard.epoch, domain));
  if (!protocol::verify_query(query, domain) || query.mode != file.answer.mode) {
    return std::unexpected(Error::kNotRevealed);
  }
  return std::optional(std::move(query));
}

}  // namespace

Result<ProvedEngine> prove_engine(const ChainProof& chain, const Trust& trust) {
  auto engine = ProvedEngine::prove(trust.genesis, chain.genesis_header, chain.engine.value);
  if (engine) return *std::move(engine);
  return std::unexpected(of_genesis(engine.error()));
}

Result<VerifiedAgreement> verify_agreement(const AgreementProof& proof, const ProvedEngine& engine,
                                           const Trust& trust) {
  const auto header = SUBSTRATEE_TRY(check_header(proof.announced_in, engine));
  auto agreement = SUBSTRATEE_TRY(read_entry(header, proof));
  const auto state = SUBSTRATEE_TRY(open_state(header, proof.announced_in));
  auto facts = SUBSTRATEE_TRY(read_shard(state, agreement.shard, trust));
  const auto before = SUBSTRATEE_TRY(open_before(proof, header, engine));
  std::vector<Registration> confirmed_by;
  for (const auto& account : agreement.confirmed_by.value) {
    auto registration = read_registration(state, account);
    if (!registration && registration.error() == Error::kNotRegistered && before) {
      registration = read_registration(*before, account);
    }
    confirmed_by.push_back(SUBSTRATEE_TRY(std::move(registration)));
  }
  return VerifiedAgreement{header.number(), header.hash, std::move(agreement), std::move(facts),
                           std::move(confirmed_by)};
}

Result<VerifiedReceipt> verify_receipt(const ReceiptFile& file, const Trust& trust) {
  const auto engine = SUBSTRATEE_TRY(prove_engine(file.chain, trust));
  auto agreement = SUBSTRATEE_TRY(verify_agreement(file.agreement, engine, trust));
  const auto& receipt = file.receipt.leaf.receipt;
  const auto& agreed = agreement.agreement.agreed;
  if (receipt.shard != agreement.agreement.shard) return std::unexpected(Error::kOtherShard);
  if (receipt.block_number != agreed.block_number || receipt.block_hash != agreed.block_hash) {
    return std::unexpected(Error::kOtherBlock);
  }
  if (!protocol::verify_merkle_path(scale::encode(file.receipt.leaf), receipt.index, file.receipt.leaf_count,
                                    file.receipt.path, agreed.receipts_root)) {
    return std::unexpected(Error::kNotAgreed);
  }
  return VerifiedReceipt{receipt, std::move(agreement)};
}

Result<VerifiedAnswer> verify_answer(const AnswerFile& file, const Trust& trust) {
  const auto engine = SUBSTRATEE_TRY(prove_engine(file.chain, trust));
  const auto header = SUBSTRATEE_TRY(check_header(file.answered_at, engine));
  const auto& answer = file.answer;
  if (header.hash != answer.block_hash || header.number() != answer.block_number) {
    return std::unexpected(Error::kOtherBlock);
  }
  const auto state = SUBSTRATEE_TRY(open_state(header, file.answered_at));
  auto facts = SUBSTRATEE_TRY(read_shard(state, file.shard, trust));
  auto enclave = SUBSTRATEE_TRY(read_registration(state, answer.enclave));
  const auto member =
      SUBSTRATEE_TRY_OR(Error::kStateNotProved, state.get<registry::Member>(key::member(file.shard, answer.enclave)));
  if (!member || !may_answer(member->status, answer.mode)) return std::unexpected(Error::kNotAMember);
  if (answer.query_hash != protocol::query_hash(file.query)) return std::unexpected(Error::kOtherQuery);
  const protocol::Domain domain{trust.genesis, file.shard};
  if (!crypto::ed25519::verify(answer.enclave, protocol::answer_message(answer, domain), answer.signature)) {
    return std::unexpected(Error::kBadSignature);
  }
  if (answer.mode == protocol::Mode::kAgreed &&
      (!facts.shard.agreed || facts.shard.agreed->state_cid != answer.state_cid)) {
    return std::unexpected(Error::kOtherState);
  }
  auto query = SUBSTRATEE_TRY(reveal(file, facts, domain));
  return VerifiedAnswer{file.shard, answer, member->status, std::move(enclave), std::move(facts), std::move(query)};
}

}  // namespace substratee::proof
