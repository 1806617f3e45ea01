#pragma once

/// Every message between a worker's host and its enclave, in one place (docs/protocol.md, "Host and enclave").
///
/// Frame = u32 LE size (≤ 8 MiB) ‖ SCALE{version u8, id u64, message}. The host asks, the enclave answers, in order,
/// exactly once; it never calls out. What it lacks it names in a Need; the host supplies it (Supply*, Stored) and asks
/// again. All that the host brings is hostile until checked; all that leaves is public, sealed or encrypted.

#include "core/primitives/header.hpp"
#include "core/protocol/limits.hpp"
#include "core/protocol/query.hpp"
#include "core/registry/journal.hpp"

namespace substratee::protocol {

inline constexpr std::uint8_t kFrameVersion = 1;
inline constexpr std::size_t kMaxBlocksPerImport = 256;

// --- What travels -----------------------------------------------------------------------------------------------

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

// --- Requests ---------------------------------------------------------------------------------------------------

/// The first request. `blobs`: all that the host kept. Reply: Started, or Need store/proofs.
struct Start {
  static constexpr std::uint8_t kScaleIndex = 0;
  Bytes genesis_header;
  registry::ShardId shard;
  scale::Bounded<std::vector<Blob>, 64> blobs;
  SUBSTRATEE_FIELDS(Start, genesis_header, shard, blobs)
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
/// Blocks of the state that a Need named. Reply: Done.
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
/// Final blocks behind the enclave's head, in order. Reply: Status.
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
/// A signed register_enclave with fresh evidence at the enclave's head. Reply: Extrinsic.
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
/// A sealed query of a client. Reply: SealedAnswer, Need receipts, or Refused.
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
  scale::BoundedBytes<4 * 1024 * 1024> sealed;  ///< empty: the host has none
  SUBSTRATEE_FIELDS(SupplyReceipts, block, sealed)
  friend bool operator==(const SupplyReceipts&, const SupplyReceipts&) = default;
};
/// Reply: ShieldingKeyAnswer, or Refused while there is no key.
struct GetShieldingKey {
  static constexpr std::uint8_t kScaleIndex = 19;
  SUBSTRATEE_FIELDS(GetShieldingKey)
  friend bool operator==(const GetShieldingKey&, const GetShieldingKey&) = default;
};

using Request =
    std::variant<Start, SupplyProof, SupplyState, Stored, ImportBlocks, GetStatus, ComposeRegistration, ComposeFounding,
                 ComposeConfirmation, ComposeUnregistration, JoinBegin, ProvideBegin, TlsInput, TlsClose,
                 ComposeRelease, LoadState, TakeOutputs, ExecuteQuery, SupplyReceipts, GetShieldingKey>;

// --- Replies ----------------------------------------------------------------------------------------------------

struct Started {
  static constexpr std::uint8_t kScaleIndex = 0;
  registry::AccountId account;
  registry::EncryptionKey encryption_key;
  registry::Instance instance;
  registry::Measurement measurement;
  attestation::Kind kind{};
  bool hardware = false;
  primitives::BlockHash genesis_hash;
  scale::BoundedText<64> stf;
  SUBSTRATEE_FIELDS(Started, account, encryption_key, instance, measurement, kind, hardware, genesis_hash, stf)
  friend bool operator==(const Started&, const Started&) = default;
};
struct Done {
  static constexpr std::uint8_t kScaleIndex = 1;
  SUBSTRATEE_FIELDS(Done)
  friend bool operator==(const Done&, const Done&) = default;
};

/// Read proofs of these keys against the state of that block (the enclave's verified head, or genesis).
struct NeedProofs {
  static constexpr std::uint8_t kScaleIndex = 0;
  primitives::BlockHash block_hash;
  scale::Bounded<std::vector<Bytes>, 1024> keys;
  SUBSTRATEE_FIELDS(NeedProofs, block_hash, keys)
  friend bool operator==(const NeedProofs&, const NeedProofs&) = default;
};
/// Final blocks up to `number`.
struct NeedBlocks {
  static constexpr std::uint8_t kScaleIndex = 1;
  primitives::BlockNumber number = 0;
  SUBSTRATEE_FIELDS(NeedBlocks, number)
  friend bool operator==(const NeedBlocks&, const NeedBlocks&) = default;
};
/// Blocks of the state's DAG below `root`.
struct NeedState {
  static constexpr std::uint8_t kScaleIndex = 2;
  registry::StateCid root;
  scale::Bounded<std::vector<Bytes>, 512> cids;
  SUBSTRATEE_FIELDS(NeedState, root, cids)
  friend bool operator==(const NeedState&, const NeedState&) = default;
};
struct NeedStore {
  static constexpr std::uint8_t kScaleIndex = 3;
  Blob blob;
  SUBSTRATEE_FIELDS(NeedStore, blob)
  friend bool operator==(const NeedStore&, const NeedStore&) = default;
};
struct NeedReceipts {
  static constexpr std::uint8_t kScaleIndex = 4;
  primitives::BlockNumber block = 0;
  SUBSTRATEE_FIELDS(NeedReceipts, block)
  friend bool operator==(const NeedReceipts&, const NeedReceipts&) = default;
};
struct Need {
  static constexpr std::uint8_t kScaleIndex = 2;
  std::variant<NeedProofs, NeedBlocks, NeedState, NeedStore, NeedReceipts> what;
  SUBSTRATEE_FIELDS(Need, what)
  friend bool operator==(const Need&, const Need&) = default;
};

/// Where the enclave stands in its shard.
enum class Phase : std::uint8_t {
  kFollowing,     ///< verifies the chain; its own registration is not on it (or not of this instance)
  kUnfounded,     ///< registered; the shard has no key: ComposeFounding
  kFoundingSent,  ///< has a sealed secret; waits for its founding, or for somebody else's
  kJoining,       ///< registered; the shard has a key and this enclave has not: JoinBegin
  kLoading,       ///< has the keys; the state is not open: LoadState
  kLive,          ///< processes every block
  kQuarantined,   ///< the chain quarantined it; it serves nothing
  kReplaced,      ///< another instance is registered under its account: memory is wiped, it stops
  kWaiting,       ///< nothing to do but to follow (e.g. a joiner while nothing is agreed)
  kKeyLost,       ///< founded the shard, nothing is agreed, and the key is gone: ComposeUnregistration
};
constexpr Phase scale_last(Phase) { return Phase::kKeyLost; }
[[nodiscard]] std::string_view to_string(Phase phase) noexcept;

/// What became of one block with work, for the host's log and summary. How its calls ended is not the host's to know.
struct Processed {
  primitives::BlockNumber block = 0;
  primitives::BlockHash block_hash;
  Hash256 receipts_root;
  registry::StateCid state_cid;
  std::uint32_t calls = 0;
  SUBSTRATEE_FIELDS(Processed, block, block_hash, receipts_root, state_cid, calls)
  friend bool operator==(const Processed&, const Processed&) = default;
};
struct Status {
  static constexpr std::uint8_t kScaleIndex = 3;
  Phase phase{};
  primitives::BlockNumber head = 0;
  primitives::BlockHash head_hash;
  std::optional<registry::MemberStatus> member;   ///< own status, by journal
  std::optional<primitives::BlockNumber> agreed;  ///< newest agreed block, by journal
  std::optional<registry::StateCid> root;         ///< of the open state
  registry::Epoch epoch = 0;
  bool has_outputs = false;
  bool has_confirmation = false;                                          ///< ComposeConfirmation would give one
  scale::Bounded<std::vector<Processed>, kMaxBlocksPerImport> processed;  ///< by this request
  SUBSTRATEE_FIELDS(Status, phase, head, head_hash, member, agreed, root, epoch, has_outputs, has_confirmation,
                    processed)
  friend bool operator==(const Status&, const Status&) = default;
};
struct Extrinsic {
  static constexpr std::uint8_t kScaleIndex = 4;
  Bytes wire;
  primitives::BlockNumber subject = 0;  ///< the confirmed block; 0 for other calls
  primitives::BlockNumber valid_until = 0;
  SUBSTRATEE_FIELDS(Extrinsic, wire, subject, valid_until)
  friend bool operator==(const Extrinsic&, const Extrinsic&) = default;
};

enum class TlsPhase : std::uint8_t {
  kHandshake,
  kReleaseDue,   ///< provider: ask ComposeRelease and submit it
  kReleaseSent,  ///< provider: waits for the entry to be final; joiner: waits for keys
  kDone,         ///< keys sent / received
};
constexpr TlsPhase scale_last(TlsPhase) { return TlsPhase::kDone; }
struct Tls {
  static constexpr std::uint8_t kScaleIndex = 5;
  std::uint64_t session = 0;
  TlsPhase phase{};
  scale::BoundedBytes<kMaxTlsBytes> bytes;  ///< to the peer
  bool more = false;                        ///< ask again: more bytes wait
  std::optional<registry::AccountId> peer;  ///< once it is authenticated
  SUBSTRATEE_FIELDS(Tls, session, phase, bytes, more, peer)
  friend bool operator==(const Tls&, const Tls&) = default;
};
struct SealedReceipts {
  primitives::BlockNumber block = 0;
  scale::BoundedBytes<4 * 1024 * 1024> sealed;
  SUBSTRATEE_FIELDS(SealedReceipts, block, sealed)
  friend bool operator==(const SealedReceipts&, const SealedReceipts&) = default;
};
struct Outputs {
  static constexpr std::uint8_t kScaleIndex = 6;
  std::vector<StateBlock> blocks;
  std::vector<SealedReceipts> receipts;
  std::optional<registry::StateCid> root;  ///< complete once these are stored
  bool more = false;
  SUBSTRATEE_FIELDS(Outputs, blocks, receipts, root, more)
  friend bool operator==(const Outputs&, const Outputs&) = default;
};
struct SealedAnswer {
  static constexpr std::uint8_t kScaleIndex = 7;
  Bytes sealed;
  SUBSTRATEE_FIELDS(SealedAnswer, sealed)
  friend bool operator==(const SealedAnswer&, const SealedAnswer&) = default;
};
struct ShieldingKeyAnswer {
  static constexpr std::uint8_t kScaleIndex = 8;
  registry::ShieldingKey key;
  registry::Epoch epoch = 0;
  registry::AccountId enclave;
  FixedBytes<64> signature;  ///< over shielding_key_message
  SUBSTRATEE_FIELDS(ShieldingKeyAnswer, key, epoch, enclave, signature)
  friend bool operator==(const ShieldingKeyAnswer&, const ShieldingKeyAnswer&) = default;
};

/// Why the enclave refuses a request. Each has a test that asserts it.
enum class Refusal : std::uint8_t {
  kMalformedFrame,  ///< the frame does not decode
  kWrongVersion,
  kNotStarted,  ///< a request before Start
  kAlreadyStarted,
  kWrongChain,       ///< a sealed blob of another chain
  kCorruptBlob,      ///< a sealed blob that does not open, or the wrong set of blobs
  kBadHeader,        ///< a header that does not parse, follow, or carry its seal
  kBadJournal,       ///< not the journal that the header names
  kUnknownEngine,    ///< the genesis names an engine that this build does not know
  kBadProof,         ///< a read proof that does not verify, or of another header
  kUnexpected,       ///< not what was needed
  kWrongPhase,       ///< not now: see Status
  kCharterRefused,   ///< measurement or platform does not satisfy the charter
  kCharterMismatch,  ///< the provider's charter is not the one on the chain
  kPeerRefused,      ///< the peer's evidence or registry entry does not hold
  kPeerNotActive,    ///< the provider is not an Active member
  kSelfConnection,
  kTlsFailed,
  kTooManySessions,
  kUnknownSession,
  kSessionExpired,
  kReleaseMissing,  ///< the release is not on the chain within the session's life
  kWrongKey,        ///< the secret received does not give the chain's shielding key
  kBadState,        ///< a block of the state that does not open or fit
  kNoKey,
  kBadQuery,       ///< does not open or is not signed by its account
  kBehind,         ///< the query names a block that this enclave has not verified
  kStoreMismatch,  ///< Stored names another blob than the one that waits
  kStopped,        ///< replaced or quarantined: nothing is served
};
constexpr Refusal scale_last(Refusal) { return Refusal::kStopped; }
[[nodiscard]] std::string_view to_string(Refusal refusal) noexcept;

struct Refused {
  static constexpr std::uint8_t kScaleIndex = 9;
  Refusal reason{};
  scale::BoundedText<256> detail;  ///< for people; never secret
  SUBSTRATEE_FIELDS(Refused, reason, detail)
  friend bool operator==(const Refused&, const Refused&) = default;
};

using Reply =
    std::variant<Started, Done, Need, Status, Extrinsic, Tls, Outputs, SealedAnswer, ShieldingKeyAnswer, Refused>;

template <class Message>
struct Frame {
  std::uint8_t version = kFrameVersion;
  std::uint64_t id = 0;
  Message message;
  SUBSTRATEE_FIELDS(Frame, version, id, message)
  friend bool operator==(const Frame&, const Frame&) = default;
};
using RequestFrame = Frame<Request>;
using ReplyFrame = Frame<Reply>;

/// "substratee/shielding-key/v1" ‖ SCALE{genesis, shard, epoch, key}.
[[nodiscard]] Bytes shielding_key_message(const Domain& domain, registry::Epoch epoch,
                                          const registry::ShieldingKey& key);

}  // namespace substratee::protocol
