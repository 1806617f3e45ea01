// Commands that speak with the shard's enclaves.
#include "client/cli/commands.hpp"
#include "client/cli/format.hpp"
#include "core/base/hex.hpp"
#include "core/primitives/ss58.hpp"
#include "core/stf/transition.hpp"

#include <fmt/format.h>

namespace substratee::client::cli {
using primitives::to_ss58;
namespace {

/// What every question needs: the shard now, whom to ask, and the key, given by a worker and equal to the chain's.
struct Opening {
  View view;
  std::vector<Target> targets;
  ShardKey key;
  std::string key_from;  ///< URL of the worker that gave the key
};

Result<Opening> open(Desk& desk, Session& session, const Choice& choice) {
  Opening out{SUBSTRATEE_TRY(session.view()), {}, {}, {}};
  desk.say('<', fmt::format("shard {}/{}: {} workers, {} active; proved at block {}", out.view.shard.charter.stf.value,
                            out.view.shard.name.value, out.view.workers.size(),
                            out.view.count(registry::MemberStatus::kActive), out.view.number));
  desk.say('<', fmt::format("charter {}{}", to_hex_prefixed(registry::charter_hash(out.view.shard.charter)),
                            desk.options().session.charter ? ", as pinned" : ""));
  SUBSTRATEE_TRY(chain_key(out.view));
  out.targets = SUBSTRATEE_TRY(choose(out.view, choice));
  out.key = SUBSTRATEE_TRY(first_of(out.targets, [&](const Target& target) {
    desk.say('>', fmt::format("shielding key? to the worker at {}", target.url));
    out.key_from = target.url;
    return session.shielding_key(out.view, target);
  }));
  desk.say('<', fmt::format("{} (epoch {}), signed by its enclave, equal to the chain's", to_hex_prefixed(out.key.key),
                            out.key.epoch));
  return out;
}

Result<const stf::Transition*> find_transition(const View& view) {
  const auto& name = view.shard.charter.stf.value;
  if (const auto* transition = stf::find(name)) return transition;
  return fail(Code::kUsage, fmt::format("this client does not know the state transition function {}", name),
              "use a client of the version that has it");
}

Result<Bytes> from_text(stf::Result<Bytes> bytes, std::string_view kind, std::string_view text, const View& view) {
  if (bytes) return *std::move(bytes);
  return fail(Code::kUsage, fmt::format("'{}' is no {} of the function {}", text, kind, view.shard.charter.stf.value),
              "for the counter: call \"increment 42\", query counter");
}

Result<VerifiedAnswer> ask(Desk& desk, Session& session, const Opening& opening, const protocol::Query& query,
                           protocol::Mode mode) {
  const auto* key = SUBSTRATEE_TRY(desk.account());
  return first_of(opening.targets, [&](const Target& target) {
    desk.say('>', fmt::format("signed, sealed query to the worker at {}", target.url));
    return session.ask(opening.view, opening.key, target, *key, query, mode);
  });
}

Result<primitives::Nonce> call_nonce(Desk& desk, Session& session, const Opening& opening,
                                     const std::optional<primitives::Nonce>& given) {
  if (given) return *given;
  const auto* key = SUBSTRATEE_TRY(desk.account());
  const auto nonce = SUBSTRATEE_TRY(first_of(opening.targets, [&](const Target& target) {
    desk.say('>', fmt::format("next call nonce of {}? to the worker at {}", to_ss58(key->account()), target.url));
    return session.next_call_nonce(opening.view, opening.key, target, *key);
  }));
  desk.say('<', fmt::format("{}, signed by its enclave", nonce));
  return nonce;
}

std::string joined(std::span<const AccountId> accounts) {
  std::string out;
  for (const auto& account : accounts) out += (out.empty() ? "" : ", ") + to_ss58(account);
  return out;
}

void add_receipt(Report& report, const VerifiedReceipt& found) {
  const auto outcome = protocol::to_string(found.receipt.outcome);
  const auto& agreement = found.agreement;
  report.machine["outcome"] = json::string(outcome);
  report.machine["receipts_root"] = to_hex_prefixed(agreement.agreed.receipts_root);
  report.machine["state_cid"] = cid_text(agreement.agreed.state_cid);
  report.machine["active"] = agreement.active;
  report.machine["confirmed_by"] = accounts_json(agreement.confirmed_by.value);
  report.people += fmt::format("[<] receipt: {}, proven against the agreed receipts root\n", outcome);
  if (found.receipt.outcome == protocol::Outcome::kApplied) return;
  report.complaint = Failure(Code::kRefused, fmt::format("the enclaves did not apply the call: {}", outcome),
                             "state and counter are as before; see: substratee-client nonce");
}

Result<PreparedCall> prepare(Desk& desk, Session& session, const Opening& opening, const CallCommand& command) {
  const auto* transition = SUBSTRATEE_TRY(find_transition(opening.view));
  auto call = SUBSTRATEE_TRY(from_text(transition->call_from_text(command.text), "call", command.text, opening.view));
  const auto* key = SUBSTRATEE_TRY(desk.account());
  CallOrder order{key, std::move(call), 0, 0, opening.view.number + command.valid_for};
  order.call_nonce = SUBSTRATEE_TRY(call_nonce(desk, session, opening, command.nonce));
  order.extrinsic_nonce = SUBSTRATEE_TRY(session.node().next_nonce(key->account()));
  const auto frame = SUBSTRATEE_TRY(session.frame(opening.view));
  return prepare_call(order, opening.key, opening.view.domain, frame, desk.random());
}

/// After inclusion: agreement and receipt.
Result<void> add_agreement(Desk& desk, Session& session, const Opening& opening, const PreparedCall& call,
                           const rpc::Inclusion& inclusion, Report& report) {
  const auto carrier = SUBSTRATEE_TRY(session.final_block(inclusion.block_number));
  if (carrier.hash != inclusion.block_hash) {
    return fail(
        Code::kRefused,
        fmt::format("block {} {} did not become final", inclusion.block_number, to_hex_prefixed(inclusion.block_hash)),
        "send the call again");
  }
  const auto position = SUBSTRATEE_TRY(find_call(carrier, opening.view.domain.shard, call.call_hash, call.sender));
  desk.say('>', fmt::format("waiting until the workers agree on block {}", inclusion.block_number));
  const auto agreement = SUBSTRATEE_TRY(session.wait_agreed(inclusion.block_number, inclusion.block_hash));
  const auto& by = agreement.confirmed_by.value;
  desk.say('<', fmt::format("agreed by {} of {}: {}", by.size(), agreement.active, joined(by)));
  desk.say('<', fmt::format("new state {}", cid_text(agreement.agreed.state_cid)));
  const auto* key = SUBSTRATEE_TRY(desk.account());
  const auto view = SUBSTRATEE_TRY(session.view());
  desk.say('>', fmt::format("receipt of call {} of block {}?", position.index, inclusion.block_number));
  const auto receipt = SUBSTRATEE_TRY(session.fetch_receipt(view, opening.key, opening.targets, *key,
                                                            inclusion.block_number, position.index, call.call_hash));
  report.machine["index"] = position.index;
  add_receipt(report, receipt);
  return {};
}

}  // namespace

Result<Report> execute(const ShieldingKeyCommand& command, Desk& desk) {
  auto* session = SUBSTRATEE_TRY(desk.session());
  const auto opening = SUBSTRATEE_TRY(open(desk, *session, command.choice));
  Report report;
  report.machine = {{"shielding_key", to_hex_prefixed(opening.key.key)},
                    {"epoch", opening.key.epoch},
                    {"worker_url", opening.key_from},
                    {"matches_chain", true},
                    {"signature_valid", true}};
  return report;
}

Result<Report> execute(const NonceCommand& command, Desk& desk) {
  SUBSTRATEE_TRY(desk.account());
  auto* session = SUBSTRATEE_TRY(desk.session());
  const auto opening = SUBSTRATEE_TRY(open(desk, *session, command.choice));
  const auto nonce = SUBSTRATEE_TRY(call_nonce(desk, *session, opening, {}));
  Report report;
  report.machine = {{"account", to_ss58(SUBSTRATEE_TRY(desk.account())->account())}, {"nonce", nonce}};
  report.people = fmt::format("{}\n", nonce);
  return report;
}

Result<Report> execute(const CallCommand& command, Desk& desk) {
  SUBSTRATEE_TRY(desk.account());
  auto* session = SUBSTRATEE_TRY(desk.session());
  const auto opening = SUBSTRATEE_TRY(open(desk, *session, command.choice));
  const auto call = SUBSTRATEE_TRY(prepare(desk, *session, opening, command));
  const auto hash = to_hex_prefixed(call.call_hash);
  desk.say('>', fmt::format("call \"{}\" of {}, sealed as {}", command.text, to_ss58(call.sender), hash));
  Report report;
  report.machine = {{"call_hash", hash},
                    {"extrinsic_hash", to_hex_prefixed(primitives::extrinsic_hash(call.extrinsic))}};
  if (command.wait == Wait::kNone) {
    SUBSTRATEE_TRY(session->node().submit(call.extrinsic));
    report.people = "[<] submitted\n";
    return report;
  }
  const auto inclusion = SUBSTRATEE_TRY(session->submit(call.extrinsic, rpc::Until::kInBlock));
  desk.say('<', fmt::format("in block {} {}", inclusion.block_number, to_hex_prefixed(inclusion.block_hash)));
  report.machine["block"] = inclusion.block_number;
  report.machine["block_hash"] = to_hex_prefixed(inclusion.block_hash);
  if (command.wait == Wait::kAgreed) SUBSTRATEE_TRY(add_agreement(desk, *session, opening, call, inclusion, report));
  return report;
}

namespace {

Result<void> write_receipt(const ReceiptCommand& command, const VerifiedReceipt& found, Report& report) {
  if (!found.proof) {
    report.machine["file"] = nullptr;
    report.complaint = Failure(Code::kNotThere, "neither the worker nor the node can prove the agreement any more",
                               "ask another worker with --worker-index");
    return {};
  }
  const auto path = command.file.value_or(fmt::format("receipt-{}-{}.proof", command.block, command.index));
  SUBSTRATEE_TRY(write_proof(path, *found.proof));
  report.machine["file"] = path;
  report.people += fmt::format("[<] proof written to {}\n", path);
  return {};
}

}  // namespace

Result<Report> execute(const ReceiptCommand& command, Desk& desk) {
  const auto* key = SUBSTRATEE_TRY(desk.account());
  auto* session = SUBSTRATEE_TRY(desk.session());
  const auto opening = SUBSTRATEE_TRY(open(desk, *session, command.choice));
  desk.say('>', fmt::format("receipt of call {} of block {}?", command.index, command.block));
  const auto found = SUBSTRATEE_TRY(
      session->fetch_receipt(opening.view, opening.key, opening.targets, *key, command.block, command.index));
  Report report;
  report.machine = {{"block", command.block},
                    {"block_hash", to_hex_prefixed(found.receipt.block_hash)},
                    {"index", command.index},
                    {"call_hash", to_hex_prefixed(found.receipt.call_hash)},
                    {"account", to_ss58(found.receipt.account)},
                    {"answered_by", to_ss58(found.answered_by.enclave.account)}};
  add_receipt(report, found);
  SUBSTRATEE_TRY(write_receipt(command, found, report));
  return report;
}

Result<Report> execute(const QueryCommand& command, Desk& desk) {
  SUBSTRATEE_TRY(desk.account());
  auto* session = SUBSTRATEE_TRY(desk.session());
  const auto opening = SUBSTRATEE_TRY(open(desk, *session, command.choice));
  const auto* transition = SUBSTRATEE_TRY(find_transition(opening.view));
  protocol::AskState query;
  query.query.value =
      SUBSTRATEE_TRY(from_text(transition->query_from_text(command.text), "query", command.text, opening.view));
  const auto found = SUBSTRATEE_TRY(ask(desk, *session, opening, query, command.mode));
  const auto& answer = found.answer;
  const auto value = transition->value_to_text(answer.value.value);
  if (!value) {
    return fail(Code::kForged,
                fmt::format("the worker at {} answered with a value that does not decode",
                            found.answered_by.enclave.worker_url.value),
                "ask another worker with --worker-index");
  }
  const auto by = to_ss58(answer.enclave);
  Report report;
  report.machine = {{"value", *value},
                    {"mode", json::string(protocol::to_string(answer.mode))},
                    {"block", answer.block_number},
                    {"block_hash", to_hex_prefixed(answer.block_hash)},
                    {"state_cid", cid_text(answer.state_cid)},
                    {"answered_by", by},
                    {"worker_index", found.answered_by.index},
                    {"signature_valid", true}};
  report.people = fmt::format(
      "[<] {} = {}\n[<] answered by enclave {} (worker {}), its signature is valid\n[<] at block {}, {} state {}\n",
      command.text, *value, by, found.answered_by.index, answer.block_number, protocol::to_string(answer.mode),
      cid_text(answer.state_cid));
  if (command.proof) {
    SUBSTRATEE_TRY(write_proof(*command.proof, found.proof));
    report.machine["proof"] = *command.proof;
    report.people += fmt::format("[<] proof of question and answer written to {}\n", *command.proof);
  }
  return report;
}

}  // namespace substratee::client::cli
