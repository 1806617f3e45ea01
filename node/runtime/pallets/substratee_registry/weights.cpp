#include "node/runtime/pallets/substratee_registry/pallet.hpp"

/// Declared from measurements (docs/benchmarks.md): genuine evidence takes less than 1 ms cold, an item of collateral
/// less; members that rest on it are appraised anew, at most kMaxMembers a shard.

namespace substratee::node::runtime::substratee_registry {
namespace {

constexpr RefTime kBookkeeping = 50 * kMicrosecond;
constexpr RefTime kAppraisal = kMillisecond;
/// A confirmation or a changed member has the shard's ballots counted again.
constexpr RefTime kCounting = 300 * kMicrosecond;

struct Weigh {
  RefTime operator()(const registry::RegisterEnclave&) const { return kAppraisal + kCounting; }
  RefTime operator()(const registry::UnregisterEnclave&) const { return kBookkeeping + kCounting; }
  RefTime operator()(const registry::FoundShard&) const { return kBookkeeping; }
  /// By the byte: the wire's part is in the extrinsic's own weight, this is the journal's.
  RefTime operator()(const registry::CallWorker& call) const {
    return 20 * kMicrosecond + call.sealed_call.ciphertext.value.size() * kWeightPerByte;
  }
  RefTime operator()(const registry::ConfirmBlock&) const { return kCounting; }
  RefTime operator()(const registry::RecordKeyRelease&) const { return kBookkeeping; }
  RefTime operator()(const registry::AllowMeasurement&) const { return kBookkeeping; }
  RefTime operator()(const registry::RemoveMeasurement&) const { return registry::kMaxMembers * kBookkeeping; }
  RefTime operator()(const registry::Quarantine&) const { return kBookkeeping + kCounting; }
  RefTime operator()(const registry::RegisterCollateral&) const { return (registry::kMaxMembers + 1) * kAppraisal; }
  RefTime operator()(const registry::SetPolicy&) const { return 2 * registry::kMaxMembers * kAppraisal; }
};

}  // namespace

RefTime Pallet::weight_of(const Call& call) { return std::visit(Weigh{}, call); }

}  // namespace substratee::node::runtime::substratee_registry
