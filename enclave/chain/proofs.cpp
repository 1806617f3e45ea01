#include "enclave/chain/proofs.hpp"

namespace substratee::enclave::chain {
namespace {

constexpr std::size_t kKeptStates = 32;

}  // namespace

void Proofs::add(finality::VerifiedState state) {
  states_.push_back(std::move(state));
  if (states_.size() > kKeptStates) states_.pop_front();
}

void Proofs::begin(primitives::BlockNumber since) {
  since_ = since;
  missing_.clear();
}

protocol::Need Proofs::need(const finality::Head& head) const {
  protocol::NeedProofs proofs{head.hash, {}};
  for (const auto& key : missing_) proofs.keys.value.push_back(key);
  return {proofs};
}

}  // namespace substratee::enclave::chain
