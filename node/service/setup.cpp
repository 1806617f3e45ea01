#include "node/service/setup.hpp"

#include "core/base/hex.hpp"
#include "core/crypto/hash.hpp"
#include "node/runtime/genesis.hpp"
#include "node/service/genesis_facts.hpp"
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

using primitives::BlockHash;
using registry::Measurement;
using storage::Code;
using storage::fail;

constexpr std::string_view kSimulatedLabel = "substratee/simulated/v1";

std::filesystem::path spec_file(const std::filesystem::path& base) { return base / "chain.json"; }

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

/// The key that seals the chain whose authority is `expected`.
storage::Result<crypto::ed25519::KeyPair> load_authority(const std::filesystem::path& base,
                                                         const crypto::ed25519::PublicKey& expected) {
  const auto seed = SUBSTRATEE_TRY(read_seed(authority_file(base)));
  if (!seed) {
    return fail(
        Code::kForeign,
        fmt::format("key file {} is missing, so this node cannot seal the chain, whose authority is {}; restore "
                    "it, or put the key in with `substratee-node key insert --base-path {}`, or run "
                    "`substratee-node purge-chain` for a new chain",
                    authority_file(base).string(), to_hex_prefixed(expected), base.string()));
  }
  auto key = crypto::ed25519::KeyPair::from_seed(seed->view());
  if (key.public_key() != expected) {
    return fail(
        Code::kForeign,
        fmt::format("key file {} is that of {}, but the authority of the chain is {}; restore the right one, or "
                    "run `substratee-node purge-chain` for a new chain",
                    authority_file(base).string(), to_hex_prefixed(key.public_key()), to_hex_prefixed(expected)));
  }
  return key;
}

BlockHash genesis_hash_of(const std::map<Bytes, Bytes>& state) { return runtime::genesis_header(state).hash(); }

storage::Result<void> keep_spec(const std::filesystem::path& base, const ChainSpec& spec) {
  std::ofstream file(spec_file(base), std::ios::trunc);
  file << to_json(spec);
  if (file.flush()) return {};
  return fail(Code::kDisk, fmt::format("chain specification {}: cannot be written; check the disk and its permissions",
                                       spec_file(base).string()));
}

/// The one given, or the one kept: it must be that of the chain.
storage::Result<std::optional<ChainSpec>> spec_of(const std::filesystem::path& base,
                                                  const std::optional<ChainSpec>& given,
                                                  const storage::ChainStore& store) {
  auto spec = given;
  if (!spec) {
    if (!std::filesystem::exists(spec_file(base))) return spec;
    spec = SUBSTRATEE_TRY(read_chain_spec(spec_file(base)));
  }
  const auto hash = genesis_hash_of(runtime::build_genesis(spec->genesis));
  if (hash == store.genesis_hash()) return spec;
  return fail(
      Code::kForeign,
      fmt::format("the chain specification {} makes a chain with genesis {}, but the chain in {} has {}; leave "
                  "--chain out, choose another --base-path, or run `substratee-node purge-chain` for a new chain",
                  given ? "given" : spec_file(base).string(), to_hex_prefixed(hash), base.string(),
                  to_hex_prefixed(store.genesis_hash())));
}

storage::Result<OpenChain> load_chain(const SetupOptions& options, BasePathLock lock,
                                      std::unique_ptr<storage::ChainStore> store) {
  const auto spec = SUBSTRATEE_TRY(spec_of(options.base_path, options.spec, *store));
  auto allowed = SUBSTRATEE_TRY(measurements_of(*store));
  const auto expected = SUBSTRATEE_TRY(authority_of(*store));
  auto authority = SUBSTRATEE_TRY(load_authority(options.base_path, expected));
  OpenChain chain{std::move(lock),
                  std::move(store),
                  std::move(authority),
                  false,
                  spec ? spec->identity : ChainIdentity{},
                  spec ? spec->engine : consensus::dev::EngineOptions{},
                  std::move(allowed),
                  {}};
  SUBSTRATEE_TRY(compare_given(options, chain));
  compare_default(options, chain);
  return chain;
}

std::vector<Measurement> new_measurements(const SetupOptions& options) {
  if (!options.given_measurements.empty()) return normal(options.given_measurements);
  if (options.default_measurement) return {*options.default_measurement};
  return {};
}

void warn_if_none_is_allowed(OpenChain& chain, std::string_view remedy) {
  if (!chain.allowed_measurements.empty()) return;
  chain.warnings.push_back(fmt::format("no measurement is allowed, so no enclave can register: {}", remedy));
}

storage::Result<void> initialise(storage::ChainStore& store, const std::map<Bytes, Bytes>& state) {
  return store.initialise(runtime::genesis_header(state), state);
}

/// The key that is there, which may be the only one of another chain, or a new one.
storage::Result<crypto::ed25519::KeyPair> dev_authority(const std::filesystem::path& base, Random& random) {
  if (const auto known = SUBSTRATEE_TRY(read_seed(authority_file(base))))
    return crypto::ed25519::KeyPair::from_seed(known->view());
  const auto seed = Seed::draw(random);
  SUBSTRATEE_TRY(write_seed(authority_file(base), seed));
  return crypto::ed25519::KeyPair::from_seed(seed.view());
}

/// Key first, then the complete genesis in one batch: whatever is interrupted leaves no chain without its key.
storage::Result<OpenChain> make_dev_chain(const SetupOptions& options, BasePathLock lock,
                                          std::unique_ptr<storage::ChainStore> store, Random& random) {
  auto authority = SUBSTRATEE_TRY(dev_authority(options.base_path, random));
  const auto allowed = new_measurements(options);
  const auto config = runtime::development_genesis(authority.public_key(), random.draw<32>(), allowed);
  SUBSTRATEE_TRY(initialise(*store, runtime::build_genesis(config)));
  OpenChain chain{std::move(lock), std::move(store), std::move(authority), true, {}, {}, allowed, {}};
  warn_if_none_is_allowed(chain,
                          "put substratee-enclave beside the node, or give --allow-measurement, before the chain is "
                          "made (`substratee-node purge-chain`)");
  return chain;
}

/// Its key has been put in before.
storage::Result<OpenChain> make_specified_chain(const SetupOptions& options, BasePathLock lock,
                                                std::unique_ptr<storage::ChainStore> store) {
  const auto& spec = *options.spec;
  auto authority = SUBSTRATEE_TRY(load_authority(options.base_path, spec.genesis.engine.authority));
  SUBSTRATEE_TRY(keep_spec(options.base_path, spec));
  SUBSTRATEE_TRY(initialise(*store, runtime::build_genesis(spec.genesis)));
  OpenChain chain{std::move(lock),
                  std::move(store),
                  std::move(authority),
                  true,
                  spec.identity,
                  spec.engine,
                  spec.genesis.allowed_measurements,
                  {}};
  SUBSTRATEE_TRY(compare_given(options, chain));
  warn_if_none_is_allowed(chain,
                          "name those that may in the specification (`substratee-node build-spec "
                          "--allow-measurement`) before the chain is made, or let root allow them");
  return chain;
}

/// A development chain has no specification.
std::unexpected<storage::Error> another_chain(const std::filesystem::path& base) {
  return fail(Code::kForeign,
              fmt::format("base path {} belongs to another chain than one of --dev: it has a specification ({}); leave "
                          "--dev out, choose another --base-path, or run `substratee-node purge-chain`",
                          base.string(), spec_file(base).string()));
}

std::unexpected<storage::Error> no_chain(const std::filesystem::path& base) {
  return fail(Code::kForeign, fmt::format("no chain in {}; start a development chain there with --dev, or another one "
                                          "with --chain, or import one (`substratee-node import-blocks`)",
                                          base.string()));
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
  const bool may_make = options.dev || options.spec;
  if (options.dev && std::filesystem::exists(spec_file(options.base_path))) return another_chain(options.base_path);
  if (!may_make && !std::filesystem::exists(database)) return no_chain(options.base_path);
  auto lock = SUBSTRATEE_TRY(BasePathLock::take(options.base_path));
  auto store = SUBSTRATEE_TRY(storage::ChainStore::open(database, {.pruning = options.pruning}));
  if (!store->is_empty()) return load_chain(options, std::move(lock), std::move(store));
  if (options.spec) return make_specified_chain(options, std::move(lock), std::move(store));
  if (options.dev) return make_dev_chain(options, std::move(lock), std::move(store), random);
  return no_chain(options.base_path);
}

storage::Result<OpenStore> open_store(const std::filesystem::path& base_path,
                                      const std::optional<storage::Pruning>& pruning) {
  const auto database = base_path / "db";
  if (!std::filesystem::exists(database)) return no_chain(base_path);
  auto lock = SUBSTRATEE_TRY(BasePathLock::take(base_path));
  auto store = SUBSTRATEE_TRY(storage::ChainStore::open(database, {.pruning = pruning}));
  if (store->is_empty()) return no_chain(base_path);
  return OpenStore{std::move(lock), std::move(store)};
}

storage::Result<OpenStore> open_or_make_store(const std::filesystem::path& base_path,
                                              const std::map<Bytes, Bytes>& genesis,
                                              const std::optional<ChainSpec>& spec,
                                              const std::optional<storage::Pruning>& pruning) {
  if (genesis.empty() && !std::filesystem::exists(base_path / "db")) return no_chain(base_path);
  auto lock = SUBSTRATEE_TRY(BasePathLock::take(base_path));
  auto store = SUBSTRATEE_TRY(storage::ChainStore::open(base_path / "db", {.pruning = pruning}));
  if (store->is_empty()) {
    if (genesis.empty()) return no_chain(base_path);
    if (spec) SUBSTRATEE_TRY(keep_spec(base_path, *spec));
    SUBSTRATEE_TRY(initialise(*store, genesis));
  }
  if (spec) SUBSTRATEE_TRY(spec_of(base_path, spec, *store));
  return OpenStore{std::move(lock), std::move(store)};
}

std::filesystem::path authority_file(const std::filesystem::path& base_path) {
  return base_path / "keystore" / "authority";
}

std::vector<std::filesystem::path> purged_files(const std::filesystem::path& base_path, Purge what) {
  // The chain first: a key without chain is harmless, a chain without key is not.
  std::vector<std::filesystem::path> out = {base_path / "db", base_path / "db.new", spec_file(base_path)};
  if (what == Purge::kChainAndKey) out.push_back(authority_file(base_path).parent_path());
  std::erase_if(out, [](const auto& path) {
    std::error_code unreadable;
    return !std::filesystem::exists(path, unreadable) && !unreadable;
  });
  return out;
}

storage::Result<bool> purge_chain(const std::filesystem::path& base_path, Purge what) {
  if (purged_files(base_path, what).empty()) return false;
  const auto lock = SUBSTRATEE_TRY(BasePathLock::take(base_path));
  std::error_code error;
  for (const auto& path : purged_files(base_path, what)) {
    if (!error) std::filesystem::remove_all(path, error);
  }
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
