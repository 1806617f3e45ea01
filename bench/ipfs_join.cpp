// How long a joining worker takes for its state: a real store served by the real gateway over loopback, the real
// fetcher and store of the joiner, and the enclave's loader in a process of its own behind the real frames.
#include "bench/join_roles.hpp"
#include "core/base/result.hpp"
#include "core/ipld/cid.hpp"
#include "worker/driver/state_keeper.hpp"
#include "worker/enclave_process/child.hpp"
#include "worker/enclave_process/enclave_process.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>
#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <chrono>
#include <iostream>
#include <thread>

namespace {

using namespace substratee;
using namespace substratee::worker;
namespace json = boost::json;
using Clock = std::chrono::steady_clock;

std::unexpected<Failure> unused() { return fail(FailureCode::kNode, "not part of this measurement", {}); }

/// A chain with one other worker.
class OnePeerChain final : public chain_follower::Chain {
 public:
  explicit OnePeerChain(std::string url) { peer_.worker_url = std::move(url); }
  Result<std::vector<rpc::VerifiedBlock>> verified_blocks(BlockNumber) override { return unused(); }
  Result<BlockNumber> finalized() override { return unused(); }
  Result<std::vector<Bytes>> read_proof(const std::vector<Bytes>&, const BlockHash&) override { return unused(); }
  Result<protocol::ExtrinsicHints> hints(const AccountId&) override { return unused(); }
  Result<void> submit(ByteView) override { return unused(); }
  Result<std::optional<chain_follower::Found>> find(ByteView, const BlockHash&) override { return unused(); }
  Result<bool> is_disputed(const registry::ShardId&) override { return unused(); }
  Result<std::vector<chain_follower::PeerWorker>> workers(const registry::ShardId&) override {
    return std::vector{peer_};
  }
  Result<std::optional<chain_follower::Registration>> registration(const AccountId&) override { return unused(); }
  Result<std::optional<registry::Collateral>> collateral(const attestation::CollateralId&) override { return unused(); }

 private:
  chain_follower::PeerWorker peer_{AccountId{}, registry::MemberStatus::kActive, {}, {}};
};

class SilentReport final : public Report {
 public:
  void started(const protocol::Started&) override {}
  void registered(BlockNumber) override {}
  void founded(BlockNumber, registry::Epoch) override {}
  void connecting(const AccountId&, const std::string&) override {}
  void keys_received(const AccountId&, registry::Epoch, Millis) override {}
  void keys_sent(const AccountId&, registry::Epoch, BlockNumber, Millis) override {}
  void state_loaded(const registry::StateCid&, std::uint64_t, std::uint64_t) override {}
  void live(BlockNumber) override {}
  void processed(const protocol::Processed&) override {}
  void confirmed(BlockNumber, BlockNumber) override {}
  void member_changed(registry::MemberStatus) override {}
  void diverged(const protocol::Divergence&) override {}
  void equivocation(const std::string&) override {}
  void info(const std::string& text) override { fmt::print(stderr, "{}\n", text); }
  void warn(const std::string& text) override { fmt::print(stderr, "{}\n", text); }
};

class Supply final : public conversation::Supplier {
 public:
  explicit Supply(driver::StateKeeper& keeper) : keeper_(keeper) {}
  Result<void> import_up_to(BlockNumber) override { return unused(); }
  Result<std::vector<protocol::StateBlock>> state_blocks(const protocol::NeedState& need) override {
    AccountId self;
    self[0] = 1;
    return keeper_.bring(need, self);
  }

 private:
  driver::StateKeeper& keeper_;
};

struct Joined {
  double seconds = 0;
  ipfs::FetchProgress fetched;
  double host_cpu = 0;
  double enclave_cpu = 0;
};

double cpu_seconds(int who) {
  rusage usage{};
  ::getrusage(who, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

Result<Joined> join(const std::filesystem::path& self, const std::filesystem::path& directory, const std::string& url,
                    const std::string& root) {
  auto blocks = ipfs::BlockStore::open(directory / "blocks");
  if (!blocks) return fail(FailureCode::kStorage, blocks.error().to_string(), {});
  ipfs::EmbeddedStateStore store(**blocks);
  OnePeerChain chain(url);
  SilentReport report;
  driver::QueryDesk desk([] {});
  const auto blobs = SUBSTRATEE_TRY(conversation::BlobStore::open(directory / "sealed"));
  const auto receipts = SUBSTRATEE_TRY(conversation::ReceiptStore::open(directory / "receipts"));
  const auto evidence = SUBSTRATEE_TRY(conversation::EvidenceStore::open(directory / "evidence"));
  const auto children = cpu_seconds(RUSAGE_CHILDREN);
  const auto own = cpu_seconds(RUSAGE_SELF);
  enclave_process::EnclaveOptions options;
  options.program = self;
  options.arguments = {"enclave", root};
  options.on_log = [](const std::string& line) { fmt::print(stderr, "enclave: {}\n", line); };
  auto enclave = SUBSTRATEE_TRY(enclave_process::EnclaveProcess::start(std::move(options)));
  conversation::Conversation conversation({*enclave, chain, blobs, receipts});
  driver::StateKeeper keeper({conversation, chain, store, receipts, evidence, desk, report}, {}, 64, {});
  Supply supply(keeper);
  conversation.set_supplier(&supply);
  const auto start = Clock::now();
  SUBSTRATEE_TRY(conversation.ask_for<protocol::Status>(protocol::LoadState{}));
  Joined out;
  out.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  out.fetched = keeper.take_fetched();
  out.host_cpu = cpu_seconds(RUSAGE_SELF) - own;
  enclave.reset();
  out.enclave_cpu = cpu_seconds(RUSAGE_CHILDREN) - children;
  return out;
}

/// A child of this program, and the first line that it prints.
struct Started {
  std::unique_ptr<enclave_process::Child> child;
  std::string line;
};

Result<Started> start(const std::filesystem::path& self, std::vector<std::string> arguments) {
  Started out{SUBSTRATEE_TRY(enclave_process::Child::spawn(self, arguments)), {}};
  char byte = 0;
  while (::read(out.child->output(), &byte, 1) == 1 && byte != '\n') out.line.push_back(byte);
  if (out.line.empty()) return fail(FailureCode::kOption, fmt::format("\"{}\" said nothing", arguments.front()), {});
  return out;
}

json::object figures(const Joined& joined, double bound_seconds, std::uint64_t total) {
  const auto moved = joined.fetched.bytes;
  return {{"seconds", joined.seconds},
          {"bytes", total},
          {"megabytes_per_second", static_cast<double>(total) / 1e6 / joined.seconds},
          {"bound_seconds", bound_seconds},
          {"share_of_bound", bound_seconds / joined.seconds},
          {"fetched_blocks", joined.fetched.blocks},
          {"fetched_bytes", moved},
          {"fetched_share", static_cast<double>(moved) / static_cast<double>(total)},
          {"host_cpu_seconds", joined.host_cpu},
          {"enclave_cpu_seconds", joined.enclave_cpu}};
}

Result<json::object> measure(const std::filesystem::path& self, const std::filesystem::path& directory,
                             const bench::JoinLoad& load) {
  auto made = SUBSTRATEE_TRY(start(
      self, {"make", (directory / "source").string(), std::to_string(load.records), std::to_string(load.value_size)}));
  while (!made.child->wait(std::chrono::seconds(1))) {
  }
  const auto about = json::parse(made.line).as_object();
  const auto bytes = about.at("bytes").to_number<std::uint64_t>();
  const auto block_seconds = about.at("microseconds_per_block").to_number<double>() / 1e6;
  const auto bound = block_seconds * about.at("blocks").to_number<double>();
  auto server = SUBSTRATEE_TRY(start(self, {"serve", (directory / "source").string()}));
  const auto url = "http://127.0.0.1:" + server.line;
  const auto text = [&](const char* name) { return std::string(about.at(name).as_string()); };
  const auto first = SUBSTRATEE_TRY(join(self, directory / "joiner", url, text("root")));
  const auto second = SUBSTRATEE_TRY(join(self, directory / "joiner", url, text("changed_root")));
  const auto third = SUBSTRATEE_TRY(join(self, directory / "joiner", url, text("changed_root")));
  json::object out = about;
  out["records"] = load.records;
  out["value_size"] = load.value_size;
  out["cores"] = std::thread::hardware_concurrency();
  out["join"] = figures(first, bound, bytes);
  out["join_changed"] = figures(second, bound, bytes);
  out["restart"] = figures(third, bound, bytes);
  server.child->close_input();
  static_cast<void>(server.child->wait(std::chrono::seconds(10)));
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Measures a join: a state made by the enclave's own code, served, fetched, stored and opened."};
  bench::JoinLoad load{950'000, 1'024};
  std::filesystem::path directory = std::filesystem::temp_directory_path() / "substratee-bench-join";
  app.add_option("--records", load.records)->capture_default_str();
  app.add_option("--value-size", load.value_size)->capture_default_str();
  app.add_option("--directory", directory, "Removed before and afterwards")->capture_default_str();
  std::string place;
  std::string root;
  auto* make = app.add_subcommand("make");
  make->add_option("directory", place)->required();
  make->add_option("records", load.records)->required();
  make->add_option("value-size", load.value_size)->required();
  auto* serve = app.add_subcommand("serve");
  serve->add_option("directory", place)->required();
  auto* enclave = app.add_subcommand("enclave");
  enclave->add_option("root", root)->required();
  CLI11_PARSE(app, argc, argv);
  if (make->parsed()) return bench::make_states(place, load);
  if (serve->parsed()) return bench::serve(place);
  if (enclave->parsed()) {
    const auto cid = ipld::Cid::from_text(root);
    return cid && cid->to_cid_bytes() ? bench::be_enclave(*cid->to_cid_bytes()) : 2;
  }
  std::filesystem::remove_all(directory);
  std::filesystem::create_directories(directory);
  const auto self = std::filesystem::read_symlink("/proc/self/exe");
  const auto result = measure(self, directory, load);
  std::filesystem::remove_all(directory);
  if (!result) {
    fmt::print(stderr, "Error: {}\n", result.error().to_string());
    return 1;
  }
  std::cout << json::serialize(*result) << '\n';
  return 0;
}
