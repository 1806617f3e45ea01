#pragma once

/// For tests that make leaves by hand.

#include "enclave/state/page.hpp"

namespace substratee::enclave::state {

/// A leaf of these records; `pieces` has those of every large value among them.
[[nodiscard]] inline Frame encode_leaf(const Records& records, const Pieces& pieces = {}) {
  LeafEncoder out;
  for (const auto& [key, value] : records) out.add(record_of(key, value.view(), pieces));
  return out.take();
}

}  // namespace substratee::enclave::state
