// Prints what a simulated enclave keeps secret, for the test that looks for it everywhere else: with the platform's
// directory, the sealed blobs open. (That is what simulation does not protect; see docs/threat-model.md.)
//   known_secrets PLATFORM_DIR SEALED_DIR MEASUREMENT GENESIS_HASH    one line each: name, hex

#include "core/base/hex.hpp"
#include "core/crypto/hash.hpp"
#include "core/crypto/hpke.hpp"
#include "core/crypto/kdf.hpp"
#include "core/crypto/system_random.hpp"
#include "enclave/keys/identity.hpp"
#include "enclave/keys/shard_keys.hpp"
#include "enclave/platform/simulation/platform_directory.hpp"
#include "enclave/platform/simulation/simulated_platform.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace {

using namespace substratee;
using namespace substratee::enclave;
namespace fs = std::filesystem;

void print(const std::string& name, ByteView secret) { std::printf("%s %s\n", name.c_str(), to_hex(secret).c_str()); }

/// RFC 9180, 7.1.3: the private key that hpke::derive_key_pair makes of this input.
Bytes shielding_private_key(ByteView input_key) {
  const auto suite = concat(as_bytes("KEM"), Bytes{0, 0x20});
  const auto label = [&](std::string_view name) { return concat(as_bytes("HPKE-v1"), suite, as_bytes(name)); };
  const auto extracted = crypto::hkdf_extract({}, concat(label("dkp_prk"), input_key));
  Bytes out(32);
  crypto::hkdf_expand(extracted.view(), concat(Bytes{0, 32}, label("sk")), out);
  return out;
}

void print_identity(ByteView plaintext) {
  const auto seed = plaintext.subspan(1, 32);
  print("signing seed", seed);
  auto expanded = crypto::sha512(seed);
  expanded[0] &= 248;
  expanded[31] = static_cast<std::uint8_t>((expanded[31] & 63) | 64);
  print("signing scalar", ByteView(expanded).first(32));
  print("encryption key", plaintext.subspan(33, 32));
}

void print_shard_keys(const keys::ShardKeys& shard_keys) {
  print("cut key", shard_keys.cut_key().view());
  for (const auto& epoch : shard_keys.epochs()) {
    const auto name = " of epoch " + std::to_string(epoch.epoch());
    print("secret" + name, epoch.secret().view());
    print("state key" + name, epoch.state_key().view());
    print("blind key" + name, epoch.blind_key().view());
    print("receipt key" + name, epoch.receipt_key().view());
    const auto input = crypto::derive<32>(epoch.secret().view(),
                                          concat(as_bytes("substratee/shielding/v1"), shard_keys.charter().shard));
    const auto shielding = shielding_private_key(input.view());
    const auto pair = crypto::x25519::KeyPair::from_secret(std::span<const std::uint8_t, 32>(shielding));
    if (pair.public_key() != epoch.shielding().public_key()) throw std::runtime_error("not the shielding key");
    print("shielding key" + name, shielding);
  }
}

protocol::Blob read_blob(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  const Bytes bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  auto blob = scale::decode<protocol::Blob>(bytes);
  if (!blob) throw std::runtime_error(path.string() + " is no blob");
  return *std::move(blob);
}

void print_all(const char* platform_directory, const fs::path& sealed, const Hash256& measurement,
               const Hash256& genesis) {
  crypto::SystemRandom random;
  auto directory = platform::simulation::open_platform_directory(platform_directory, random);
  if (!directory) throw std::runtime_error(std::string(platform::simulation::to_string(directory.error())));
  print("platform secret", directory->platform_secret.view());
  const platform::simulation::SimulatedPlatform platform(std::move(directory->platform_secret), directory->root,
                                                         measurement, random);
  const auto sealing_key = platform.sealing_key(genesis);
  if (!sealing_key) throw std::runtime_error("the simulated platform has no sealing key");
  print("sealing key", sealing_key->view());
  for (const auto& entry : fs::directory_iterator(sealed)) {
    const auto blob = read_blob(entry.path());
    auto plaintext = keys::unseal(blob, genesis, *sealing_key);
    if (!plaintext) throw std::runtime_error(entry.path().string() + ": " + std::string(to_string(plaintext.error())));
    if (blob.name.value == keys::kIdentityBlob) print_identity(plaintext->view());
    if (blob.name.value == keys::kShardBlob) {
      const auto opened = keys::ShardKeys::from_sealed(plaintext->view());
      if (!opened) throw std::runtime_error("the shard's keys do not decode");
      print_shard_keys(*opened);
    }
  }
}

}  // namespace

int main(int count, char** arguments) {
  try {
    const auto measurement = count == 5 ? fixed_from_hex<32>(arguments[3]) : std::nullopt;
    const auto genesis = count == 5 ? fixed_from_hex<32>(arguments[4]) : std::nullopt;
    if (!measurement || !genesis) throw std::runtime_error("PLATFORM_DIR SEALED_DIR MEASUREMENT GENESIS_HASH");
    crypto::initialise();
    print_all(arguments[1], arguments[2], *measurement, *genesis);
    return 0;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "known_secrets: %s\n", failure.what());
    return 1;
  }
}
