#include "enclave/state/error.hpp"

namespace substratee::enclave::state {

std::string_view to_string(Error error) noexcept {
  switch (error) {
    case Error::kBadRoot: return "the state CID is not a CIDv1 of a dag-pb block over sha2-256";
    case Error::kNotWanted: return "a state block that was not asked for";
    case Error::kHashMismatch: return "a state block does not have the hash that its CID names";
    case Error::kBadSize: return "a state block has a size that cannot be";
    case Error::kBadDirectory: return "the state's root is not a directory of index, leaves and manifest";
    case Error::kUnknownEpoch: return "a state block was written in an epoch whose state key is not here";
    case Error::kNotAuthentic: return "a state block does not open with the keys of this shard";
    case Error::kBadEncoding: return "a state block has a malformed plaintext";
    case Error::kUnknownFormat: return "the state has a format version that this release does not know";
    case Error::kWrongShard: return "the state is another shard's";
    case Error::kWrongWriter: return "the state's manifest names an epoch whose key did not open it";
    case Error::kTooNew:
      return "a state block was written after the agreed block, or after the block that refers to it";
    case Error::kWrongKind: return "a state block is of another kind or level than its parent says";
    case Error::kKeyOrder: return "keys of the state are out of order or out of their parent's range";
    case Error::kWrongCount: return "the state does not have the records, leaves or levels that its manifest counts";
    case Error::kWrongCut: return "the state's nodes are not cut where the shard's rule cuts";
    case Error::kWrongTree: return "the state's public tree does not hold exactly the state's nodes";
    case Error::kNotHere: return "leaves of the state have to be brought first";
    case Error::kIncomplete: return "blocks of the state are still missing";
  }
  return "unknown state error";
}

}  // namespace substratee::enclave::state
