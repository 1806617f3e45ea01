#pragma once

/// Queries and answers: signed by the account, sealed to the shard, answered for the asker alone and signed by the
/// enclave (docs/protocol.md, "Queries"; answers after RFC 9458, section 4.4).

#include "core/crypto/ed25519.hpp"
#include "core/protocol/call.hpp"
#include "core/protocol/receipt.hpp"

namespace substratee::protocol {

enum class Mode : std::uint8_t { kAgreed, kLatest };
constexpr Mode scale_last(Mode) { return Mode::kLatest; }
[[nodiscard]] std::string_view to_string(Mode mode) noexcept;

/// The account's next nonce: u32.
struct AskNonce {
  static constexpr std::uint8_t kScaleIndex = 0;
  SUBSTRATEE_FIELDS(AskNonce)
  friend bool operator==(const AskNonce&, const AskNonce&) = default;
};
/// The receipt of one call: ReceiptAnswer.
struct AskReceipt {
  static constexpr std::uint8_t kScaleIndex = 1;
  BlockNumber block = 0;
  std::uint32_t index = 0;
  SUBSTRATEE_FIELDS(AskReceipt, block, index)
  friend bool operator==(const AskReceipt&, const AskReceipt&) = default;
};
/// A query of the shard's state transition function.
struct AskState {
  static constexpr std::uint8_t kScaleIndex = 2;
  scale::BoundedBytes<1024> query;
  SUBSTRATEE_FIELDS(AskState, query)
  friend bool operator==(const AskState&, const AskState&) = default;
};
using Query = std::variant<AskNonce, AskReceipt, AskState>;

struct ReceiptAnswer {
  ReceiptLeaf leaf;
  std::uint32_t leaf_count = 0;
  std::vector<Hash256> path;
  SUBSTRATEE_FIELDS(ReceiptAnswer, leaf, leaf_count, path)
  friend bool operator==(const ReceiptAnswer&, const ReceiptAnswer&) = default;
};

struct SignedQuery {
  AccountId account;
  BlockNumber block_number = 0;  ///< a final block that the client has seen
  BlockHash block_hash;
  Mode mode{};
  Query query;
  primitives::MultiSignature signature;
  SUBSTRATEE_FIELDS(SignedQuery, account, block_number, block_hash, mode, query, signature)
  friend bool operator==(const SignedQuery&, const SignedQuery&) = default;
};

/// "substratee/signed-query/v1" ‖ SCALE{genesis, shard, account, block_number, block_hash, mode, query}.
[[nodiscard]] Bytes query_message(const SignedQuery& query, const Domain& domain);
/// Signs `query` as it stands with `key`; sets account and signature.
[[nodiscard]] SignedQuery sign_query(SignedQuery query, const Domain& domain, const primitives::AccountKey& key,
                                     Random& random);
[[nodiscard]] bool verify_query(const SignedQuery& query, const Domain& domain);

/// Sealed like a call, with info "substratee/query/v1" and empty aad. Same wire form.
using SealedQuery = registry::SealedCall;
[[nodiscard]] Hash256 query_hash(const SealedQuery& query);  ///< SHA-256 of SCALE(sealed query)

/// What the asker keeps: to open the answer, and to show later what was asked.
struct PendingQuery {
  SealedQuery sealed;
  crypto::hpke::Exporter exporter;
  crypto::Secret<32> ephemeral;  ///< X25519; whoever has it reads this query and its answer, nothing else
};
[[nodiscard]] Result<PendingQuery> seal_query(const SignedQuery& query, const registry::ShieldingKey& key,
                                              registry::Epoch epoch, const Domain& domain, Random& random);
/// What a sealed query asks, shown by its asker: the ephemeral secret opens it and nobody can make up another content
/// for it. kNotForUs unless it is this query's. Does not check the signature.
[[nodiscard]] Result<SignedQuery> reveal_query(const SealedQuery& sealed, std::span<const std::uint8_t, 32> ephemeral,
                                               const registry::ShieldingKey& key, registry::Epoch epoch,
                                               const Domain& domain);
struct OpenedQuery {
  SignedQuery query;
  crypto::hpke::Exporter exporter;
};
/// Does not check the signature.
[[nodiscard]] Result<OpenedQuery> open_query(const SealedQuery& sealed, const crypto::x25519::KeyPair& shielding,
                                             registry::Epoch epoch, const Domain& domain);

enum class AnswerStatus : std::uint8_t {
  kAnswered,
  kNotHere,    ///< this worker did not process that block; ask another
  kForbidden,  ///< a receipt of somebody else
  kMalformed,  ///< the function does not understand the query
};
constexpr AnswerStatus scale_last(AnswerStatus) { return AnswerStatus::kMalformed; }
[[nodiscard]] std::string_view to_string(AnswerStatus status) noexcept;

struct Answer {
  Mode mode{};
  BlockNumber block_number = 0;  ///< the head at which the enclave answers
  BlockHash block_hash;
  registry::StateCid state_cid;
  AnswerStatus status{};
  scale::BoundedBytes<8 * 1024> value;
  Hash256 query_hash;
  AccountId enclave;
  crypto::ed25519::Signature signature;
  SUBSTRATEE_FIELDS(Answer, mode, block_number, block_hash, state_cid, status, value, query_hash, enclave, signature)
  friend bool operator==(const Answer&, const Answer&) = default;
};

/// "substratee/answer/v1" ‖ SCALE{genesis, shard, SHA-256(sealed query), mode, block_number, block_hash, state_cid,
/// status, value}.
[[nodiscard]] Bytes answer_message(const Answer& answer, const Domain& domain);

/// version u8 = 1 ‖ response nonce [32] ‖ ciphertext, for the asker alone.
[[nodiscard]] Bytes seal_answer(const Answer& answer, const FixedBytes<32>& enc, const crypto::hpke::Exporter& exporter,
                                Random& random);
/// Opens, and checks that it answers this query and that `answer.enclave` signed it. Whether that enclave is
/// registered is the caller's to check on the chain.
[[nodiscard]] Result<Answer> open_answer(ByteView sealed, const PendingQuery& pending, const Domain& domain);

}  // namespace substratee::protocol
