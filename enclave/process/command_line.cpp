#include "enclave/process/command_line.hpp"

#include <optional>

namespace substratee::enclave::process {
namespace {

std::optional<Action> action_of(std::string_view flag) {
  if (flag == "--measurement") return Action::kMeasurement;
  if (flag == "--version") return Action::kVersion;
  if (flag == "--help") return Action::kHelp;
  return std::nullopt;
}

}  // namespace

std::string_view help_text() noexcept {
  return "substratee-enclave: the trusted half of a worker. substratee-worker starts it and speaks with it over its\n"
         "standard input and output; there is no reason to start it by hand, except for --measurement.\n"
         "\n"
         "  --platform-dir DIR           secrets of the simulated platform (files of mode 0600); needed to run\n"
         "  --insecure-force-simulation  simulate although this machine has a real TEE\n"
         "  --measurement                print the measurement of this program in hex, and exit\n"
         "  --version                    print the version, and exit\n"
         "  --help                       print this, and exit\n";
}

std::expected<CommandLine, std::string_view> parse_command_line(std::span<const char* const> arguments) {
  if (arguments.size() == 1) {
    if (const auto action = action_of(arguments[0])) return CommandLine{.action = *action};
  }
  CommandLine out;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view flag = arguments[i];
    if (flag == "--insecure-force-simulation") {
      out.force_simulation = true;
    } else if (flag == "--platform-dir") {
      if (++i == arguments.size()) return std::unexpected("--platform-dir needs a directory; see --help");
      if (out.platform_directory != nullptr) return std::unexpected("--platform-dir is given twice; give it once");
      out.platform_directory = arguments[i];
    } else if (action_of(flag)) {
      return std::unexpected("--measurement, --version and --help stand alone; see --help");
    } else {
      return std::unexpected("unknown argument; see --help");
    }
  }
  if (out.platform_directory == nullptr) return std::unexpected("--platform-dir DIR is missing; see --help");
  if (*out.platform_directory == '\0') return std::unexpected("--platform-dir needs a directory; see --help");
  return out;
}

}  // namespace substratee::enclave::process
