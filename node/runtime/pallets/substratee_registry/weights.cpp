#include "node/runtime/pallets/substratee_registry/pallet.hpp"

/// Declared from measurements (docs/benchmarks.md): genuine evidence takes less than 1 ms cold, an item of collateral
/// less. A block verifies at most four newcomers, four renewals and eight items of collateral: what members that rest
/// on a new item cost is in kBaseBlockWeight.

namespace substratee::node::runtime::substratee_registry {
namespace {

constexpr RefTime kBookkeeping = 50 * kMicrosecond;
constexpr RefTime kAppraisal = kMillisecond;
constexpr RefTime kRefusal = 2 * kMicrosecond;
/// A confirmation or a changed member has the shard's ballots counted again.
constexpr RefTime kCounting = 300 * kMicrosecond;

struct Weigh {
  Rights rights;

  [[nodiscard]] RefTime for_root(RefTime weight) const { return rights == Rights::kRoot ? weight : kRefusal; }

  RefTime operator()(const registry::RegisterEnclave&) const { return kAppraisal + kCounting; }
  RefTime operator()(const registry::UnregisterEnclave&) const { return kBookkeeping + kCounting; }
  RefTime operator()(const registry::FoundShard&) const { return kBookkeeping; }
  /// By the byte: the wire's part is in the extrinsic's own weight, this is the journal's.
  RefTime operator()(const registry::CallWorker& call) const {
    return 20 * kMicrosecond + call.sealed_call.ciphertext.value.size() * kWeightPerByte;
  }
  RefTime operator()(const registry::ConfirmBlock&) const { return kCounting; }
  RefTime operator()(const registry::RecordKeyRelease&) const { return kBookkeeping; }
  RefTime operator()(const registry::RegisterCollateral&) const { return 2 * kAppraisal; }
  RefTime operator()(const registry::AllowMeasurement&) const { return for_root(kBookkeeping); }
  RefTime operator()(const registry::RemoveMeasurement&) const {
    return for_root(registry::kMaxMembers * kBookkeeping);
  }
  RefTime operator()(const registry::Quarantine&) const { return for_root(kBookkeeping + kCounting); }
  RefTime operator()(const registry::SetPolicy&) const { return for_root(2 * registry::kMaxMembers * kAppraisal); }
};

}  // namespace

RefTime Pallet::weight_of(const Call& call, Rights rights) { return std::visit(Weigh{rights}, call); }

}  // namespace substratee::node::runtime::substratee_registry
