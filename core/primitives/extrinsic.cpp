#include "core/primitives/extrinsic.hpp"

#include "core/crypto/hash.hpp"

namespace substratee::primitives {
namespace {

constexpr std::uint8_t kBare = 0x04;
constexpr std::uint8_t kSigned = 0x84;
constexpr std::size_t kLongestPayload = 256;  ///< a longer one is signed by its hash
constexpr std::size_t kSmallestCall = 2;      ///< pallet index and call index

/// What the signed extensions put into the extrinsic, the same in the envelope and in the payload.
void write_extensions(scale::Encoder& out, const Era& era, Nonce nonce, Balance tip) {
  scale::encode_to(out, era);
  out.compact(nonce);
  out.compact(tip);
}

scale::Result<SignedPart> read_signed_part(scale::Decoder& in) {
  SignedPart part;
  part.signer = std::get<AddressId>(SUBSTRATEE_TRY(scale::decode_from<MultiAddress>(in))).account;
  part.signature = SUBSTRATEE_TRY(scale::decode_from<MultiSignature>(in));
  part.era = SUBSTRATEE_TRY(scale::decode_from<Era>(in));
  part.nonce = SUBSTRATEE_TRY(scale::decode_from<scale::Compact<Nonce>>(in)).value;
  part.tip = SUBSTRATEE_TRY(scale::decode_from<scale::Compact<Balance>>(in)).value;
  return part;
}

}  // namespace

Bytes encode_extrinsic(const Extrinsic& extrinsic) {
  scale::Encoder body;
  body.byte(extrinsic.signed_part ? kSigned : kBare);
  if (const auto& part = extrinsic.signed_part) {
    scale::encode_to(body, MultiAddress{AddressId{part->signer}});
    scale::encode_to(body, part->signature);
    write_extensions(body, part->era, part->nonce, part->tip);
  }
  body.raw(extrinsic.call);
  return scale::encode(body.bytes());
}

scale::Result<Extrinsic> decode_extrinsic(ByteView wire) {
  scale::Decoder in(wire);
  const auto size = SUBSTRATEE_TRY(in.compact(scale::kUnbounded));
  if (in.rest().size() < size) return std::unexpected(scale::Error::kTruncated);
  if (in.rest().size() > size) return std::unexpected(scale::Error::kTrailingBytes);

  Extrinsic extrinsic;
  const auto version = SUBSTRATEE_TRY(in.byte());
  if (version != kBare && version != kSigned) return std::unexpected(scale::Error::kUnknownVariant);
  if (version == kSigned) extrinsic.signed_part = SUBSTRATEE_TRY(read_signed_part(in));
  if (in.rest().size() < kSmallestCall) return std::unexpected(scale::Error::kTruncated);
  extrinsic.call = to_bytes(in.rest());
  return extrinsic;
}

Hash256 extrinsic_hash(ByteView wire) noexcept { return crypto::blake2_256(wire); }

Bytes signing_payload(ByteView call, const Era& era, Nonce nonce, Balance tip, const SigningContext& context) {
  scale::Encoder out;
  out.raw(call);
  write_extensions(out, era, nonce, tip);
  scale::encode_to(out, context.spec_version);
  scale::encode_to(out, context.transaction_version);
  scale::encode_to(out, context.genesis_hash);
  scale::encode_to(out, context.checkpoint_hash);
  if (out.bytes().size() > kLongestPayload) return to_bytes(crypto::blake2_256(out.bytes()).bytes);
  return std::move(out).take();
}

Extrinsic sign_extrinsic(Bytes call, const Era& era, Nonce nonce, Balance tip, const SigningContext& context,
                         const AccountKey& key, Random& random) {
  auto signature = key.sign(signing_payload(call, era, nonce, tip, context), random);
  return {.signed_part = SignedPart{key.account(), signature, era, nonce, tip}, .call = std::move(call)};
}

bool verify_extrinsic(const Extrinsic& extrinsic, const SigningContext& context) noexcept {
  const auto& part = extrinsic.signed_part;
  if (!part) return false;
  return verify(part->signer, signing_payload(extrinsic.call, part->era, part->nonce, part->tip, context),
                part->signature);
}

}  // namespace substratee::primitives
