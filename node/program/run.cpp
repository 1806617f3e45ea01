#include "core/base/hex.hpp"
#include "core/crypto/system_random.hpp"
#include "node/api/node_api.hpp"
#include "node/program/base_directory.hpp"
#include "node/program/commands.hpp"
#include "node/program/logged_events.hpp"
#include "node/program/telling.hpp"
#include "node/program/version.hpp"
#include "node/service/setup.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <atomic>

namespace substratee::node::program {

namespace {

void start_log(const std::string& level) {
  auto logger = spdlog::stderr_color_mt("substratee-node");
  logger->set_pattern("%Y-%m-%d %H:%M:%S %^%v%$");
  logger->set_level(spdlog::level::from_str(level == "error" ? "err" : level));
  spdlog::set_default_logger(std::move(logger));
}

/// SIGINT and SIGTERM go to nobody but wait(). Set up before threads start, which inherit it.
class StopSignals {
 public:
  StopSignals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGINT);
    sigaddset(&set_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    ::signal(SIGPIPE, SIG_IGN);
  }
  void wait() const {
    int received = 0;
    while (sigwait(&set_, &received) != 0) {
    }
  }
  /// From any thread: as if somebody had asked the process to stop.
  static void raise() { ::kill(::getpid(), SIGTERM); }

 private:
  sigset_t set_{};
};

std::filesystem::path enclave_beside_this_program() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error).parent_path() / "substratee-enclave";
}

void greet(const service::OpenChain& chain, const BaseDirectory& base) {
  spdlog::info("substraTEE Node {}", kVersion);
  const bool is_development = chain.identity.type == "Development";
  spdlog::info("📋 Chain: {}{}", chain.identity.name,
               is_development ? " (NOT SECURE: //Alice is root and her key is public)" : "");
  if (base.is_temporary()) {
    spdlog::info("💾 Base path: {} (temporary, removed at the end; --base-path keeps a chain)", base.path().string());
  } else {
    spdlog::info("💾 Base path: {}", base.path().string());
  }
  const auto best = chain.store->best();
  spdlog::info("{} genesis {}", chain.is_new ? "🔨 New chain," : "⛓  Existing chain,",
               to_hex_prefixed(chain.store->genesis_hash()));
  if (!chain.is_new) spdlog::info("📦 Highest block: #{} ({})", best.number, short_hash(best.hash));
  for (const auto& measurement : chain.allowed_measurements)
    spdlog::info("🔐 Allowed measurement: {}", to_hex_prefixed(measurement));
  if (chain.store->pruning().is_archive()) {
    spdlog::info("🗄  States of all blocks are kept");
  } else {
    spdlog::info("🗄  States of the last {} blocks are kept", storage::to_string(chain.store->pruning()));
  }
  for (const auto& warning : chain.warnings) spdlog::warn("⚠️  {}", warning);
}

std::string url_of(const RunOptions& options, std::uint16_t port) {
  const bool is_v6 = options.rpc.address.find(':') != std::string::npos;
  return is_v6 ? fmt::format("ws://[{}]:{}", options.rpc.address, port)
               : fmt::format("ws://{}:{}", options.rpc.address, port);
}

/// Objects in order of need; they end in the opposite one: no handler outlives the chain, no block the store.
int serve(const RunOptions& options, service::OpenChain chain, const StopSignals& signals) {
  std::atomic<bool> has_failed = false;
  auto engine = chain.engine;
  engine.sealing = options.sealing.value_or(engine.sealing);
  engine.block_time = options.block_time.value_or(engine.block_time);
  api::Feed feed(*chain.store);
  LoggedEvents events(feed);
  service::ChainThread thread(
      std::make_unique<service::Chain>(*chain.store, std::move(chain.authority),
                                       service::ChainOptions{.engine = engine, .pool = {}}, events, service::now()),
      [&has_failed](const storage::Error& error) {
        spdlog::critical("{}", error.message);
        has_failed = true;
        StopSignals::raise();
      });
  net::JsonRpcServer rpc(options.rpc.json_rpc());
  net::Server http(options.rpc.server());
  api::serve_node_api(http, rpc, {*chain.store, thread, feed, kVersion, chain.identity});
  if (const auto started = http.start(); !started) return failed(started.error().to_string());
  const auto url = url_of(options, http.port());
  spdlog::info("Listening on {}", url);
  ReadyFile ready(options.ready_file);
  if (const auto written = ready.write(url); !written) return failed(written.error().message);
  signals.wait();
  spdlog::info("Stopping");
  http.stop();
  thread.stop();
  return has_failed ? 1 : 0;
}

storage::Result<std::optional<service::ChainSpec>> given_spec(const RunOptions& options) {
  if (options.chain.empty()) return std::optional<service::ChainSpec>{};
  return std::optional(SUBSTRATEE_TRY(service::read_chain_spec(options.chain)));
}

}  // namespace

int execute(const RunOptions& options) {
  if (!options.dev && options.base_path.empty()) {
    return failed(
        "no chain to run; give --dev for a development chain, or --base-path of an existing one, or of a new "
        "one with --chain");
  }
  auto spec = given_spec(options);
  if (!spec) return failed(spec.error().message);
  const StopSignals signals;
  start_log(options.log_level);
  crypto::initialise();
  crypto::SystemRandom random;
  const auto base = BaseDirectory::make(options.base_path);
  if (!base) return failed(base.error().message);
  auto chain =
      service::open_chain({.base_path = base->path(),
                           .dev = options.dev,
                           .spec = *std::move(spec),
                           .pruning = options.pruning,
                           .given_measurements = options.allowed_measurements,
                           .default_measurement = service::simulated_measurement(enclave_beside_this_program())},
                          random);
  if (!chain) return failed(chain.error().message);
  greet(*chain, *base);
  return serve(options, *std::move(chain), signals);
}

}  // namespace substratee::node::program
