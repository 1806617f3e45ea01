// attestation members: what a policy or the time would do to the registered enclaves.
#include "client/cli/commands.hpp"
#include "client/cli/format.hpp"
#include "core/attestation/policy/policy_file.hpp"
#include "core/base/hex.hpp"
#include "core/primitives/ss58.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iterator>

namespace substratee::client::cli {
namespace {

Result<attestation::Policy> read_policy(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file) {
    return std::unexpected(Failure(Code::kUsage, fmt::format("the policy file {} cannot be read", path),
                                   "does it exist, and may you read it?"));
  }
  auto policy = attestation::policy_from_json(text);
  if (!policy) {
    return std::unexpected(Failure(Code::kUsage, fmt::format("the policy file {}: {}", path, policy.error().text),
                                   "docs/attestation.md says what stands in one"));
  }
  return *std::move(policy);
}

json::value text_or_null(const std::string& text) { return text.empty() ? json::value(nullptr) : json::value(text); }

json::object to_json(const rpc::MemberProspect& one) {
  json::array shards;
  for (const auto& [shard, status] : one.shards) {
    shards.push_back(json::object{{"shard", to_hex_prefixed(shard)}, {"status", status}});
  }
  json::array advisories;
  for (const auto& advisory : one.advisories) advisories.emplace_back(advisory);
  return json::object{{"account", primitives::to_ss58(one.account)},
                      {"standing", one.standing},
                      {"error", text_or_null(one.error)},
                      {"reason", text_or_null(one.reason)},
                      {"valid_until", one.valid_until},
                      {"confirms_until", one.confirms_until},
                      {"evidence", one.kind},
                      {"hardware", one.hardware},
                      {"tcb_status", one.tcb_status},
                      {"advisories", std::move(advisories)},
                      {"measurement", to_hex_prefixed(one.measurement)},
                      {"platform_id", to_hex_prefixed(one.platform_id)},
                      {"shards", std::move(shards)}};
}

/// From `time` on.
std::string left(std::uint64_t end, std::uint64_t time) {
  if (end <= time) return "none";
  const auto minutes = (end - time) / 60;
  return fmt::format("{} h {} min", minutes / 60, minutes % 60);
}

std::string to_lines(const rpc::MemberProspect& one, std::uint64_t time) {
  std::string statuses;
  for (const auto& [shard, status] : one.shards) statuses += (statuses.empty() ? "" : ", ") + status;
  auto out = fmt::format("{}  {}: {} ({}), {}\n", primitives::to_ss58(one.account), one.standing, one.tcb_status,
                         one.kind, statuses);
  if (one.standing == "holds") return out + fmt::format("    time left: {}\n", left(one.valid_until, time));
  out += fmt::format("    {}: {}\n", one.error, one.reason);
  if (one.standing == "lapses") out += fmt::format("    time left to confirm: {}\n", left(one.confirms_until, time));
  return out;
}

}  // namespace

Result<Report> execute(const AttestationMembersCommand& command, Desk& desk) {
  std::optional<attestation::Policy> policy;
  if (command.policy) policy = SUBSTRATEE_TRY(read_policy(*command.policy));
  auto* session = SUBSTRATEE_TRY(desk.session());
  const auto prospects = SUBSTRATEE_TRY(session->node().appraise_members(policy, command.time));
  json::array list;
  Report report;
  std::size_t drop = 0;
  for (const auto& one : prospects.members) {
    list.push_back(to_json(one));
    report.people += to_lines(one, prospects.time);
    if (one.standing != "holds") ++drop;
  }
  report.people += fmt::format("{} of {} members would drop\n", drop, prospects.members.size());
  report.machine = {
      {"at", to_hex_prefixed(prospects.at)}, {"time", prospects.time}, {"drop", drop}, {"members", std::move(list)}};
  return report;
}

}  // namespace substratee::client::cli
