#pragma once

/// The few flags of substratee-enclave, parsed by hand: trusted code brings no library for it.

#include <expected>
#include <span>
#include <string_view>

namespace substratee::enclave::process {

enum class Action { kRun, kMeasurement, kVersion, kHelp };

/// Which platform gives evidence. kAuto: the hardware that protects this process, else the simulated one.
enum class PlatformChoice { kAuto, kSimulated, kGramine, kTsm };

struct CommandLine {
  Action action = Action::kRun;
  PlatformChoice platform = PlatformChoice::kAuto;
  const char* platform_directory = nullptr;  ///< of the simulated platform; set when the choice is kSimulated
  bool force_simulation = false;
};

[[nodiscard]] std::string_view help_text() noexcept;

/// `arguments` without the program's name. The error is one fixed sentence.
[[nodiscard]] std::expected<CommandLine, std::string_view> parse_command_line(std::span<const char* const> arguments);

}  // namespace substratee::enclave::process
