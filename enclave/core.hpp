#pragma once

/// The enclave's inside: what it holds, and one function per request. Private to this folder.

#include "core/registry/calls.hpp"
#include "enclave/chain/proofs.hpp"
#include "enclave/enclave.hpp"
#include "enclave/executor/shard_state.hpp"
#include "enclave/executor/shard_view.hpp"
#include "enclave/keys/blob_keeper.hpp"
#include "enclave/keys/identity.hpp"
#include "enclave/keys/shard_keys.hpp"
#include "enclave/provisioning/sessions.hpp"

namespace substratee::enclave {

class Enclave::Core {
 public:
  /// What a Start brings, verified as far as it can be without the chain.
  [[nodiscard]] static std::expected<std::unique_ptr<Core>, protocol::Refused> make(platform::Platform& platform,
                                                                                    const protocol::Start& start);

  protocol::Reply on(const protocol::Start& request);
  protocol::Reply on(const protocol::SupplyProof& request);
  protocol::Reply on(const protocol::SupplyState& request);
  protocol::Reply on(const protocol::Stored& request);
  protocol::Reply on(const protocol::ImportBlocks& request);
  protocol::Reply on(const protocol::GetStatus& request);
  protocol::Reply on(const protocol::ComposeRegistration& request);
  protocol::Reply on(const protocol::ComposeFounding& request);
  protocol::Reply on(const protocol::ComposeConfirmation& request);
  protocol::Reply on(const protocol::ComposeUnregistration& request);
  protocol::Reply on(const protocol::JoinBegin& request);
  protocol::Reply on(const protocol::ProvideBegin& request);
  protocol::Reply on(const protocol::TlsInput& request);
  protocol::Reply on(const protocol::TlsClose& request);
  protocol::Reply on(const protocol::ComposeRelease& request);
  protocol::Reply on(const protocol::LoadState& request);
  protocol::Reply on(const protocol::TakeOutputs& request);
  protocol::Reply on(const protocol::ExecuteQuery& request);
  protocol::Reply on(const protocol::SupplyReceipts& request);
  protocol::Reply on(const protocol::GetShieldingKey& request);
  protocol::Reply on(const protocol::KeepPlace& request);
  protocol::Reply on(const protocol::ReportEquivocation& request);
  protocol::Reply on(const protocol::ComposeCollateral& request);

  /// Replaced, quarantined, or the chain's authority equivocated: only Status is answered.
  [[nodiscard]] bool is_stopped() const noexcept;

 private:
  Core(platform::Platform& platform, const protocol::Start& start, finality::VerifiedChain chain,
       executor::ShardView view, keys::Identity identity, keys::BlobKeeper blobs, std::optional<keys::ShardKeys> keys);

  // core_blocks.cpp
  void import(const finality::VerifiedBlock& block);
  void close_block();
  [[nodiscard]] std::optional<protocol::Need> catch_up();
  [[nodiscard]] protocol::Status take_status();
  void see_own_membership();
  void see_founding();
  void open_state_if_founder();
  void open_founders_state();
  [[nodiscard]] bool is_founder() const;
  void note_divergence();
  [[nodiscard]] bool process_work();
  [[nodiscard]] protocol::Phase phase() const;
  [[nodiscard]] protocol::Status status() const;
  [[nodiscard]] bool is_registered() const;
  [[nodiscard]] bool has_current_keys() const;
  [[nodiscard]] bool is_live() const { return phase() == protocol::Phase::kLive; }
  [[nodiscard]] const executor::Confirmable* next_confirmation(primitives::BlockNumber above,
                                                               primitives::BlockNumber& block) const;
  void forget_keys();

  // core_place.cpp
  void note_place();
  void stop_for(finality::Equivocation evidence);

  // core_extrinsics.cpp
  [[nodiscard]] protocol::Extrinsic sign(const registry::RegistryCall& call, const protocol::ExtrinsicHints& hints,
                                         primitives::BlockNumber subject = 0);
  [[nodiscard]] std::expected<attestation::Evidence, protocol::Refused> attest(attestation::Purpose purpose,
                                                                               ByteView spki);

  // core_provisioning.cpp
  [[nodiscard]] std::expected<provisioning::Session, protocol::Refused> begin_session(provisioning::Role role);
  [[nodiscard]] protocol::Reply add_session(provisioning::Session session);
  [[nodiscard]] protocol::Reply advance_join(provisioning::Session& session);
  [[nodiscard]] protocol::Reply advance_provision(provisioning::Session& session);
  [[nodiscard]] bool release_still_holds(const registry::KeyReleased& release) const;

  // core_query.cpp
  [[nodiscard]] protocol::Reply answer(const protocol::SealedQuery& sealed, const protocol::OpenedQuery& opened);
  [[nodiscard]] std::optional<protocol::AnswerStatus> answer_receipt(const protocol::SignedQuery& query,
                                                                     const protocol::AskReceipt& ask, Bytes& value);

  platform::Platform& platform_;
  protocol::Domain domain_;
  finality::VerifiedChain chain_;
  chain::Proofs proofs_;
  executor::ShardView view_;
  keys::Identity identity_;
  keys::BlobKeeper blobs_;
  std::optional<keys::ShardKeys> keys_;
  const stf::Transition* transition_ = nullptr;
  state::CacheLimit cache_limit_;  ///< of a paged state
  state::Shape shape_;             ///< of a state that this enclave founds
  std::optional<executor::ShardState> state_;
  std::vector<protocol::FinalBlock> kept_blocks_;  ///< of an import that waits for leaves of the state
  bool is_block_open_ = false;                     ///< the newest block's work is not done yet
  bool is_loaded_ = true;                          ///< all work since the state was opened is done
  std::vector<protocol::Processed> processed_;     ///< since the last Status that told
  provisioning::Sessions sessions_;
  bool was_registered_ = false;  ///< the own registration was final once
  bool is_replaced_ = false;
  bool has_imported_ = false;  ///< a block came since the start
  std::optional<finality::Equivocation> equivocation_;
  std::optional<protocol::Divergence> divergence_;
  /// A place to be sealed, once the work before it is agreed; then the one to be sealed when the host asks.
  struct PlaceDraft {
    Bytes plaintext;
    primitives::BlockNumber newest_work = 0;
  };
  std::optional<PlaceDraft> place_draft_;
  std::optional<Bytes> next_place_;
  bool load_stuck_ = false;  ///< the host could not supply the target: look for a newer one
  primitives::BlockNumber last_composed_ = 0;
  std::optional<std::pair<primitives::BlockNumber, Bytes>> supplied_receipts_;
};

}  // namespace substratee::enclave
