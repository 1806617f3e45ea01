#include "core/finality/dev_seal.hpp"
#include "tests/hostile_host/misdeeds.hpp"

/// Lies about the chain: blocks, journals, proofs.

namespace substratee::test::misdeeds {

using namespace protocol;

namespace {

primitives::Header header_of(const FinalBlock& block) { return *scale::decode<primitives::Header>(block.header); }
registry::Journal journal_of(const FinalBlock& block) { return *scale::decode<registry::Journal>(block.journal); }
ImportBlocks import(std::vector<FinalBlock> blocks) { return {{std::move(blocks)}}; }

void expect_bad_header(Turn& turn, const FinalBlock& block) {
  turn.expect_refused(import({block}), {Refusal::kBadHeader});
}
void expect_bad_journal(Turn& turn, FinalBlock block, const registry::Journal& journal) {
  block.journal = scale::encode(journal);
  turn.expect_refused(import({block}), {Refusal::kBadJournal});
}

/// The blocks that are due; nothing when the turn is not about blocks.
const std::vector<FinalBlock>* due_blocks(const Turn& turn) {
  const auto* request = turn.due_as<ImportBlocks>();
  return request == nullptr || request->blocks.value.empty() ? nullptr : &request->blocks.value;
}

/// A proof that proves nothing of what was asked: the enclave asks again.
void expect_still_wanted(Turn& turn, const SupplyProof& proof, const std::set<Refusal>& reasons) {
  turn.expect_no_effect(proof, reasons);
  const auto reply = turn.ask(turn.past.wisher);
  if (const auto* refused = std::get_if<Refused>(&reply)) {
    EXPECT_TRUE(reasons.contains(refused->reason)) << to_string(refused->reason) << ": " << refused->detail.value;
    return;
  }
  ASSERT_TRUE(std::holds_alternative<Need>(reply)) << "reply " << reply.index();
  EXPECT_TRUE(std::holds_alternative<NeedProofs>(std::get<Need>(reply).what));
}

/// TLS bytes were taken with the first asking, and a session begun twice is two: those are not asked again.
bool can_be_asked_again(const Request& request) {
  return !std::holds_alternative<TlsInput>(request) && !std::holds_alternative<JoinBegin>(request);
}

/// The proof that is due right after it was asked for.
const SupplyProof* due_proof(const Turn& turn) {
  const auto* proof = turn.due_as<SupplyProof>();
  return proof != nullptr && turn.past.wanted && turn.past.at_proofs == turn.past.requests.size() ? proof : nullptr;
}

}  // namespace

void hidden_block(Turn& turn) {
  const auto* due = due_blocks(turn);
  if (due == nullptr || due->size() < 2) return;
  turn.expect_refused(import({due->begin() + 1, due->end()}), {Refusal::kBadHeader});
}

void reordered_blocks(Turn& turn) {
  const auto* due = due_blocks(turn);
  if (due == nullptr) return;
  const auto number = header_of(due->front()).number.value;
  if (due->size() > 1) turn.expect_refused(import({(*due)[1], (*due)[0]}), {Refusal::kBadHeader});
  if (number > 1) expect_bad_header(turn, turn.world.block(number - 1));
  if (number > 2) expect_bad_header(turn, turn.world.block(1));
}

void forged_header(Turn& turn) {
  const auto* due = due_blocks(turn);
  if (due == nullptr) return;
  FixedBytes<64> signature;
  const auto genuine = *finality::strip_seal(header_of(due->front()), signature);
  const auto forger = crypto::ed25519::KeyPair::from_seed(FixedBytes<32>{}.bytes);
  const auto with = [&](const primitives::Header& header, const FixedBytes<64>& seal) {
    auto forged = due->front();
    forged.header = scale::encode(finality::with_seal(header, seal));
    expect_bad_header(turn, forged);
  };
  with(genuine, forger.sign(finality::seal_message(genuine)));
  auto header = genuine;
  header.state_root[0] ^= 1;
  with(header, signature);
  header = genuine;
  header.extrinsics_root[31] ^= 1;
  with(header, signature);
  header = genuine;
  header.number.value += 1;
  with(header, signature);
  header = genuine;
  header.parent_hash[0] ^= 1;
  with(header, signature);
  auto forged = due->front();
  forged.header = scale::encode(genuine);
  expect_bad_header(turn, forged);
  forged.header = Bytes(due->front().header.begin(), due->front().header.end() - 1);
  expect_bad_header(turn, forged);
  forged = due->front();
  forged.justification = {1};
  expect_bad_header(turn, forged);
}

void foreign_block(Turn& turn) {
  static World other({test_measurement()}, 99);
  const auto* due = due_blocks(turn);
  if (due == nullptr) return;
  const auto number = header_of(due->front()).number.value;
  while (other.height() < number) other.mine();
  expect_bad_header(turn, other.block(number));
}

void hidden_journal_entry(Turn& turn) {
  const auto* due = due_blocks(turn);
  if (due == nullptr) return;
  const auto genuine = journal_of(due->front());
  for (std::size_t i = 0; i < genuine.size(); ++i) {
    auto journal = genuine;
    journal.erase(journal.begin() + static_cast<std::ptrdiff_t>(i));
    expect_bad_journal(turn, due->front(), journal);
  }
}

void invented_journal(Turn& turn) {
  const auto* due = due_blocks(turn);
  if (due == nullptr) return;
  const auto genuine = journal_of(due->front());
  auto journal = genuine;
  journal.emplace_back(registry::FoundingReopened{turn.world.shard(), 1});
  expect_bad_journal(turn, due->front(), journal);
  journal = genuine;
  journal.insert(journal.begin(), registry::KeyReleased{turn.world.shard(), 1, {}, {}, {}, {}});
  expect_bad_journal(turn, due->front(), journal);
  if (genuine.size() > 1 && genuine[0] != genuine[1]) {
    journal = genuine;
    std::swap(journal[0], journal[1]);
    expect_bad_journal(turn, due->front(), journal);
  }
  auto forged = due->front();
  forged.journal.push_back(0);
  turn.expect_refused(import({forged}), {Refusal::kBadJournal});
  forged.journal.clear();
  turn.expect_refused(import({forged}), {Refusal::kBadJournal});
}

void stale_proof(Turn& turn) {
  const auto* proof = due_proof(turn);
  if (proof == nullptr || !can_be_asked_again(turn.past.wisher)) return;
  const auto& keys = turn.past.wanted->keys.value;
  for (primitives::BlockNumber number = 0; number + 1 < turn.world.height(); number += 3) {
    const auto earlier = turn.world.hash_of(number);
    if (earlier == proof->block_hash) continue;
    const auto nodes = turn.world.prove(earlier, keys);
    expect_still_wanted(turn, {proof->block_hash, {nodes}}, {Refusal::kBadProof, Refusal::kUnknownEngine});
    // Under its own name it is a genuine proof, but not of the state in which the decision falls.
    expect_still_wanted(turn, {earlier, {nodes}}, {Refusal::kBadProof});
  }
}

void proof_of_another_header(Turn& turn) {
  const auto* proof = due_proof(turn);
  if (proof == nullptr) return;
  auto other = *proof;
  other.block_hash[0] ^= 1;
  turn.expect_refused(other, {Refusal::kBadProof});
  other.block_hash = {};
  turn.expect_refused(other, {Refusal::kBadProof});
  turn.world.mine();
  other.block_hash = turn.world.hash_of(turn.world.height());  // genuine, but nobody has shown it to the enclave
  other.nodes.value = turn.world.prove(other.block_hash, turn.past.wanted->keys.value);
  turn.expect_refused(other, {Refusal::kBadProof});
}

void broken_proof(Turn& turn) {
  const auto* proof = due_proof(turn);
  if (proof == nullptr || !can_be_asked_again(turn.past.wisher)) return;
  const std::set<Refusal> reasons{Refusal::kBadProof, Refusal::kUnknownEngine};
  for (std::size_t i = 0; i < proof->nodes.value.size(); ++i) {
    auto broken = *proof;
    broken.nodes.value[i].back() ^= 1;
    turn.expect_no_effect(broken, reasons);
    if (i != 0) continue;
    // Without the root, or with nodes that belong to nothing, nothing is proved.
    expect_still_wanted(turn, broken, reasons);
    expect_still_wanted(turn, {proof->block_hash, {}}, reasons);
    expect_still_wanted(turn, {proof->block_hash, {std::vector<Bytes>(4096, Bytes{1, 2, 3})}}, reasons);
  }
}

}  // namespace substratee::test::misdeeds
