#pragma once

/// What a host asks its enclave, and what travels in it. All of it is hostile until checked.
/// Rules of the conversation: enclave_messages.hpp.

#include "core/finality/equivocation.hpp"
#include "core/primitives/header.hpp"
#include "core/protocol/limits.hpp"
#include "core/protocol/query.hpp"
#include "core/registry/journal.hpp"

namespace substratee::protocol {

inline constexpr std::size_t kMaxBlocksPerImport = 256;

/// A sealed blob that the host keeps: name, version (grows by one), sealed bytes. The header of `sealed` carries
/// genesis hash and version in clear.
struct Blob {
  scale::BoundedText<64> name;
  std::uint64_t version = 0;
  scale::BoundedBytes<256 * 1024> sealed;
  SUBSTRATEE_FIELDS(Blob, name, version, sealed)
  friend bool operator==(const Blob&, const Blob&) = default;
};

/// A final block: header, journal, and what makes it final if that is not in the header ("dev": empty).
struct FinalBlock {
  Bytes header;   ///< SCALE Header
  Bytes journal;  ///< SCALE Journal
  Bytes justification;
  SUBSTRATEE_FIELDS(FinalBlock, header, journal, justification)
  friend bool operator==(const FinalBlock&, const FinalBlock&) = default;
};

/// One block of the state's public DAG.
struct StateBlock {
  Bytes cid;  ///< binary CID
  Bytes bytes;
  SUBSTRATEE_FIELDS(StateBlock, cid, bytes)
  friend bool operator==(const StateBlock&, const StateBlock&) = default;
};

/// Hints for an extrinsic of the enclave; wrong ones only make it invalid.
struct ExtrinsicHints {
  primitives::Nonce nonce = 0;
  std::uint32_t spec_version = 0;
  std::uint32_t transaction_version = 0;
  SUBSTRATEE_FIELDS(ExtrinsicHints, nonce, spec_version, transaction_version)
  friend bool operator==(const ExtrinsicHints&, const ExtrinsicHints&) = default;
};

/// The first request. `blobs`: all that the host kept. With `state_cache_mib` the state is paged: the enclave holds an
/// index and so much of a cache, and asks for leaves (Need state) where a block or a query touches others. Reply:
/// Started, or Need store/proofs.
struct Start {
  static constexpr std::uint8_t kScaleIndex = 0;
  Bytes genesis_header;
  registry::ShardId shard;
  scale::Bounded<std::vector<Blob>, 64> blobs;
  std::optional<std::uint32_t> state_cache_mib = std::nullopt;
  bool state_padding = false;     ///< of a founder: padding leaves (enclave/state/FORMAT.md, "Padding and cover")
  std::uint16_t state_cover = 0;  ///< of a founder: cover writes
  SUBSTRATEE_FIELDS(Start, genesis_header, shard, blobs, state_cache_mib, state_padding, state_cover)
  friend bool operator==(const Start&, const Start&) = default;
};
/// Read proof nodes against the state root of `block_hash`. Reply: Done.
struct SupplyProof {
  static constexpr std::uint8_t kScaleIndex = 1;
  primitives::BlockHash block_hash;
  scale::Bounded<std::vector<Bytes>, 4096> nodes;
  SUBSTRATEE_FIELDS(SupplyProof, block_hash, nodes)
  friend bool operator==(const SupplyProof&, const SupplyProof&) = default;
};
/// Blocks of the state that a Need named; others are ignored. Reply: Done.
struct SupplyState {
  static constexpr std::uint8_t kScaleIndex = 2;
  scale::Bounded<std::vector<StateBlock>, 512> blocks;
  SUBSTRATEE_FIELDS(SupplyState, blocks)
  friend bool operator==(const SupplyState&, const SupplyState&) = default;
};
/// The blob of a Need is durable. Reply: Done.
struct Stored {
  static constexpr std::uint8_t kScaleIndex = 3;
  scale::BoundedText<64> name;
  std::uint64_t version = 0;
  Hash256 sha256;
  SUBSTRATEE_FIELDS(Stored, name, version, sha256)
  friend bool operator==(const Stored&, const Stored&) = default;
};
/// Final blocks behind the enclave's head, in order. Reply: Status, or Need state. With a Need those that are not
/// imported yet are kept: repeat with none. Blocks that come while it waits are not looked at.
struct ImportBlocks {
  static constexpr std::uint8_t kScaleIndex = 4;
  scale::Bounded<std::vector<FinalBlock>, kMaxBlocksPerImport> blocks;
  SUBSTRATEE_FIELDS(ImportBlocks, blocks)
  friend bool operator==(const ImportBlocks&, const ImportBlocks&) = default;
};
/// Reply: Status.
struct GetStatus {
  static constexpr std::uint8_t kScaleIndex = 5;
  SUBSTRATEE_FIELDS(GetStatus)
  friend bool operator==(const GetStatus&, const GetStatus&) = default;
};
/// A signed register_enclave with fresh evidence at the enclave's head: the first one, or a renewal. Reply: Extrinsic.
struct ComposeRegistration {
  static constexpr std::uint8_t kScaleIndex = 6;
  registry::Url worker_url;
  registry::Url provisioning_url;
  ExtrinsicHints hints;
  SUBSTRATEE_FIELDS(ComposeRegistration, worker_url, provisioning_url, hints)
  friend bool operator==(const ComposeRegistration&, const ComposeRegistration&) = default;
};
/// A signed found_shard: draws and seals the epoch's secret first. Reply: Extrinsic, or Need proofs/store.
struct ComposeFounding {
  static constexpr std::uint8_t kScaleIndex = 7;
  ExtrinsicHints hints;
  SUBSTRATEE_FIELDS(ComposeFounding, hints)
  friend bool operator==(const ComposeFounding&, const ComposeFounding&) = default;
};
/// A signed confirm_block for the lowest block above `above` that this enclave has processed and the chain has not
/// agreed, or for the newest agreed one while this member is not Active. Reply: Extrinsic or Done (nothing to confirm).
struct ComposeConfirmation {
  static constexpr std::uint8_t kScaleIndex = 8;
  primitives::BlockNumber above = 0;
  ExtrinsicHints hints;
  SUBSTRATEE_FIELDS(ComposeConfirmation, above, hints)
  friend bool operator==(const ComposeConfirmation&, const ComposeConfirmation&) = default;
};
/// A signed unregister_enclave. Reply: Extrinsic.
struct ComposeUnregistration {
  static constexpr std::uint8_t kScaleIndex = 9;
  ExtrinsicHints hints;
  SUBSTRATEE_FIELDS(ComposeUnregistration, hints)
  friend bool operator==(const ComposeUnregistration&, const ComposeUnregistration&) = default;
};
/// Joiner: open a session with the Active member `provider`. Reply: Tls (first bytes to send), or Need proofs.
struct JoinBegin {
  static constexpr std::uint8_t kScaleIndex = 10;
  registry::AccountId provider;
  SUBSTRATEE_FIELDS(JoinBegin, provider)
  friend bool operator==(const JoinBegin&, const JoinBegin&) = default;
};
/// Provider: a peer connected. Reply: Tls.
struct ProvideBegin {
  static constexpr std::uint8_t kScaleIndex = 11;
  SUBSTRATEE_FIELDS(ProvideBegin)
  friend bool operator==(const ProvideBegin&, const ProvideBegin&) = default;
};
/// Bytes from the peer (empty: just look whether there is something to send). Reply: Tls, or Need proofs/blocks/store.
/// With a Need the bytes are kept: repeat with empty `bytes`.
struct TlsInput {
  static constexpr std::uint8_t kScaleIndex = 12;
  std::uint64_t session = 0;
  scale::BoundedBytes<kMaxTlsBytes> bytes;
  SUBSTRATEE_FIELDS(TlsInput, session, bytes)
  friend bool operator==(const TlsInput&, const TlsInput&) = default;
};
/// The connection is gone. Reply: Done.
struct TlsClose {
  static constexpr std::uint8_t kScaleIndex = 13;
  std::uint64_t session = 0;
  SUBSTRATEE_FIELDS(TlsClose, session)
  friend bool operator==(const TlsClose&, const TlsClose&) = default;
};
/// Provider: the signed record_key_release of a session in TlsPhase::kReleaseDue. Reply: Extrinsic.
struct ComposeRelease {
  static constexpr std::uint8_t kScaleIndex = 14;
  std::uint64_t session = 0;
  ExtrinsicHints hints;
  SUBSTRATEE_FIELDS(ComposeRelease, session, hints)
  friend bool operator==(const ComposeRelease&, const ComposeRelease&) = default;
};
/// Open the agreed state (after a join or a restart). Reply: Need proofs, then Need state until it stands, then Status.
struct LoadState {
  static constexpr std::uint8_t kScaleIndex = 15;
  SUBSTRATEE_FIELDS(LoadState)
  friend bool operator==(const LoadState&, const LoadState&) = default;
};
/// New blocks of the state and sealed receipts that the host has to keep before it asks for a confirmation.
/// Reply: Outputs; asked again until empty.
struct TakeOutputs {
  static constexpr std::uint8_t kScaleIndex = 16;
  SUBSTRATEE_FIELDS(TakeOutputs)
  friend bool operator==(const TakeOutputs&, const TakeOutputs&) = default;
};
/// A sealed query of a client. Reply: SealedAnswer, Need receipts/state, or Refused.
struct ExecuteQuery {
  static constexpr std::uint8_t kScaleIndex = 17;
  SealedQuery query;
  SUBSTRATEE_FIELDS(ExecuteQuery, query)
  friend bool operator==(const ExecuteQuery&, const ExecuteQuery&) = default;
};
/// Sealed receipts of a block, for the query that needs them. Reply: Done.
struct SupplyReceipts {
  static constexpr std::uint8_t kScaleIndex = 18;
  primitives::BlockNumber block = 0;
  scale::BoundedBytes<kMaxSealedReceiptsSize> sealed;  ///< empty: the host has none
  SUBSTRATEE_FIELDS(SupplyReceipts, block, sealed)
  friend bool operator==(const SupplyReceipts&, const SupplyReceipts&) = default;
};
/// Reply: ShieldingKeyAnswer, or Refused while there is no key.
struct GetShieldingKey {
  static constexpr std::uint8_t kScaleIndex = 19;
  SUBSTRATEE_FIELDS(GetShieldingKey)
  friend bool operator==(const GetShieldingKey&, const GetShieldingKey&) = default;
};
/// Have the enclave's place on the chain sealed, so that it goes on from there after a restart. Worth asking when
/// Status::has_place says so. Reply: Done, or Need store.
struct KeepPlace {
  static constexpr std::uint8_t kScaleIndex = 20;
  SUBSTRATEE_FIELDS(KeepPlace)
  friend bool operator==(const KeepPlace&, const KeepPlace&) = default;
};
/// Evidence against the chain's authority, from anybody. Reply: Status; from then on nothing is served.
struct ReportEquivocation {
  static constexpr std::uint8_t kScaleIndex = 21;
  finality::Equivocation evidence;
  SUBSTRATEE_FIELDS(ReportEquivocation, evidence)
  friend bool operator==(const ReportEquivocation&, const ReportEquivocation&) = default;
};
/// A signed register_collateral: what the enclave's own evidence rests on, as the host found it at its publisher's.
/// The chain verifies it; the enclave only pays. Reply: Extrinsic.
struct ComposeCollateral {
  static constexpr std::uint8_t kScaleIndex = 22;
  attestation::CollateralItem item;
  ExtrinsicHints hints;
  SUBSTRATEE_FIELDS(ComposeCollateral, item, hints)
  friend bool operator==(const ComposeCollateral&, const ComposeCollateral&) = default;
};

using Request = std::variant<Start, SupplyProof, SupplyState, Stored, ImportBlocks, GetStatus, ComposeRegistration,
                             ComposeFounding, ComposeConfirmation, ComposeUnregistration, JoinBegin, ProvideBegin,
                             TlsInput, TlsClose, ComposeRelease, LoadState, TakeOutputs, ExecuteQuery, SupplyReceipts,
                             GetShieldingKey, KeepPlace, ReportEquivocation, ComposeCollateral>;

}  // namespace substratee::protocol
