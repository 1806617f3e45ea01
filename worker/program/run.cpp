#include "worker/program/run.hpp"

#include "core/base/hex.hpp"
#include "core/primitives/ss58.hpp"
#include "worker/api/api.hpp"
#include "worker/base/log_report.hpp"
#include "worker/chain_follower/rpc_chain.hpp"
#include "worker/collateral/service.hpp"
#include "worker/driver/driver.hpp"
#include "worker/enclave_process/enclave_process.hpp"
#include "worker/ipfs/gateway/gateway.hpp"
#include "worker/ipfs/kubo/state_store.hpp"
#include "worker/ipfs_commands/run.hpp"
#include "worker/program/base_path.hpp"
#include "worker/program/stop_signals.hpp"
#include "worker/program/wake.hpp"
#include "worker/proofs/agreement_keeper.hpp"
#include "worker/provisioning_relay/tcp_wires.hpp"

#include <fmt/format.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>
#include <boost/json.hpp>

#include <ctime>

namespace substratee::worker::program {
namespace {

void start_log(const std::string& level) {
  auto logger = spdlog::stderr_color_mt("substratee-worker");
  logger->set_pattern("%Y-%m-%d %H:%M:%S %^%v%$");
  logger->set_level(spdlog::level::from_str(level == "error" ? "err" : level));
  spdlog::set_default_logger(std::move(logger));
}

/// "address:port", with brackets around IPv6.
std::string authority(const std::string& address, std::uint16_t port) {
  return net::Url{.scheme = "tcp", .host = address, .port = port, .target = ""}.authority();
}

/// What others are told: the given URL, or one from address and port. An address that stands for all is none.
Result<std::string> public_url(const std::string& given, std::string_view scheme, const std::string& address,
                               std::uint16_t port, std::string_view flag) {
  if (given.empty() && (address == "0.0.0.0" || address == "::")) {
    return fail(FailureCode::kOption, fmt::format("{} is no address that others can connect to", address),
                fmt::format("say how this machine is reached with {}", flag));
  }
  const auto url = given.empty() ? fmt::format("{}://{}", scheme, authority(address, port)) : given;
  const auto parsed = net::Url::parse(url);
  if (!parsed || parsed->scheme != scheme || url.size() > registry::kMaxUrlSize) {
    return fail(FailureCode::kOption,
                fmt::format("\"{}\" is no {} URL of at most {} characters", url, scheme, registry::kMaxUrlSize),
                fmt::format("correct {}", flag));
  }
  return url;
}

template <class T>
Result<T> lift(ipfs::Result<T> result) {
  if (result) return *std::move(result);
  return fail(FailureCode::kOption, result.error().thing, result.error().next_step);
}

template <class T>
Result<T> lift(rpc::collateral::Result<T> result) {
  if (result) return *std::move(result);
  return fail(FailureCode::kOption, result.error().thing, result.error().next_step);
}

/// Everything of one worker; made in order, ended in reverse.
class Worker {
 public:
  Worker(const Options& options, StopSignals& signals)
      : options_(options),
        signals_(signals),
        desk_([this] { wake_.notify(); }),
        api_(desk_, SUBSTRATEE_VERSION, [this](BlockNumber block) { return agreements_->get(block); }) {}

  ~Worker() {
    desk_.close({rpc::kWorkerStopped, "stopped", "the worker is stopping; ask another worker"});
    driver_.reset();
    if (server_) server_->stop();
  }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  Result<void> open();
  /// The exit status.
  Result<int> drive();

 private:
  Result<void> pin(const BasePath& base);
  Result<void> open_stores(const BasePath& base);
  Result<void> open_blocks(const BasePath& base);
  Result<void> open_kubo(const BasePath& base);
  Result<void> start_collateral(const BasePath& base);
  Result<void> listen();
  Result<void> start_enclave();
  Result<void> tell_ready();

  const Options& options_;
  StopSignals& signals_;
  Wake wake_;
  std::unique_ptr<collateral::Service> collateral_;  ///< nothing without --collateral-config
  std::unique_ptr<LogReport> report_;
  std::unique_ptr<chain_follower::RpcChain> chain_;
  BlockHash genesis_hash_;
  std::optional<conversation::BlobStore> blobs_;
  std::optional<conversation::ReceiptStore> receipts_;
  std::unique_ptr<proofs::AgreementStore> agreements_;
  std::optional<conversation::EvidenceStore> evidence_;
  std::unique_ptr<ipfs::BlockStore> blocks_;
  std::unique_ptr<ipfs::StateStore> states_;   ///< in blocks_, or in Kubo
  const ipfs::BlockSource* served_ = nullptr;  ///< what the gateway gives out: the same blocks
  driver::QueryDesk desk_;
  api::Api api_;
  std::unique_ptr<net::Server> server_;
  std::unique_ptr<provisioning_relay::TcpWires> wires_;
  std::string worker_url_;
  std::string provisioning_url_;
  std::unique_ptr<enclave_process::EnclaveProcess> enclave_;
  std::unique_ptr<proofs::AgreementKeeper> keeper_;
  std::optional<proofs::WatchedChain> watched_;
  std::optional<conversation::Conversation> conversation_;
  std::unique_ptr<driver::Driver> driver_;
  AccountId account_;
};

Result<void> Worker::open() {
  const auto base = SUBSTRATEE_TRY(BasePath::open(options_.base_path));
  report_ = SUBSTRATEE_TRY(LogReport::open(options_.events_file));
  // One of an earlier run would promise too much.
  std::error_code ignored;
  if (!options_.ready_file.empty()) std::filesystem::remove(options_.ready_file, ignored);
  signals_.watch([this] { wake_.notify(); });
  SUBSTRATEE_TRY(pin(base));
  SUBSTRATEE_TRY(open_stores(base));
  SUBSTRATEE_TRY(start_collateral(base));
  SUBSTRATEE_TRY(listen());
  return start_enclave();
}

Result<void> Worker::pin(const BasePath& base) {
  const auto expected = SUBSTRATEE_TRY(base.pinned_genesis(options_.genesis));
  chain_ = std::make_unique<chain_follower::RpcChain>(options_.node_url, [this] { wake_.announce(); });
  const auto genesis = SUBSTRATEE_TRY(chain_->pin(expected));
  genesis_hash_ = genesis;
  if (!expected) {
    spdlog::info("Genesis {} taken from the node on first use and pinned in {}; --genesis checks it",
                 to_hex_prefixed(genesis), base.genesis_file().string());
  } else {
    spdlog::info("Chain with genesis {}", to_hex_prefixed(genesis));
  }
  return base.pin_genesis(genesis);
}

Result<void> Worker::open_stores(const BasePath& base) {
  blobs_ = SUBSTRATEE_TRY(conversation::BlobStore::open(base.sealed()));
  receipts_ = SUBSTRATEE_TRY(conversation::ReceiptStore::open(base.receipts(), options_.keep_receipts));
  agreements_ = SUBSTRATEE_TRY(proofs::AgreementStore::open(base.proofs()));
  evidence_ = SUBSTRATEE_TRY(conversation::EvidenceStore::open(base.evidence()));
  return options_.kubo ? open_kubo(base) : open_blocks(base);
}

Result<void> Worker::open_blocks(const BasePath& base) {
  auto opened = SUBSTRATEE_TRY(lift(ipfs::BlockStore::open_or_set_aside(base.blocks())));
  blocks_ = std::move(opened.store);
  if (!opened.set_aside.empty()) {
    spdlog::error(
        "The block store could not be opened and lies in {} now; the state comes from other workers again. "
        "Check the disk; remove that directory once nothing in it is wanted",
        opened.set_aside.string());
  }
  states_ = std::make_unique<ipfs::EmbeddedStateStore>(*blocks_);
  served_ = blocks_.get();
  return {};
}

Result<void> Worker::open_kubo(const BasePath& base) {
  auto kubo =
      SUBSTRATEE_TRY(lift(ipfs::kubo::KuboStateStore::open(*options_.kubo, base.kubo_pins(), signals_.token())));
  spdlog::info("State in {}", kubo->description());
  served_ = &kubo->source();
  states_ = std::move(kubo);
  return {};
}

Result<void> Worker::start_collateral(const BasePath& base) {
  if (options_.collateral_config.empty()) return {};
  const auto config = SUBSTRATEE_TRY(lift(rpc::collateral::read_config(options_.collateral_config)));
  collateral_ = std::make_unique<collateral::Service>(
      collateral::Service::Ports{.source = SUBSTRATEE_TRY(lift(rpc::collateral::make_source(config))),
                                 .cache = SUBSTRATEE_TRY(collateral::Cache::open(base.collateral())),
                                 .verify = collateral::verify_under_known_roots,
                                 .now = [] { return static_cast<attestation::UnixSeconds>(std::time(nullptr)); },
                                 .info = [](const std::string& text) { spdlog::info("{}", text); },
                                 .warn = [](const std::string& text) { spdlog::warn("{}", text); },
                                 .on_new = [this] { wake_.notify(); }},
      collateral::RefreshOptions{.interval = config.refresh_hours * attestation::UnixSeconds{3600}});
  desk_.set_collateral([this] { return collateral_->health(); });
  spdlog::info("Collateral as {} says, kept in {}", options_.collateral_config.string(), base.collateral().string());
  return {};
}

Result<void> Worker::listen() {
  server_ = std::make_unique<net::Server>(api::server_options(options_.api_address, options_.api_port));
  api_.mount(*server_);
  ipfs::gateway::mount(*server_, *served_);
  if (const auto started = server_->start(); !started) {
    return fail(FailureCode::kOption,
                fmt::format("the API address {} cannot be used ({})",
                            authority(options_.api_address, options_.api_port), started.error().thing),
                "give another --api-address or --api-port");
  }
  wires_ = SUBSTRATEE_TRY(provisioning_relay::TcpWires::listen(options_.provisioning_address,
                                                               options_.provisioning_port, [this] { wake_.notify(); }));
  worker_url_ = SUBSTRATEE_TRY(
      public_url(options_.public_api_url, "http", options_.api_address, server_->port(), "--public-api-url"));
  provisioning_url_ = SUBSTRATEE_TRY(public_url(options_.public_provisioning_url, "tcp", options_.provisioning_address,
                                                wires_->port(), "--public-provisioning-url"));
  spdlog::info("API at {}, provisioning at {}", worker_url_, provisioning_url_);
  return {};
}

Result<void> Worker::start_enclave() {
  enclave_process::EnclaveOptions options;
  options.program = options_.enclave;
  options.arguments = {"--platform", options_.platform, "--platform-dir", options_.platform_dir.string()};
  if (options_.force_simulation) options.arguments.emplace_back("--insecure-force-simulation");
  options.on_log = [](const std::string& line) { spdlog::info("enclave: {}", line); };
  enclave_ = SUBSTRATEE_TRY(enclave_process::EnclaveProcess::start(std::move(options)));
  auto genesis_header = SUBSTRATEE_TRY(chain_->genesis_header());
  keeper_ = std::make_unique<proofs::AgreementKeeper>(
      proofs::AgreementKeeper::Ports{*chain_, *agreements_, [this](BlockNumber block) { return receipts_->has(block); },
                                     *report_},
      proofs::AgreementKeeper::Genesis{genesis_hash_, genesis_header}, options_.shard);
  watched_.emplace(*chain_, [this](const rpc::VerifiedBlock& block) { keeper_->note(block); });
  conversation_.emplace(conversation::Conversation::Ports{*enclave_, *watched_, *blobs_, *receipts_});
  driver::DriverOptions driving{options_.shard, worker_url_, provisioning_url_};
  driving.state_padding = options_.state_padding;
  driving.state_cover = options_.state_cover;
  if (options_.paged) {
    driving.state_cache_mib = options_.state_cache_mib;
    spdlog::warn(
        "Paged state: the enclave holds an index and {} MiB of it, and this host sees which leaf of the state each "
        "call and query touches; without --paged it does not",
        options_.state_cache_mib);
  }
  driving.kept_states = options_.keep_states;
  if (collateral_) {
    driving.find_collateral = [this](const attestation::CollateralId& id) { return collateral_->find(id); };
  }
  driver_ = std::make_unique<driver::Driver>(driver::Driver::Ports{*conversation_, *watched_, *states_, *blobs_,
                                                                   *receipts_, *evidence_, *wires_, desk_, *report_},
                                             std::move(driving), signals_.token());
  const auto started = SUBSTRATEE_TRY(driver_->start(std::move(genesis_header)));
  account_ = started.account;
  if (collateral_) collateral_->want(collateral::ids_for(started.kind));
  if (!collateral_ && started.hardware) {
    spdlog::warn("No --collateral-config: evidence of this platform holds only while others register its collateral");
  }
  return {};
}

Result<int> Worker::drive() {
  bool was_ready = false;
  bool is_stopped = false;
  while (!signals_.token().stop_requested()) {
    if (wake_.take_announcement()) driver_->announce();
    const auto step = SUBSTRATEE_TRY(driver_->step(wake_.now()));
    keeper_->step(wake_.now());
    if (step.ending) {
      spdlog::error(
          "Another instance is registered under this enclave's account: this one has wiped its memory and ends");
      return static_cast<int>(*step.ending);
    }
    if (const auto verdict = driver_->verdict(); verdict && !std::exchange(is_stopped, true)) {
      spdlog::error(
          "{}: the enclave serves nothing any more. This host stays, so that evidence can be downloaded from {}",
          *verdict == driver::Ending::kQuarantined ? "The chain has quarantined this enclave"
                                                   : "The chain has two faces",
          worker_url_);
    }
    if (!was_ready && driver_->is_ready()) {
      was_ready = true;
      SUBSTRATEE_TRY(tell_ready());
    }
    wake_.wait_until(step.wake_at);
  }
  spdlog::info("Stopped");
  const auto verdict = driver_->verdict();
  return verdict ? static_cast<int>(*verdict) : 0;
}

Result<void> Worker::tell_ready() {
  if (options_.ready_file.empty()) return {};
  const boost::json::object ready{{"api", worker_url_},
                                  {"provisioning", provisioning_url_},
                                  {"account", primitives::to_ss58(account_)},
                                  {"pid", ::getpid()}};
  return conversation::write_durably(std::filesystem::absolute(options_.ready_file),
                                     as_bytes(boost::json::serialize(ready) + "\n"));
}

}  // namespace

int run(const ipfs_commands::Options& options) {
  spdlog::set_level(spdlog::level::warn);
  StopSignals signals;
  signals.watch([] {});
  return ipfs_commands::run(options, signals.token());
}

int run(const Options& options) {
  start_log(options.log_level);
  StopSignals signals;
  spdlog::info("substraTEE Worker {}", SUBSTRATEE_VERSION);
  auto worker = std::make_unique<Worker>(options, signals);
  const auto opened = worker->open();
  const auto status = opened ? worker->drive() : Result<int>(std::unexpected(opened.error()));
  worker.reset();
  if (status) return *status;
  fmt::print(stderr, "Error: {}\n", status.error().to_string());
  return 1;
}

}  // namespace substratee::worker::program
