#include "client/cli/run.hpp"

#include "client/cli/commands.hpp"
#include "client/cli/format.hpp"

#include <fmt/format.h>

#include <ostream>

namespace substratee::client::cli {

int run(std::vector<std::string> arguments, Streams& streams, Random& random) {
  const auto options = parse(std::move(arguments));
  if (!options) {
    streams.out << options.error().out;
    streams.err << options.error().err;
    return options.error().status;
  }
  const bool is_json = options->global.is_json;
  Desk desk(options->global, streams, random);
  const auto report = std::visit([&](const auto& command) { return execute(command, desk); }, options->command);
  if (!report) {
    if (is_json) streams.out << json::serialize(to_json(report.error())) << "\n";
    streams.err << fmt::format("substratee-client: {}\n", report.error().to_string());
    return exit_status(report.error().code);
  }
  streams.out << (is_json ? json::serialize(report->machine) + "\n" : report->people) << std::flush;
  if (!report->complaint) return report->status.value_or(0);
  streams.err << fmt::format("substratee-client: {}\n", report->complaint->to_string());
  return exit_status(report->complaint->code);
}

}  // namespace substratee::client::cli
