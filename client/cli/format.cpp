#include "client/cli/format.hpp"

#include "core/base/hex.hpp"
#include "core/primitives/ss58.hpp"

#include <fmt/format.h>

#include <limits>

namespace substratee::client::cli {
using primitives::to_ss58;
using registry::MemberStatus;
namespace {

json::value hex(ByteView bytes) { return json::string(to_hex_prefixed(bytes)); }
json::value text(std::string_view view) { return json::string(view); }

json::object block_json(BlockNumber number, const BlockHash& hash) { return {{"number", number}, {"hash", hex(hash)}}; }

template <class Range>
json::array hex_list(const Range& range) {
  json::array out;
  for (const auto& item : range) out.push_back(hex(item));
  return out;
}

json::object members_json(const View& view) {
  return {{"total", view.workers.size()},
          {"active", view.count(MemberStatus::kActive)},
          {"joining", view.count(MemberStatus::kJoining)},
          {"silent", view.count(MemberStatus::kSilent)},
          {"quarantined", view.count(MemberStatus::kQuarantined)},
          {"expired", view.count(MemberStatus::kExpired)}};
}

struct EntryForm {
  json::object operator()(const registry::CallForwarded& entry) const {
    return {{"type", "call"},
            {"shard", hex(entry.shard)},
            {"sender", to_ss58(entry.sender)},
            {"call_hash", hex(registry::call_hash(entry.sealed_call))},
            {"epoch", entry.sealed_call.epoch},
            {"size", entry.sealed_call.ciphertext.value.size()}};
  }
  json::object operator()(const registry::MemberChanged& entry) const {
    return {{"type", "member"},
            {"shard", hex(entry.shard)},
            {"account", to_ss58(entry.account)},
            {"instance", hex(entry.instance)},
            {"status", entry.status ? text(registry::to_string(*entry.status)) : text("gone")}};
  }
  json::object operator()(const registry::KeyReleased& entry) const {
    return {{"type", "key_release"},       {"shard", hex(entry.shard)}, {"epoch", entry.epoch},
            {"from", to_ss58(entry.from)}, {"to", to_ss58(entry.to)},   {"session", hex(entry.session)}};
  }
  json::object operator()(const registry::ShardFounded& entry) const {
    return {{"type", "founded"},
            {"shard", hex(entry.shard)},
            {"epoch", entry.epoch},
            {"founder", to_ss58(entry.founder)},
            {"shielding_key", hex(entry.shielding_key)}};
  }
  json::object operator()(const registry::StateAgreed& entry) const {
    return {{"type", "agreed"},
            {"shard", hex(entry.shard)},
            {"agreed", to_json(std::optional(entry.agreed))},
            {"active", entry.active},
            {"confirmed_by", accounts_json(entry.confirmed_by.value)}};
  }
  json::object operator()(const registry::FoundingReopened& entry) const {
    return {{"type", "founding_reopened"}, {"shard", hex(entry.shard)}, {"epoch", entry.epoch}};
  }
};

std::string scalar_text(const json::value& value) {
  if (value.is_null()) return "none";
  if (value.is_bool()) return value.as_bool() ? "yes" : "no";
  if (value.is_string()) return std::string(value.as_string());
  return json::serialize(value);
}

void add_lines(std::string& out, const json::object& object, const std::string& indent);

void add_list(std::string& out, const json::array& list, const std::string& indent) {
  for (const auto& item : list) {
    if (!item.is_object()) {
      out += fmt::format("{}- {}\n", indent, scalar_text(item));
      continue;
    }
    std::string inner;
    add_lines(inner, item.as_object(), indent + "  ");
    inner.replace(indent.size(), 2, "- ");
    out += inner;
  }
}

void add_lines(std::string& out, const json::object& object, const std::string& indent) {
  for (const auto& entry : object) {
    std::string name(entry.key());
    std::ranges::replace(name, '_', ' ');
    const auto& value = entry.value();
    if (value.is_object()) {
      out += fmt::format("{}{}:\n", indent, name);
      add_lines(out, value.as_object(), indent + "  ");
    } else if (value.is_array() && !value.as_array().empty()) {
      out += fmt::format("{}{}:\n", indent, name);
      add_list(out, value.as_array(), indent + "  ");
    } else {
      out += fmt::format("{}{}: {}\n", indent, name, value.is_array() ? "none" : scalar_text(value));
    }
  }
}

}  // namespace

std::string balance_text(primitives::Balance amount) {
  std::string digits;
  do {
    digits.push_back(static_cast<char>('0' + static_cast<int>(amount % 10)));
    amount /= 10;
  } while (amount != 0);
  std::ranges::reverse(digits);
  return digits;
}

std::optional<primitives::Balance> balance_from_text(std::string_view digits) {
  constexpr primitives::Balance kMax = ~primitives::Balance{0};
  if (digits.empty()) return std::nullopt;
  primitives::Balance out = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    const auto digit = static_cast<primitives::Balance>(c - '0');
    if (out > (kMax - digit) / 10) return std::nullopt;
    out = out * 10 + digit;
  }
  return out;
}

json::array accounts_json(std::span<const AccountId> accounts) {
  json::array out;
  for (const auto& account : accounts) out.push_back(text(to_ss58(account)));
  return out;
}

json::value to_json(const std::optional<registry::Agreed>& agreed) {
  if (!agreed) return nullptr;
  return json::object{{"block", agreed->block_number},
                      {"block_hash", hex(agreed->block_hash)},
                      {"state_cid", cid_text(agreed->state_cid)},
                      {"receipts_root", hex(agreed->receipts_root)}};
}

json::object to_json(const ChainStatus& status) {
  json::object out{{"chain", status.chain},
                   {"genesis", hex(status.genesis)},
                   {"best", block_json(status.best_number, status.best_hash)},
                   {"finalized", block_json(status.final_number, status.final_hash)},
                   {"runtime", json::object{{"name", status.runtime.spec_name},
                                            {"spec_version", status.runtime.spec_version},
                                            {"transaction_version", status.runtime.transaction_version}}},
                   {"shard", nullptr}};
  if (!status.view) return out;
  const auto& shard = status.view->shard;
  out["shard"] = json::object{{"id", hex(status.view->domain.shard)},
                              {"name", shard.name.value},
                              {"stf", shard.charter.stf.value},
                              {"epoch", shard.epoch},
                              {"founded_at", shard.founded_at ? json::value(*shard.founded_at) : json::value(nullptr)},
                              {"agreed", to_json(shard.agreed)},
                              {"disputed", shard.disputed},
                              {"members", members_json(*status.view)}};
  return out;
}

json::object to_json(const Worker& worker) {
  auto out = enclave_json(worker.index, worker.enclave);
  out["worker_url"] = worker.enclave.worker_url.value;
  out["provisioning_url"] = worker.enclave.provisioning_url.value;
  out["status"] = worker.member ? text(registry::to_string(worker.member->status)) : json::value(nullptr);
  out["last_confirmed"] = worker.member ? json::value(worker.member->last_confirmed) : json::value(nullptr);
  return out;
}

json::object to_json(const registry::Shard& shard) {
  const auto& charter = shard.charter;
  return {{"name", shard.name.value},
          {"epoch", shard.epoch},
          {"shielding_key", shard.shielding_key ? hex(*shard.shielding_key) : json::value(nullptr)},
          {"founded_at", shard.founded_at ? json::value(*shard.founded_at) : json::value(nullptr)},
          {"agreed", to_json(shard.agreed)},
          {"disputed", shard.disputed},
          {"charter_hash", hex(registry::charter_hash(charter))},
          {"charter", json::object{{"shard", hex(charter.shard)},
                                   {"hardware_required", charter.hardware_required},
                                   {"trust_anchors", hex_list(charter.trust_anchors.value)},
                                   {"measurements", hex_list(charter.measurements.value)},
                                   {"upgrade_authority",
                                    charter.upgrade_authority ? text(to_ss58(*charter.upgrade_authority)) : nullptr},
                                   {"guardians", accounts_json(charter.guardians.value)},
                                   {"guardian_threshold", charter.guardian_threshold},
                                   {"minimum_confirmations", charter.minimum_confirmations},
                                   {"stf", charter.stf.value},
                                   {"format_version", charter.format_version}}}};
}

json::object to_json(const CheckedBlock& block) {
  json::array entries;
  for (const auto& entry : block.journal) entries.push_back(std::visit(EntryForm{}, entry));
  return {{"number", block.number}, {"hash", hex(block.hash)}, {"journal", std::move(entries)}};
}

json::object to_json(const Failure& failure) {
  json::object out{
      {"error", text(client::to_string(failure.code))}, {"thing", failure.thing}, {"next_step", failure.next_step}};
  if (!failure.reason.empty()) out["reason"] = failure.reason;
  return out;
}

std::string to_lines(const json::object& object) {
  std::string out;
  add_lines(out, object, "");
  return out;
}

}  // namespace substratee::client::cli
