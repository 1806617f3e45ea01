#pragma once

/// What archive_v1_storageDiff asks of two states, and what it tells.

#include "node/api/state_access.hpp"

namespace substratee::node::api {

struct DifferenceItem {
  Bytes prefix;  ///< of the keys that count
  bool as_hash = false;
  friend bool operator==(const DifferenceItem&, const DifferenceItem&) = default;
};

struct DifferenceRequest {
  BlockHash block;
  std::vector<DifferenceItem> items;  ///< none covers another of the same form
  std::optional<BlockHash> previous;  ///< else the parent
};

/// [hash, items?, previousHash?]; kInvalidParams for anything else. Items of child tries are left out: there are none.
[[nodiscard]] Parsed<DifferenceRequest> difference_request(const Params& params);

/// "storageDiff" for each difference, then "storageDiffDone"; or "storageDiffError" when a state is not there, or
/// behind about 8 MiB.
void tell_differences(const NodeContext& context, const DifferenceRequest& request, net::Subscriber& subscriber);

}  // namespace substratee::node::api
