#pragma once

/// What a state transition function sees of the state: a map of byte strings. Keys are account ‖ field, so that all of
/// an account stands together. Its content is secret: it exists in clear only inside the enclave.

#include "core/base/bytes.hpp"
#include "core/primitives/types.hpp"

#include <optional>

namespace substratee::stf {

inline constexpr std::size_t kMaxKeySize = 64;
inline constexpr std::size_t kMaxValueSize = 1024 * 1024;

class StateReader {
 public:
  virtual ~StateReader() = default;
  [[nodiscard]] virtual std::optional<Bytes> get(ByteView key) const = 0;
};

class StateMap : public StateReader {
 public:
  /// Key ≤ kMaxKeySize, value ≤ kMaxValueSize.
  virtual void put(ByteView key, ByteView value) = 0;
  virtual void erase(ByteView key) = 0;
};

/// Fields below kFirstStfField belong to the protocol.
inline constexpr std::uint8_t kNonceField = 0;
inline constexpr std::uint8_t kFirstStfField = 16;

[[nodiscard]] Bytes account_key(const primitives::AccountId& account, std::uint8_t field);

/// The account's next call nonce; 0 at first.
[[nodiscard]] primitives::Nonce nonce_of(const StateReader& state, const primitives::AccountId& account);
void set_nonce(StateMap& state, const primitives::AccountId& account, primitives::Nonce nonce);

}  // namespace substratee::stf
