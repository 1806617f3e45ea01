#include "enclave/process/command_line.hpp"

#include "core/base/result.hpp"

#include <optional>
#include <utility>

namespace substratee::enclave::process {
namespace {

std::optional<Action> action_of(std::string_view flag) {
  if (flag == "--measurement") return Action::kMeasurement;
  if (flag == "--version") return Action::kVersion;
  if (flag == "--help") return Action::kHelp;
  return std::nullopt;
}

std::optional<PlatformChoice> platform_of(std::string_view name) {
  if (name == "auto") return PlatformChoice::kAuto;
  if (name == "simulated") return PlatformChoice::kSimulated;
  if (name == "gramine") return PlatformChoice::kGramine;
  if (name == "tsm") return PlatformChoice::kTsm;
  return std::nullopt;
}

using Parsed = std::expected<void, std::string_view>;

Parsed take_platform(CommandLine& out, bool& is_given, const char* name) {
  const auto platform = name == nullptr ? std::nullopt : platform_of(name);
  if (!platform) return std::unexpected("--platform is one of auto, simulated, gramine, tsm; see --help");
  if (std::exchange(is_given, true)) return std::unexpected("--platform is given twice; give it once");
  out.platform = *platform;
  return {};
}

Parsed take_directory(CommandLine& out, const char* directory) {
  if (directory == nullptr || *directory == '\0') {
    return std::unexpected("--platform-dir needs a directory; see --help");
  }
  if (out.platform_directory != nullptr) return std::unexpected("--platform-dir is given twice; give it once");
  out.platform_directory = directory;
  return {};
}

/// What fits together.
Parsed check(const CommandLine& line) {
  const bool may_simulate = line.platform == PlatformChoice::kSimulated || line.platform == PlatformChoice::kAuto;
  if (line.force_simulation && !may_simulate) {
    return std::unexpected("--insecure-force-simulation and a hardware platform exclude each other; see --help");
  }
  if (line.action == Action::kRun && line.platform == PlatformChoice::kSimulated &&
      line.platform_directory == nullptr) {
    return std::unexpected("--platform-dir DIR is missing; see --help");
  }
  if (line.action == Action::kMeasurement && (line.platform_directory != nullptr || line.force_simulation)) {
    return std::unexpected("--measurement takes --platform only; see --help");
  }
  return {};
}

}  // namespace

std::string_view help_text() noexcept {
  return "substratee-enclave: the trusted half of a worker. substratee-worker starts it and speaks with it over its\n"
         "standard input and output; there is no reason to start it by hand, except for --measurement.\n"
         "\n"
         "  --platform NAME              what gives evidence (docs/attestation.md):\n"
         "                                 auto       the hardware that protects this process, else simulated "
         "(default)\n"
         "                                 gramine    Intel SGX, inside Gramine\n"
         "                                 tsm        Intel TDX or AMD SEV-SNP, inside a confidential VM "
         "(configfs-tsm)\n"
         "                                 simulated  nothing is protected\n"
         "  --platform-dir DIR           secrets of the simulated platform (files of mode 0600); needed to simulate\n"
         "  --insecure-force-simulation  simulate although this machine has a real TEE\n"
         "  --measurement                print the measurement of this program in hex, and exit: the simulated one, "
         "or\n"
         "                               with --platform gramine or tsm that of the hardware\n"
         "  --version                    print the version, and exit\n"
         "  --help                       print this, and exit\n";
}

std::expected<CommandLine, std::string_view> parse_command_line(std::span<const char* const> arguments) {
  CommandLine out;
  bool has_platform = false;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view flag = arguments[i];
    const auto next = [&] { return ++i < arguments.size() ? arguments[i] : nullptr; };
    if (const auto action = action_of(flag)) {
      const bool stands_alone = *action != Action::kMeasurement && arguments.size() > 1;
      if (stands_alone || out.action != Action::kRun) {
        return std::unexpected("--measurement, --version and --help stand alone; see --help");
      }
      out.action = *action;
    } else if (flag == "--insecure-force-simulation") {
      out.force_simulation = true;
    } else if (flag == "--platform") {
      SUBSTRATEE_TRY(take_platform(out, has_platform, next()));
    } else if (flag == "--platform-dir") {
      SUBSTRATEE_TRY(take_directory(out, next()));
    } else {
      return std::unexpected("unknown argument; see --help");
    }
  }
  SUBSTRATEE_TRY(check(out));
  return out;
}

}  // namespace substratee::enclave::process
