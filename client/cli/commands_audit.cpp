// The audit: who ever held the shard's keys.
#include "client/cli/commands.hpp"
#include "client/cli/format.hpp"
#include "client/sdk/audit_chain.hpp"
#include "core/base/hex.hpp"
#include "core/primitives/ss58.hpp"

#include <fmt/format.h>

namespace substratee::client::cli {
using primitives::to_ss58;
namespace {

/// A line of progress after so many blocks: long chains take a while.
constexpr BlockNumber kBlocksPerLine = 10'000;

json::value hex(ByteView bytes) { return json::string(to_hex_prefixed(bytes)); }
json::value text(std::string_view view) { return json::string(view); }

json::value evidence_json(const ChainAudit& audit, const KeyHolder& holder) {
  for (const auto& one : audit.evidence) {
    if (one.account != holder.account || one.instance != holder.instance) continue;
    json::object out{{"block", one.block},
                     {"time", time_text(one.time)},
                     {"sha256", hex(one.sha256)},
                     {"kind", text(attestation::to_string(one.kind))},
                     {"verified", one.verified.has_value()},
                     {"doubt", one.doubt.empty() ? json::value(nullptr) : text(one.doubt)}};
    if (!one.verified) return out;
    out.insert({{"measurement", hex(one.verified->measurement)},
                {"hardware", one.verified->hardware},
                {"security", text(security_text(one.verified->hardware))},
                {"tcb_status", text(attestation::to_string(one.verified->tcb_status))},
                {"platform_id", hex(one.verified->platform_id)}});
    return out;
  }
  return nullptr;
}

/// As it is registered now; null if it is gone.
json::value registration_json(const ChainAudit& audit, const AccountId& account) {
  for (const auto& worker : audit.workers) {
    if (worker.enclave.account != account) continue;
    auto out = enclave_json(worker.index, worker.enclave);
    out["status"] = worker.member ? text(registry::to_string(worker.member->status)) : json::value(nullptr);
    return out;
  }
  return nullptr;
}

json::object holder_json(const ChainAudit& audit, const KeyHolder& holder) {
  return {{"account", to_ss58(holder.account)},
          {"instance", hex(holder.instance)},
          {"block", holder.block},
          {"from", holder.from ? json::value(to_ss58(*holder.from)) : json::value(nullptr)},
          {"session", holder.session ? hex(*holder.session) : json::value(nullptr)},
          {"evidence", evidence_json(audit, holder)},
          {"registration", registration_json(audit, holder.account)}};
}

json::object to_json(const ChainAudit& audit, const Session& session) {
  json::array epochs;
  for (const auto& epoch : audit.audit.epochs()) {
    json::array holders;
    for (const auto& holder : epoch.holders) holders.push_back(holder_json(audit, holder));
    epochs.push_back(json::object{{"epoch", epoch.epoch},
                                  {"shielding_key", hex(epoch.shielding_key)},
                                  {"founded_in", epoch.founded_in},
                                  {"void", epoch.is_void},
                                  {"holders", std::move(holders)}});
  }
  json::array findings;
  for (const auto& one : audit.audit.findings()) {
    findings.push_back(json::object{{"block", one.block}, {"what", one.word}, {"text", one.text}});
  }
  return {{"genesis", hex(session.domain().genesis_hash)},
          {"shard", hex(session.domain().shard)},
          {"charter_hash", hex(audit.charter_hash)},
          {"head", audit.head},
          {"head_hash", hex(audit.head_hash)},
          {"agreements", audit.audit.agreements()},
          {"epochs", std::move(epochs)},
          {"findings", std::move(findings)}};
}

std::string holder_lines(const ChainAudit& audit, const KeyHolder& holder) {
  auto out = holder.from ? fmt::format("  {} from {} in block {}\n", to_ss58(holder.account), to_ss58(*holder.from),
                                       holder.block)
                         : fmt::format("  {} founded it in block {}\n", to_ss58(holder.account), holder.block);
  for (const auto& one : audit.evidence) {
    if (one.account != holder.account || one.instance != holder.instance) continue;
    out += fmt::format("    registered in block {}, {}: {}", one.block, time_text(one.time),
                       attestation::to_string(one.kind));
    out += one.verified
               ? fmt::format(", measurement {}, platform {}, TCB status {}: {}\n",
                             to_hex_prefixed(one.verified->measurement), to_hex_prefixed(one.verified->platform_id),
                             attestation::to_string(one.verified->tcb_status), security_text(one.verified->hardware))
               : fmt::format("; evidence not verified here: {}\n", one.doubt);
  }
  return out;
}

std::string to_people(const ChainAudit& audit) {
  auto out = fmt::format("Blocks 1 to {} of the chain, each sealed and linked; {} agreements; charter {}\n", audit.head,
                         audit.audit.agreements(), to_hex_prefixed(audit.charter_hash));
  for (const auto& epoch : audit.audit.epochs()) {
    out += fmt::format("Epoch {}{}, shielding key {}; whoever may hold its key:\n", epoch.epoch,
                       epoch.is_void ? " (void)" : "", to_hex_prefixed(epoch.shielding_key));
    for (const auto& holder : epoch.holders) out += holder_lines(audit, holder);
  }
  if (audit.audit.epochs().empty()) out += "The shard was never founded: nobody holds a key.\n";
  if (audit.audit.findings().empty()) return out + "Nothing is odd.\n";
  for (const auto& one : audit.audit.findings())
    out += fmt::format("ODD: block {}: {} ({})\n", one.block, one.text, one.word);
  return out;
}

}  // namespace

Result<Report> execute(const AuditCommand&, Desk& desk) {
  auto* session = SUBSTRATEE_TRY(desk.session());
  BlockNumber told = 0;
  const auto audit = SUBSTRATEE_TRY(audit_chain(*session, [&](BlockNumber done, BlockNumber head) {
    if (done != head && done < told + kBlocksPerLine) return;
    told = done;
    desk.say('<', fmt::format("{} of {} blocks checked", done, head));
  }));
  Report report{to_json(audit, *session), to_people(audit), {}};
  if (const auto count = audit.audit.findings().size(); count > 0) {
    report.complaint = Failure(Code::kRefused, fmt::format("{} things about the shard's keys are odd", count),
                               "they are listed above; do not give secrets to this shard before you understand them");
  }
  return report;
}

}  // namespace substratee::client::cli
