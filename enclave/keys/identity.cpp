#include "enclave/keys/identity.hpp"

namespace substratee::enclave::keys {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kSealedSize = 1 + 32 + 32;

}  // namespace

Identity::Identity(crypto::Secret<32> seed, crypto::Secret<32> encryption_secret, registry::Instance instance)
    : seed_(std::move(seed)),
      encryption_secret_(std::move(encryption_secret)),
      signing_(crypto::ed25519::KeyPair::from_seed(seed_.view())),
      encryption_(crypto::x25519::KeyPair::from_secret(encryption_secret_.view())),
      instance_(instance) {}

Identity Identity::draw(Random& random) {
  auto seed = crypto::Secret<32>::draw(random);
  auto encryption_secret = crypto::Secret<32>::draw(random);
  return {std::move(seed), std::move(encryption_secret), random.draw<registry::Instance::kSize>()};
}

Result<Identity> Identity::from_sealed(ByteView plaintext, Random& random) {
  if (plaintext.size() != kSealedSize || plaintext[0] != kVersion) return std::unexpected(Error::kCorrupt);
  return Identity(*crypto::Secret<32>::from(plaintext.subspan(1, 32)),
                  *crypto::Secret<32>::from(plaintext.subspan(33, 32)), random.draw<registry::Instance::kSize>());
}

crypto::WipedBytes Identity::to_sealed() const {
  Bytes out;
  out.reserve(kSealedSize);
  out.push_back(kVersion);
  append(out, seed_.view());
  append(out, encryption_secret_.view());
  return crypto::WipedBytes(std::move(out));
}

}  // namespace substratee::enclave::keys
