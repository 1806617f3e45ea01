// Evidence that anybody can check who knows the genesis hash: no node is asked.
#include "client/cli/commands.hpp"
#include "client/cli/format.hpp"
#include "core/base/hex.hpp"
#include "core/finality/equivocation.hpp"

#include <fmt/format.h>

#include <fstream>

namespace substratee::client::cli {
namespace {

Result<Bytes> read_evidence(const std::string& name) {
  std::ifstream in(name, std::ios::binary);
  Bytes bytes(finality::kMaxEquivocationFileSize + 1);
  in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (!in.eof())
    return fail(Code::kUsage, fmt::format("{} cannot be read, or is too long", name), "name a file of evidence");
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  return bytes;
}

}  // namespace

Result<Report> execute(const EquivocationCommand& command, Desk& desk) {
  const auto& genesis = desk.options().session.genesis;
  if (!genesis) return fail(Code::kUsage, "evidence is checked against a chain that you know", "give --genesis HASH");
  const auto bytes = SUBSTRATEE_TRY(read_evidence(command.file));
  const auto found = finality::verify_equivocation_file(bytes, *genesis);
  if (!found) {
    return fail(Code::kForged, fmt::format("{} proves nothing: {}", command.file, finality::to_string(found.error())),
                "do not act on it");
  }
  const auto& dev = std::get<registry::DevEngine>(found->engine);
  Report report;
  report.machine = {{"height", found->height},
                    {"first", to_hex_prefixed(found->first)},
                    {"second", to_hex_prefixed(found->second)},
                    {"authority", to_hex_prefixed(dev.authority)}};
  report.people = "The chain's authority sealed two blocks at one height.\n" + to_lines(report.machine);
  return report;
}

}  // namespace substratee::client::cli
