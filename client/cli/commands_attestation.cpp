// Commands about evidence in files; they need neither node nor worker.
#include "client/cli/commands.hpp"
#include "client/cli/format.hpp"
#include "client/evidence/present.hpp"

#include <fmt/format.h>

#include <chrono>

namespace substratee::client::cli {
namespace {

namespace files = evidence;

constexpr int kRefused = 1;

attestation::UnixSeconds now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<attestation::UnixSeconds>(std::chrono::duration_cast<std::chrono::seconds>(since).count());
}

std::string for_people(const files::Judgement& judgement, const json::object& machine) {
  std::string out;
  if (judgement.error) {
    out = fmt::format("refused: {} ({})\n", judgement.reason, *judgement.error);
  } else {
    out = judgement.evidence->hardware ? "accepted\n" : "accepted - SIMULATED, NOT SECURE\n";
  }
  if (!judgement.evidence) return out;
  auto facts = machine;
  for (const auto* said : {"verdict", "error", "reason"}) facts.erase(said);
  return out + to_lines(facts);
}

}  // namespace

Result<Report> execute(const AttestationInspectCommand& command, Desk& /*desk*/) {
  const auto bytes = SUBSTRATEE_TRY(files::read_file(command.path));
  auto object = files::inspect(SUBSTRATEE_TRY(files::recognise(bytes, command.path)));
  auto lines = to_lines(object);
  return Report{std::move(object), std::move(lines), {}, {}};
}

Result<Report> execute(const AttestationVerifyCommand& command, Desk& /*desk*/) {
  auto question = command.question;
  if (!command.has_time) question.now = now();
  const auto judgement = SUBSTRATEE_TRY(files::judge(question));
  auto object = files::to_json(judgement);
  auto lines = for_people(judgement, object);
  Report report{std::move(object), std::move(lines), {}, {}};
  if (judgement.error) report.status = kRefused;
  return report;
}

}  // namespace substratee::client::cli
