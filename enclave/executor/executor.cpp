#include "enclave/executor/executor.hpp"

namespace substratee::enclave::executor {
namespace {

using protocol::SignedCall;

protocol::Outcome outcome_of(protocol::Error error) noexcept {
  return error == protocol::Error::kMalformed ? protocol::Outcome::kMalformed : protocol::Outcome::kNotOpened;
}

/// The state transition itself, all or nothing.
protocol::Outcome apply(Transaction& state, const stf::Transition& transition, const SignedCall& call) {
  state.checkpoint();
  const auto applied = transition.apply(state, call.account, call.call);
  if (applied) {
    state.accept();
    return protocol::Outcome::kApplied;
  }
  state.rollback();
  return applied.error() == stf::Error::kMalformedCall ? protocol::Outcome::kMalformedCall
                                                       : protocol::Outcome::kRefused;
}

protocol::Outcome process(Transaction& state, const stf::Transition& transition, const SignedCall& call,
                          primitives::BlockNumber block) {
  if (block > call.valid_until_block) return protocol::Outcome::kExpired;
  const auto nonce = stf::nonce_of(state, call.account);
  if (call.nonce != nonce) return protocol::Outcome::kWrongNonce;
  stf::set_nonce(state, call.account, nonce + 1);
  return apply(state, transition, call);
}

/// What becomes of one call; `account` becomes its signer once the signature is good.
protocol::Outcome take(Transaction& state, const stf::Transition& transition, const registry::CallForwarded& forwarded,
                       const protocol::EpochKeys& keys, const protocol::Domain& domain, primitives::BlockNumber block,
                       primitives::AccountId& account) {
  const auto call =
      protocol::open_call(forwarded.sealed_call, keys.shielding(), keys.epoch(), domain, forwarded.sender);
  if (!call) return outcome_of(call.error());
  if (!protocol::verify_call(*call, domain)) return protocol::Outcome::kBadSignature;
  account = call->account;
  return process(state, transition, *call, block);
}

}  // namespace

Outcome execute(Transaction& state, const stf::Transition& transition, const Work& work,
                const protocol::EpochKeys& keys, const protocol::Domain& domain) {
  Outcome out;
  std::vector<Bytes> encoded;
  for (const auto& forwarded : work.calls) {
    const auto index = out.leaves.size();
    protocol::Receipt receipt{domain.shard,
                              work.block,
                              work.block_hash,
                              static_cast<std::uint32_t>(index),
                              registry::call_hash(forwarded.sealed_call),
                              forwarded.sender,
                              protocol::Outcome::kNotOpened};
    if (index >= work.void_calls) {
      receipt.outcome = take(state, transition, forwarded, keys, domain, work.block, receipt.account);
    }
    out.leaves.push_back(protocol::make_leaf(std::move(receipt), keys.blind_key().view()));
    encoded.push_back(scale::encode(out.leaves.back()));
  }
  out.receipts_root = protocol::merkle_root(encoded);
  return out;
}

}  // namespace substratee::enclave::executor
