#pragma once

/// Opens the chain below a base path, or makes a new one. A chain that is there is never changed, replaced or drawn
/// anew: what contradicts it is an error that names `purge-chain`.
/// BASE/LOCK is held while a node runs; BASE/db is the chain; BASE/chain.json its specification, if it has one;
/// BASE/keystore/authority holds the sealing key's seed (hex, 0600, secret).

#include "core/crypto/ed25519.hpp"
#include "core/registry/types.hpp"
#include "node/service/chain_spec.hpp"
#include "node/storage/chain_store.hpp"

namespace substratee::node::service {

struct SetupOptions {
  std::filesystem::path base_path = {};
  bool dev = false;                                            ///< may make a new development chain
  std::optional<ChainSpec> spec = {};                          ///< may make this chain; what is there must be this one
  std::optional<storage::Pruning> pruning = {};                ///< nothing: as the database has it
  std::vector<registry::Measurement> given_measurements = {};  ///< by flag
  std::optional<registry::Measurement> default_measurement = {};  ///< of the enclave program beside the node
};

/// A lock on a base path, released with its owner.
class BasePathLock {
 public:
  [[nodiscard]] static storage::Result<BasePathLock> take(const std::filesystem::path& base_path);
  BasePathLock(BasePathLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  BasePathLock& operator=(BasePathLock&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~BasePathLock();

 private:
  explicit BasePathLock(int fd) noexcept : fd_(fd) {}
  int fd_;
};

/// A chain whose key is not needed: for commands that look or import.
struct OpenStore {
  BasePathLock lock;
  std::unique_ptr<storage::ChainStore> store;
};

struct OpenChain {
  BasePathLock lock;
  std::unique_ptr<storage::ChainStore> store;
  crypto::ed25519::KeyPair authority;
  bool is_new = false;
  ChainIdentity identity;
  consensus::dev::EngineOptions engine;                     ///< as the chain's specification wants it sealed
  std::vector<registry::Measurement> allowed_measurements;  ///< of the genesis
  std::vector<std::string> warnings;
};

[[nodiscard]] storage::Result<OpenChain> open_chain(const SetupOptions& options, Random& random);

/// The chain that is there. kForeign if there is none.
[[nodiscard]] storage::Result<OpenStore> open_store(const std::filesystem::path& base_path,
                                                    const std::optional<storage::Pruning>& pruning = std::nullopt);

/// The chain that is there, or a new one with that genesis state, without a key: it can be read and extended by blocks
/// that its authority has sealed. `spec` is kept for later starts; it must have that genesis.
[[nodiscard]] storage::Result<OpenStore> open_or_make_store(const std::filesystem::path& base_path,
                                                            const std::map<Bytes, Bytes>& genesis,
                                                            const std::optional<ChainSpec>& spec,
                                                            const std::optional<storage::Pruning>& pruning);

/// BASE/keystore/authority.
[[nodiscard]] std::filesystem::path authority_file(const std::filesystem::path& base_path);

/// The key may be the only one that can seal the chain: it goes only with its own word.
enum class Purge : std::uint8_t { kChain, kChainAndKey };

/// What purge_chain() removes of what is there.
[[nodiscard]] std::vector<std::filesystem::path> purged_files(const std::filesystem::path& base_path, Purge what);

/// True if there was something to remove. kBusy while a node runs.
[[nodiscard]] storage::Result<bool> purge_chain(const std::filesystem::path& base_path, Purge what);

/// SHA-256("substratee/simulated/v1" ‖ file); nothing if it cannot be read.
[[nodiscard]] std::optional<registry::Measurement> simulated_measurement(const std::filesystem::path& executable);

}  // namespace substratee::node::service
