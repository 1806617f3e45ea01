#pragma once

/// One step of walking a DAG whose blocks come from strangers. The walker keeps its own bounds on depth, number and
/// total.

#include "core/base/bytes.hpp"
#include "core/ipld/cid.hpp"
#include "core/ipld/error.hpp"

#include <vector>

namespace substratee::ipld {

/// Checks that `block` is what `cid` names and returns the CIDs it links to, in order and with repeats; none for raw.
/// kTooLarge, kHashMismatch, or why the node cannot be read.
[[nodiscard]] Result<std::vector<Cid>> links_of(const Cid& cid, ByteView block);

/// The same for a block whose hash the caller has checked.
[[nodiscard]] Result<std::vector<Cid>> links_in(Codec codec, ByteView block);

}  // namespace substratee::ipld
