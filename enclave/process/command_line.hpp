#pragma once

/// The few flags of substratee-enclave, parsed by hand: trusted code brings no library for it.

#include <expected>
#include <span>
#include <string_view>

namespace substratee::enclave::process {

enum class Action { kRun, kMeasurement, kVersion, kHelp };

struct CommandLine {
  Action action = Action::kRun;
  const char* platform_directory = nullptr;  ///< set when action is kRun
  bool force_simulation = false;
};

[[nodiscard]] std::string_view help_text() noexcept;

/// `arguments` without the program's name. The error is one fixed sentence.
[[nodiscard]] std::expected<CommandLine, std::string_view> parse_command_line(std::span<const char* const> arguments);

}  // namespace substratee::enclave::process
