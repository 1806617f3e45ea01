#pragma once

/// What an enclave answers its host: public, sealed or encrypted, never secret.
/// Rules of the conversation: enclave_messages.hpp.

#include "core/protocol/enclave_requests.hpp"

namespace substratee::protocol {

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
  primitives::BlockNumber head = 0;  ///< where it goes on: its sealed place, or genesis
  SUBSTRATEE_FIELDS(Started, account, encryption_key, instance, measurement, kind, hardware, genesis_hash, stf, head)
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
  kEquivocation,  ///< the chain's authority sealed two blocks at one height: it serves nothing
};
constexpr Phase scale_last(Phase) { return Phase::kEquivocation; }
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
/// A block for which this enclave computed something else than the shard agreed on.
struct Divergence {
  primitives::BlockNumber block = 0;
  registry::StateCid own_state;
  Hash256 own_receipts;
  registry::StateCid agreed_state;
  Hash256 agreed_receipts;
  SUBSTRATEE_FIELDS(Divergence, block, own_state, own_receipts, agreed_state, agreed_receipts)
  friend bool operator==(const Divergence&, const Divergence&) = default;
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
  bool has_place = false;                                                 ///< KeepPlace would store a newer one
  std::uint32_t quarantined = 0;                                          ///< members of the shard, by journal
  std::optional<Divergence> divergence;                                   ///< the first one
  std::optional<finality::Equivocation> equivocation;                     ///< public: anybody can check it
  scale::Bounded<std::vector<Processed>, kMaxBlocksPerImport> processed;  ///< by this request
  SUBSTRATEE_FIELDS(Status, phase, head, head_hash, member, agreed, root, epoch, has_outputs, has_confirmation,
                    has_place, quarantined, divergence, equivocation, processed)
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
  scale::BoundedBytes<kMaxSealedReceiptsSize> sealed;
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
  /// The block whose receipts were needed: the host puts the public proof of its agreement beside the answer.
  std::optional<primitives::BlockNumber> receipts_of = std::nullopt;
  SUBSTRATEE_FIELDS(SealedAnswer, sealed, receipts_of)
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
  kBadQuery,         ///< does not open or is not signed by its account
  kBehind,           ///< the query names a block that this enclave has not verified
  kStoreMismatch,    ///< Stored names another blob than the one that waits
  kStopped,          ///< replaced, quarantined, or the authority equivocated: nothing is served
  kNotEquivocation,  ///< what was reported is no evidence of it
};
constexpr Refusal scale_last(Refusal) { return Refusal::kNotEquivocation; }
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

}  // namespace substratee::protocol
