#pragma once

/// Read proofs that the host supplied, as values under verified headers; and what is still missing.

#include "core/finality/verified_chain.hpp"
#include "core/protocol/enclave_messages.hpp"

#include <deque>

namespace substratee::enclave::chain {

/// A value was not proved yet (and is now in missing()), or is malformed.
enum class ProofError { kMissing, kMalformed };
template <class T>
using ProofResult = std::expected<std::optional<T>, ProofError>;

class Proofs {
 public:
  void add(finality::VerifiedState state);
  /// Starts a decision: only proofs of blocks ≥ `since` count, and nothing is missing yet.
  void begin(primitives::BlockNumber since);

  /// The value in the newest state that tells about the key.
  template <class T>
  [[nodiscard]] ProofResult<T> get(const Bytes& key) {
    for (auto state = states_.rbegin(); state != states_.rend(); ++state) {
      if (state->at().number < since_) continue;
      auto value = state->template get<T>(key);
      if (value) return *std::move(value);
      if (value.error() == finality::Error::kMalformedValue) return std::unexpected(ProofError::kMalformed);
    }
    missing_.push_back(key);
    return std::unexpected(ProofError::kMissing);
  }

  [[nodiscard]] bool has_missing() const noexcept { return !missing_.empty(); }
  /// What to ask the host for, against `head`.
  [[nodiscard]] protocol::Need need(const finality::Head& head) const;

 private:
  std::deque<finality::VerifiedState> states_;
  primitives::BlockNumber since_ = 0;
  std::vector<Bytes> missing_;
};

}  // namespace substratee::enclave::chain
