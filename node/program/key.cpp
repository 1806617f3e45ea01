#include "core/base/hex.hpp"
#include "core/crypto/system_random.hpp"
#include "core/primitives/mnemonic.hpp"
#include "core/primitives/ss58.hpp"
#include "node/program/commands.hpp"
#include "node/program/secret_input.hpp"
#include "node/program/telling.hpp"
#include "node/service/keystore.hpp"
#include "node/service/setup.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace substratee::node::program {

namespace {

using primitives::AccountKey;
using primitives::Scheme;
using storage::Code;
using storage::fail;

std::string_view to_text(Scheme scheme) {
  switch (scheme) {
    case Scheme::kEd25519: return "ed25519";
    case Scheme::kSr25519: return "sr25519";
    case Scheme::kEcdsa: return "ecdsa";
  }
  return "";
}

storage::Result<AccountKey> key_of(std::string_view secret, Scheme scheme, Random& random) {
  const auto uri = SUBSTRATEE_TRY(uri_of(secret));
  auto key = AccountKey::from_uri(as_text(uri.view()), scheme, random);
  if (key) return *std::move(key);
  return fail(Code::kForeign, fmt::format("the secret gives no {} key: {}; give a phrase, or 0x and a seed in 64 hex "
                                          "digits, and //junctions (soft ones, /, for sr25519 only)",
                                          to_text(scheme), crypto::to_string(key.error())));
}

/// 32 bytes, or 33 of a compressed secp256k1 key, which its signatures tell.
std::string public_key(const AccountKey& key, Random& random) {
  const auto signature = key.sign({}, random);
  if (const auto* ecdsa = std::get_if<primitives::EcdsaSignature>(&signature)) {
    if (const auto recovered = crypto::ecdsa::recover({}, ecdsa->bytes)) return to_hex_prefixed(*recovered);
  }
  return to_hex_prefixed(key.account());
}

void tell_public(const AccountKey& key, Random& random) {
  fmt::print("Scheme:       {}\n", to_text(key.scheme()));
  fmt::print("Public key:   {}\n", public_key(key, random));
  fmt::print("Account:      {}\n", to_hex_prefixed(key.account()));
  fmt::print("SS58 address: {}\n", primitives::to_ss58(key.account()));
}

/// A new file for its owner only, on the disk when it returns. What is there is never replaced: it may be a key.
storage::Result<void> write_new(const path& file, ByteView content) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  const bool done = fd >= 0 && ::write(fd, content.data(), content.size()) == static_cast<ssize_t>(content.size()) &&
                    ::write(fd, "\n", 1) == 1 && ::fsync(fd) == 0;
  const int error = errno;
  if (fd >= 0) ::close(fd);
  if (done) return {};
  return fail(Code::kDisk, fmt::format("file {}: {}; choose another --file", file.string(), std::strerror(error)));
}

}  // namespace

int execute(const KeyGenerateOptions& options) {
  crypto::initialise();
  crypto::SystemRandom random;
  crypto::WipedBytes entropy(Bytes(options.words * 4 / 3));
  random.fill(entropy.bytes());
  const auto phrase = primitives::phrase_of(entropy.view());
  if (!phrase) return failed("no phrase has that many words; give --words 12");
  const auto key = key_of(as_text(phrase->view()), options.scheme, random);
  if (!key) return failed(key.error().message);
  if (options.file.empty()) {
    fmt::print("Secret phrase: {}\n", as_text(phrase->view()));
  } else if (const auto written = write_new(options.file, phrase->view()); !written) {
    return failed(written.error().message);
  } else {
    fmt::print("Secret phrase: in {}\n", options.file.string());
  }
  tell_public(*key, random);
  return 0;
}

int execute(const KeyInspectOptions& options) {
  crypto::initialise();
  if (options.address) {
    const auto address = primitives::from_ss58(*options.address);
    if (!address) return failed(fmt::format("--address {}: not an SS58 address", *options.address));
    fmt::print("Account:      {}\nSS58 prefix:  {}\nSS58 address: {}\n", to_hex_prefixed(address->account),
               address->prefix, primitives::to_ss58(address->account));
    return 0;
  }
  crypto::SystemRandom random;
  const auto line = read_secret_line(options.file);
  if (!line) return failed(line.error().message);
  const auto key = key_of(as_text(line->view()), options.scheme, random);
  if (!key) return failed(key.error().message);
  tell_public(*key, random);
  return 0;
}

int execute(const KeyInsertOptions& options) {
  crypto::initialise();
  const auto line = read_secret_line(options.file);
  if (!line) return failed(line.error().message);
  const auto seed = seed_of(as_text(line->view()));
  if (!seed) return failed(seed.error().message);
  const auto lock = service::BasePathLock::take(options.base_path);
  if (!lock) return failed(lock.error().message);
  const auto file = service::authority_file(options.base_path);
  const auto known = service::read_seed(file);
  if (!known) return failed(known.error().message);
  if (*known && !crypto::equal_in_constant_time((*known)->view(), seed->view())) {
    return failed(
        fmt::format("key file {} holds another key, which is never replaced; move it away first", file.string()));
  }
  if (const auto written = service::write_seed(file, *seed); !written) return failed(written.error().message);
  const auto key = AccountKey::from_ed25519_seed(seed->view());
  fmt::print("Authority:    {}\nKey file:     {}\n", primitives::to_ss58(key.account()), file.string());
  return 0;
}

}  // namespace substratee::node::program
