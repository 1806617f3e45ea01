#include "core/protocol/query.hpp"

#include "core/crypto/aead.hpp"
#include "core/protocol/hpke_message.hpp"

namespace substratee::protocol {
namespace {

constexpr std::string_view kQueryLabel = "substratee/query/v1";
constexpr std::uint8_t kAnswerVersion = 1;

/// RFC 9458, section 4.4: key and nonce of one answer, from the query's exporter and a fresh response nonce.
struct AnswerKeys {
  crypto::Secret<32> key;
  crypto::Secret<12> nonce;
};

AnswerKeys answer_keys(const FixedBytes<32>& enc, const FixedBytes<32>& response_nonce,
                       const crypto::hpke::Exporter& exporter) {
  const auto secret = exporter.export_secret<32>(as_bytes("substratee/answer/v1"));
  const auto prk = crypto::hkdf_extract(concat(enc, response_nonce), secret.view());
  return {crypto::hkdf_expand_secret<32>(prk.view(), as_bytes("key")),
          crypto::hkdf_expand_secret<12>(prk.view(), as_bytes("nonce"))};
}

}  // namespace

std::string_view to_string(Mode mode) noexcept { return mode == Mode::kAgreed ? "agreed" : "latest"; }

std::string_view to_string(AnswerStatus status) noexcept {
  switch (status) {
    case AnswerStatus::kAnswered: return "answered";
    case AnswerStatus::kNotHere: return "not_here";
    case AnswerStatus::kForbidden: return "forbidden";
    case AnswerStatus::kMalformed: return "malformed";
  }
  return "unknown";
}

Bytes query_message(const SignedQuery& query, const Domain& domain) {
  const auto body = scale::encode(std::tuple{domain.genesis_hash, domain.shard, query.account, query.block_number,
                                             query.block_hash, query.mode, query.query});
  return concat(as_bytes("substratee/signed-query/v1"), body);
}

SignedQuery sign_query(SignedQuery query, const Domain& domain, const primitives::AccountKey& key, Random& random) {
  query.account = key.account();
  query.signature = key.sign(query_message(query, domain), random);
  return query;
}

bool verify_query(const SignedQuery& query, const Domain& domain) {
  return primitives::verify_raw_or_wrapped(query.account, query_message(query, domain), query.signature);
}

Hash256 query_hash(const SealedQuery& query) { return crypto::sha256(scale::encode(query)); }

Result<PendingQuery> seal_query(const SignedQuery& query, const registry::ShieldingKey& key, registry::Epoch epoch,
                                const Domain& domain, Random& random) {
  auto secret = crypto::Secret<32>::draw(random);
  const auto ephemeral = crypto::x25519::KeyPair::from_secret(secret.view());
  auto message = SUBSTRATEE_TRY(seal_message(kQueryLabel, scale::encode(query), key, epoch, domain, {}, ephemeral));
  return PendingQuery{std::move(message.sealed), std::move(message.exporter), std::move(secret)};
}

Result<SignedQuery> reveal_query(const SealedQuery& sealed, std::span<const std::uint8_t, 32> ephemeral,
                                 const registry::ShieldingKey& key, registry::Epoch epoch, const Domain& domain) {
  const auto own = crypto::x25519::KeyPair::from_secret(ephemeral);
  const auto opened = SUBSTRATEE_TRY(open_own_message(kQueryLabel, sealed, own, key, epoch, domain, {}));
  return decode_padded<SignedQuery>(opened.padded.view());
}

Result<OpenedQuery> open_query(const SealedQuery& sealed, const crypto::x25519::KeyPair& shielding,
                               registry::Epoch epoch, const Domain& domain) {
  auto opened = SUBSTRATEE_TRY(open_message(kQueryLabel, sealed, shielding, epoch, domain, {}));
  auto query = SUBSTRATEE_TRY(decode_padded<SignedQuery>(opened.padded.view()));
  return OpenedQuery{std::move(query), std::move(opened.exporter)};
}

Bytes answer_message(const Answer& answer, const Domain& domain) {
  const auto body =
      scale::encode(std::tuple{domain.genesis_hash, domain.shard, answer.query_hash, answer.mode, answer.block_number,
                               answer.block_hash, answer.state_cid, answer.status, answer.value});
  return concat(as_bytes("substratee/answer/v1"), body);
}

Bytes seal_answer(const Answer& answer, const FixedBytes<32>& enc, const crypto::hpke::Exporter& exporter,
                  Random& random) {
  const auto response_nonce = random.draw<32>();
  const auto keys = answer_keys(enc, response_nonce, exporter);
  auto plaintext = scale::encode(answer);
  pad(plaintext);
  const crypto::WipedBytes padded(std::move(plaintext));
  Bytes out{kAnswerVersion};
  append(out, response_nonce);
  append(out, crypto::chacha20_poly1305_seal(keys.key.view(), keys.nonce.view(), {}, padded.view()));
  return out;
}

Result<Answer> open_answer(ByteView sealed, const PendingQuery& pending, const Domain& domain) {
  if (sealed.size() < 33 || sealed[0] != kAnswerVersion) return std::unexpected(Error::kMalformed);
  const auto response_nonce = *FixedBytes<32>::from(sealed.subspan(1, 32));
  const auto keys = answer_keys(pending.sealed.enc, response_nonce, pending.exporter);
  const auto padded = SUBSTRATEE_TRY_OR(
      Error::kNotForUs, crypto::chacha20_poly1305_open(keys.key.view(), keys.nonce.view(), {}, sealed.subspan(33)));
  auto answer = SUBSTRATEE_TRY(decode_padded<Answer>(padded.view()));
  if (answer.query_hash != query_hash(pending.sealed)) return std::unexpected(Error::kMismatch);
  if (!crypto::ed25519::verify(answer.enclave, answer_message(answer, domain), answer.signature)) {
    return std::unexpected(Error::kBadSignature);
  }
  return answer;
}

}  // namespace substratee::protocol
