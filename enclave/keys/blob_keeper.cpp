#include "enclave/keys/blob_keeper.hpp"

#include "core/crypto/hash.hpp"

namespace substratee::enclave::keys {

Result<crypto::WipedBytes> BlobKeeper::open(const protocol::Blob& blob) {
  if (!sealing_key_) return std::unexpected(Error::kNoKey);
  auto plaintext = SUBSTRATEE_TRY(unseal(blob, genesis_hash_, *sealing_key_));
  versions_[blob.name.value] = blob.version;
  return plaintext;
}

void BlobKeeper::put(std::string_view name, ByteView plaintext) {
  if (!sealing_key_) return;
  const std::string key(name);
  const auto version = ++versions_[key];
  waiting_.insert_or_assign(key, seal(name, version, genesis_hash_, plaintext, *sealing_key_));
}

bool BlobKeeper::stored(std::string_view name, std::uint64_t version, const Hash256& sha256) {
  const auto found = waiting_.find(name);
  if (found == waiting_.end()) return false;
  if (found->second.version != version || crypto::sha256(found->second.sealed.value) != sha256) return false;
  waiting_.erase(found);
  return true;
}

const protocol::Blob* BlobKeeper::waiting(std::string_view name) const noexcept {
  const auto found = waiting_.find(name);
  return found == waiting_.end() ? nullptr : &found->second;
}

}  // namespace substratee::enclave::keys
