#include "enclave/state/key_ring.hpp"

#include <algorithm>

namespace substratee::enclave::state {

void KeyRing::add(registry::Epoch epoch, crypto::Secret<32> state_key) {
  const auto place =
      std::ranges::lower_bound(entries_, epoch, std::ranges::greater{}, [](const Entry& entry) { return entry.epoch; });
  if (place != entries_.end() && place->epoch == epoch) {
    place->state_key = std::move(state_key);
  } else {
    entries_.insert(place, Entry{epoch, std::move(state_key)});
  }
}

const crypto::Secret<32>* KeyRing::find(registry::Epoch epoch) const noexcept {
  const auto found = std::ranges::find(entries_, epoch, &Entry::epoch);
  return found == entries_.end() ? nullptr : &found->state_key;
}

}  // namespace substratee::enclave::state
