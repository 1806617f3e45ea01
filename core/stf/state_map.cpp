#include "core/stf/state_map.hpp"

#include "core/scale/codec.hpp"

namespace substratee::stf {

Bytes account_key(const primitives::AccountId& account, std::uint8_t field) {
  Bytes key = to_bytes(account);
  key.push_back(field);
  return key;
}

primitives::Nonce nonce_of(const StateReader& state, const primitives::AccountId& account) {
  const auto value = state.get(account_key(account, kNonceField));
  if (!value) return 0;
  return scale::decode<primitives::Nonce>(*value).value_or(0);
}

void set_nonce(StateMap& state, const primitives::AccountId& account, primitives::Nonce nonce) {
  state.put(account_key(account, kNonceField), scale::encode(nonce));
}

}  // namespace substratee::stf
