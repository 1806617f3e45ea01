#pragma once

/// What a worker asks of a Kubo daemon, over its HTTP RPC (docs.ipfs.tech/reference/kubo/rpc). Every parameter that
/// shapes an answer is named, so that the daemon's configuration does not matter. Nothing here waits for the IPFS
/// network: blocks are asked for with offline=true. All functions may be called by several threads.
///
/// The daemon is not trusted with content: each block is hashed. An error that comes late (trailer X-Stream-Error) or
/// inside a 200 (PinErrorMsg) is a failure as any other. Failures name the daemon and the next step: kNotFound,
/// kCorrupt (bytes or a CID that are not what was asked for), kUnreachable, kRefused (it answered, with an error),
/// kCancelled, kTooLarge.

#include "core/base/bytes.hpp"
#include "core/ipld/cid.hpp"
#include "net/url.hpp"
#include "worker/ipfs/failure.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace substratee::worker::ipfs::kubo {

/// Query parameters in order; values are escaped on the way out.
using Parameters = std::vector<std::pair<std::string, std::string>>;

struct RpcOptions {
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds short_timeout{30'000};  ///< blocks, questions
  std::chrono::milliseconds long_timeout{600'000};  ///< import, export, pins, garbage
  std::size_t max_answer = std::size_t{64} << 20;   ///< bytes; of a block: 2 MiB and what is around it
};

struct Version {
  std::string version;  ///< "0.39.0"
  std::string repo;     ///< "18"
};

struct Imported {
  std::vector<ipld::Cid> roots;
  std::uint64_t blocks = 0;
  std::uint64_t bytes = 0;
};

class Rpc {
 public:
  explicit Rpc(net::Url daemon, RpcOptions options = {}, std::stop_token stop = {});
  ~Rpc();
  Rpc(const Rpc&) = delete;
  Rpc& operator=(const Rpc&) = delete;

  /// "Kubo at http://127.0.0.1:5001"
  [[nodiscard]] const std::string& name() const noexcept { return name_; }

  [[nodiscard]] Result<Version> version();
  /// The daemon's peer id.
  [[nodiscard]] Result<std::string> id();
  /// The root of `content` as a file under CIDv1 with raw leaves; kept and pinned, or only computed.
  [[nodiscard]] Result<ipld::Cid> add(ByteView content, bool only_hash);

  /// One block under its own name. kCorrupt if the daemon names it otherwise.
  [[nodiscard]] Result<void> put_block(const ipld::Block& block);
  [[nodiscard]] Result<Bytes> get_block(const ipld::Cid& cid);
  /// Its size; nothing if the daemon does not have it.
  [[nodiscard]] Result<std::optional<std::uint64_t>> size_of_block(const ipld::Cid& cid);

  /// A CAR of these blocks with this root. With `pin` the daemon must then have all below the root.
  [[nodiscard]] Result<Imported> import_dag(std::span<const ipld::Block> blocks, const ipld::Cid& root, bool pin);
  /// All blocks below `root`, in the daemon's order; each is hashed. At most max_answer.
  [[nodiscard]] Result<std::vector<ipld::Block>> export_dag(const ipld::Cid& root);

  /// Recursive pins. Unpinning what is not pinned is no failure.
  [[nodiscard]] Result<void> pin(const ipld::Cid& root);
  [[nodiscard]] Result<void> unpin(const ipld::Cid& root);
  [[nodiscard]] Result<bool> is_pinned(const ipld::Cid& root);

  /// Removes all that no pin of the daemon reaches.
  [[nodiscard]] Result<void> collect_garbage();

 private:
  enum class Patience : std::uint8_t { kShort, kLong };
  class Connections;

  [[nodiscard]] Result<std::string> call(std::string_view command, const Parameters& parameters, Patience patience,
                                         const std::string* file = nullptr);

  const net::Url daemon_;
  const std::string name_;
  const RpcOptions options_;
  const std::stop_token stop_;
  std::unique_ptr<Connections> connections_;
};

}  // namespace substratee::worker::ipfs::kubo
