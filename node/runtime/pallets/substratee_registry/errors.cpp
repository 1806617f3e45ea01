#include "node/runtime/pallets/substratee_registry/pallet.hpp"

namespace substratee::node::runtime::substratee_registry {

std::string_view Pallet::docs_of(Error error) {
  switch (error) {
    case Error::kEvidenceTooLarge: return "The evidence is larger than 16 KiB.";
    case Error::kUrlInvalid: return "A URL is not of the form that clients and workers can use.";
    case Error::kEvidenceRefused: return "The evidence does not verify.";
    case Error::kAccountMismatch: return "The evidence is for another account than the sender's.";
    case Error::kStaleEvidence: return "The evidence names a block that is too old or not of this chain.";
    case Error::kWrongMeasurement: return "The enclave's measurement is not allowed, on this chain or in this shard.";
    case Error::kPolicyRefused: return "The chain's policy, or the shard's charter, does not accept this evidence.";
    case Error::kTooManyRegistrations: return "This block has verified as much evidence as it may; try again.";
    case Error::kTooManyMembers: return "The shard is full.";
    case Error::kNotRegistered: return "The sender is not a registered enclave.";
    case Error::kWrongInstance: return "The enclave registered again since, as another instance.";
    case Error::kUnknownShard: return "There is no such shard.";
    case Error::kNoKey: return "The shard is not founded yet: there is no key to seal calls to.";
    case Error::kAlreadyFounded: return "The shard is founded already.";
    case Error::kNotTopLevel: return "call_worker must be the call of a signed extrinsic itself.";
    case Error::kBacklog: return "Too many blocks of the shard wait for agreement; try again later.";
    case Error::kSealedCallTooLarge: return "The sealed call is larger than 16 KiB.";
    case Error::kUnknownBlock: return "The block has no work for this shard, or is forgotten.";
    case Error::kWrongBlockHash: return "The block of this number has another hash.";
    case Error::kAlreadyConfirmed: return "The member has confirmed this block.";
    case Error::kNotAMember: return "The sender is not a member of the shard.";
    case Error::kQuarantined: return "The member or its platform is quarantined.";
    case Error::kExpired: return "The member's registration has ended; it must register again.";
    case Error::kNotActive: return "Only an Active member may do this.";
    case Error::kUnknownEpoch: return "There is no such epoch of the shard's key.";
    case Error::kReleaseRefused: return "Keys may not go to this member.";
    case Error::kAlreadyExists: return "It stands there already.";
    case Error::kUnknownMeasurement: return "The measurement is not among the allowed ones.";
    case Error::kOutOfOrder: return "An earlier block of the shard has to be confirmed first.";
    case Error::kTooManyMeasurements: return "No more measurements can be allowed.";
    case Error::kMissingCollateral: return "The chain lacks collateral that this evidence rests on.";
    case Error::kCollateralRefused: return "The collateral does not verify under the policy's roots.";
    case Error::kOlderCollateral: return "What stands on the chain is newer.";
    case Error::kSameCollateral: return "This collateral stands on the chain already.";
    case Error::kTooManyCollateral: return "This block has verified as much collateral as it may; try again.";
  }
  return {};
}

}  // namespace substratee::node::runtime::substratee_registry
