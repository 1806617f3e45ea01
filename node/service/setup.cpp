#include "node/service/setup.hpp"

#include "core/base/hex.hpp"
#include "core/crypto/hash.hpp"
#include "core/registry/storage.hpp"
#include "node/runtime/genesis.hpp"
#include "node/service/keystore.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace substratee::node::service {

namespace {

using registry::Measurement;
using storage::Code;
using storage::fail;

constexpr std::string_view kSimulatedLabel = "substratee/simulated/v1";

std::filesystem::path key_file(const std::filesystem::path& base) { return base / "keystore" / "authority"; }

std::string list(const std::vector<Measurement>& measurements) {
  std::vector<std::string> texts;
  for (const auto& measurement : measurements) texts.push_back(to_hex_prefixed(measurement));
  return fmt::format("{}", fmt::join(texts, ", "));
}

/// Sorted, each once.
std::vector<Measurement> normal(std::vector<Measurement> measurements) {
  std::ranges::sort(measurements);
  const auto doubled = std::ranges::unique(measurements);
  measurements.erase(doubled.begin(), doubled.end());
  return measurements;
}

template <class T>
storage::Result<T> read_genesis(const runtime::StateView& genesis, const Bytes& key, std::string_view what) {
  const auto value = genesis.get(key);
  if (value) {
    if (auto decoded = scale::decode<T>(*value)) return *std::move(decoded);
  }
  return fail(Code::kCorrupt,
              fmt::format("the chain's genesis lacks {}; run `substratee-node purge-chain` and start again", what));
}

using Allowed = scale::Bounded<std::vector<Measurement>, registry::kMaxMeasurements>;

void compare_default(const SetupOptions& options, OpenChain& chain) {
  if (!options.given_measurements.empty() || !options.default_measurement) return;
  const auto& allowed = chain.allowed_measurements;
  if (std::ranges::find(allowed, *options.default_measurement) != allowed.end()) return;
  chain.warnings.push_back(
      fmt::format("the enclave beside this node measures {}, which this chain's genesis does not allow (it allows {}): "
                  "enclaves of this "
                  "build cannot register; run `substratee-node purge-chain` for a new chain, or let root allow it",
                  to_hex_prefixed(*options.default_measurement), allowed.empty() ? "none" : list(allowed)));
}

/// A flag that was given must say what the genesis says.
storage::Result<void> compare_given(const SetupOptions& options, const OpenChain& chain) {
  if (options.given_measurements.empty() || normal(options.given_measurements) == normal(chain.allowed_measurements))
    return {};
  return fail(
      Code::kForeign,
      fmt::format(
          "--allow-measurement contradicts the existing chain in {}, whose genesis allows {}; leave the flag out, "
          "or run `substratee-node purge-chain` for a new chain",
          options.base_path.string(), chain.allowed_measurements.empty() ? "none" : list(chain.allowed_measurements)));
}

storage::Result<crypto::ed25519::KeyPair> load_authority(const std::filesystem::path& base,
                                                         const registry::DevEngine& engine) {
  const auto seed = SUBSTRATEE_TRY(read_seed(key_file(base)));
  if (!seed) {
    return fail(Code::kForeign,
                fmt::format("key file {} is missing, so this node cannot seal the existing chain; restore it, or run "
                            "`substratee-node purge-chain` for a new chain",
                            key_file(base).string()));
  }
  auto key = crypto::ed25519::KeyPair::from_seed(seed->view());
  if (key.public_key() != engine.authority) {
    return fail(Code::kForeign,
                fmt::format("key file {} is not the authority of the existing chain; restore the right one, or run "
                            "`substratee-node purge-chain` for a new chain",
                            key_file(base).string()));
  }
  return key;
}

storage::Result<OpenChain> load_chain(const SetupOptions& options, BasePathLock lock,
                                      std::unique_ptr<storage::ChainStore> store) {
  const auto genesis = SUBSTRATEE_TRY(store->at(store->genesis_hash()));
  const auto engine = SUBSTRATEE_TRY(read_genesis<registry::Engine>(*genesis, registry::key::engine(), "an engine"));
  auto allowed =
      SUBSTRATEE_TRY(read_genesis<Allowed>(*genesis, registry::key::allowed_measurements(), "its measurements"));
  auto authority = SUBSTRATEE_TRY(load_authority(options.base_path, std::get<registry::DevEngine>(engine)));
  OpenChain chain{std::move(lock), std::move(store), std::move(authority), false, std::move(allowed.value), {}};
  SUBSTRATEE_TRY(compare_given(options, chain));
  compare_default(options, chain);
  return chain;
}

std::vector<Measurement> measurements_of(const SetupOptions& options) {
  if (!options.given_measurements.empty()) return normal(options.given_measurements);
  if (options.default_measurement) return {*options.default_measurement};
  return {};
}

/// Key first, then the complete genesis in one batch: whatever is interrupted leaves no chain without its key.
storage::Result<OpenChain> make_chain(const SetupOptions& options, BasePathLock lock,
                                      std::unique_ptr<storage::ChainStore> store, Random& random) {
  const auto seed = Seed::draw(random);
  auto authority = crypto::ed25519::KeyPair::from_seed(seed.view());
  SUBSTRATEE_TRY(write_seed(key_file(options.base_path), seed));
  const auto allowed = measurements_of(options);
  const auto config = runtime::development_genesis(authority.public_key(), random.draw<32>(), allowed);
  const auto state = runtime::build_genesis(config);
  SUBSTRATEE_TRY(store->initialise(runtime::genesis_header(state), state));
  OpenChain chain{std::move(lock), std::move(store), std::move(authority), true, allowed, {}};
  if (allowed.empty()) {
    chain.warnings.emplace_back(
        "no measurement is allowed, so no enclave can register: put substratee-enclave beside the node, or "
        "give --allow-measurement, before the chain is made (`substratee-node purge-chain`)");
  }
  return chain;
}

}  // namespace

storage::Result<BasePathLock> BasePathLock::take(const std::filesystem::path& base_path) {
  std::error_code error;
  std::filesystem::create_directories(base_path, error);
  const auto file = base_path / "LOCK";
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) {
    return fail(Code::kDisk, fmt::format("base path {}: {}; choose another --base-path or correct its permissions",
                                         base_path.string(), std::strerror(errno)));
  }
  BasePathLock lock(fd);
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    return fail(Code::kBusy,
                fmt::format("base path {}: in use by another node; stop it first or choose another --base-path",
                            base_path.string()));
  }
  return lock;
}

BasePathLock::~BasePathLock() {
  if (fd_ >= 0) ::close(fd_);
}

storage::Result<OpenChain> open_chain(const SetupOptions& options, Random& random) {
  if (options.given_measurements.size() > registry::kMaxMeasurements) {
    return fail(Code::kForeign,
                fmt::format("--allow-measurement: at most {} measurements", registry::kMaxMeasurements));
  }
  const auto database = options.base_path / "db";
  const auto no_chain = [&] {
    return fail(Code::kForeign,
                fmt::format("no chain in {}; start a development chain there with --dev", options.base_path.string()));
  };
  if (!options.dev && !std::filesystem::exists(database)) return no_chain();
  auto lock = SUBSTRATEE_TRY(BasePathLock::take(options.base_path));
  auto store = SUBSTRATEE_TRY(storage::ChainStore::open(database));
  if (!store->is_empty()) return load_chain(options, std::move(lock), std::move(store));
  if (!options.dev) return no_chain();
  return make_chain(options, std::move(lock), std::move(store), random);
}

storage::Result<bool> purge_chain(const std::filesystem::path& base_path) {
  if (!std::filesystem::exists(base_path / "db") && !std::filesystem::exists(base_path / "keystore")) return false;
  const auto lock = SUBSTRATEE_TRY(BasePathLock::take(base_path));
  std::error_code error;
  // The chain first: a key without chain is harmless, a chain without key is not.
  for (const auto* name : {"db", "db.new"}) {
    if (!error) std::filesystem::remove_all(base_path / name, error);
  }
  if (!error) std::filesystem::remove_all(base_path / "keystore", error);
  if (error)
    return fail(Code::kDisk, fmt::format("base path {}: {}; remove it by hand", base_path.string(), error.message()));
  return true;
}

std::optional<registry::Measurement> simulated_measurement(const std::filesystem::path& executable) {
  std::ifstream file(executable, std::ios::binary);
  if (!file) return std::nullopt;
  crypto::Sha256 hash;
  hash.update(as_bytes(kSimulatedLabel));
  std::vector<char> buffer(std::size_t{1} << 16);
  while (file.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) || file.gcount() > 0) {
    hash.update(as_bytes({buffer.data(), static_cast<std::size_t>(file.gcount())}));
  }
  if (file.bad()) return std::nullopt;
  return hash.finish();
}

}  // namespace substratee::node::service
