// Sealed calls from the client through chain and workers until the workers agree. Prints one JSON object.
#include "bench/bound.hpp"
#include "client/sdk/prepare.hpp"
#include "client/sdk/session.hpp"
#include "core/crypto/system_random.hpp"
#include "core/stf/transition.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <iostream>
#include <thread>

namespace substratee::bench {
namespace {

using client::Result;
using Clock = std::chrono::steady_clock;

struct Options {
  std::string node_url;
  std::size_t calls = 20'000;
  std::size_t accounts = 1'000;
  unsigned senders = 4;
};

/// What becomes of the calls, told by final blocks.
struct Progress {
  std::size_t included = 0;
  primitives::BlockNumber last_block = 0;
  Clock::time_point all_included;
};

std::vector<primitives::AccountKey> make_accounts(const Options& options, Random& random) {
  std::vector<primitives::AccountKey> out;
  for (std::size_t i = 0; i < options.accounts; ++i) {
    out.push_back(
        *primitives::AccountKey::from_uri(fmt::format("//bench//{}", i), primitives::Scheme::kSr25519, random));
  }
  return out;
}

/// Call n is of account n mod accounts: nonces in order for each.
Result<std::vector<client::PreparedCall>> prepare(const Options& options, const client::View& view,
                                                  client::Session& session,
                                                  std::span<const primitives::AccountKey> accounts) {
  const auto key = SUBSTRATEE_TRY(client::chain_key(view));
  const auto runtime = SUBSTRATEE_TRY(session.node().runtime_version());
  const auto frame =
      client::immortal_frame(view.domain.genesis_hash, runtime.spec_version, runtime.transaction_version);
  const auto call = *stf::find("counter")->call_from_text("increment 1");
  std::vector<client::CallOrder> orders;
  for (std::size_t n = 0; n < options.calls; ++n) {
    const auto nonce = static_cast<primitives::Nonce>(n / accounts.size());
    orders.push_back({&accounts[n % accounts.size()], call, nonce, nonce, view.number + 100'000});
  }
  const auto threads = std::max(1U, std::thread::hardware_concurrency());
  std::vector<Result<std::vector<client::PreparedCall>>> parts(threads);
  {
    std::vector<std::jthread> workers;
    for (unsigned t = 0; t < threads; ++t) {
      workers.emplace_back([&, t] {
        crypto::SystemRandom random;
        const auto from = orders.size() * t / threads;
        const auto to = orders.size() * (t + 1) / threads;
        parts[t] = client::prepare_calls(std::span(orders).subspan(from, to - from), key, view.domain, frame, random);
      });
    }
  }
  std::vector<client::PreparedCall> out;
  for (auto& part : parts) {
    auto some = SUBSTRATEE_TRY(std::move(part));
    std::ranges::move(some, std::back_inserter(out));
  }
  return out;
}

/// Each sender takes the accounts of its own, so that nonces arrive in order.
Result<void> submit(const Options& options, std::span<const client::PreparedCall> calls) {
  std::vector<Result<void>> results(options.senders);
  {
    std::vector<std::jthread> senders;
    for (unsigned s = 0; s < options.senders; ++s) {
      senders.emplace_back([&, s] {
        const auto node = rpc::NodeClient::connect(options.node_url);
        if (!node) {
          results[s] = std::unexpected(client::Failure(node.error()));
          return;
        }
        for (std::size_t n = 0; n < calls.size() && results[s]; ++n) {
          if (n % options.accounts % options.senders != s) continue;
          if (const auto sent = (*node)->submit(calls[n].extrinsic); !sent) {
            results[s] = std::unexpected(client::Failure(sent.error()));
          }
        }
      });
    }
  }
  for (auto& result : results) SUBSTRATEE_TRY(std::move(result));
  return {};
}

/// Reads final blocks until all calls are in, and agreed.
Result<Progress> follow(const Options& options, client::Session& session, primitives::BlockNumber from) {
  Progress out;
  for (auto number = from; out.included < options.calls; ++number) {
    const auto block = SUBSTRATEE_TRY(session.final_block(number));
    const auto before = out.included;
    for (const auto& entry : block.journal)
      out.included += std::holds_alternative<registry::CallForwarded>(entry) ? 1 : 0;
    if (out.included == before) continue;
    out.last_block = number;
    out.all_included = Clock::now();
  }
  const auto last = SUBSTRATEE_TRY(session.final_block(out.last_block));
  SUBSTRATEE_TRY(session.wait_agreed(out.last_block, last.hash));
  return out;
}

double seconds_between(Clock::time_point from, Clock::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}

/// The first account's counter: every one of its calls was applied.
Result<std::string> counter(client::Session& session, const primitives::AccountKey& account) {
  const auto view = SUBSTRATEE_TRY(session.view());
  const auto key = SUBSTRATEE_TRY(client::chain_key(view));
  const auto targets = SUBSTRATEE_TRY(client::choose(view, {}));
  const auto* transition = stf::find("counter");
  const auto found = SUBSTRATEE_TRY(session.ask(view, key, targets.front(), account,
                                                protocol::AskState{{*transition->query_from_text("counter")}},
                                                protocol::Mode::kAgreed));
  return transition->value_to_text(found.answer.value.value).value_or("?");
}

Result<boost::json::object> run(const Options& options) {
  crypto::SystemRandom random;
  auto session = SUBSTRATEE_TRY(client::Session::open({.node_url = options.node_url,
                                                       .shard = registry::shard_id("counter", "default"),
                                                       .genesis = {},
                                                       .timeout = std::chrono::minutes(5)},
                                                      random));
  const auto accounts = make_accounts(options, random);
  const auto view = SUBSTRATEE_TRY(session->view());
  const auto calls = SUBSTRATEE_TRY(prepare(options, view, *session, accounts));
  const auto bound = measure_bound();
  const auto start_block = SUBSTRATEE_TRY(session->view()).number + 1;

  const auto start = Clock::now();
  Result<void> submitted;
  Clock::time_point all_submitted;
  std::jthread sender([&] {
    submitted = submit(options, calls);
    all_submitted = Clock::now();
  });
  const auto progress = follow(options, *session, start_block);
  const auto end = Clock::now();
  sender.join();
  SUBSTRATEE_TRY(std::move(submitted));
  if (!progress) return std::unexpected(progress.error());

  const double seconds = seconds_between(start, end);
  const double rate = static_cast<double>(options.calls) / seconds;
  const auto expected = (options.calls + options.accounts - 1) / options.accounts;
  return boost::json::object{{"calls", options.calls},
                             {"accounts", options.accounts},
                             {"active_workers", view.count(registry::MemberStatus::kActive)},
                             {"cores", bound.cores},
                             {"seconds", seconds},
                             {"seconds_submitted", seconds_between(start, all_submitted)},
                             {"seconds_included", seconds_between(start, progress->all_included)},
                             {"blocks", progress->last_block - start_block + 1},
                             {"calls_per_second", rate},
                             {"bound_calls_per_second", bound.calls_per_second()},
                             {"share_of_bound", rate / bound.calls_per_second()},
                             {"verify_microseconds", bound.verify_seconds * 1e6},
                             {"open_microseconds", bound.open_seconds * 1e6},
                             {"inner_microseconds", bound.inner_seconds * 1e6},
                             {"state_microseconds", bound.state_seconds * 1e6},
                             {"counter", SUBSTRATEE_TRY(counter(*session, accounts.front()))},
                             {"counter_expected", std::to_string(expected)}};
}

}  // namespace
}  // namespace substratee::bench

int main(int argc, char** argv) {
  using namespace substratee;
  bench::Options options;
  CLI::App app("Sends sealed calls through chain and workers and measures until the workers agree.",
               "substratee-bench-calls");
  app.add_option("--node-url", options.node_url, "The node")->required();
  app.add_option("--calls", options.calls, "How many")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}))
      ->capture_default_str();
  app.add_option("--accounts", options.accounts, "Of how many accounts")
      ->check(CLI::Range(std::size_t{1}, std::size_t{100'000}))
      ->capture_default_str();
  app.add_option("--senders", options.senders, "Connections")->check(CLI::Range(1U, 64U))->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  crypto::initialise();
  const auto result = bench::run(options);
  if (!result) {
    fmt::print(stderr, "substratee-bench-calls: {}\n", result.error().to_string());
    return 1;
  }
  std::cout << boost::json::serialize(*result) << "\n";
  return 0;
}
