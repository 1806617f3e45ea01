#include "core/crypto/kdf.hpp"

#include "core/crypto/hmac.hpp"

namespace substratee::crypto {

Hash256 hmac_sha256(ByteView key, ByteView data) noexcept {
  Hash256 out;
  detail::HmacSha256 mac(key);
  mac.update(data);
  mac.finish(out.bytes);
  return out;
}

Secret<32> hkdf_extract(ByteView salt, ByteView input_key) noexcept {
  Secret<32> out;
  detail::hkdf_extract_parts(salt, {input_key}, out.mutable_view());
  return out;
}

void hkdf_expand(ByteView pseudo_random_key, ByteView info, MutableByteView out) noexcept {
  detail::hkdf_expand_parts(pseudo_random_key, {info}, out);
}

}  // namespace substratee::crypto
