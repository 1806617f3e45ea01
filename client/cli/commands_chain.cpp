// Commands that only look at the chain, or at a worker's word about itself; and balances.
#include "client/cli/account.hpp"
#include "client/cli/commands.hpp"
#include "client/cli/format.hpp"
#include "core/base/hex.hpp"
#include "core/primitives/ss58.hpp"

#include <fmt/format.h>

#include <ostream>

namespace substratee::client::cli {
namespace {

Report plain(json::object object) {
  auto lines = to_lines(object);
  return {std::move(object), std::move(lines), {}};
}

}  // namespace

void Desk::say(char direction, std::string_view text) {
  (options_.is_json ? streams_.err : streams_.out) << fmt::format("[{}] {}\n", direction, text) << std::flush;
}

Result<Session*> Desk::session() {
  if (session_) return session_.get();
  session_ = SUBSTRATEE_TRY(Session::open(options_.session, random_));
  if (!options_.session.genesis) {
    streams_.err << fmt::format("note: chain {} as this node says; pin it with --genesis\n",
                                to_hex_prefixed(session_->domain().genesis_hash));
  }
  return session_.get();
}

Result<const primitives::AccountKey*> Desk::account() {
  if (account_) return &*account_;
  const auto& options = options_.account;
  if (!options.uri_file && !is_development_uri(options.uri)) {
    streams_.err << "warning: a secret on the command line can be read by others on this machine; use --uri-file\n";
  }
  account_.emplace(SUBSTRATEE_TRY(load_account(options, streams_.in, random_)));
  return &*account_;
}

Result<Report> execute(const StatusCommand&, Desk& desk) {
  auto* session = SUBSTRATEE_TRY(desk.session());
  const auto status = SUBSTRATEE_TRY(session->status());
  auto report = plain(to_json(status));
  if (status.view && status.view->shard.disputed) {
    report.people +=
        "The shard is DISPUTED: its Active workers computed different states, and nothing more is agreed. Root has to "
        "quarantine one of them: docs/recipes.md, \"When workers differ\"\n";
  }
  return report;
}

Result<Report> execute(const WorkersCommand&, Desk& desk) {
  auto* session = SUBSTRATEE_TRY(desk.session());
  json::array list;
  for (const auto& worker : SUBSTRATEE_TRY(session->find_workers())) list.push_back(to_json(worker));
  return plain({{"workers", std::move(list)}});
}

Result<Report> execute(const ShardCommand&, Desk& desk) {
  auto* session = SUBSTRATEE_TRY(desk.session());
  return plain(to_json(SUBSTRATEE_TRY(session->view()).shard));
}

Result<Report> execute(const BlockCommand& command, Desk& desk) {
  auto* session = SUBSTRATEE_TRY(desk.session());
  return plain(to_json(SUBSTRATEE_TRY(session->final_block(command.number))));
}

Result<Report> execute(const WorkerHealthCommand& command, Desk& desk) {
  const auto timeout = std::min(desk.options().session.timeout, std::chrono::milliseconds{10'000});
  const auto worker = SUBSTRATEE_TRY(rpc::WorkerClient::connect(command.url, timeout));
  const auto health = SUBSTRATEE_TRY(worker->health());
  auto object = rpc::to_json(health).as_object();
  object["version"] = SUBSTRATEE_TRY(worker->version());
  auto report = plain(std::move(object));
  if (!health.is_ready) {
    report.complaint = Failure(Code::kRefused,
                               fmt::format("the worker at {} is not ready: {}", command.url,
                                           health.store_error.empty() ? health.phase : health.store_error),
                               "wait, or look at its log");
  }
  return report;
}

Result<Report> execute(const BalanceCommand& command, Desk& desk) {
  const auto account = command.account ? *command.account : SUBSTRATEE_TRY(desk.account())->account();
  auto* session = SUBSTRATEE_TRY(desk.session());
  const auto info = SUBSTRATEE_TRY(session->account(account));
  return plain({{"account", primitives::to_ss58(account)},
                {"free", balance_text(info.free)},
                {"reserved", balance_text(info.reserved)},
                {"nonce", info.nonce}});
}

Result<Report> execute(const TransferCommand& command, Desk& desk) {
  const auto* key = SUBSTRATEE_TRY(desk.account());
  auto* session = SUBSTRATEE_TRY(desk.session());
  const auto frame = SUBSTRATEE_TRY(session->frame());
  const auto nonce = SUBSTRATEE_TRY(session->node().next_nonce(key->account()));
  const auto extrinsic = prepare_transfer(command.to, command.amount, nonce, *key, frame, desk.random());
  const auto hash = to_hex_prefixed(primitives::extrinsic_hash(extrinsic));
  desk.say('>', fmt::format("transfer of {} to {}, extrinsic {}", balance_text(command.amount),
                            primitives::to_ss58(command.to), hash));
  const auto inclusion = SUBSTRATEE_TRY(session->submit(extrinsic, command.until));
  const bool is_final = command.until == rpc::Until::kFinalized;
  Report report;
  report.machine = {{"block", inclusion.block_number},
                    {"block_hash", to_hex_prefixed(inclusion.block_hash)},
                    {"extrinsic_hash", hash},
                    {"from", primitives::to_ss58(key->account())},
                    {"to", primitives::to_ss58(command.to)},
                    {"amount", balance_text(command.amount)},
                    {"finalized", is_final}};
  report.people = fmt::format("[<] done in block {} {}{}\n", inclusion.block_number,
                              to_hex_prefixed(inclusion.block_hash), is_final ? ", final" : "");
  return report;
}

}  // namespace substratee::client::cli
