#include "client/sdk/checks.hpp"

#include "core/base/hex.hpp"
#include "core/crypto/ed25519.hpp"
#include "core/primitives/ss58.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace substratee::client {
using primitives::to_ss58;
using registry::MemberStatus;
namespace {

constexpr const char* kAskAnother = "do not use it; ask another worker with --worker or --worker-index";
constexpr const char* kOtherNode = "do not use it; connect to another node with --node-url";

std::unexpected<Failure> forged(std::string thing, const char* advice = kAskAnother) {
  return fail(Code::kForged, std::move(thing), advice);
}

/// The member that `enclave` is, if it may speak for the shard at all.
Result<Worker> check_speaker(const AccountId& enclave, const View& view, const Target& target, bool may_be_silent) {
  if (target.enclave && *target.enclave != enclave) {
    return forged(fmt::format("the worker at {} answers as enclave {}, but {} is registered there", target.url,
                              to_ss58(enclave), to_ss58(*target.enclave)));
  }
  const auto* worker = view.find(enclave);
  if (worker == nullptr) {
    return forged(fmt::format("the worker at {} answers as enclave {}, which is not registered in shard {}", target.url,
                              to_ss58(enclave), view.shard.name.value));
  }
  if (worker->is(MemberStatus::kActive) || (may_be_silent && worker->is(MemberStatus::kSilent))) return *worker;
  return forged(fmt::format("the worker at {} answers as enclave {}, whose status on the chain is {}", target.url,
                            to_ss58(enclave),
                            worker->member ? registry::to_string(worker->member->status) : "no member"));
}

}  // namespace

Result<void> check_genesis(const BlockHash& actual, const std::optional<BlockHash>& pinned, std::string_view node_url) {
  if (!pinned || *pinned == actual) return {};
  return fail(Code::kWrongChain,
              fmt::format("the node at {} serves the chain with genesis {}, not {}", node_url, to_hex_prefixed(actual),
                          to_hex_prefixed(*pinned)),
              "correct --genesis, or connect to a node of that chain with --node-url");
}

Result<void> check_charter(const registry::Charter& charter, const std::optional<Hash256>& pinned) {
  const auto actual = registry::charter_hash(charter);
  if (!pinned || *pinned == actual) return {};
  return fail(Code::kWrongCharter,
              fmt::format("the shard has the charter {}, not {}", to_hex_prefixed(actual), to_hex_prefixed(*pinned)),
              "look at it with: substratee-client shard; what it allows, its enclaves may do");
}

Result<ShardKey> check_shielding_key(const protocol::ShieldingKeyAnswer& answer, const View& view,
                                     const Target& target) {
  const auto expected = SUBSTRATEE_TRY(chain_key(view));
  SUBSTRATEE_TRY(check_speaker(answer.enclave, view, target, true));
  const auto message = protocol::shielding_key_message(view.domain, answer.epoch, answer.key);
  if (!crypto::ed25519::verify(answer.enclave, message, {answer.signature.bytes})) {
    return forged(fmt::format("the shielding key of the worker at {} is not signed by its enclave {}", target.url,
                              to_ss58(answer.enclave)));
  }
  if (ShardKey{answer.key, answer.epoch} != expected) {
    return forged(fmt::format("the worker at {} gives shielding key {} (epoch {}), but the chain has {} (epoch {})",
                              target.url, to_hex_prefixed(answer.key), answer.epoch, to_hex_prefixed(expected.key),
                              expected.epoch));
  }
  return expected;
}

Result<protocol::Answer> open_answer(ByteView sealed, const PreparedQuery& prepared, const protocol::Domain& domain) {
  auto answer = protocol::open_answer(sealed, prepared.pending, domain);
  if (!answer) return forged(fmt::format("the worker's answer is not usable: {}", protocol::to_string(answer.error())));
  if (answer->mode != prepared.query.mode) {
    return forged(fmt::format("the worker answered in mode {}, asked was {}", protocol::to_string(answer->mode),
                              protocol::to_string(prepared.query.mode)));
  }
  if (answer->block_number < prepared.query.block_number ||
      (answer->block_number == prepared.query.block_number && answer->block_hash != prepared.query.block_hash)) {
    return forged(fmt::format("the worker answered at block {} {}, asked was block {} {} or a later one",
                              answer->block_number, to_hex_prefixed(answer->block_hash), prepared.query.block_number,
                              to_hex_prefixed(prepared.query.block_hash)));
  }
  return *std::move(answer);
}

Result<Worker> check_answer(const protocol::Answer& answer, const View& view, const Target& target,
                            const AnsweredAt& chain) {
  const bool is_agreed = answer.mode == protocol::Mode::kAgreed;
  auto worker = SUBSTRATEE_TRY(check_speaker(answer.enclave, view, target, is_agreed));
  if (answer.block_hash != chain.hash) {
    return forged(fmt::format("the worker at {} answered at block {} {}, which on this chain is {}", target.url,
                              answer.block_number, to_hex_prefixed(answer.block_hash), to_hex_prefixed(chain.hash)));
  }
  if (is_agreed && chain.agreed != answer.state_cid) {
    return forged(fmt::format("the worker at {} answered from a state that the chain had not agreed on at block {}",
                              target.url, answer.block_number));
  }
  return worker;
}

Result<CheckedBlock> check_block(const rpc::VerifiedBlock& block) {
  auto header = scale::decode<primitives::Header>(block.final_block.header);
  auto journal = scale::decode<registry::Journal>(block.final_block.journal);
  if (!header || !journal) return forged(fmt::format("the node's block {} does not decode", block.number), kOtherNode);
  if (header->hash() != block.hash || header->number.value != block.number) {
    return forged(fmt::format("the header that the node shows for block {} is not that of {}", block.number,
                              to_hex_prefixed(block.hash)),
                  kOtherNode);
  }
  if (!registry::journal_matches(*header, *journal)) {
    return forged(
        fmt::format("the journal that the node shows for block {} is not the one that its header names", block.number),
        kOtherNode);
  }
  return CheckedBlock{block.number, block.hash, *std::move(header), *std::move(journal),
                      block.final_block.justification};
}

Result<CallPosition> find_call(const CheckedBlock& block, const registry::ShardId& shard, const Hash256& call_hash,
                               const AccountId& sender) {
  std::optional<std::uint32_t> index;
  std::uint32_t count = 0;
  for (const auto& entry : block.journal) {
    const auto* call = std::get_if<registry::CallForwarded>(&entry);
    if (call == nullptr || call->shard != shard) continue;
    // Somebody else may have copied the sealed bytes: only the own extrinsic's counts.
    if (!index && call->sender == sender && registry::call_hash(call->sealed_call) == call_hash) index = count;
    ++count;
  }
  if (index) return CallPosition{*index, count};
  return fail(
      Code::kNotThere,
      fmt::format("block {} carries no call {} of {}", block.number, to_hex_prefixed(call_hash), to_ss58(sender)),
      "the extrinsic may have failed; send the call again");
}

Result<registry::StateAgreed> find_agreement(const CheckedBlock& announced_in, const registry::ShardId& shard,
                                             BlockNumber block, const BlockHash& block_hash) {
  for (const auto& entry : announced_in.journal) {
    const auto* found = std::get_if<registry::StateAgreed>(&entry);
    if (found == nullptr || found->shard != shard || found->agreed.block_number != block) continue;
    if (found->agreed.block_hash == block_hash) return *found;
    return forged(
        fmt::format("the agreement on block {} is about another block than {}", block, to_hex_prefixed(block_hash)),
        kOtherNode);
  }
  return fail(Code::kNotThere,
              fmt::format("the journal of block {} holds no agreement on block {}", announced_in.number, block),
              "look at the blocks with: substratee-client block N");
}

Result<protocol::Receipt> check_receipt(const protocol::ReceiptAnswer& answer, const ReceiptExpected& expected,
                                        const Hash256& receipts_root) {
  const auto& receipt = answer.leaf.receipt;
  if (receipt.shard != expected.shard || receipt.block_number != expected.block_number ||
      receipt.block_hash != expected.block_hash || receipt.index != expected.position.index ||
      (expected.call_hash && receipt.call_hash != *expected.call_hash) || receipt.account != expected.account) {
    return forged(fmt::format("the receipt is of another call than number {} of block {}", expected.position.index,
                              expected.block_number));
  }
  if (answer.leaf_count != expected.position.count) {
    return forged(fmt::format("the receipt counts {} calls in block {}, the chain has {}", answer.leaf_count,
                              expected.block_number, expected.position.count));
  }
  if (!protocol::verify_merkle_path(scale::encode(answer.leaf), expected.position.index, answer.leaf_count, answer.path,
                                    receipts_root)) {
    return forged(fmt::format("the receipt of call {} does not lead to the receipts root agreed for block {}",
                              expected.position.index, expected.block_number));
  }
  return receipt;
}

}  // namespace substratee::client
