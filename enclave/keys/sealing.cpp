#include "enclave/keys/sealing.hpp"

#include "core/base/check.hpp"
#include "core/crypto/aead.hpp"
#include "core/crypto/kdf.hpp"
#include "core/protocol/padding.hpp"

#include <string>

namespace substratee::enclave::keys {
namespace {

constexpr std::string_view kMagic = "SBSTSEAL";
constexpr std::uint8_t kFormat = 1;

/// What stands in clear behind magic and format.
struct Header {
  scale::BoundedText<64> name;
  std::uint64_t version = 0;
  Hash256 genesis_hash;
  SUBSTRATEE_FIELDS(Header, name, version, genesis_hash)
};

Bytes write_header(const Header& header) {
  scale::Encoder out;
  out.raw(as_bytes(kMagic));
  out.byte(kFormat);
  scale::encode_to(out, header);
  return std::move(out).take();
}

/// Reads the header and leaves `sealed` at what follows it.
Result<Header> read_header(ByteView& sealed) {
  scale::Decoder in(sealed);
  const auto magic = SUBSTRATEE_TRY_OR(Error::kCorrupt, in.raw(kMagic.size()));
  const auto format = SUBSTRATEE_TRY_OR(Error::kCorrupt, in.byte());
  if (as_text(magic) != kMagic || format != kFormat) return std::unexpected(Error::kCorrupt);
  auto header = SUBSTRATEE_TRY_OR(Error::kCorrupt, scale::decode_from<Header>(in));
  sealed = in.rest();
  return header;
}

crypto::Secret<64> blob_key(std::string_view name, const crypto::Secret<32>& sealing_key) {
  return crypto::derive<64>(sealing_key.view(), concat(as_bytes("substratee/sealed-blob/v1"), as_bytes(name)));
}

// Room for the padding is made before the secret is copied: growing would leave a copy behind that nobody wipes.
crypto::WipedBytes padded(ByteView plaintext) {
  Bytes bytes;
  bytes.reserve(plaintext.size() + protocol::kPaddingMultiple);
  append(bytes, plaintext);
  protocol::pad(bytes);
  return crypto::WipedBytes(std::move(bytes));
}

}  // namespace

std::string_view to_string(Error error) noexcept {
  switch (error) {
    case Error::kCorrupt: return "the sealed blob does not open: changed bytes, another platform or another program";
    case Error::kOtherChain: return "the sealed blob belongs to another chain";
    case Error::kOtherName: return "the sealed blob is not the one, or not the version, that was named";
    case Error::kNoKey:
      return "this platform has no sealing key, so the blob is of another platform; use an empty --base-path";
  }
  return "unknown error";
}

protocol::Blob seal(std::string_view name, std::uint64_t version, const Hash256& genesis_hash, ByteView plaintext,
                    const crypto::Secret<32>& sealing_key) {
  const scale::BoundedText<64> bounded_name{std::string(name)};
  Bytes sealed = write_header({bounded_name, version, genesis_hash});
  const auto text = padded(plaintext);
  const auto ciphertext = crypto::aes_siv_seal(blob_key(name, sealing_key).view(), sealed, text.view());
  append(sealed, ciphertext);
  return {bounded_name, version, {std::move(sealed)}};
}

Result<crypto::WipedBytes> unseal(const protocol::Blob& blob, const Hash256& genesis_hash,
                                  const crypto::Secret<32>& sealing_key) {
  const ByteView whole = blob.sealed.value;
  ByteView ciphertext = whole;
  const auto header = SUBSTRATEE_TRY(read_header(ciphertext));
  if (header.genesis_hash != genesis_hash) return std::unexpected(Error::kOtherChain);
  if (header.name != blob.name || header.version != blob.version) return std::unexpected(Error::kOtherName);
  const ByteView associated = whole.first(whole.size() - ciphertext.size());
  const auto text = SUBSTRATEE_TRY_OR(
      Error::kCorrupt, crypto::aes_siv_open(blob_key(header.name.value, sealing_key).view(), associated, ciphertext));
  const auto plaintext = protocol::unpad(text.view());
  if (!plaintext) return std::unexpected(Error::kCorrupt);
  return crypto::WipedBytes(to_bytes(*plaintext));
}

}  // namespace substratee::enclave::keys
