#pragma once

/// Account keys from secret URIs: "//Alice", "<phrase>//hard/soft", "0x<32-byte seed>//hard".
/// Without a phrase: Substrate's public development phrase. No other phrase is read, no BIP39 word list is built in.
/// Vectors: substrate/{sr25519,ed25519,ecdsa}.json.

#include "core/primitives/signature.hpp"

#include <string_view>
#include <variant>

namespace substratee::primitives {

enum class Scheme : std::uint8_t { kEd25519, kSr25519, kEcdsa };
constexpr Scheme scale_last(Scheme) { return Scheme::kEcdsa; }

/// A signing account. Its key is secret.
class AccountKey {
 public:
  /// kBadEncoding for a malformed URI or a number above 64 bits; kUnsupported for a soft junction where the scheme has
  /// none, for a password, or for a phrase other than the development phrase; kBadKey for an ECDSA seed off the group.
  [[nodiscard]] static crypto::Result<AccountKey> from_uri(std::string_view uri, Scheme scheme, Random& random);
  [[nodiscard]] static AccountKey from_ed25519_seed(std::span<const std::uint8_t, 32> seed) noexcept;

  [[nodiscard]] Scheme scheme() const noexcept { return static_cast<Scheme>(key_.index()); }
  [[nodiscard]] AccountId account() const noexcept;
  [[nodiscard]] MultiSignature sign(ByteView message, Random& random) const;

 private:
  using Key = std::variant<crypto::ed25519::KeyPair, crypto::sr25519::KeyPair, crypto::ecdsa::KeyPair>;
  explicit AccountKey(Key key) noexcept : key_(std::move(key)) {}
  Key key_;
};

}  // namespace substratee::primitives
