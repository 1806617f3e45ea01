#include "client/testing/fake_shard.hpp"

#include "core/ipld/cid.hpp"
#include "core/stf/transition.hpp"
#include "rpc/worker_api.hpp"

namespace substratee::client::testing {
using protocol::AnswerStatus;
using protocol::Outcome;
namespace {

crypto::ed25519::KeyPair key_of(std::uint8_t seed) {
  std::array<std::uint8_t, 32> bytes{};
  bytes.fill(seed);
  return crypto::ed25519::KeyPair::from_seed(bytes);
}

}  // namespace

std::optional<Bytes> FakeState::get(ByteView key) const {
  const auto found = entries_.find(to_bytes(key));
  return found == entries_.end() ? std::nullopt : std::optional(found->second);
}
void FakeState::put(ByteView key, ByteView value) { entries_[to_bytes(key)] = to_bytes(value); }
void FakeState::erase(ByteView key) { entries_.erase(to_bytes(key)); }
registry::StateCid FakeState::cid() const {
  Bytes all;
  for (const auto& [key, value] : entries_) append(all, scale::encode(std::tuple{key, value}));
  return *ipld::Cid::of_raw_block(all).to_cid_bytes();
}

FakeShard::FakeShard(const BlockHash& genesis)
    : domain_{genesis, registry::shard_id("counter", "default")},
      keys_(1, crypto::Secret<32>::draw(random_), domain_.shard) {}

ShardKey FakeShard::shard_key() const { return {{keys_.shielding().public_key().bytes}, keys_.epoch()}; }

protocol::Receipt FakeShard::apply(const registry::CallForwarded& forwarded, BlockNumber number) {
  protocol::Receipt receipt;
  receipt.account = forwarded.sender;
  const auto call =
      protocol::open_call(forwarded.sealed_call, keys_.shielding(), keys_.epoch(), domain_, forwarded.sender);
  receipt.outcome = Outcome::kNotOpened;
  if (!call) return receipt;
  receipt.outcome = Outcome::kBadSignature;
  if (!protocol::verify_call(*call, domain_)) return receipt;
  receipt.account = call->account;
  receipt.outcome = call->nonce != stf::nonce_of(state_, call->account) ? Outcome::kWrongNonce : Outcome::kExpired;
  if (receipt.outcome == Outcome::kWrongNonce || number > call->valid_until_block) return receipt;
  stf::set_nonce(state_, call->account, call->nonce + 1);
  receipt.outcome =
      stf::find("counter")->apply(state_, call->account, call->call) ? Outcome::kApplied : Outcome::kRefused;
  return receipt;
}

void FakeShard::process(BlockNumber number, const BlockHash& hash, const registry::Journal& journal) {
  auto& leaves = receipts_[number];
  for (const auto& entry : journal) {
    const auto* call = std::get_if<registry::CallForwarded>(&entry);
    if (call == nullptr || call->shard != domain_.shard) continue;
    auto receipt = apply(*call, number);
    receipt.shard = domain_.shard;
    receipt.block_number = number;
    receipt.block_hash = hash;
    receipt.index = static_cast<std::uint32_t>(leaves.size());
    receipt.call_hash = registry::call_hash(call->sealed_call);
    leaves.push_back(protocol::make_leaf(receipt, keys_.blind_key().view()));
  }
}

const std::vector<protocol::ReceiptLeaf>* FakeShard::leaves(BlockNumber block) const {
  const auto found = receipts_.find(block);
  return found == receipts_.end() ? nullptr : &found->second;
}

Hash256 FakeShard::receipts_root(BlockNumber block) const {
  std::vector<Bytes> encoded;
  if (const auto* list = leaves(block)) {
    for (const auto& leaf : *list) encoded.push_back(scale::encode(leaf));
  }
  return protocol::merkle_root(encoded);
}

FakeEnclave::FakeEnclave(FakeShard& shard, std::uint8_t seed)
    : shard_(shard), key_(key_of(seed)), foreign_(key_of(static_cast<std::uint8_t>(seed + 100))) {}

protocol::ShieldingKeyAnswer FakeEnclave::shielding_key() const {
  protocol::ShieldingKeyAnswer out;
  out.key = shard_.shard_key().key;
  out.epoch = shard_.shard_key().epoch;
  if (lie_ == Lie::kOtherKey) out.key[0] ^= 1;
  out.enclave = signer().public_key();
  out.signature = signer().sign(protocol::shielding_key_message(shard_.domain(), out.epoch, out.key));
  if (lie_ == Lie::kUnsigned) out.signature[0] ^= 1;
  return out;
}

AnswerStatus FakeEnclave::receipt_of(const protocol::SignedQuery& query, const protocol::AskReceipt& ask,
                                     Bytes& value) const {
  const auto* leaves = shard_.leaves(ask.block);
  if (leaves == nullptr || ask.index >= leaves->size()) return AnswerStatus::kNotHere;
  std::vector<Bytes> encoded;
  for (const auto& leaf : *leaves) encoded.push_back(scale::encode(leaf));
  protocol::ReceiptAnswer out{(*leaves)[ask.index], static_cast<std::uint32_t>(leaves->size()),
                              protocol::merkle_path(encoded, ask.index)};
  if (out.leaf.receipt.account != query.account) return AnswerStatus::kForbidden;
  if (lie_ == Lie::kOtherReceipt) out.leaf.receipt.call_hash[0] ^= 1;
  if (lie_ == Lie::kBrokenPath) out.leaf.blind[0] ^= 1;
  value = scale::encode(out);
  return AnswerStatus::kAnswered;
}

AnswerStatus FakeEnclave::value_of(const protocol::SignedQuery& query, Bytes& value) const {
  if (std::holds_alternative<protocol::AskNonce>(query.query)) {
    value = scale::encode(stf::nonce_of(shard_.state(), query.account));
    return AnswerStatus::kAnswered;
  }
  if (const auto* ask = std::get_if<protocol::AskReceipt>(&query.query)) return receipt_of(query, *ask, value);
  const auto& ask = std::get<protocol::AskState>(query.query);
  const auto answered = stf::find("counter")->query(shard_.state(), query.account, ask.query.value);
  if (!answered) return AnswerStatus::kMalformed;
  value = *answered;
  return AnswerStatus::kAnswered;
}

std::expected<Bytes, net::RpcError> FakeEnclave::answer(const protocol::SealedQuery& sealed, const Head& head) {
  const auto opened = protocol::open_query(sealed, shard_.keys().shielding(), shard_.keys().epoch(), shard_.domain());
  if (!opened || !protocol::verify_query(opened->query, shard_.domain())) {
    return std::unexpected(net::RpcError{rpc::kWorkerRefused, "the query does not open, or is not signed", {}});
  }
  if (opened->query.block_number > head.number) {
    return std::unexpected(net::RpcError{rpc::kWorkerBehind, "the query names a newer block", {}});
  }
  protocol::Answer out;
  out.mode = opened->query.mode;
  out.block_number = head.number;
  out.block_hash = head.hash;
  out.state_cid = out.mode == protocol::Mode::kAgreed ? head.agreed : shard_.state().cid();
  out.status = value_of(opened->query, out.value.value);
  out.query_hash = protocol::query_hash(sealed);
  out.enclave = signer().public_key();
  if (lie_ == Lie::kOtherState) out.state_cid[35] ^= 1;
  if (lie_ == Lie::kOtherBlock) {
    out.block_number += 1;
    out.block_hash[0] ^= 1;
  }
  if (lie_ == Lie::kOldBlock) out.block_number = opened->query.block_number - 1;
  if (lie_ == Lie::kOtherMode)
    out.mode = out.mode == protocol::Mode::kAgreed ? protocol::Mode::kLatest : protocol::Mode::kAgreed;
  if (lie_ == Lie::kBadValue) out.value.value = {1, 2, 3};
  out.signature = signer().sign(protocol::answer_message(out, shard_.domain()));
  if (lie_ == Lie::kUnsigned) out.signature[0] ^= 1;
  return protocol::seal_answer(out, sealed.enc, opened->exporter, shard_.random());
}

Worker make_worker(std::uint64_t index, const AccountId& account, std::string url) {
  registry::Enclave enclave;
  enclave.account = account;
  enclave.kind = attestation::Kind::kSimulated;
  enclave.tcb_status = attestation::TcbStatus::kSimulated;
  enclave.worker_url.value = std::move(url);
  enclave.provisioning_url.value = "tcp://127.0.0.1:1";
  enclave.registered_at = 1;
  enclave.valid_until = 1'767'323'045'000;
  return {index, std::move(enclave), registry::Member{registry::MemberStatus::kActive, 1, 1, 0}};
}

registry::Shard make_shard(const FakeShard& shard) {
  registry::Shard out;
  out.name.value = "default";
  out.charter.shard = shard.domain().shard;
  out.charter.stf.value = "counter";
  out.epoch = shard.shard_key().epoch;
  out.shielding_key = shard.shard_key().key;
  out.founded_at = 1;
  return out;
}

}  // namespace substratee::client::testing
