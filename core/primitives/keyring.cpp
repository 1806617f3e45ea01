#include "core/primitives/keyring.hpp"

#include "core/base/hex.hpp"
#include "core/crypto/hash.hpp"

namespace substratee::primitives {
namespace {

using crypto::Error;
using crypto::Result;
using Seed = crypto::Secret<32>;
using ChainCode = FixedBytes<32>;

/// Substrate's development phrase and its mini secret: both are public, whoever uses them has no secret.
constexpr std::string_view kDevelopmentPhrase = "bottom drive obey lake curtain smoke basket hold race lonely fit walk";
constexpr std::string_view kDevelopmentSeed = "fac7959dbfe72f052e5a0c3c8d6530f202b02fd8f9f5ca3580ec8deb7797479e";

struct Junction {
  bool hard;
  ChainCode code;
};

bool is_digit(char character) { return character >= '0' && character <= '9'; }

bool is_word_character(char character) {
  const char lower = static_cast<char>(character | 0x20);
  return is_digit(character) || (lower >= 'a' && lower <= 'z') || character == '_' || character == ' ';
}

/// Nothing above 64 bits: there polkadot.js and Rust derive different keys.
std::optional<std::uint64_t> parse_number(std::string_view digits) {
  u128 value = 0;
  for (const char digit : digits) {
    value = value * 10 + static_cast<unsigned>(digit - '0');
    if (value > std::numeric_limits<std::uint64_t>::max()) return std::nullopt;
  }
  return static_cast<std::uint64_t>(value);
}

/// A number counts as u64, everything else as SCALE text; zero-padded, or hashed when it does not fit.
Result<ChainCode> chain_code(std::string_view name) {
  if (name.empty()) return std::unexpected(Error::kBadEncoding);
  const bool plus = name.front() == '+' && name.size() > 1;
  const bool number = std::ranges::all_of(name.substr(plus ? 1 : 0), is_digit);
  // "+1" is a number to Rust and text to polkadot.js.
  if (plus && number) return std::unexpected(Error::kBadEncoding);
  Bytes encoded;
  if (number) {
    const auto value = parse_number(name);
    if (!value) return std::unexpected(Error::kBadEncoding);
    encoded = scale::encode(*value);
  } else {
    encoded = scale::encode(std::string(name));
  }
  if (encoded.size() > ChainCode::kSize) return crypto::blake2_256(encoded);
  encoded.resize(ChainCode::kSize);
  return *ChainCode::from(encoded);
}

/// "//hard/soft"; empty is no junction at all.
Result<std::vector<Junction>> parse_path(std::string_view path) {
  std::vector<Junction> junctions;
  while (!path.empty()) {
    path.remove_prefix(1);
    const bool hard = path.starts_with('/');
    if (hard) path.remove_prefix(1);
    const auto name = path.substr(0, path.find('/'));
    path.remove_prefix(name.size());
    junctions.push_back({hard, SUBSTRATEE_TRY(chain_code(name))});
  }
  return junctions;
}

Result<Seed> parse_seed(std::string_view root) {
  if (root.starts_with("0x")) {
    const crypto::WipedBytes bytes(from_hex(root).value_or(Bytes{}));
    auto seed = Seed::from(bytes.view());
    if (!seed) return std::unexpected(Error::kBadEncoding);
    return *std::move(seed);
  }
  if (root.empty() || root == kDevelopmentPhrase) return *Seed::from(*from_hex(kDevelopmentSeed));
  return std::unexpected(std::ranges::all_of(root, is_word_character) ? Error::kUnsupported : Error::kBadEncoding);
}

/// Hard derivation of schemes without an algebra of keys: a new seed by hash of the old one.
Result<Seed> derive_by_hash(std::string_view tag, Seed seed, std::span<const Junction> path) {
  for (const auto& junction : path) {
    if (!junction.hard) return std::unexpected(Error::kUnsupported);
    const crypto::WipedBytes input(concat(scale::encode(std::string(tag)), seed.view(), junction.code.bytes));
    auto derived = crypto::blake2_256(input.view());
    seed = *Seed::from(derived.bytes);
    crypto::wipe(derived.bytes);
  }
  return seed;
}

crypto::sr25519::KeyPair derive_sr25519(const Seed& seed, std::span<const Junction> path, Random& random) {
  auto pair = crypto::sr25519::KeyPair::from_mini_secret(seed.view());
  for (const auto& [hard, code] : path) pair = hard ? pair.derive_hard(code) : pair.derive_soft(code, random);
  return pair;
}

}  // namespace

Result<AccountKey> AccountKey::from_uri(std::string_view uri, Scheme scheme, Random& random) {
  const auto password = uri.find("///");
  if (password != std::string_view::npos) return std::unexpected(Error::kUnsupported);
  const auto root = uri.substr(0, uri.find('/'));
  const auto path = SUBSTRATEE_TRY(parse_path(uri.substr(root.size())));
  auto seed = SUBSTRATEE_TRY(parse_seed(root));
  switch (scheme) {
    case Scheme::kEd25519:
      return from_ed25519_seed(SUBSTRATEE_TRY(derive_by_hash("Ed25519HDKD", std::move(seed), path)).view());
    case Scheme::kSr25519: return AccountKey(derive_sr25519(seed, path, random));
    case Scheme::kEcdsa: break;
  }
  seed = SUBSTRATEE_TRY(derive_by_hash("Secp256k1HDKD", std::move(seed), path));
  return AccountKey(SUBSTRATEE_TRY(crypto::ecdsa::KeyPair::from_seed(seed.view())));
}

AccountKey AccountKey::from_ed25519_seed(std::span<const std::uint8_t, 32> seed) noexcept {
  return AccountKey(crypto::ed25519::KeyPair::from_seed(seed));
}

AccountId AccountKey::account() const noexcept {
  if (const auto* ed25519 = std::get_if<crypto::ed25519::KeyPair>(&key_)) return ed25519->public_key();
  if (const auto* sr25519 = std::get_if<crypto::sr25519::KeyPair>(&key_)) return sr25519->public_key();
  return crypto::blake2_256(std::get<crypto::ecdsa::KeyPair>(key_).public_key().bytes);
}

MultiSignature AccountKey::sign(ByteView message, Random& random) const {
  if (const auto* ed25519 = std::get_if<crypto::ed25519::KeyPair>(&key_))
    return Ed25519Signature{ed25519->sign(message)};
  if (const auto* sr25519 = std::get_if<crypto::sr25519::KeyPair>(&key_))
    return Sr25519Signature{sr25519->sign(message, random)};
  return EcdsaSignature{std::get<crypto::ecdsa::KeyPair>(key_).sign(message)};
}

}  // namespace substratee::primitives
