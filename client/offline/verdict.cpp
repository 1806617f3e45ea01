#include "client/offline/verdict.hpp"

#include "client/offline/text.hpp"
#include "core/base/hex.hpp"
#include "core/primitives/ss58.hpp"
#include "core/stf/transition.hpp"

#include <fmt/format.h>

namespace substratee::client::offline {
namespace json = boost::json;
using primitives::to_ss58;
namespace {

json::value hex(ByteView bytes) { return json::string(to_hex_prefixed(bytes)); }
json::value text(std::string_view view) { return json::string(view); }

json::value time_json(const proof::ShardFacts& facts) {
  return facts.time ? json::value(time_text(*facts.time)) : json::value(nullptr);
}

std::string when(const proof::ShardFacts& facts) { return facts.time ? ", " + time_text(*facts.time) : std::string(); }

std::string shard_name(const proof::ShardFacts& facts) {
  return fmt::format("{}/{}", facts.shard.charter.stf.value, facts.shard.name.value);
}

std::string head_line(const proof::Trust& trust) {
  return fmt::format("The file holds. On the chain with genesis {} it proves:\n", to_hex_prefixed(trust.genesis));
}

std::string enclave_line(const proof::Registration& registration) {
  const auto& enclave = registration.enclave;
  return fmt::format("  enclave {} (worker {}): {}, measurement {}, TCB status {}: {}\n", to_ss58(enclave.account),
                     registration.index, attestation::to_string(enclave.kind), to_hex_prefixed(enclave.measurement),
                     attestation::to_string(enclave.tcb_status), security_text(enclave.hardware));
}

std::string warning(bool is_hardware) {
  if (is_hardware) return {};
  return "WARNING: simulated enclaves protect nothing. Whoever ran those machines could make this up.\n";
}

bool all_hardware(const std::vector<proof::Registration>& enclaves) {
  return std::ranges::all_of(enclaves, [](const auto& one) { return one.enclave.hardware; });
}

json::object shard_json(const proof::Trust& trust, const registry::ShardId& shard, const proof::ShardFacts& facts) {
  return {{"holds", true},
          {"genesis", hex(trust.genesis)},
          {"shard", hex(shard)},
          {"shard_name", shard_name(facts)},
          {"charter_hash", hex(facts.charter_hash)},
          {"time", time_json(facts)}};
}

Verdict to_verdict(const proof::VerifiedReceipt& verified, const proof::Trust& trust) {
  const auto& receipt = verified.receipt;
  const auto& agreement = verified.agreement;
  const auto& agreed = agreement.agreement;
  Verdict out{shard_json(trust, receipt.shard, agreement.facts), head_line(trust)};
  json::array enclaves;
  for (const auto& one : agreement.confirmed_by) enclaves.push_back(enclave_json(one.index, one.enclave));
  out.machine.insert({{"block", receipt.block_number},
                      {"block_hash", hex(receipt.block_hash)},
                      {"index", receipt.index},
                      {"call_hash", hex(receipt.call_hash)},
                      {"account", to_ss58(receipt.account)},
                      {"outcome", text(protocol::to_string(receipt.outcome))},
                      {"announced_in", agreement.announced_in},
                      {"announced_hash", hex(agreement.announced_hash)},
                      {"receipts_root", hex(agreed.agreed.receipts_root)},
                      {"state_cid", cid_text(agreed.agreed.state_cid)},
                      {"active", agreed.active},
                      {"confirmed_by", std::move(enclaves)},
                      {"hardware", all_hardware(agreement.confirmed_by)}});
  out.people +=
      fmt::format("- call {} of {} was carried out with the outcome: {}\n", to_hex_prefixed(receipt.call_hash),
                  to_ss58(receipt.account), protocol::to_string(receipt.outcome));
  out.people += fmt::format("- it is number {} of the calls for shard {} in block {} {}\n", receipt.index,
                            shard_name(agreement.facts), receipt.block_number, to_hex_prefixed(receipt.block_hash));
  out.people += fmt::format("- {} of {} Active workers confirmed that result and the state {}\n",
                            agreement.confirmed_by.size(), agreed.active, cid_text(agreed.agreed.state_cid));
  out.people += fmt::format("- block {} {}{}, sealed by the chain's authority, announces their agreement\n",
                            agreement.announced_in, to_hex_prefixed(agreement.announced_hash), when(agreement.facts));
  out.people += fmt::format("- the shard's charter is {}\n", to_hex_prefixed(agreement.facts.charter_hash));
  out.people += "Who confirmed, as the chain had registered them:\n";
  for (const auto& one : agreement.confirmed_by) out.people += enclave_line(one);
  out.people += warning(all_hardware(agreement.confirmed_by));
  return out;
}

/// In words where this program knows them, else in hex.
std::string value_text(const proof::VerifiedAnswer& verified) {
  const auto& value = verified.answer.value.value;
  if (verified.query && std::holds_alternative<protocol::AskNonce>(verified.query->query)) {
    const auto nonce = scale::decode<primitives::Nonce>(value);
    if (nonce) return std::to_string(*nonce);
  }
  const auto* transition = stf::find(verified.facts.shard.charter.stf.value);
  if (verified.query && std::holds_alternative<protocol::AskState>(verified.query->query) && transition != nullptr) {
    const auto known = transition->value_to_text(value);
    if (known) return *known;
  }
  return to_hex_prefixed(value);
}

json::value query_json(const std::optional<protocol::SignedQuery>& query) {
  if (!query) return nullptr;
  json::object out{{"account", to_ss58(query->account)}, {"kind", nullptr}};
  if (const auto* ask = std::get_if<protocol::AskReceipt>(&query->query)) {
    out.insert({{"block", ask->block}, {"index", ask->index}});
  }
  if (const auto* ask = std::get_if<protocol::AskState>(&query->query)) out["query"] = hex(ask->query.value);
  constexpr std::array kKinds{"nonce", "receipt", "state"};
  out["kind"] = kKinds[query->query.index()];
  return out;
}

std::string query_text(const std::optional<protocol::SignedQuery>& query) {
  if (!query) return "- what was asked is not shown, only its hash\n";
  if (std::holds_alternative<protocol::AskNonce>(query->query)) {
    return fmt::format("- {} asked for its next call nonce\n", to_ss58(query->account));
  }
  if (const auto* ask = std::get_if<protocol::AskReceipt>(&query->query)) {
    return fmt::format("- {} asked for the receipt of call {} of block {}\n", to_ss58(query->account), ask->index,
                       ask->block);
  }
  return fmt::format("- {} asked {} about its state\n", to_ss58(query->account),
                     to_hex_prefixed(std::get<protocol::AskState>(query->query).query.value));
}

Verdict to_verdict(const proof::VerifiedAnswer& verified, const proof::Trust& trust) {
  const auto& answer = verified.answer;
  Verdict out{shard_json(trust, verified.shard, verified.facts), head_line(trust)};
  const bool is_hardware = verified.enclave.enclave.hardware;
  out.machine.insert({{"value", value_text(verified)},
                      {"status", text(protocol::to_string(answer.status))},
                      {"mode", text(protocol::to_string(answer.mode))},
                      {"block", answer.block_number},
                      {"block_hash", hex(answer.block_hash)},
                      {"state_cid", cid_text(answer.state_cid)},
                      {"query_hash", hex(answer.query_hash)},
                      {"asked", query_json(verified.query)},
                      {"answered_by", enclave_json(verified.enclave.index, verified.enclave.enclave)},
                      {"member", text(registry::to_string(verified.status))},
                      {"hardware", is_hardware}});
  out.people += query_text(verified.query);
  out.people += fmt::format("- the answer, signed by an enclave of shard {}, is: {} ({})\n", shard_name(verified.facts),
                            value_text(verified), protocol::to_string(answer.status));
  out.people += fmt::format("- it was given at block {} {}{}, sealed by the chain's authority\n", answer.block_number,
                            to_hex_prefixed(answer.block_hash), when(verified.facts));
  out.people += answer.mode == protocol::Mode::kAgreed
                    ? fmt::format("- from the state that the workers had agreed on: {}\n", cid_text(answer.state_cid))
                    : fmt::format("- from the enclave's newest state, which nobody else need have confirmed: {}\n",
                                  cid_text(answer.state_cid));
  out.people += fmt::format("- the shard's charter is {}\n", to_hex_prefixed(verified.facts.charter_hash));
  out.people += fmt::format("Who answered, {} in the shard, as the chain had it registered:\n",
                            registry::to_string(verified.status));
  out.people += enclave_line(verified.enclave) + warning(is_hardware);
  return out;
}

}  // namespace

proof::Result<Verdict> verify_receipt(ByteView bytes, const proof::Trust& trust) {
  const auto file = SUBSTRATEE_TRY(proof::decode_file_of<proof::ReceiptFile>(bytes));
  return to_verdict(SUBSTRATEE_TRY(proof::verify_receipt(file, trust)), trust);
}

proof::Result<Verdict> verify_answer(ByteView bytes, const proof::Trust& trust) {
  const auto file = SUBSTRATEE_TRY(proof::decode_file_of<proof::AnswerFile>(bytes));
  return to_verdict(SUBSTRATEE_TRY(proof::verify_answer(file, trust)), trust);
}

}  // namespace substratee::client::offline
