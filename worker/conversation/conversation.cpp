#include "worker/conversation/conversation.hpp"

#include "core/crypto/hash.hpp"

#include <fmt/format.h>

namespace substratee::worker::conversation {

namespace {

/// What an operator can do about a refusal; nothing where the worker tries again by itself.
std::string next_step_of(protocol::Refusal reason) {
  switch (reason) {
    case protocol::Refusal::kCorruptBlob:
      return "restore the sealed folder and the platform directory together from a copy, or start with a new "
             "--base-path "
             "and join anew; a blob \"place\" alone may be removed: the enclave then verifies the chain from genesis";
    case protocol::Refusal::kWrongChain:
      return "start with the --base-path of this chain, or with the node of that one";
    case protocol::Refusal::kCharterRefused:
      return "run the enclave program that the shard's charter names: substratee-client shard shows it";
    default: return {};
  }
}

}  // namespace

Failure Conversation::to_failure(const protocol::Refused& refused) {
  auto thing = fmt::format("the enclave refuses: {}", protocol::to_string(refused.reason));
  if (!refused.detail.value.empty()) thing += fmt::format(" ({})", refused.detail.value);
  return {FailureCode::kRefused, std::move(thing), next_step_of(refused.reason), refused.reason};
}

Failure Conversation::unexpected_reply() {
  return {FailureCode::kEnclave,
          "the enclave gave an answer of another kind than asked for",
          "use the substratee-enclave that was built with this worker",
          {}};
}

Result<protocol::Reply> Conversation::ask(protocol::Request request) {
  for (int needs = 0; needs < kMaxNeeds; ++needs) {
    auto reply = SUBSTRATEE_TRY(ports_.enclave.call(request));
    const auto* need = std::get_if<protocol::Need>(&reply);
    if (need == nullptr) return reply;
    SUBSTRATEE_TRY(supply(*need));
    // The enclave has kept what a TlsInput or an ImportBlocks that lacked something carried.
    if (auto* tls = std::get_if<protocol::TlsInput>(&request)) tls->bytes.value.clear();
    if (auto* import = std::get_if<protocol::ImportBlocks>(&request)) import->blocks.value.clear();
  }
  return fail(FailureCode::kEnclave, "the enclave asks for ever more and does not answer", "start the worker again");
}

Result<void> Conversation::tell(const protocol::Request& request) {
  const auto reply = SUBSTRATEE_TRY(ports_.enclave.call(request));
  SUBSTRATEE_TRY(expect<protocol::Done>(reply));
  return {};
}

Result<void> Conversation::supply(const protocol::Need& need) {
  return std::visit([this](const auto& what) { return supply(what); }, need.what);
}

Result<void> Conversation::supply(const protocol::NeedProofs& need) {
  auto nodes = SUBSTRATEE_TRY(ports_.chain.read_proof(need.keys.value, need.block_hash));
  return tell(protocol::SupplyProof{need.block_hash, {std::move(nodes)}});
}

Result<void> Conversation::supply(const protocol::NeedBlocks& need) {
  if (supplier_ == nullptr) return std::unexpected(unexpected_reply());
  return supplier_->import_up_to(need.number);
}

Result<void> Conversation::supply(const protocol::NeedState& need) {
  if (supplier_ == nullptr) return std::unexpected(unexpected_reply());
  auto blocks = SUBSTRATEE_TRY(supplier_->state_blocks(need));
  for (std::size_t start = 0; start < blocks.size(); start += kStateBatch) {
    const auto end = std::min(blocks.size(), start + kStateBatch);
    protocol::SupplyState batch;
    for (auto i = start; i < end; ++i) batch.blocks.value.push_back(std::move(blocks[i]));
    SUBSTRATEE_TRY(tell(batch));
  }
  return {};
}

Result<void> Conversation::supply_ahead(std::vector<protocol::StateBlock> blocks) {
  if (blocks.empty()) return {};
  return tell(protocol::SupplyState{{std::move(blocks)}});
}

Result<void> Conversation::supply(const protocol::NeedStore& need) {
  SUBSTRATEE_TRY(ports_.blobs.put(need.blob));
  return tell(protocol::Stored{need.blob.name, need.blob.version, crypto::sha256(need.blob.sealed.value)});
}

Result<void> Conversation::supply(const protocol::NeedReceipts& need) {
  auto sealed = SUBSTRATEE_TRY(ports_.receipts.get(need.block));
  return tell(protocol::SupplyReceipts{need.block, {std::move(sealed)}});
}

}  // namespace substratee::worker::conversation
