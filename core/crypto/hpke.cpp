#include "core/crypto/hpke.hpp"

#include "core/base/result.hpp"
#include "core/crypto/aead.hpp"
#include "core/crypto/hmac.hpp"

namespace substratee::crypto::hpke {
namespace {

// RFC 9180, 4.1 and 5.1: kem_id 0x0020, kdf_id 0x0001, aead_id 0x0003.
constexpr std::array<std::uint8_t, 5> kKemSuite{'K', 'E', 'M', 0x00, 0x20};
constexpr std::array<std::uint8_t, 10> kHpkeSuite{'H', 'P', 'K', 'E', 0x00, 0x20, 0x00, 0x01, 0x00, 0x03};
constexpr std::uint8_t kModeBase = 0;

ByteView version() noexcept { return as_bytes("HPKE-v1"); }

void labeled_extract(ByteView suite, ByteView salt, std::string_view label, ByteView input_key,
                     std::span<std::uint8_t, 32> out) noexcept {
  detail::hkdf_extract_parts(salt, {version(), suite, as_bytes(label), input_key}, out);
}

void labeled_expand(ByteView suite, ByteView pseudo_random_key, std::string_view label, detail::Parts info,
                    MutableByteView out) noexcept {
  const std::array<std::uint8_t, 2> size{static_cast<std::uint8_t>(out.size() >> 8),
                                         static_cast<std::uint8_t>(out.size())};
  // A part that is absent is an empty one.
  std::array<ByteView, 3> parts;
  std::copy(info.begin(), info.end(), parts.begin());
  detail::hkdf_expand_parts(pseudo_random_key, {size, version(), suite, as_bytes(label), parts[0], parts[1], parts[2]},
                            out);
}

// RFC 9180, 4.1 ExtractAndExpand.
void shared_secret(const Secret<32>& agreed, const FixedBytes<32>& enc, const x25519::PublicKey& recipient,
                   std::span<std::uint8_t, 32> out) noexcept {
  Wiped<32> key;
  labeled_extract(kKemSuite, {}, "eae_prk", agreed.view(), key.bytes);
  labeled_expand(kKemSuite, key.bytes, "shared_secret", {enc.bytes, recipient.bytes}, out);
}

// LabeledExtract("", "psk_id_hash", ""): the base mode has no pre-shared key.
const Hash256& empty_psk_id_hash() noexcept {
  static const Hash256 hash = [] {
    Hash256 out;
    labeled_extract(kHpkeSuite, {}, "psk_id_hash", {}, out.bytes);
    return out;
  }();
  return hash;
}

struct Context {
  Wiped<32> key;
  Wiped<12> nonce;
  Secret<32> exporter;
};

// RFC 9180, 5.1 KeySchedule.
void key_schedule(std::span<const std::uint8_t, 32> shared, ByteView info, Context& context) noexcept {
  Hash256 info_hash;
  labeled_extract(kHpkeSuite, {}, "info_hash", info, info_hash.bytes);
  Wiped<32> secret;
  labeled_extract(kHpkeSuite, shared, "secret", {}, secret.bytes);
  const detail::Parts schedule{{&kModeBase, 1}, empty_psk_id_hash().bytes, info_hash.bytes};
  labeled_expand(kHpkeSuite, secret.bytes, "key", schedule, context.key.bytes);
  labeled_expand(kHpkeSuite, secret.bytes, "base_nonce", schedule, context.nonce.bytes);
  labeled_expand(kHpkeSuite, secret.bytes, "exp", schedule, context.exporter.mutable_view());
}

}  // namespace

void Exporter::export_into(ByteView context, MutableByteView out) const noexcept {
  labeled_expand(kHpkeSuite, secret_.view(), "sec", {context}, out);
}

Result<Sealed> seal(const x25519::PublicKey& recipient, ByteView info, ByteView associated, ByteView plaintext,
                    Random& random) {
  return seal_with_ephemeral(x25519::KeyPair::draw(random), recipient, info, associated, plaintext);
}

Result<Sealed> seal_with_ephemeral(const x25519::KeyPair& ephemeral, const x25519::PublicKey& recipient, ByteView info,
                                   ByteView associated, ByteView plaintext) {
  const Secret<32> agreed = SUBSTRATEE_TRY(ephemeral.agree(recipient));
  Wiped<32> shared;
  shared_secret(agreed, ephemeral.public_key(), recipient, shared.bytes);
  Context context;
  key_schedule(shared.bytes, info, context);
  return Sealed{ephemeral.public_key(),
                chacha20_poly1305_seal(context.key.bytes, context.nonce.bytes, associated, plaintext),
                Exporter(std::move(context.exporter))};
}

Result<Opened> open(const x25519::KeyPair& recipient, const FixedBytes<32>& enc, ByteView info, ByteView associated,
                    ByteView ciphertext) {
  const Secret<32> agreed = SUBSTRATEE_TRY(recipient.agree(enc));
  Wiped<32> shared;
  shared_secret(agreed, enc, recipient.public_key(), shared.bytes);
  Context context;
  key_schedule(shared.bytes, info, context);
  return Opened{SUBSTRATEE_TRY(chacha20_poly1305_open(context.key.bytes, context.nonce.bytes, associated, ciphertext)),
                Exporter(std::move(context.exporter))};
}

Result<Opened> open_with_ephemeral(const x25519::KeyPair& ephemeral, const x25519::PublicKey& recipient, ByteView info,
                                   ByteView associated, ByteView ciphertext) {
  const Secret<32> agreed = SUBSTRATEE_TRY(ephemeral.agree(recipient));
  Wiped<32> shared;
  shared_secret(agreed, ephemeral.public_key(), recipient, shared.bytes);
  Context context;
  key_schedule(shared.bytes, info, context);
  return Opened{SUBSTRATEE_TRY(chacha20_poly1305_open(context.key.bytes, context.nonce.bytes, associated, ciphertext)),
                Exporter(std::move(context.exporter))};
}

x25519::KeyPair derive_key_pair(ByteView input_key) noexcept {
  Wiped<32> pseudo_random_key;
  labeled_extract(kKemSuite, {}, "dkp_prk", input_key, pseudo_random_key.bytes);
  Wiped<32> secret;
  labeled_expand(kKemSuite, pseudo_random_key.bytes, "sk", {}, secret.bytes);
  return x25519::KeyPair::from_secret(secret.bytes);
}

}  // namespace substratee::crypto::hpke
