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

OpenedCall open_call(const registry::CallForwarded& forwarded, const protocol::EpochKeys& keys,
                     const protocol::Domain& domain) {
  auto call = protocol::open_call(forwarded.sealed_call, keys.shielding(), keys.epoch(), domain, forwarded.sender);
  if (!call) return std::unexpected(outcome_of(call.error()));
  if (!protocol::verify_call(*call, domain)) return std::unexpected(protocol::Outcome::kBadSignature);
  return *std::move(call);
}

}  // namespace

std::vector<OpenedCall> open_calls(const Work& work, const protocol::EpochKeys& keys, const protocol::Domain& domain) {
  std::vector<OpenedCall> out;
  for (const auto& forwarded : work.calls) {
    if (out.size() < work.void_calls) {
      out.emplace_back(std::unexpected(protocol::Outcome::kNotOpened));
    } else {
      out.push_back(open_call(forwarded, keys, domain));
    }
  }
  return out;
}

Outcome execute(Transaction& state, const stf::Transition& transition, const Work& work,
                std::span<const OpenedCall> calls, const protocol::EpochKeys& keys, const protocol::Domain& domain) {
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
    if (const auto& call = calls[index]) {
      receipt.account = call->account;
      receipt.outcome = process(state, transition, *call, work.block);
    } else {
      receipt.outcome = call.error();
    }
    out.leaves.push_back(protocol::make_leaf(std::move(receipt), keys.blind_key().view()));
    encoded.push_back(scale::encode(out.leaves.back()));
  }
  out.receipts_root = protocol::merkle_root(encoded);
  return out;
}

}  // namespace substratee::enclave::executor
